from . import portal
from . import quotation
from . import status
from . import status_api
