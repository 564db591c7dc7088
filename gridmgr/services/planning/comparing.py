"""Ways to plan ownership: solved at once, kept side by side, one of them adopted as the draft."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.scenarios import Comparison, ScenarioPoint, ranked
from gridmgr.errors import Conflict, NoPlan, NotFound
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.drafts import new_revision_id
from gridmgr.services.planning.lawful import require_lawful
from gridmgr.services.planning.ownership_plans import dated, plan_of
from gridmgr.services.planning.ownership_problem import build_problem, read_inputs
from gridmgr.services.planning.scenarios import Solved, figures, leads_in, solve_front
from gridmgr.services.queries.naming import Names
from gridmgr.texts import Message
from planners import assignment
from planners.stop import Stop


@dataclass(frozen=True, kw_only=True)
class ComparisonView:
    """A township's last comparison as it stands now.

    Parameters
    ----------
    comparison
        None where none was made; names in the reasons of its plans.
    base
        The plan that was in force when it was made.
    stale
        Whether another plan has come into force since: changes are counted against the one before.
    version
        Of the township's ownership, for adopting.
    names
        Of officers and villages.
    """

    comparison: Comparison | None
    base: OwnershipPlan | None
    stale: bool
    version: int
    names: Names


def compare_and_keep(
    ctx: Context, *, township_code: str, actor: str, stop: Stop, seed: int = 1
) -> Comparison:
    """Solve a township in every way and keep the answers; draft and published plan stay as they are.

    Raises
    ------
    NotFound, NoPlan
        Unknown township; stopped before anything had a plan.
    """
    inputs = read_inputs(ctx, township_code)
    problem = build_problem(ctx, inputs)
    solved = solve_front(problem, stop, seed)
    if not solved:
        raise NoPlan("plan.no_ownership", township=township_code)
    base = inputs.published
    made = Comparison(
        id=secrets.token_hex(6),
        township_code=township_code,
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        base_id=None if base is None else base.id,
        now=None
        if base is None
        else figures(
            problem, leads_in(problem, base), township_code=township_code, scenario="now", status=base.status
        ),
        points=ranked([_point(ctx, item, township_code, actor) for item in solved]),
    )
    with ctx.storage.write(actor) as uow:
        uow.comparisons.add(made)
        uow.record(
            "ownership.compare", "ownership", township_code, comparison=made.id, points=len(made.points)
        )
        uow.commit()
    return made


def _point(ctx: Context, item: Solved, township_code: str, actor: str) -> ScenarioPoint:
    plan = plan_of(ctx, item.result, township_code=township_code, actor=actor)
    limit = item.problem.most_changes
    solution = item.result.solution or assignment.Ownership(responsibilities=())
    result = figures(
        item.problem,
        solution.leads,
        township_code=township_code,
        scenario=item.name,
        status=item.result.status.value,
    )
    return ScenarioPoint(
        id=f"{item.name}-{limit}",
        names=(item.name,),
        most_changes=limit,
        best=False,
        result=result,
        plan=plan,
    )


def view_comparison(ctx: Context, *, township_code: str) -> ComparisonView:
    """Read a township's last comparison.

    Raises
    ------
    NotFound
        There is no such township.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        found = uow.comparisons.newest(township_code)
        head = uow.ownership.head(township_code)
        base = uow.ownership.get(found.base_id) if found else None
        names = Names(
            officers={officer.id: officer.name for officer in uow.officers.find(township_code=township_code)},
            villages={code: name for code, name, _ in uow.villages.names(township_code=township_code)},
            agencies={},
        )
    if found is not None:
        points = (replace(point, plan=names.ownership(point.plan)) for point in found.points)
        found = replace(found, points=tuple(points))
    return ComparisonView(
        comparison=found,
        base=base,
        stale=found is not None and found.base_id != head.published_id,
        version=head.version,
        names=names,
    )


def adopt_point(
    ctx: Context,
    *,
    township_code: str,
    comparison_id: str,
    point_id: str,
    actor: str,
    why: str = "",
    expected_version: int | None = None,
) -> OwnershipPlan:
    """Make the plan of a comparison's point the township's draft.

    Raises
    ------
    NotFound
        No such comparison of this township, or no such point in it.
    Conflict
        Another plan has come into force since the comparison, or somebody else changed the draft.
    OwnershipNotPublishable
        The plan has become unlawful since.
    """
    with ctx.storage.write(actor) as uow:
        require_township(uow, township_code)
        found = uow.comparisons.get(comparison_id)
        if found is None or found.township_code != township_code:
            raise NotFound("error.not_found", kind=Message("word.comparison"), id=comparison_id)
        point = found.point(point_id)
        if point is None:
            raise NotFound("error.not_found", kind=Message("word.scenario"), id=point_id)
        head = uow.ownership.head(township_code)
        if head.published_id != found.base_id:
            raise Conflict("ownership.comparison_stale")
        note = Message("ownership.adopted", {"actor": actor, "why": why.strip()})
        plan = replace(
            point.plan,
            id=new_revision_id(),
            created_at=ctx.clock.utc_now(),
            created_by=actor,
            why=(note, *point.plan.why),
        )
        plan = dated(plan, uow.ownership.get(head.published_id), ctx.clock.today())
        require_lawful(uow, plan, ctx.clock.today())
        uow.ownership.add(plan)
        version = head.version if expected_version is None else expected_version
        uow.ownership.move_head(replace(head, draft_id=plan.id), expected_version=version)
        uow.record(
            "ownership.adopt",
            "ownership",
            township_code,
            why=why.strip(),
            revision=plan.id,
            comparison=comparison_id,
            point=point_id,
            scenario=point.names[0],
        )
        uow.commit()
    return plan
