"""Texts a department uses again and again, with places to be filled in from the case (文书模板).

A place is a name in heavy brackets, ``【案件编号】``. Which names there are, in every language, is handed in:
words stay where words are kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.validate import require_aware, require_choice, require_text

#: What a text is for.
PHRASE_KINDS = ("handle", "object", "extension", "ask_help", "opine")
#: What can be filled in.
SLOTS = ("number", "place", "item", "date", "department", "category")
MOST_NAME, MOST_WORDS = 60, 2000
_SLOT = re.compile("【([^【】]{1,20})】")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A text to reuse.

    Parameters
    ----------
    id
        Its number.
    department
        Whose.
    kind
        One of `PHRASE_KINDS`.
    name
        By which it is chosen.
    words
        The text with its places.
    changed_by, changed_at
        Who last changed it, when.
    """

    id: str
    department: str
    kind: str
    name: str
    words: str
    changed_by: str
    changed_at: datetime

    def __post_init__(self) -> None:
        for field in ("id", "department", "name", "words"):
            require_text("Phrase", field, getattr(self, field))
        require_choice("Phrase", "kind", self.kind, PHRASE_KINDS)
        require_aware("Phrase", "changed_at", self.changed_at)


def unknown_slots(words: str, names: Collection[str]) -> tuple[str, ...]:
    """Places in a text that nothing can be filled into."""
    return tuple(dict.fromkeys(name for name in _SLOT.findall(words) if name not in names))


def filled(words: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in; an unknown one stays, so that whoever sends it sees it."""
    return _SLOT.sub(lambda found: values.get(found.group(1), found.group()), words)
