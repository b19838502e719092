from . import parts_use
from . import parts_use_line
