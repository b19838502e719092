from . import limits_mixin
from . import accessory
from . import brand
from . import checkpoint
from . import equipment_type
from . import fault
from . import operation
from . import operation_line
