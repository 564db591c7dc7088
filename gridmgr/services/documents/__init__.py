"""Office documents: one content, written as PDF, as a Word file, or as data for a page.

Whatever users wrote travels as data and is never read as markup, code, XML or a formula.
"""

from gridmgr.services.documents.model import (
    Facts,
    OfficeDocument,
    Part,
    Picture,
    Pictures,
    Table,
    as_data,
    pictures_of,
)
from gridmgr.services.documents.pdf import cjk_font, pdf_of
from gridmgr.services.documents.word import word_of

__all__ = [
    "Facts",
    "OfficeDocument",
    "Part",
    "Picture",
    "Pictures",
    "Table",
    "as_data",
    "cjk_font",
    "pdf_of",
    "pictures_of",
    "word_of",
]
