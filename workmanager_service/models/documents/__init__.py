from . import ir_actions_report
from . import document
from . import document_block
from . import document_text
from . import sheet_documents
