"""Documents that belong to a case: PDF, Word and Excel, kept as they came, only given out to be saved.

What a file is called is not believed: its first bytes and, for Office files, its parts decide. Files with
macros are refused, and so is what would unpack to more than a paper could hold.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import unicodedata
import zipfile
from dataclasses import dataclass

from gridmgr.domain.incidents import Attachment
from gridmgr.errors import BadInput, NotFound
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: Largest file taken, bytes, and what an Office file may unpack to.
MAX_BYTES = 20 * 1024 * 1024
_MAX_UNPACKED = 300 * 1024 * 1024
_MOST_NAME = 120
_PDF = "application/pdf"
#: The part that makes an Office file what it is; its type; the ending of its name.
_OFFICE = (
    ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
)
#: Types that are given out as documents.
DOCUMENT_TYPES = frozenset({_PDF, *(mime for _, mime, _ in _OFFICE)})
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_UNREADABLE = (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document fit to be kept.

    Parameters
    ----------
    content
        As it came.
    mime
        One of `DOCUMENT_TYPES`.
    name
        Its name, safe to save under, with the ending of its type.
    """

    content: bytes
    mime: str
    name: str


def looks_like_document(data: bytes) -> bool:
    """Whether a file is to be read as a document rather than as a photo."""
    return b"%PDF-" in data[:1024] or data[:2] == b"PK"


def read_document(data: bytes, filename: str) -> Document:
    """Check a document.

    Raises
    ------
    BadInput
        If it is too large, no PDF, Word or Excel file, or carries macros.
    """
    shown = filename.strip() or "-"
    if len(data) > MAX_BYTES:
        raise BadInput("file.too_large", name=shown, most=MAX_BYTES // 2**20)
    mime, ending = (_PDF, "pdf") if b"%PDF-" in data[:1024] else _office_type(data, shown)
    return Document(content=data, mime=mime, name=_safe_name(filename, ending))


def _office_type(data: bytes, shown: str) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except _UNREADABLE as error:
        raise BadInput("file.unknown_type", name=shown) from error
    names = {part.filename for part in parts}
    if sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise BadInput("file.too_large", name=shown, most=MAX_BYTES // 2**20)
    if any(name.rpartition("/")[2].casefold() == "vbaproject.bin" for name in names):
        raise BadInput("file.macros", name=shown)
    for part, mime, ending in _OFFICE:
        if part in names and "[Content_Types].xml" in names:
            return mime, ending
    raise BadInput("file.unknown_type", name=shown)


def _safe_name(filename: str, ending: str) -> str:
    """The name without folders and signs that systems forbid, with the right ending."""
    plain = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    visible = "".join(sign for sign in plain if not unicodedata.category(sign).startswith("C"))
    stem = _NOT_IN_NAMES.sub("_", visible).strip(" .")
    stem = stem[: -len(ending) - 1] if stem.casefold().endswith(f".{ending}") else stem
    return f"{stem[:_MOST_NAME].strip(' .') or 'file'}.{ending}"


def store_document(
    ctx: Context, uow: UnitOfWork, document: Document, *, subject_kind: str, subject_id: str
) -> Attachment:
    """Keep a document with what it belongs to, within a transaction."""
    item = Attachment(
        id=secrets.token_hex(16),
        subject_kind=subject_kind,
        subject_id=subject_id,
        filename=document.name,
        mime=document.mime,
        sha256=hashlib.sha256(document.content).hexdigest(),
        created_at=ctx.clock.utc_now(),
        created_by=uow.actor,
    )
    uow.attachments.add(item, document.content)
    return item


def find_case_document(ctx: Context, file_id: str) -> tuple[str, Attachment, bytes]:
    """The case a document belongs to, and the document.

    Raises
    ------
    NotFound
        If there is none.
    """
    with ctx.storage.read() as uow:
        found = uow.attachments.get(file_id)
    if found is None or found[0].subject_kind != "case_step" or found[0].mime not in DOCUMENT_TYPES:
        raise NotFound("error.not_found", kind=Message("word.document"), id=file_id)
    return found[0].subject_id.rpartition(":")[0], *found
