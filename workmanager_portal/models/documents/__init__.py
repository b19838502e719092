from . import sheet_documents
