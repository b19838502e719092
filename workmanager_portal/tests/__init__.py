from . import test_access
from . import test_decision
from . import test_pages
from . import test_security
from . import test_status
from . import test_status_api
from . import test_status_form
from . import test_steps
