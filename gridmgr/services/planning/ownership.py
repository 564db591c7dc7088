"""Ownership: who answers for which village, solved, changed by hand, published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from gridmgr.domain.assignments import OwnershipPlan, Responsibility, Uncovered
from gridmgr.errors import BadInput, NoPlan, NotFound
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.drafts import new_revision_id
from gridmgr.services.planning.lawful import require_lawful
from gridmgr.services.planning.ownership_plans import dated, plan_of
from gridmgr.services.planning.ownership_problem import OwnershipInputs, build_problem, read_inputs
from gridmgr.services.planning.scenarios import weights_of
from gridmgr.storage.repositories.plans import OwnershipHead
from gridmgr.texts import Message
from planners import assignment
from planners.stop import Stop

_ASSIGN_SECONDS = 30.0


def assign(
    ctx: Context,
    *,
    township_code: str,
    actor: str,
    seed: int = 1,
    stop: Stop | None = None,
    expected_version: int | None = None,
    scenario: str = "usual",
) -> OwnershipPlan:
    """Decide who answers for which village of a township and save it as the draft.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, actor
        Whose villages, who asks.
    seed
        Chooses among equally good plans.
    stop
        For cancelling and progress.
    expected_version
        Version of the ownership the caller looked at; the present one by default.
    scenario
        Which of `scenarios.SCENARIOS` sets the weights.

    Raises
    ------
    NotFound, BadInput, NoPlan, Conflict
        Unknown township; unknown scenario; stopped before there was a plan; somebody else changed it
        meanwhile.
    """
    inputs = read_inputs(ctx, township_code)
    problem = replace(build_problem(ctx, inputs), weights=weights_of(scenario))
    result = assignment.solve(problem, stop or Stop(seconds=_ASSIGN_SECONDS), seed)
    plan = plan_of(ctx, result, township_code=township_code, actor=actor)
    plan = dated(plan, inputs.published, ctx.clock.today())
    version = inputs.head.version if expected_version is None else expected_version
    _save(ctx, inputs.head, plan, expected_version=version, action="ownership.assign")
    return plan


def _save(
    ctx: Context,
    head: OwnershipHead,
    plan: OwnershipPlan,
    *,
    expected_version: int,
    action: str,
    why: str = "",
) -> None:
    with ctx.storage.write(plan.created_by) as uow:
        uow.ownership.add(plan)
        uow.ownership.move_head(replace(head, draft_id=plan.id), expected_version=expected_version)
        uow.record(action, "ownership", plan.township_code, why=why, revision=plan.id, status=plan.status)
        uow.commit()


def change_lead(
    ctx: Context,
    *,
    township_code: str,
    village_code: str,
    officer_id: str | None,
    actor: str,
    why: str = "",
    expected_version: int | None = None,
) -> OwnershipPlan:
    """Give a village another lead officer by hand (None takes the lead away), as a new draft.

    Raises
    ------
    NotFound, BadInput, Conflict
        Unknown village or officer; the officer has two villages already or is recused; somebody else changed
        the draft.
    """
    inputs = read_inputs(ctx, township_code)
    if village_code not in {village.code for village in inputs.villages}:
        raise NotFound("error.not_found", kind=Message("word.village"), id=village_code)
    if officer_id is not None and officer_id not in {officer.id for officer in inputs.officers}:
        raise NotFound("error.not_found", kind=Message("word.officer"), id=officer_id)
    _refuse_recused(inputs, village_code, officer_id, today=ctx.clock.today())
    with ctx.storage.read() as uow:
        draft = uow.ownership.get(inputs.head.draft_id) or inputs.published
    if draft is None:
        raise NoPlan("plan.no_ownership_yet", township=township_code)
    leads = {r.village_code: r for r in draft.responsibilities if r.role == "lead"}
    supports = [r for r in draft.responsibilities if r.role != "lead" and r.officer_id != officer_id]
    leads.pop(village_code, None)
    if officer_id is not None:
        if sum(r.officer_id == officer_id for r in leads.values()) >= 2:
            name = next(officer.name for officer in inputs.officers if officer.id == officer_id)
            raise BadInput("plan.officer_has_two", officer=name)
        by_hand = (Message("plan.by_hand", {"actor": actor, "why": why}),)
        leads[village_code] = Responsibility(officer_id=officer_id, village_code=village_code, why=by_hand)
    plan = replace(
        draft,
        id=new_revision_id(),
        created_at=ctx.clock.utc_now(),
        created_by=actor,
        status="MANUAL",
        objective=None,
        bound=None,
        responsibilities=(*(leads[code] for code in sorted(leads)), *supports),
        uncovered=_uncovered(inputs, leads, draft),
    )
    plan = dated(plan, inputs.published, ctx.clock.today())
    version = inputs.head.version if expected_version is None else expected_version
    _save(ctx, inputs.head, plan, expected_version=version, action="ownership.change", why=why)
    return plan


def _refuse_recused(
    inputs: OwnershipInputs, village_code: str, officer_id: str | None, *, today: date
) -> None:
    for recusal in inputs.recusals:
        if (recusal.officer_id, recusal.village_code) == (officer_id, village_code) and recusal.holds_on(
            today
        ):
            name = next(officer.name for officer in inputs.officers if officer.id == officer_id)
            village = next(v.name for v in inputs.villages if v.code == village_code)
            raise BadInput("plan.officer_recused", officer=name, village=village, reason=recusal.reason)


def _uncovered(
    inputs: OwnershipInputs, leads: Mapping[str, Responsibility], draft: OwnershipPlan
) -> tuple[Uncovered, ...]:
    known = {item.village_code: item for item in draft.uncovered}
    return tuple(
        known.get(v.code, Uncovered(village_code=v.code, reason=Message("plan.lead_taken_away")))
        for v in inputs.villages
        if v.code not in leads
    )


def publish_ownership(
    ctx: Context, *, township_code: str, actor: str, expected_version: int | None = None
) -> OwnershipPlan:
    """Put the draft into force, once it was checked against what is on record today.

    Raises
    ------
    NoPlan, OwnershipNotPublishable, Conflict
        There is no draft; it has become unlawful since it was made; somebody else changed it meanwhile.
    """
    with ctx.storage.write(actor) as uow:
        require_township(uow, township_code)
        head = uow.ownership.head(township_code)
        plan = uow.ownership.get(head.draft_id)
        if plan is None:
            raise NoPlan("plan.no_ownership_yet", township=township_code)
        require_lawful(uow, plan, ctx.clock.today())
        moved = replace(head, published_id=head.draft_id, published_at=ctx.clock.utc_now())
        uow.ownership.move_head(
            moved, expected_version=head.version if expected_version is None else expected_version
        )
        uow.record("ownership.publish", "ownership", township_code, revision=plan.id)
        uow.commit()
    return plan
