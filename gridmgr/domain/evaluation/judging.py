"""Which bodies a matter judges, and how; every index's numerator and denominator come from here.

Whose clock it is decides who is judged by it: the township by the clocks its office answers for, officers and
their agencies by the way to the scene and by what they settled, a department by the turns it was given (a
clock belongs to the body of the step that started it). What nobody can be blamed for yet is ``waiting``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain import rates
from gridmgr.domain.cases import OFFICE, CaseStep
from gridmgr.domain.deadlines.clocks import CaseClock
from gridmgr.domain.evaluation.entries import Entry
from gridmgr.domain.evaluation.matters import Matter, Staff, Vote

#: From this score on a reporter is satisfied (very, or on the whole).
SATISFIED = 4
#: The step a department's clock is started by.
_TURNS = {phase: action for action, phase in rates.PHASES.items()}
#: Which clocks of the township's side judge which groups, for which indices.
_OWN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "verify": (("response",), ("township",)),
    "on_scene": (("response",), ("agency", "officer")),
    "handle": (("disposal", "on_time"), ("township", "agency", "officer")),
}
#: Clocks anything here is judged by.
PHASES = frozenset(_OWN) | frozenset(_TURNS)
_ON_THE_WAY = frozenset({"dispatch", "set_out", "arrive", "settle"})
_DISPOSALS = frozenset({"settle", "handle"})
_CHECKS = {"check": "hit", "rework": "miss"}
_BACK = frozenset({"rework", "reopen"})
_JUDGED = _BACK | {"check", "close"}
_DROPPED = frozenset({"cancel", "mark_duplicate"})
_OTHERS = frozenset({"file", "escalate", "accept", "object"})
#: Steps anything here is judged by.
ACTIONS = _ON_THE_WAY | _DISPOSALS | _JUDGED | _DROPPED | _OTHERS
_UNDECIDED = frozenset({"reported", "verified"})


@dataclass(frozen=True, slots=True)
class _Bodies:
    """Who is judged, by group."""

    township: str | None = None
    agency: str | None = None
    department: str | None = None
    officer: str | None = None


def entries_of(matter: Matter, staff: Staff, now: datetime) -> Iterator[Entry]:
    """Every judgement a matter gives at a moment."""
    judge = _Judge(matter, staff, now)
    yield from judge.report()
    if matter.case_id is not None and not matter.merged:
        yield from judge.clocks()
        yield from judge.checks()
        yield from judge.votes()


class _Judge:
    """Judges by one matter."""

    def __init__(self, matter: Matter, staff: Staff, now: datetime) -> None:
        self._matter, self._staff, self._now = matter, staff, now
        self._finders = self._of_office(matter.finder)

    def report(self) -> Iterator[Entry]:
        """Whether it was filed, and whether it repeats another; the finder is judged by it too."""
        outcome, reason = self._filing()
        yield from self._entries("filing", self._finders, outcome, reason)
        if self._matter.merged or self._matter.state == "duplicate":
            yield from self._entries("duplicate", self._finders, "hit")
        elif outcome in ("hit", "miss"):
            yield from self._entries("duplicate", self._finders, "miss" if self._decided() else "waiting")
        else:
            yield from self._entries("duplicate", self._finders, outcome, reason)

    def _decided(self) -> bool:
        return self._matter.case_id is not None and self._matter.state not in _UNDECIDED

    def _filing(self) -> tuple[str, str]:
        matter = self._matter
        if matter.merged or matter.state == "duplicate":
            return "excluded", "merged"
        if matter.case_id is None:
            # Settled or closed by those who kept no cases yet: nobody was to file it.
            if matter.state != "reported":
                return "excluded", "before_cases"
            return self._late(matter.verify_by), ""
        if matter.state in _UNDECIDED:
            due = next((clock.due_at for clock in matter.clocks if clock.phase == "verify"), None)
            return self._late(due), ""
        # What was filed and then found to be nothing is no find, however many of them there are.
        filed = matter.state != "cancelled" and any(step.action == "file" for step in matter.steps)
        return ("hit" if filed else "miss"), ""

    def _late(self, due: datetime | None) -> str:
        return "miss" if due is not None and due < self._now else "waiting"

    def clocks(self) -> Iterator[Entry]:
        """Answered in time, disposed of, disposed of in time."""
        for clock in self._matter.clocks:
            if clock.phase in _TURNS:
                yield from self._turn(clock)
            elif clock.phase in _OWN:
                yield from self._own(clock)

    def _turn(self, clock: CaseClock) -> Iterator[Entry]:
        started = (
            step
            for step in self._matter.steps
            if step.action == _TURNS[clock.phase] and step.at == clock.started_at
        )
        body = next((step.body for step in started), None)
        if body is None or body == OFFICE:
            return
        indices = ("response",) if clock.phase == "respond" else ("disposal", "on_time")
        for index in indices:
            yield from self._entries(index, _Bodies(department=body), *self._by(clock, index))

    def _own(self, clock: CaseClock) -> Iterator[Entry]:
        indices, groups = _OWN[clock.phase]
        charged = self._of_office(self._in_charge(clock))
        for index in indices:
            found, reason = self._by(clock, index)
            if self._transferred(clock):
                found, reason = "excluded", "transferred"
            for entry in self._entries(index, charged, found, reason):
                if entry.group in groups:
                    yield self._unless_found_by(entry, charged.officer)

    def _by(self, clock: CaseClock, index: str) -> tuple[str, str]:
        seen = clock.verdict(self._now)
        if seen == "void":
            return "excluded", self._why_void(clock)
        if seen == "waiting":
            return ("excluded", "suspended") if clock.is_paused else ("waiting", "")
        good = ("in_time", "late") if index == "disposal" else ("in_time",)
        return ("hit" if seen in good else "miss"), ""

    def _why_void(self, clock: CaseClock) -> str:
        actions = {step.action for step in self._matter.steps if step.at == clock.stopped_at}
        if actions & _DROPPED:
            return "cancelled"
        return "objection" if "object" in actions else "rerouted"

    def _transferred(self, clock: CaseClock) -> bool:
        """Whether a department took the matter over: the township's time is not to be judged by it."""
        if clock.phase != "handle":
            return False
        if clock.is_running:
            return self._matter.answerable != OFFICE
        return any(step.action == "handle" and step.at == clock.stopped_at for step in self._matter.steps)

    def _in_charge(self, clock: CaseClock) -> str | None:
        """The officer who had the matter while the clock ran: who was sent, then who came or settled it."""
        end = clock.stopped_at or self._now
        found: str | None = None
        for step in self._matter.steps:
            if step.action in _ON_THE_WAY and clock.started_at <= step.at <= end:
                found = self._officer(step) or found
        return found

    def _officer(self, step: CaseStep) -> str | None:
        if step.action == "dispatch":
            sent = step.detail.get("officer")
            return None if sent is None else str(sent)
        return self._staff.officer_of.get(step.actor)

    def _unless_found_by(self, entry: Entry, officer: str | None) -> Entry:
        """What an officer found and settled alone says nothing of how that officer answers others."""
        own = officer is not None and officer == self._matter.finder
        if entry.group not in ("agency", "officer") or not own or not entry.counts:
            return entry
        return self._entry(entry.index, entry.group, entry.body, "excluded", "own_find")

    def checks(self) -> Iterator[Entry]:
        """Every check of what a body disposed of, and whether any of its work came back."""
        back: dict[_Bodies, str] = {}
        holder: _Bodies | None = None
        for step in self._matter.steps:
            if step.action in _DISPOSALS:
                holder = self._disposed_by(step)
                back.setdefault(holder, "waiting")
            elif holder is not None and step.action in _JUDGED:
                if step.action in _CHECKS:
                    yield from self._entries("check_pass", holder, _CHECKS[step.action])
                if step.action in _BACK:
                    back[holder] = "hit"
                elif back[holder] == "waiting":
                    back[holder] = "miss"
        for bodies, outcome in back.items():
            yield from self._entries("rework", bodies, outcome)

    def _disposed_by(self, step: CaseStep) -> _Bodies:
        if step.action == "handle":
            return _Bodies(department=step.body)
        return self._of_office(self._staff.officer_of.get(step.actor))

    def votes(self) -> Iterator[Entry]:
        """What reporters say, of whoever disposed of the matter last before."""
        for vote in self._matter.votes:
            bodies = self._voted_on(vote)
            if vote.by_office:
                yield from self._entries("satisfaction", bodies, "excluded", "by_office")
                continue
            yield from self._entries("satisfaction", bodies, "hit" if vote.score >= SATISFIED else "miss")
            if vote.solved is not None:
                yield from self._entries("solved", bodies, "hit" if vote.solved else "miss")

    def _voted_on(self, vote: Vote) -> _Bodies:
        before = [s for s in self._matter.steps if s.action in _DISPOSALS and s.at <= vote.at]
        return self._disposed_by(before[-1]) if before else _Bodies(township=self._matter.township_code)

    def _of_office(self, officer: str | None) -> _Bodies:
        agency = self._staff.agency_of.get(officer) if officer is not None else None
        return _Bodies(township=self._matter.township_code, agency=agency, officer=officer)

    def _entries(self, index: str, bodies: _Bodies, outcome: str, reason: str = "") -> Iterator[Entry]:
        for group in ("township", "agency", "department", "officer"):
            body = getattr(bodies, group)
            if body is not None:
                yield self._entry(index, group, body, outcome, reason)

    def _entry(self, index: str, group: str, body: str, outcome: str, reason: str) -> Entry:
        matter = self._matter
        is_case = matter.case_id is not None and not matter.merged
        return Entry(
            index=index,
            group=group,
            body=body,
            subject=matter.case_id if is_case and matter.case_id is not None else matter.report_id,
            is_case=is_case,
            outcome=outcome,
            reason=reason,
            reported_at=matter.reported_at,
            township_code=matter.township_code,
        )
