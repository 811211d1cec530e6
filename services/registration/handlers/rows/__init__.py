"""Lists of people as files: read, recognised by their columns, and said row by row. Which kind of file it is decides
`files`, what its columns are `formats` and `words`, what its rows say `table`. All of it is pure: bytes in, values out."""

from services.registration.handlers.rows.files import read_file
from services.registration.handlers.rows.formats import FORMATS, Format, format_of
from services.registration.handlers.rows.rejected import as_csv, as_xlsx
from services.registration.handlers.rows.sheet import Line, Sheet, Unreadable, pack, unpack
from services.registration.handlers.rows.table import (
    Columns,
    Row,
    Table,
    Unmapped,
    chosen,
    columns_of,
    is_plain,
    named,
    suggested,
    table,
)
from services.registration.handlers.rows.words import FIELDS, LEFT_OUT, OWN

__all__ = [
    "FIELDS",
    "FORMATS",
    "LEFT_OUT",
    "OWN",
    "Columns",
    "Format",
    "Line",
    "Row",
    "Sheet",
    "Table",
    "Unmapped",
    "Unreadable",
    "as_csv",
    "as_xlsx",
    "chosen",
    "columns_of",
    "format_of",
    "is_plain",
    "named",
    "pack",
    "read_file",
    "suggested",
    "table",
    "unpack",
]
