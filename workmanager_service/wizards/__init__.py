from . import equipment_merge
from . import intake
from . import intake_check
