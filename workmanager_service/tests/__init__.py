from . import test_access
from . import test_evaluation
from . import test_flow
from . import test_intake
from . import test_invoice
from . import test_quotation
from . import test_tour
