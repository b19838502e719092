from . import base
from . import service
from . import catalogue
from . import equipment
from . import quotation
from . import parts
