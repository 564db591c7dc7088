"""Office documents: what users wrote stays text, whatever it looks like; layout as an office expects it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pdf_text import page_count, pdf_text
from PIL import Image

from gridmgr.errors import BadInput
from gridmgr.services.documents import (
    Facts,
    OfficeDocument,
    Picture,
    Pictures,
    Table,
    as_data,
    cjk_font,
    pdf_of,
    word_of,
)
from gridmgr.services.documents.model import cleaned

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
#: Each would do something in Typst, in XML, in a template or in a field code, were it read as more than text.
HOSTILE = (
    '#panic("boom")',
    '#read("/etc/passwd")',
    '#eval("1+1")',
    "#import sys: *",
    "$ 1/0 $",
    "*b* _i_ `c` = head",
    "@nowhere <label>",
    "]#panic()[",
    '"); #panic("',
    "\\u{41} \\ \\*",
    "// end /* end",
    "<w:t>x</w:t>&amp;<!--",
    "]]><x/>",
    "{{ 7*7 }}{% raw %}",
    '=HYPERLINK("http://a")',
    "{ DDEAUTO cmd }",
)
needs_font = pytest.mark.skipif(
    cjk_font() is None, reason="no Chinese font for PDF on this machine: install fonts-wqy-microhei"
)


def jpeg(width: int = 40, height: int = 30) -> bytes:
    """A small picture."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), "#336699").save(target, "JPEG")
    return target.getvalue()


def document(*words: str, **changes: Any) -> OfficeDocument:
    """A document that says the words in a fact, a cell and a caption each."""
    said = words or ("说明",)
    given: dict[str, Any] = {
        "title": "案件卷宗",
        "left": "案件编号：AJ-1",
        "right": "数据截至 2026-03-02 10:00",
        "parts": (
            Facts(rows=tuple(("事实", word) for word in said)),
            Table(
                title="一、经过",
                head=("序号", "说明"),
                widths=(1, 5),
                rows=tuple((str(n), word) for n, word in enumerate(said)),
            ),
            Pictures(title="二、照片", items=tuple(Picture(content=jpeg(), caption=word) for word in said)),
        ),
        "signatures": ("承办人：", "日期："),
        "sources": "数据来源：案件库",
    }
    return OfficeDocument(**given | changes)


def word_text(data: bytes) -> str:
    """All text of a Word file's body, as Word reads it."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        body = etree.fromstring(file.read("word/document.xml"))
    return "\n".join(body.itertext("{*}t"))


@needs_font
def test_hostile_text_is_printed_in_the_pdf_as_it_was_written() -> None:
    """Three times each: as a fact, in a table, under a picture."""
    made = pdf_of([document(*HOSTILE)], at=AT)
    # Lines break at spaces and where breaking was allowed: only what is printed counts.
    printed = re.sub(r"[\s\u200b]", "", pdf_text(made))
    for words in HOSTILE:
        assert printed.count(re.sub(r"\s", "", words)) >= 3, words


def test_hostile_text_stands_in_the_word_file_as_it_was_written() -> None:
    """No field, no element and no template of the user's making."""
    made = word_of([document(*HOSTILE)], at=AT)
    read = word_text(made)
    for words in HOSTILE:
        assert read.count(words) == 3, words
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        names = file.namelist()
        body = etree.fromstring(file.read("word/document.xml"))
    assert not [name for name in names if "external" in name.lower() or name.endswith(".bin")]
    assert body.findall(".//{*}hyperlink") == []
    assert body.findall(".//{*}instrText") == []


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_any_text_can_be_written_to_word(words: str) -> None:
    """Also what XML has no signs for: it is left out, everything else is there."""
    kept = cleaned(words)
    read = word_text(word_of([document(words)], at=AT))
    for line in filter(None, kept.split("\n")):
        assert line.replace("\t", "") in read.replace("\t", "")


@needs_font
@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.text(alphabet="#$*_`@<>[]{}()\\\"'/=+-~^|&%\n\t 中文a1\x00\u202e\ud800", max_size=40), max_size=6
    )
)
def test_any_text_can_be_set_as_pdf(words: list[str]) -> None:
    """No mixture of signs stops the setting."""
    assert page_count(pdf_of([document(*words)], at=AT)) >= 1


def test_signs_that_hide_or_turn_text_round_are_left_out() -> None:
    """A name must not be made to read as another; line breaks and tabs stay."""
    assert cleaned("张\u202e三\x00\x1b\u2066四\ufeff") == "张三四\ufeff"
    assert cleaned("甲\r\n乙\r丙\n丁\t戊") == "甲\n乙\n丙\n丁\t戊"


@needs_font
def test_the_same_content_makes_the_same_pdf_on_numbered_a4_pages() -> None:
    """Every document begins on a page of its own."""
    wide = document(landscape=True)
    made = pdf_of([document(), wide], at=AT)
    assert made == pdf_of([document(), wide], at=AT)
    assert page_count(made) == 2
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", made)
    assert [(round(float(w)), round(float(h))) for w, h in boxes] == [(595, 842), (842, 595)]
    printed = pdf_text(made)
    assert "第 1 页，共 2 页" in printed
    assert "第 2 页，共 2 页" in printed
    assert printed.count("承办人：") == 2
    assert printed.count("数据截至 2026-03-02 10:00") == 4


@needs_font
def test_a_table_longer_than_a_page_repeats_its_head() -> None:
    """So that page two can be read."""
    rows = tuple((str(n), "说明" * 10) for n in range(120))
    table = Table(title="经过", head=("甲头", "乙头"), widths=(1, 4), rows=rows)
    made = pdf_of([document(parts=(table,))], at=AT)
    assert page_count(made) > 1
    assert pdf_text(made).count("甲头") == page_count(made)


def test_the_word_file_is_a4_with_page_numbers_and_repeated_heads() -> None:
    """Read back by the library that Word files are judged by."""
    made = docx.Document(io.BytesIO(word_of([document(), document(landscape=True)], at=AT)))
    first, second = made.sections
    sides = [(round(s.page_width.mm), round(s.page_height.mm)) for s in (first, second)]
    assert sides == [(210, 297), (297, 210)]
    footer = first.footer.paragraphs[0]._p
    fields = [field.get(qn("w:instr")) for field in footer.findall("{*}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]
    assert len(made.element.findall(".//{*}tblHeader")) == 2
    assert len(made.inline_shapes) == 2


def test_without_a_chinese_font_the_pdf_is_refused_in_words() -> None:
    """Boxes in the place of characters would look like a file that was made."""
    with pytest.raises(BadInput) as refused:
        pdf_of([document()], at=AT, families=["DejaVu Sans"])
    assert "fonts-noto-cjk" in refused.value.render("zh")
    assert cjk_font(["DejaVu Sans", "SimSun", "Noto Serif CJK SC"]) == "Noto Serif CJK SC"


def test_pictures_are_numbered_through_all_documents() -> None:
    """Each caption keeps its own picture."""
    data = as_data([document("甲", "乙"), document("丙")])
    shown = [item for doc in data["documents"] for part in doc["parts"] for item in part.get("items", ())]
    assert [(item["index"], item["caption"]) for item in shown] == [(0, "甲"), (1, "乙"), (2, "丙")]


def test_a_table_with_a_missing_cell_is_a_slip() -> None:
    """Rather than a shifted row in a printed file."""
    with pytest.raises(ValueError, match="2 cells"):
        Table(title="", head=("a", "b"), widths=(1, 1), rows=(("x",),))
    with pytest.raises(ValueError, match="widths"):
        Table(title="", head=("a", "b"), widths=(1,), rows=())
