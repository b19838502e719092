from . import base
from . import service
from . import status
from . import quotation
from . import documents
