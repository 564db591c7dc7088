"""What the ownership planner answers: who answers for which village, and why.

Reason codes (``reason.<code>`` in the text catalogue; all start with ``own_``):

================================  ==================================================================
why this officer                  ``own_load own_near own_kept own_changed own_pair own_pair_apart``
                                  ``own_skills own_skills_missing own_fills_skills own_uncertified``
                                  ``own_kept_tenure own_changed_early own_pair_by_road``
                                  ``own_others_recused own_margin own_fit own_trade``
why a village has no lead         ``own_no_officers own_no_officer_left own_no_adjacent_officer``
                                  ``own_all_recused``
notes on the whole plan           ``own_officers_missing own_supports own_no_villages own_out_of_time``
                                  ``own_too_few_changes``
breaches found by ``verify``      ``own_bad_...``, see `planners.assignment.verify`
================================  ==================================================================

Parameters ``officer``, ``village`` and ``other`` are ids and codes, ``skills`` are skills joined by ``;`` as
in the import files: whoever shows a reason may put names in their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planners.result import Reason


class Role(StrEnum):
    """How an officer answers for a village."""

    LEAD = "lead"
    SUPPORT = "support"


@dataclass(frozen=True, kw_only=True)
class Responsibility:
    """One officer answers for one village.

    Parameters
    ----------
    officer, village
        The officer's id and the village's code.
    role
        Lead, or support to the village's lead.
    why
        What spoke for and against this officer, in numbers.
    """

    officer: str
    village: str
    role: Role
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Uncovered:
    """A village nobody can lead, and the reason."""

    village: str
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """Who answers for which village of a township.

    Parameters
    ----------
    responsibilities
        Leads first, then supports, each by village code and officer id.
    uncovered
        Villages without a lead, by code.
    missing_officers
        Smallest number of further officers, of capacity 2, with whom every village could have a lead; None
        where the clock ran out before it was known.
    covered_weight
        Sum of `Village.coverage_weight` over the villages with a lead; no plan reaches more.
    lead_cost, support_cost
        Points of the leads (the result's objective) and of the supports.
    """

    responsibilities: tuple[Responsibility, ...]
    uncovered: tuple[Uncovered, ...] = ()
    missing_officers: int | None = 0
    covered_weight: int = 0
    lead_cost: float = 0.0
    support_cost: float = 0.0

    @property
    def leads(self) -> dict[str, str]:
        """Village code to its lead's id."""
        return {r.village: r.officer for r in self.responsibilities if r.role is Role.LEAD}

    @property
    def supports(self) -> dict[str, str]:
        """Support officer's id to the code of the village supported."""
        return {r.officer: r.village for r in self.responsibilities if r.role is Role.SUPPORT}

    def villages_led_by(self, officer: str) -> tuple[str, ...]:
        """Codes of the villages an officer leads, sorted."""
        return tuple(sorted(village for village, lead in self.leads.items() if lead == officer))
