"""The indices: what each divides by what, for whom it is counted, and where its definition comes from.

Words are ``evaluation.index_<id>``, ``evaluation.numerator_<id>``, ``evaluation.denominator_<id>`` and
``evaluation.source_<source>``.
"""

from __future__ import annotations

from dataclasses import dataclass

from gridmgr.domain.validate import require_choice, require_text

#: Whom figures are grouped by.
GROUPS = ("township", "agency", "department", "officer")
SOURCES = ("flow", "hotline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A rate.

    Parameters
    ----------
    id
        Its name.
    higher
        Whether a higher rate is the better one.
    groups
        Whom it can be counted for, of `GROUPS`.
    source
        One of `SOURCES`: the standard of city management, or the rules of hotlines.
    """

    id: str
    higher: bool
    groups: frozenset[str]
    source: str

    def __post_init__(self) -> None:
        require_text("Index", "id", self.id)
        require_choice("Index", "source", self.source, SOURCES)
        for group in self.groups:
            require_choice("Index", "groups", group, GROUPS)


_ALL = frozenset(GROUPS)
#: Departments neither find nor file; both are the townships' business.
_FINDERS = _ALL - {"department"}

#: In the order in which a matter meets them.
INDICES: tuple[Index, ...] = (
    Index(id="filing", higher=True, groups=_FINDERS, source="flow"),
    Index(id="response", higher=True, groups=_ALL, source="hotline"),
    Index(id="disposal", higher=True, groups=_ALL, source="flow"),
    Index(id="on_time", higher=True, groups=_ALL, source="flow"),
    Index(id="rework", higher=False, groups=_ALL, source="flow"),
    Index(id="check_pass", higher=True, groups=_ALL, source="flow"),
    Index(id="duplicate", higher=False, groups=_FINDERS, source="flow"),
    Index(id="solved", higher=True, groups=_ALL, source="hotline"),
    Index(id="satisfaction", higher=True, groups=_ALL, source="hotline"),
)
_BY_ID = {index.id: index for index in INDICES}


def index_of(index_id: str) -> Index | None:
    """The index of that name, None where there is none."""
    return _BY_ID.get(index_id)
