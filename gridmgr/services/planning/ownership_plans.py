"""What the ownership planner answers, as a revision the office keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gridmgr.domain.assignments import OwnershipPlan, Responsibility, Uncovered
from gridmgr.errors import NoPlan
from gridmgr.services.context import Context
from gridmgr.services.planning.drafts import new_revision_id, words
from planners import assignment
from planners.result import Result


def plan_of(
    ctx: Context, result: Result[assignment.Ownership], *, township_code: str, actor: str
) -> OwnershipPlan:
    """A new revision of a solver's answer, its reasons in the office's words.

    Raises
    ------
    NoPlan
        It was stopped before it had one.
    """
    found = result.solution
    if found is None:
        raise NoPlan("plan.no_ownership", township=township_code)
    return OwnershipPlan(
        id=new_revision_id(),
        township_code=township_code,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        status=result.status.value,
        objective=result.objective,
        bound=result.bound,
        seconds=result.seconds,
        responsibilities=tuple(
            Responsibility(
                officer_id=r.officer,
                village_code=r.village,
                role=r.role.value,
                why=tuple(words(reason) for reason in r.why),
            )
            for r in found.responsibilities
        ),
        uncovered=tuple(
            Uncovered(village_code=item.village, reason=words(item.reason)) for item in found.uncovered
        ),
        missing_officers=found.missing_officers or 0,
        why=tuple(words(reason) for reason in result.reasons),
    )


def dated(plan: OwnershipPlan, published: OwnershipPlan | None, today: date) -> OwnershipPlan:
    """Date each responsibility: as in the published plan where it goes on, else from today."""
    before = {
        (r.officer_id, r.village_code, r.role): r.since
        for r in (published.responsibilities if published else ())
    }
    known = (
        replace(r, since=before.get((r.officer_id, r.village_code, r.role), today))
        for r in plan.responsibilities
    )
    return replace(plan, responsibilities=tuple(known))
