from . import sale_order
from . import sheet_offers
