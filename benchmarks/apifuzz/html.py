"""Forms and links as they stand in a page: where they go, and what each field holds or offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Types of inputs that send nothing.
_SILENT = frozenset({"reset", "button", "image"})
_USUAL_TYPES = {"input": "text", "button": "submit"}


@dataclass(kw_only=True)
class Field:
    """A field of a form.

    Parameters
    ----------
    name, kind
        Its name; its type, ``select`` or ``textarea``.
    required
        Whether a browser insists on it.
    values
        What it holds, or what it offers.
    """

    name: str
    kind: str
    required: bool = False
    values: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Form:
    """A form.

    Parameters
    ----------
    action
        Where it goes; empty for the page itself.
    method
        In capitals.
    fields
        By name, in order.
    """

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)


def forms_in(page: str) -> list[Form]:
    """The forms of a page, those of fields that name them by ``form=`` left aside."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def links_in(page: str) -> list[str]:
    """Where a page's links lead."""
    reader = _Reader()
    reader.feed(page)
    return reader.links


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._field: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            method = given.get("method", "get").upper()
            self._form = Form(action=given.get("action", ""), method=method)
            self.forms.append(self._form)
        elif self._form is not None and tag in ("input", "select", "textarea", "button"):
            self._take(tag, given)
        elif tag == "option" and self._field is not None:
            self._field.values.append(given.get("value", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self._field is not None and self._field.kind == "textarea":
            self._field.values.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag in ("select", "textarea"):
            self._field = None

    def _take(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        kind = given.get("type", _USUAL_TYPES[tag]) if tag in _USUAL_TYPES else tag
        name = given.get("name", "")
        if not name or kind in _SILENT:
            return
        taken = self._form.fields.setdefault(name, Field(name=name, kind=kind, required="required" in given))
        if tag in ("select", "textarea"):
            self._field = taken
        elif kind != "file":
            taken.values.append(given.get("value", "on" if kind == "checkbox" else ""))
