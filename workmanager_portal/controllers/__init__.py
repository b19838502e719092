from . import portal
from . import status
from . import status_api
