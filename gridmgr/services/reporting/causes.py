"""Why a village or place was not reached, or has nobody who answers for it: the first cause, with numbers.

Each rule looks at the evidence alone and either finds its cause or not. For a subject that never was in a
published plan the order is: left out by the plan, with its reason (a missing road among them); no plan on at
least half of the working days; never put before the planner; no plan on some days. For one that was planned,
whichever of *planned but not visited*, *left out*, *no plan*, *planned too seldom* holds on most days comes
first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.people import Officer
from gridmgr.domain.places import Village
from gridmgr.services.reporting.evidence import Evidence, LeftOut
from gridmgr.texts import Message

#: Reasons of routers and of the route planner that mean: no road leads there.
ROAD_REASONS = frozenset(
    {
        "reason.snapped_too_far",
        "reason.no_road_nearby",
        "reason.no_road",
        "reason.disconnected",
        "reason.unreachable",
    }
)
#: What helps against a reason of the route planner; for all others: another squad, or required.
FIX_OF_REASON = {
    "reason.no_squad": "reason.cover_fix_squads",
    "reason.no_squad_with_skill": "reason.cover_fix_skill",
    "reason.needs_lawful_squad": "reason.cover_fix_certified",
    "reason.window_closed_for_all": "reason.cover_fix_window",
    "reason.forbidden_everywhere": "reason.cover_fix_forbidden",
    "reason.forbidden_by_planner": "reason.cover_fix_forbidden",
    "reason.no_prize": "reason.cover_fix_require",
    "reason.left_out_to_vary": "reason.cover_fix_require",
}
#: Dates a message names; more are counted.
NAMED_DATES = 3


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A cause found, what helps against it, and on how many days it held."""

    words: Message
    fix: Message
    days: int = 1


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A village or place that was not reached often enough.

    Parameters
    ----------
    township_code
        Its township.
    planned
        Days of published plans that held it, with squad numbers.
    left_out
        Days of published plans that left it out.
    visited
        Days with a check-in.
    required
        Visits required in the period.
    """

    township_code: str
    planned: Mapping[date, set[int]]
    left_out: Mapping[date, LeftOut]
    visited: Iterable[date]
    required: float


def not_reached(subject: Subject, evidence: Evidence) -> list[Cause]:
    """Causes for a village or place that is overdue, the first cause first; never empty."""
    left_out, no_plan = _left_out(subject, evidence), _no_plan(subject, evidence)
    if subject.planned:
        found = [_missed(subject, evidence), left_out, no_plan, None if left_out else _too_seldom(subject)]
        causes = sorted((cause for cause in found if cause), key=lambda cause: -cause.days)
        return causes or [_last_resort(subject)]
    not_offered = None if left_out else _not_offered(evidence, subject.township_code)
    few_plans = no_plan is not None and not_offered is not None and no_plan.days >= not_offered.days
    order = [left_out, no_plan, not_offered] if few_plans else [left_out, not_offered, no_plan]
    return [cause for cause in order if cause] or [_last_resort(subject)]


def _missed(subject: Subject, evidence: Evidence) -> Cause | None:
    """Planned, yet nobody checked in; the present day is not over yet and does not count."""
    visited = set(subject.visited)
    days = sorted(day for day in subject.planned if day not in visited and day < evidence.period.today)
    if not days:
        return None
    squads = sorted({number for day in days for number in subject.planned[day]})
    numbers = {"days": len(days), "dates": _dates(days), "squads": "、".join(map(str, squads))}
    return Cause(
        words=Message("reason.cover_missed", numbers),
        fix=Message("reason.cover_fix_missed", {"squads": numbers["squads"]}),
        days=len(days),
    )


def _left_out(subject: Subject, evidence: Evidence) -> Cause | None:
    if not subject.left_out:
        return None
    latest = max(subject.left_out)
    left = subject.left_out[latest]
    days = {"days": len(subject.left_out), "last": latest.isoformat()}
    if left.item.forbidden:
        return Cause(
            words=Message("reason.cover_forbidden", days),
            fix=Message("reason.cover_fix_forbidden"),
            days=len(subject.left_out),
        )
    reason = left.reason(evidence.names)
    key = "reason.cover_no_road" if reason.key in ROAD_REASONS else "reason.cover_unassigned"
    words = Message(key, days | {"reason": reason})
    return Cause(words=words, fix=fix_for(reason), days=len(subject.left_out))


def fix_for(reason: Message) -> Message:
    """What would let a stop be visited that a plan left out for this reason."""
    if reason.key in ROAD_REASONS:
        return Message("reason.cover_fix_road", reason.params)
    return Message(FIX_OF_REASON.get(reason.key, "reason.cover_fix_add"), reason.params)


def _no_plan(subject: Subject, evidence: Evidence) -> Cause | None:
    code = subject.township_code
    working = evidence.working_days.get(code, [])
    without = [day for day in working if day not in evidence.plans.route_days.get(code, ())]
    if not without:
        return None
    numbers = {"days": len(without), "of": len(working)}
    if code not in evidence.staffed:
        return Cause(
            words=Message("reason.cover_no_officers", numbers),
            fix=Message("reason.cover_fix_officers"),
            days=len(without),
        )
    unmanned = evidence.duty.recorded.get(code, frozenset()) - evidence.duty.manned.get(code, frozenset())
    squadless = evidence.plans.squadless_days.get(code, set()) - unmanned
    kinds: list[tuple[str, Callable[[date], bool]]] = [
        ("no_staff", unmanned.__contains__),
        ("no_squads", squadless.__contains__),
        ("no_plan", lambda day: day not in unmanned and day not in squadless),
    ]
    counts = [(sum(map(holds, without)), kind) for kind, holds in kinds]
    days, kind = max(counts, key=lambda item: item[0])
    return Cause(
        words=Message(f"reason.cover_{kind}", {"days": days, "of": len(working)}),
        fix=Message(f"reason.cover_fix_{kind}"),
        days=len(without),
    )


def _too_seldom(subject: Subject) -> Cause | None:
    """Planned on fewer days than visits are required."""
    short = math.ceil(subject.required) - len(subject.planned)
    return _last_resort(subject, days=short) if short > 0 else None


def _not_offered(evidence: Evidence, township_code: str) -> Cause | None:
    """Plans were made, and none of them knew of it."""
    days = len(evidence.plans.route_days.get(township_code, ()))
    if days == 0:
        return None
    return Cause(
        words=Message("reason.cover_not_offered", {"days": days}),
        fix=Message("reason.cover_fix_require"),
        days=days,
    )


def _last_resort(subject: Subject, *, days: int = 1) -> Cause:
    """What always holds of something that was not reached often enough: it was not planned often enough."""
    numbers = {"days": len(subject.planned)}
    fix = Message("reason.cover_fix_require")
    return Cause(words=Message("reason.cover_too_seldom", numbers), fix=fix, days=days)


def _dates(days: list[date]) -> str:
    named = "、".join(f"{day:%m-%d}" for day in days[-NAMED_DATES:])
    return f"…{named}" if len(days) > NAMED_DATES else named


class Owners:
    """Who leads which village by the ownership plans in force, and why nobody does.

    Parameters
    ----------
    evidence
        Of the period.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._leads = {
            r.village_code: r.officer_id
            for plan in evidence.ownership.values()
            for r in plan.responsibilities
            if r.role == "lead"
        }
        self._uncovered = {
            item.village_code: item.reason for plan in evidence.ownership.values() for item in plan.uncovered
        }

    def lead(self, village_code: str) -> Officer | None:
        """The lead officer, None where there is none or the one named has left."""
        return self._evidence.officers.get(self._leads.get(village_code, ""))

    def why_nobody(self, village: Village) -> Cause:
        """The first cause that a village has no lead officer."""
        code = village.township_code
        plan = self._evidence.ownership.get(code)
        if plan is None:
            return self._no_ownership_plan(code)
        if village.code in self._uncovered:
            return _uncovered(self._uncovered[village.code], plan)
        if village.code in self._leads:
            return Cause(
                words=Message("reason.cover_lead_left", {"officer": self._leads[village.code]}),
                fix=Message("reason.cover_fix_assign"),
            )
        return Cause(words=Message("reason.cover_added_later"), fix=Message("reason.cover_fix_assign"))

    def _no_ownership_plan(self, township_code: str) -> Cause:
        if township_code not in self._evidence.staffed:
            return Cause(
                words=Message("reason.cover_no_officers_at_all"), fix=Message("reason.cover_fix_officers")
            )
        if township_code in self._evidence.ownership_drafts:
            return Cause(
                words=Message("reason.cover_ownership_draft"), fix=Message("reason.cover_fix_publish")
            )
        return Cause(words=Message("reason.cover_no_ownership"), fix=Message("reason.cover_fix_assign"))


def _uncovered(reason: Message, plan: OwnershipPlan) -> Cause:
    numbers = {"reason": reason, "missing": plan.missing_officers}
    if plan.missing_officers == 0:
        return Cause(
            words=Message("reason.cover_uncovered", {"reason": reason}),
            fix=Message("reason.cover_fix_assign"),
        )
    return Cause(
        words=Message("reason.cover_short_of_staff", numbers),
        fix=Message("reason.cover_fix_staff", {"missing": plan.missing_officers}),
    )
