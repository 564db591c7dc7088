"""How to read a file, as chosen on the import page, and back into the page's form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gridmgr.errors import BadInput
from gridmgr.services import importing

#: In the order a new installation needs them.
KINDS = ("villages", "roads", *importing.TABLE_KINDS)
ENCODINGS = ("UTF-8", "GB18030", "Big5")
#: Fields that may be the same for every village of a file.
FIXED_FIELDS = ("township_code", "township_name", "county_code", "county_name")
#: Choices of a field's column: a column's name comes after the prefix, so that no name can be another choice.
NO_COLUMN, COLUMN_PREFIX = "none", "column:"
#: What starts a constant among sources; a column whose name does so too cannot be chosen.
CONSTANT_SIGN = "="
_SWITCHES = ("repair", "skip_bad", "update")


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to read a file.

    Parameters
    ----------
    kind
        One of `KINDS`.
    layer, encoding, crs, mapping, repair, skip_bad, update
        See `gridmgr.services.importing.import_villages`; other kinds use the last two.
    """

    kind: str
    layer: str | None
    encoding: str | None
    crs: str | None
    mapping: Mapping[str, str]
    repair: bool
    skip_bad: bool
    update: bool

    @classmethod
    def of_form(cls, form: Mapping[str, str]) -> Options:
        """Read the page's choices.

        Raises
        ------
        BadInput
            If kind or encoding are none of those offered.
        """
        kind, encoding = form.get("kind", ""), form.get("encoding", "")
        if kind not in KINDS:
            raise BadInput("import.unknown_kind", kind=kind, known=", ".join(KINDS))
        if encoding and encoding not in ENCODINGS:
            raise BadInput("geo.encoding_unknown_name", encoding=encoding)
        return cls(
            kind=kind,
            # Not stripped: a layer of the list may have blanks at its ends.
            layer=form.get("layer") or None,
            encoding=encoding or None,
            crs=form.get("crs", "").strip() or None,
            mapping=_mapping_of(form),
            repair="repair" in form,
            skip_bad="skip_bad" in form,
            update="update" in form,
        )

    def form_fields(self) -> Iterator[tuple[str, str]]:
        """Names and values that make a form say the same again."""
        yield "kind", self.kind
        for name, value in (("layer", self.layer), ("encoding", self.encoding), ("crs", self.crs)):
            if value:
                yield name, value
        for field in self.mapping:
            if fixed := self.fixed(field):
                yield f"fixed_{field}", fixed
            else:
                yield f"column_{field}", self.choice(field)
        for name in _SWITCHES:
            if getattr(self, name):
                yield name, "1"

    def choice(self, field: str) -> str:
        """The choice of a field's column; empty where it is found by itself or has a fixed value."""
        source = self.mapping.get(field)
        if source is None or source.startswith(CONSTANT_SIGN):
            return ""
        return COLUMN_PREFIX + source if source else NO_COLUMN

    def fixed(self, field: str) -> str:
        """The field's fixed value, empty where it has none."""
        source = self.mapping.get(field, "")
        return source[1:] if source.startswith(CONSTANT_SIGN) else ""


def _mapping_of(form: Mapping[str, str]) -> dict[str, str]:
    """Sources by field, written as `gridmgr.geo.headers.parse_mapping` gives them."""
    mapping = {}
    for field in importing.VILLAGE_FIELDS:
        fixed = form.get(f"fixed_{field}", "").strip() if field in FIXED_FIELDS else ""
        choice = form.get(f"column_{field}", "")
        if fixed:
            mapping[field] = CONSTANT_SIGN + fixed
        elif choice == NO_COLUMN:
            mapping[field] = ""
        elif choice.startswith(COLUMN_PREFIX) and not choice.startswith(COLUMN_PREFIX + CONSTANT_SIGN):
            mapping[field] = choice.removeprefix(COLUMN_PREFIX)
    return mapping
