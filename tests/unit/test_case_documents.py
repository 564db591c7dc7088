"""Documents of cases: judged by what they hold, named safely, macros and bombs refused."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmgr.domain.phrases import filled, unknown_slots
from gridmgr.errors import BadInput
from gridmgr.services import files
from gridmgr.services.files import DOCUMENT_TYPES, looks_like_document, read_document

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def packed(*names: str, size: int = 10) -> bytes:
    """An Office file with parts of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, b"0" * size)
    return out.getvalue()


def workbook() -> bytes:
    """A real workbook."""
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def test_what_a_file_is_decides_its_content_not_its_name() -> None:
    """The ending follows the type."""
    assert read_document(PDF, "结果.docx").name == "结果.docx.pdf"
    assert read_document(PDF, "结果.PDF").name == "结果.pdf"
    assert read_document(workbook(), "台账.xlsx").mime.endswith("spreadsheetml.sheet")
    word = read_document(packed("[Content_Types].xml", "word/document.xml"), "报告")
    assert word.name == "报告.docx"
    assert all(looks_like_document(data) for data in (PDF, workbook()))
    assert not looks_like_document(b"\xff\xd8\xff\xe0")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"<script>alert(1)</script>", "file.unknown_type"),
        (b"", "file.unknown_type"),
        (b"PK\x03\x04 broken", "file.unknown_type"),
        (packed("a.txt"), "file.unknown_type"),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "file.macros"),
    ],
    ids=["html", "empty", "torn", "zip", "macros"],
)
def test_everything_else_is_refused_by_name(data: bytes, key: str) -> None:
    """With the reason."""
    with pytest.raises(BadInput) as refused:
        read_document(data, "附件.docx")
    assert refused.value.message.key == key
    assert "附件.docx" in refused.value.render("zh")


def test_what_is_too_large_packed_or_unpacked_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is unpacked."""
    monkeypatch.setattr(files, "_MAX_UNPACKED", 1000)
    with pytest.raises(BadInput) as bomb:
        read_document(packed("[Content_Types].xml", "word/document.xml", size=900), "a.docx")
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    with pytest.raises(BadInput) as large:
        read_document(PDF, "a.pdf")
    assert bomb.value.message.key == large.value.message.key == "file.too_large"


@given(st.text(max_size=200))
def test_every_name_becomes_one_that_can_be_saved(name: str) -> None:
    """No folders, no signs that break headers or disks, never empty."""
    kept = read_document(PDF, name)
    assert kept.mime in DOCUMENT_TYPES
    assert kept.name.endswith(".pdf")
    assert len(kept.name) > len(".pdf")
    assert not set(kept.name) & set('/\\:*?"<>|\r\n\x00')


def test_places_of_a_text_are_filled_in_and_unknown_ones_are_named() -> None:
    """What is not known stays as it stands."""
    words = "【案件编号】在【地点】，【天气】。"
    assert unknown_slots(words, {"案件编号", "地点"}) == ("天气",)
    assert filled(words, {"案件编号": "AJ-1", "地点": "东村"}) == "AJ-1在东村，【天气】。"
