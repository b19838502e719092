from . import stage
from . import sheet
from . import sheet_steps
