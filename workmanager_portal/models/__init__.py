from .status import ir_http
from .base import res_config_settings
from .quotation import sale_order
from .service import sheet
from .service import stage
from .status import status_attempt
from .status import status_form
