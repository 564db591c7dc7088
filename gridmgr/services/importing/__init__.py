"""Import: villages, roads and the office's tables, all or nothing unless told otherwise.

Every import reads the whole file, collects every problem with its row, field and value, and writes in one
transaction. The same row again changes nothing; the same id with other content is a conflict unless
``update`` is asked for.
"""

from gridmgr.geo.contents import FileContents, file_contents
from gridmgr.geo.headers import FIELDS as VILLAGE_FIELDS
from gridmgr.services.importing.report import ImportReport
from gridmgr.services.importing.roads import import_roads
from gridmgr.services.importing.tables import TABLE_KINDS, import_table
from gridmgr.services.importing.templates import write_templates
from gridmgr.services.importing.villages import import_villages

__all__ = [
    "TABLE_KINDS",
    "VILLAGE_FIELDS",
    "FileContents",
    "ImportReport",
    "file_contents",
    "import_roads",
    "import_table",
    "import_villages",
    "write_templates",
]
