from . import evaluation
from . import evaluation_check
from . import evaluation_check_taps
from . import photo
from . import sheet_evaluation
