"""Empty workbooks to fill in: headers, notes and drop-downs for every table we import."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from gridmgr.clock import Clock
from gridmgr.services.importing.kinds import table_kinds
from gridmgr.services.importing.tablekind import TableKind
from gridmgr.texts import text

#: Rows the drop-downs reach.
_ROWS = 2000
#: Words a column's drop-down offers, by table and field; the importer accepts them all.
_CHOICES = {
    ("officers", "employment"): ("编制", "聘用"),
    ("catalogue", "kind"): ("基础", "委托"),
    ("places", "kind"): ("驻地", "热点", "企业", "市场", "学校", "村委会", "工地", "其他"),
    ("attendance", "status"): ("在岗", "休假", "借调", "培训", "病假"),
    ("incidents", "source"): ("巡查", "群众", "热线", "部门"),
    ("incidents", "state"): ("待处理", "现场办结", "已上报", "已结案"),
    ("incidents", "urgent"): ("是", "否"),
    ("hotline", "urgent"): ("一般", "紧急"),
    ("calendar", "kind"): ("放假", "上班", "照常"),
    ("inspections", "exception"): ("投诉举报", "事故处置", "转办交办", "整改复查", "司法协助", "专项检查"),
}
_DATUMS = ("WGS84", "CGCS2000", "GCJ02", "BD09")


def write_templates(directory: Path, clock: Clock, *, language: str = "zh") -> list[Path]:
    """Write one workbook a table into a directory, which is made where it is missing.

    Returns
    -------
    list of Path
        The files written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    return [_write(directory, kind, language) for kind in table_kinds(clock).values()]


def _write(directory: Path, kind: TableKind, language: str) -> Path:
    path = directory / f"{kind.name}.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(text(f"import.kind.{kind.name}", language))
        must = book.add_format({"bold": True, "bg_color": "#FFE3B3", "border": 1})
        may = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
        plain = book.add_format({"num_format": "@"})
        for index, column in enumerate(kind.columns):
            header = column.chinese if language == "zh" else column.field
            sheet.write_string(0, index, header, must if column.required else may)
            # Text format, so that Excel keeps leading zeros and long codes.
            sheet.set_column(index, index, max(12, 2 * len(header) + 4), plain)
            note = text(f"import.note.{column.field}", language)
            if note != f"import.note.{column.field}":
                sheet.write_comment(0, index, note)
            choices = _DATUMS if column.field == "datum" else _CHOICES.get((kind.name, column.field))
            if choices:
                sheet.data_validation(
                    1,
                    index,
                    _ROWS,
                    index,
                    {"validate": "list", "source": list(choices), "ignore_blank": True},
                )
        sheet.freeze_panes(1, 0)
    return path
