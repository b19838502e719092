from . import equipment_merge
from . import handover
from . import handover_line
from . import intake
from . import intake_check
from . import sheet_batch
from . import sheet_batch_refusal
