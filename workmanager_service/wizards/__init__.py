from . import intake
from . import intake_check
