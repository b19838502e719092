from . import sheet_lookup
from . import status_attempt
from . import status_form
