"""Office documents as Word files (Office Open XML), to be edited further."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from gridmgr.services.documents.model import OfficeDocument, as_data, pictures_of
from gridmgr.texts import DEFAULT_LANGUAGE

_LONG_SIDE, _SHORT_SIDE = Cm(29.7), Cm(21)
_MARGIN = Cm(2)
#: What offices write in (GB/T 9704); Word takes another where a machine lacks them.
_BODY, _HEAD, _LATIN = "仿宋", "黑体", "Times New Roman"
_GREY = "EDEFF2"


def word_of(documents: Sequence[OfficeDocument], *, at: datetime, lang: str = DEFAULT_LANGUAGE) -> bytes:
    """Documents as one Word file, A4, each starting on a page of its own.

    Parameters
    ----------
    documents
        One at least.
    at
        When it was made, aware.
    lang
        Of page numbers, ``zh`` or ``en``.
    """
    data = as_data(documents, lang=lang)
    file = docx.Document()
    _use_fonts(file)
    pictures = pictures_of(documents)
    for index, item in enumerate(data["documents"]):
        section = file.sections[0] if index == 0 else file.add_section(WD_SECTION.NEW_PAGE)
        _paper(section, landscape=item["landscape"])
        _footer(section, item, data["page"])
        _write(file, section, item, pictures)
    made = at.astimezone(UTC).replace(tzinfo=None)
    file.core_properties.title = data["documents"][0]["title"]
    file.core_properties.author = ""
    file.core_properties.created = file.core_properties.modified = made
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def _use_fonts(file: Any) -> None:
    for name, east, size in (("Normal", _BODY, 10.5), ("Title", _HEAD, 18), ("Heading 1", _HEAD, 12)):
        style = file.styles[name]
        style.font.name, style.font.size = _LATIN, Pt(size)
        style.font.color.rgb = None
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east)


def _paper(section: Any, *, landscape: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width = _LONG_SIDE if landscape else _SHORT_SIDE
    section.page_height = _SHORT_SIDE if landscape else _LONG_SIDE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN


def _width(section: Any) -> int:
    return int(section.page_width - section.left_margin - section.right_margin)


def _footer(section: Any, item: dict[str, Any], page: list[str]) -> None:
    section.footer.is_linked_to_previous = False
    paragraph = section.footer.paragraphs[0]
    width = _width(section)
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(width // 2, WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
    before, between, behind = page
    paragraph.add_run(f"{item['left']}\t{before} ")
    _field(paragraph, "PAGE")
    paragraph.add_run(f" {between} ")
    _field(paragraph, "NUMPAGES")
    paragraph.add_run(f" {behind}\t{item['right']}")
    for run in paragraph.runs:
        run.font.size = Pt(8)


def _field(paragraph: Any, code: str) -> None:
    """A number Word fills in."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, words = OxmlElement("w:r"), OxmlElement("w:t")
    words.text = "1"
    run.append(words)
    field.append(run)
    paragraph._p.append(field)


def _write(file: Any, section: Any, item: dict[str, Any], pictures: list[bytes]) -> None:
    title = file.add_paragraph(style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _say(title, item["title"])
    under = file.add_paragraph()
    under.paragraph_format.tab_stops.add_tab_stop(_width(section), WD_TAB_ALIGNMENT.RIGHT)
    under.add_run(f"{item['left']}\t{item['right']}")
    for part in item["parts"]:
        if part["title"]:
            _say(file.add_paragraph(style="Heading 1"), part["title"])
        if part["kind"] == "pictures":
            _pictures(file, section, part, pictures)
        else:
            _table(file, section, part)
    if item["signatures"]:
        lines = file.add_paragraph()
        lines.paragraph_format.space_before = Pt(24)
        lines.add_run("    ".join(f"{name}____________" for name in item["signatures"]))
    sources = file.add_paragraph()
    _say(sources, item["sources"])
    for run in sources.runs:
        run.font.size = Pt(8)


def _say(paragraph: Any, words: str) -> None:
    """Text with its line breaks; nothing in it is read as anything but text."""
    for index, line in enumerate(words.split("\n")):
        run = paragraph.add_run()
        if index:
            run.add_break(WD_BREAK.LINE)
        run.add_text(line)


def _table(file: Any, section: Any, part: dict[str, Any]) -> None:
    facts = part["kind"] == "facts"
    widths = [3, 10] if facts else part["widths"]
    rows = part["rows"] if facts else [part["head"], *part["rows"]]
    if not rows:
        return
    table = file.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
    table.autofit = False
    unit = _width(section) / sum(widths)
    for row, cells in zip(table.rows, rows, strict=True):
        _keep_whole(row)
        for cell, words, width in zip(row.cells, cells, widths, strict=True):
            cell.width = int(unit * width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            _say(paragraph, words)
            for run in paragraph.runs:
                run.font.size = Pt(9 if not facts else 10)
    shaded = [row.cells[0] for row in table.rows] if facts else table.rows[0].cells
    for cell in shaded:
        _shade(cell)
    if not facts:
        _repeat(table.rows[0])


def _keep_whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row: Any) -> None:
    """The header stands on every page the table reaches."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _shade(cell: Any) -> None:
    fill = OxmlElement("w:shd")
    fill.set(qn("w:val"), "clear")
    fill.set(qn("w:fill"), _GREY)
    cell._tc.get_or_add_tcPr().append(fill)


def _pictures(file: Any, section: Any, part: dict[str, Any], pictures: list[bytes]) -> None:
    width = int(_width(section) * 0.48)
    table = file.add_table(rows=(len(part["items"]) + 1) // 2, cols=2)
    for index, item in enumerate(part["items"]):
        cell = table.rows[index // 2].cells[index % 2]
        paragraph = cell.paragraphs[0]
        shape = paragraph.add_run().add_picture(io.BytesIO(pictures[item["index"]]), width=width)
        if shape.height > Cm(8):
            shape.width, shape.height = int(shape.width * Cm(8) / shape.height), Cm(8)
        caption = cell.add_paragraph()
        _say(caption, item["caption"])
        for run in caption.runs:
            run.font.size = Pt(8.5)
    for row in table.rows:
        _keep_whole(row)
