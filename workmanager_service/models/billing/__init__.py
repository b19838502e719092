from . import account_move
from . import sale_order
from . import sheet_invoicing
from . import sheet_statement
