"""Whole documents made elsewhere, sent with a policy of their own.

A report and a map are files that also work without this server: styles, and the map's scripts, stand inside
them. Here they are marked with the answer's nonce, and a policy allows nothing but what is marked. Should a
document ever carry something it was not meant to, its sandbox still keeps it away from the user's session.
"""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import accumulate

from flask import Response
from markupsafe import Markup

from webapp.security import csp_nonce

_NOWHERE = (
    "default-src 'none'",
    "style-src-attr 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
)


def report_answer(document: str, *, head: Markup, toolbar: Markup) -> Response:
    """A document without scripts, under a toolbar of ours that leads to other forms of it.

    Parameters
    ----------
    document
        Complete HTML.
    head, toolbar
        Our own pieces for the end of its head and the start of its body.
    """
    nonce = csp_nonce()
    shown = _with_pieces(document, nonce=nonce, marked={"style"}, head=head, body=toolbar)
    return _answer(shown, f"style-src 'self' 'nonce-{nonce}'", "script-src 'self'", "img-src 'self' data:")


def map_answer(document: str) -> Response:
    """A document that runs its own scripts, shut off from everything else.

    It may print; having no origin, it may neither read cookies nor ask this server for anything in the
    user's name.
    """
    nonce = csp_nonce()
    shown = _with_pieces(document, nonce=nonce, marked={"style", "script"})
    return _answer(
        shown,
        f"style-src 'nonce-{nonce}'",
        f"script-src 'nonce-{nonce}'",
        "img-src data:",
        "sandbox allow-scripts allow-modals",
    )


def file_answer(body: str | bytes, *, name: str, mimetype: str) -> Response:
    """A file to keep; ``name`` in ASCII."""
    response = Response(body, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _answer(document: str, *rules: str) -> Response:
    response = Response(document, mimetype="text/html")
    response.headers["Content-Security-Policy"] = "; ".join((*_NOWHERE, *rules))
    return response


class _Tags(HTMLParser):
    """Finds where tags are; what looks like a tag inside a script or style is none.

    Parameters
    ----------
    document
        Complete HTML.
    """

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        # The parser counts lines by this sign alone, whatever else may end one.
        lengths = (len(line) + 1 for line in document.split("\n"))
        self._line_starts = [0, *accumulate(lengths)]
        #: Every start tag's name, and the offset at which an attribute can be put into it.
        self.starts: list[tuple[str, int]] = []
        #: Offsets of the first end tag of a name, and of what follows the first start tag.
        self.ends: dict[str, int] = {}
        self.after: dict[str, int] = {}
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Note where attributes can be added, and where the content begins."""
        at = self._offset()
        self.starts.append((tag, at + 1 + len(tag)))
        self.after.setdefault(tag, at + len(self.get_starttag_text() or ""))

    def handle_endtag(self, tag: str) -> None:
        """Note where the first element of a kind ends."""
        self.ends.setdefault(tag, self._offset())

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column


def _with_pieces(document: str, *, nonce: str, marked: set[str], head: str = "", body: str = "") -> str:
    """The document with its inline parts marked, and pieces put into head and body."""
    tags = _Tags(document)
    pieces: dict[int, str] = {at: f' nonce="{nonce}"' for tag, at in tags.starts if tag in marked}
    if head:
        pieces[tags.ends["head"]] = head
    if body:
        pieces[tags.after["body"]] = body
    return _inserted(document, pieces)


def _inserted(document: str, pieces: Mapping[int, str]) -> str:
    parts, last = [], 0
    for at in sorted(pieces):
        parts += [document[last:at], pieces[at]]
        last = at
    return "".join([*parts, document[last:]])
