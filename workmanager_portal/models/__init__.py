from . import ir_http
from . import res_config_settings
from . import sale_order
from . import sheet
from . import stage
from . import status_attempt
from . import status_form
