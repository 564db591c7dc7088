"""Which encoding bytes are really in, whatever a label beside them says.

Chinese shapefiles often carry a .cpg that says UTF-8 over values in GBK, or none at all. Bytes do not lie:
Chinese text in GBK is practically never valid UTF-8, so a file is UTF-8 only if all of its text is.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence

from gridmgr.errors import BadInput

#: GB18030 decodes everything GB2312 and GBK do.
_CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "hz": "gb18030"}
#: Labels that software writes when it does not know.
_UNKNOWING = ("iso8859-1", "cp1252", "ascii")
#: Text wrongly decoded with the first codec and saved again comes right when undone into the second. UTF-8
#: read as GBK is not among them: it loses a byte of every odd-sized name, so names cannot be restored.
_MOJIBAKE = (("latin-1", "gb18030"), ("cp1252", "gb18030"), ("latin-1", "utf-8"))
#: Two Chinese characters become this many signs beyond ASCII in a row; accented Latin letters stand alone.
_GARBLED_RUN = re.compile(r"[^\x00-\x7f]{4}")


def codec_of(label: str | None) -> str | None:
    """Python codec for a label such as ``UTF-8``, ``GBK``, ``936``, ``ANSI 936``; None if unknown."""
    if label is None or not label.strip():
        return None
    word = label.strip().split()[-1]
    word = {"65001": "utf-8", "88591": "iso8859-1"}.get(word, f"cp{word}" if word.isdigit() else word)
    try:
        name = codecs.lookup(word).name
    except LookupError:
        return None
    return _CHINESE.get(name, name)


def require_codec(label: str) -> str:
    """Codec a user asked for.

    Raises
    ------
    BadInput
        If there is no such encoding.
    """
    codec = codec_of(label)
    if codec is None:
        raise BadInput("geo.encoding_unknown_name", encoding=label)
    return codec


def decodes(texts: Iterable[bytes], codec: str) -> bool:
    """Whether all texts are valid in a codec; a last character cut in two (a full DBF field) is forgiven."""
    return all(_decode(text, codec) is not None for text in texts)


def _decode(text: bytes, codec: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(codec)("strict").decode(text, final=False)
    except UnicodeDecodeError:
        return None


def decode(text: bytes, codec: str) -> str:
    """Text of bytes; a last character cut in two is dropped.

    Raises
    ------
    BadInput
        If the bytes are not valid in the codec.
    """
    words = _decode(text, codec)
    if words is None:
        raise BadInput("geo.encoding_wrong", encoding=codec, sample=text[:24].decode(codec, "replace"))
    return words


def detect(texts: Sequence[bytes], *, label: str | None) -> str:
    """Codec all of these texts are in.

    Tried in this order: UTF-8; what the label says, unless it is one that software writes when it does not
    know; then GB18030 or Big5, whichever gives common characters.

    Raises
    ------
    BadInput
        If none fits; the user is asked to name the encoding.
    """
    telling = list({text for text in texts if not text.isascii()})
    labelled = codec_of(label)
    if not telling:
        return labelled or "utf-8"
    if decodes(telling, "utf-8"):
        return "utf-8"
    if labelled not in (None, "utf-8", *_UNKNOWING) and decodes(telling, str(labelled)):
        return str(labelled)
    fitting = [codec for codec in ("gb18030", "big5") if decodes(telling, codec)]
    if not fitting:
        raise BadInput("geo.encoding_unknown", sample=telling[0][:24].decode("gb18030", "replace"))
    return max(fitting, key=lambda codec: _common_share(telling, codec))


def _common_share(texts: Sequence[bytes], codec: str) -> float:
    """Share of characters that stand in the codec's table of everyday characters; ties go to the first codec.

    Both GB2312 and Big5 put their everyday characters into rows with a low first byte.
    """
    first, last, low = (0xB0, 0xD7, 0xA1) if codec == "gb18030" else (0xA4, 0xC6, 0x40)
    signs = [
        sign.encode(codec, "ignore") for text in texts for sign in decode(text, codec) if not sign.isascii()
    ]
    common = sum(len(pair) == 2 and first <= pair[0] <= last and pair[1] >= low for pair in signs)
    return common / max(len(signs), 1)


def mojibake(texts: Iterable[str]) -> tuple[str, str] | None:
    """Find text that was decoded wrongly before it was saved.

    Returns
    -------
    tuple of str or None
        (codec it was wrongly decoded with, codec it is really in) when undoing that turns every text that is
        not ASCII into Chinese characters.
    """
    telling = {text for text in texts if not text.isascii()}
    if sum(_GARBLED_RUN.search(text) is not None for text in telling) * 2 < len(telling):
        return None
    for wrong, right in _MOJIBAKE:
        if telling and all(_comes_right(text, wrong, right) for text in telling):
            return wrong, right
    return None


def undo_mojibake(text: str, wrong: str, right: str) -> str:
    """The text as it was meant; ASCII and text that does not come right stay as they are."""
    return text.encode(wrong).decode(right) if _comes_right(text, wrong, right) else text


def _comes_right(text: str, wrong: str, right: str) -> bool:
    try:
        meant = text.encode(wrong).decode(right)
    except UnicodeError:
        return False
    return all(sign.isascii() or "\u3000" <= sign <= "\u9fff" or sign > "\uf900" for sign in meant)
