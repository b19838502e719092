from . import operation
from . import operation_line
