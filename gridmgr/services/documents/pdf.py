"""Office documents as PDF, set by Typst from a template of ours and data of theirs."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from gridmgr.errors import BadInput
from gridmgr.services.documents.model import OfficeDocument, as_data, pictures_of
from gridmgr.texts import DEFAULT_LANGUAGE

#: Families that hold Chinese, those made for reading on paper first.
CJK_FAMILIES = (
    "FangSong",
    "FangSong_GB2312",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "AR PL UMing CN",
)
#: Longer words without a gap get places at which a line may break, or they would leave their cell.
_LONG = re.compile(r"[!-~]{18}(?=[!-~])")


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def cjk_font(families: Sequence[str] | None = None) -> str | None:
    """The Chinese font of this machine that documents are set in, None where there is none."""
    have = set(_fonts().families() if families is None else families)
    return next((family for family in CJK_FAMILIES if family in have), None)


def pdf_of(
    documents: Sequence[OfficeDocument],
    *,
    at: datetime,
    lang: str = DEFAULT_LANGUAGE,
    families: Sequence[str] | None = None,
) -> bytes:
    """Documents as one PDF, A4; the same content and time give the same file.

    Parameters
    ----------
    documents
        One at least.
    at
        When it was made, aware.
    lang
        Of page numbers, ``zh`` or ``en``.
    families
        Fonts there are; those of the machine by default.

    Raises
    ------
    BadInput
        If the machine has no font with Chinese characters.
    """
    font = cjk_font(families)
    if font is None:
        raise BadInput("document.no_font", known=", ".join(CJK_FAMILIES))
    data = _breakable(as_data(documents, lang=lang)) | {"fonts": [font]}
    # Typst reads nothing outside this folder, whatever a document says.
    with tempfile.TemporaryDirectory(prefix="gridmgr-") as name:
        folder = Path(name)
        main = folder / "main.typ"
        main.write_bytes((resources.files(__package__) / "office.typ").read_bytes())
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for index, content in enumerate(pictures_of(documents)):
            (folder / f"picture-{index}.jpg").write_bytes(content)
        moment = int(at.timestamp())
        made = typst.compile(main, root=folder, format="pdf", font_paths=_fonts(), timestamp=moment)
    return bytes(made)


def _breakable(value: Any) -> Any:
    if isinstance(value, str):
        return _LONG.sub(lambda found: found.group() + "\u200b", value)
    if isinstance(value, list):
        return [_breakable(item) for item in value]
    if isinstance(value, dict):
        return {name: _breakable(item) for name, item in value.items()}
    return value
