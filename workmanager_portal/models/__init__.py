from . import sale_order
from . import sheet
from . import status_attempt
