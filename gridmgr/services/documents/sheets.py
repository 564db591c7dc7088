"""What all workbooks share: paper, letters, lined cells, and a sheet that is one list.

Text is written as text: a village named ``=1+1`` stays a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

A4 = 9  # paper size number of the file format, ECMA-376 part 1, section 18.3.1.63
#: Options of `xlsxwriter.Workbook`.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
#: Cell formats: of any text, with lines around, of the head of a list.
PLAIN = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
LINED = PLAIN | {"border": 1, "border_color": "#999999"}
HEAD = LINED | {"bold": True, "bg_color": "#E8EDF2", "text_wrap": True}


def list_sheet(workbook: Any, name: str, head: Iterable[str], widths: Iterable[int]) -> Any:
    """A sheet on its side, one page wide, with the head of its columns; rows begin at 1.

    Parameters
    ----------
    widths
        Of the columns, in characters.
    """
    sheet = workbook.add_worksheet(name)
    bold = workbook.add_format(HEAD)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for column, (words, width) in enumerate(zip(head, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, words, bold)
    sheet.repeat_rows(0)
    return sheet


def write_cell(sheet: Any, at: tuple[int, int], value: float | str | None, style: Any) -> None:
    """Write text, a number, or nothing but the lines."""
    if value is None:
        sheet.write_blank(*at, None, style)
    elif isinstance(value, str):
        sheet.write_string(*at, value, style)
    else:
        sheet.write_number(*at, value, style)
