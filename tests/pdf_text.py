"""The text of a PDF made by Typst, in the order it was drawn: enough to see what a reader would read."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n?(.*?)endobj", re.DOTALL)
_CHAR = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})>")
_STRING = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
_SETS_FONT = re.compile(rb"/f\d+ [\d.]+ Tf")
_REPLACED = re.compile(rb"/ActualText\s*(?:<[0-9A-Fa-f]*>|\((?:\\.|[^\\()])*\))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_text(data: bytes) -> str:
    """All text; glyphs without a meaning are left out. Documents of one font only."""
    streams = [_stream(body) for _, body in _OBJECT.findall(data)]
    meanings: dict[int, str] = {}
    for stream in streams:
        if b"begincmap" in stream:
            meanings |= _meanings(stream)
    drawn = (stream for stream in streams if _SETS_FONT.search(stream))
    return "".join(meanings.get(code, "") for stream in drawn for code in _codes(stream))


def page_count(data: bytes) -> int:
    """How many pages."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", data))


def _stream(body: bytes) -> bytes:
    head, mark, rest = body.partition(b"stream")
    if not mark:
        return b""
    content = rest.lstrip(b"\r\n").rpartition(b"endstream")[0]
    return zlib.decompressobj().decompress(content) if b"FlateDecode" in head else content


def _meanings(cmap: bytes) -> dict[int, str]:
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, meaning in _CHAR.findall(block):
            found[int(code, 16)] = bytes.fromhex(meaning.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, meaning in _RANGE.findall(block):
            start = int(first, 16)
            for code in range(start, int(last, 16) + 1):
                found[code] = chr(int(meaning, 16) + code - start)
    return found


def _codes(stream: bytes) -> list[int]:
    codes: list[int] = []
    # What stands for a glyph in other words is no glyph.
    for match in _STRING.finditer(_REPLACED.sub(b"", stream)):
        raw = _hex(match.group()) if match.group().startswith(b"<") else _literal(match.group()[1:-1])
        codes += [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw) - 1, 2)]
    return codes


def _hex(token: bytes) -> bytes:
    digits = re.sub(rb"[<>\s]", b"", token).decode()
    return bytes.fromhex(digits + "0" * (len(digits) % 2))


def _literal(token: bytes) -> bytes:
    def plain(match: re.Match[bytes]) -> bytes:
        sign = match.group(1)
        if sign.isdigit():
            return bytes([int(sign, 8) & 255])
        return _ESCAPED.get(sign, sign)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, token, flags=re.DOTALL)
