from . import sheet
