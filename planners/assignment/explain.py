"""Why this officer, why nobody: a plan's numbers as reasons a planner can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planners.assignment.columns import UNITS_PER_POINT, Indices, Township
from planners.assignment.data import Officer, Village
from planners.assignment.highs import Floats
from planners.assignment.solution import Uncovered
from planners.result import Reason

_SEPARATOR = ";"
_SMALLEST_MARGIN_POINTS = 0.01


@dataclass(frozen=True, kw_only=True, eq=False)
class Explainer:
    """Puts one plan into reasons.

    Parameters
    ----------
    town
        The township.
    lead
        For each village the index of its lead, -1 where there is none.
    margin
        For each village what any other lead costs more, at least, in thousandths of a point.
    """

    town: Township
    lead: Indices
    margin: Floats

    def lead_reasons(self, village: int) -> tuple[Reason, ...]:
        """What spoke for and against a village's lead."""
        officer = int(self.lead[village])
        reasons = [self._load(officer), self._near(officer, village)]
        reasons += self._partner(officer, village)
        reasons += self._history(officer, village)
        reasons += skill_reasons(self.town.villages[village], self.town.officers[officer])
        reasons += self._certificate(officer)
        recused = int(self.town.recused[:, village].sum())
        if recused:
            reasons.append(Reason("own_others_recused", {"officers": recused}))
        points = float(self.margin[village]) / UNITS_PER_POINT
        if points >= _SMALLEST_MARGIN_POINTS:
            reasons.append(Reason("own_margin", {"points": round(points, 2)}))
        return tuple(reasons)

    def support_reasons(self, officer: int, village: int) -> tuple[Reason, ...]:
        """What spoke for and against a support officer."""
        place, person = self.town.villages[village], self.town.officers[officer]
        reasons = [self._near(officer, village)]
        if place.code in person.previous_support:
            reasons.append(Reason("own_kept"))
        lead = self.town.officers[self.lead[village]].skills if self.lead[village] >= 0 else frozenset()
        fills = sorted(s for s, w in place.needs.items() if w > 0 and s in person.skills and s not in lead)
        if fills:
            reasons.append(Reason("own_fills_skills", {"skills": _SEPARATOR.join(fills)}))
        return tuple(reasons + self._certificate(officer))

    def uncovered(self, village: int) -> Uncovered:
        """Why a village has no lead."""
        return Uncovered(village=self.town.villages[village].code, reason=self._why_nobody(village))

    def _why_nobody(self, village: int) -> Reason:
        if not self.town.officers:
            return Reason("own_no_officers", {"villages": len(self.town.villages)})
        used = np.bincount(self.lead[self.lead >= 0], minlength=len(self.town.officers))
        roomy = self.town.capacity > used
        room = int((roomy & ~self.town.recused[:, village]).sum())
        if roomy.any() and not room:
            return Reason("own_all_recused", {"officers": int(roomy.sum())})
        if room:
            return Reason("own_no_adjacent_officer", {"room": room})
        return Reason(
            "own_no_officer_left",
            {
                "officers": len(self.town.officers),
                "capacity": int(self.town.capacity.sum()),
                "villages": len(self.town.villages),
            },
        )

    def _load(self, officer: int) -> Reason:
        load = float(self.town.workload[self.lead == officer].sum())
        target = self.town.problem.target_load
        hours = {"load": round(load, 1), "target": round(target, 1), "percent": round(100 * load / target)}
        return Reason("own_load", hours)

    def _near(self, officer: int, village: int) -> Reason:
        minutes = self.town.minutes[:, village]
        rank = int((minutes < minutes[officer]).sum()) + 1
        return Reason(
            "own_near",
            {"minutes": round(float(minutes[officer]), 1), "rank": rank, "officers": len(minutes)},
        )

    def _partner(self, officer: int, village: int) -> list[Reason]:
        partners = [int(v) for v in np.flatnonzero(self.lead == officer) if v != village]
        here = self.town.villages[village].code
        found = []
        for partner in partners:
            other = self.town.villages[partner].code
            code = "own_pair" if self.town.problem.borders(here, other) else "own_pair_apart"
            if self.town.problem.by_road_only(here, other):
                code = "own_pair_by_road"
            found.append(Reason(code, {"village": other}))
        return found

    def _history(self, officer: int, village: int) -> list[Reason]:
        previous = self.town.problem.previous_leads.get(self.town.villages[village].code)
        if previous is None:
            return []
        if previous == self.town.officers[officer].id:
            kept = [Reason("own_kept")]
            return kept + ([Reason("own_kept_tenure")] if self.town.keeper[village] >= 0 else [])
        changed = [Reason("own_changed", {"officer": previous})]
        early = bool(self.town.taken_young[officer, village])
        return changed + ([Reason("own_changed_early", {"officer": previous})] if early else [])

    def _certificate(self, officer: int) -> list[Reason]:
        return [Reason("own_uncertified")] if self.town.uncertified[officer] else []


def skill_reasons(village: Village, officer: Officer) -> list[Reason]:
    """How well officer and agency fit what the village's premises ask for: the score, and skill by skill."""
    total = sum(village.needs.values())
    if not total:
        return []
    needed = sorted(skill for skill, weight in village.needs.items() if weight > 0)
    has = [skill for skill in needed if skill in officer.skills]
    trade = [skill for skill in needed if skill not in has and officer.brings(skill) > 0]
    lacks = [skill for skill in needed if not officer.brings(skill)]
    percent = round(100 * sum(village.needs[skill] for skill in has) / total)
    found = []
    if village.premises:
        fit = sum(weight * officer.brings(skill) for skill, weight in village.needs.items()) / total
        found.append(Reason("own_fit", {"premises": village.premises, "percent": round(100 * fit)}))
    if has:
        found.append(Reason("own_skills", {"skills": _SEPARATOR.join(has), "percent": percent}))
    if trade:
        found.append(Reason("own_trade", {"skills": _SEPARATOR.join(trade)}))
    if lacks:
        found.append(Reason("own_skills_missing", {"skills": _SEPARATOR.join(lacks)}))
    return found


def plan_notes(
    *, uncovered: Sequence[Uncovered], missing: int | None, supports: int, proven: bool
) -> tuple[Reason, ...]:
    """Notes on the whole plan."""
    notes = []
    if uncovered and missing is not None:
        notes.append(Reason("own_officers_missing", {"missing": missing, "uncovered": len(uncovered)}))
    if supports:
        notes.append(Reason("own_supports", {"officers": supports}))
    if not proven:
        notes.append(Reason("own_out_of_time"))
    return tuple(notes)
