"""Appeals: a body asks that a case does not count against it, with a reason; somebody else decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from gridmgr.domain.evaluation.entries import Entry
from gridmgr.domain.evaluation.indices import GROUPS, index_of
from gridmgr.domain.validate import require_aware, require_choice, require_text

APPEAL_STATES = ("asked", "upheld", "refused", "withdrawn")
#: Why; words are ``evaluation.ground_<ground>``. Force majeure relieves everybody of a case, the others only
#: whoever appealed.
GROUNDS = ("force_majeure", "not_responsible", "wrong_record", "other")
FORCE_MAJEURE = "force_majeure"
#: For every index.
ALL_INDICES = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An appeal that a case be excluded.

    Parameters
    ----------
    id
        Its number.
    subject
        The case, or the report nobody made a case of.
    township_code
        Where it lies.
    index
        Which index, `ALL_INDICES` for every one.
    group, body
        Whom it should not count against.
    ground
        One of `GROUNDS`.
    reason
        The words for it.
    asked_by, asked_at
        Who asked, when.
    state
        One of `APPEAL_STATES`.
    decided_by, decided_at, note
        Who decided, when, with which words; None and "" while it is open.
    """

    id: str
    subject: str
    township_code: str | None
    index: str
    group: str
    body: str
    ground: str
    reason: str
    asked_by: str
    asked_at: datetime
    state: str = "asked"
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str = ""

    def __post_init__(self) -> None:
        for name in ("id", "subject", "body", "reason", "asked_by"):
            require_text("Appeal", name, getattr(self, name))
        require_choice("Appeal", "group", self.group, GROUPS)
        require_choice("Appeal", "ground", self.ground, GROUNDS)
        require_choice("Appeal", "state", self.state, APPEAL_STATES)
        require_aware("Appeal", "asked_at", self.asked_at)
        if self.index != ALL_INDICES and index_of(self.index) is None:
            raise ValueError(f"Appeal.index must name an index or be empty, got {self.index!r}")
        if (self.state == "asked") != (self.decided_by is None and self.decided_at is None):
            raise ValueError("Appeal.decided_by and decided_at belong to a decision, and to nothing else")

    def concerns(self, entry: Entry) -> bool:
        """Whether an entry is what the appeal is about."""
        if entry.subject != self.subject or self.index not in (ALL_INDICES, entry.index):
            return False
        return self.ground == FORCE_MAJEURE or (entry.group, entry.body) == (self.group, self.body)


def excused(entries: Iterable[Entry], appeals: Iterable[Appeal]) -> Iterator[Entry]:
    """Entries, those that count but an upheld appeal takes out marked as excluded."""
    by_subject: dict[str, list[Appeal]] = {}
    for appeal in appeals:
        if appeal.state == "upheld":
            by_subject.setdefault(appeal.subject, []).append(appeal)
    for entry in entries:
        grounds = {a.ground for a in by_subject.get(entry.subject, ()) if a.concerns(entry)}
        if not grounds or not (entry.counts or entry.outcome == "waiting"):
            yield entry
            continue
        reason = FORCE_MAJEURE if FORCE_MAJEURE in grounds else "appeal"
        yield replace(entry, outcome="excluded", reason=reason)
