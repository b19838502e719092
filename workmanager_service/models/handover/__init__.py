from . import sheet_handover
