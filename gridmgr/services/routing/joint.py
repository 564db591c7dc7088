"""Joining matters that several bodies handle: one lead, the others help, one visit.

A person joins, dismisses or takes a joining back. The cases stay and keep their states; in those that are
with the lead department the others become cooperating departments (`gridmgr.services.cases.joint`). Taking
the joining back releases them with the reason; opinions they gave stay on the trail. They are found by
`gridmgr.services.routing.repeated`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gridmgr.domain.cases import OFFICE, Actor, Step
from gridmgr.domain.routing.joint import JointMatter
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden
from gridmgr.services.asking import existing, needed
from gridmgr.services.cases.acting import act_within
from gridmgr.services.cases.joint import joined_by, joined_detail
from gridmgr.services.cases.scope import bodies
from gridmgr.services.cases.words import body_words
from gridmgr.services.context import Context
from gridmgr.services.routing.jointviews import JointView, find, matter_of
from gridmgr.services.routing.repeated import NOT_HANDLED, body_of, new_matter
from gridmgr.storage import UnitOfWork
from gridmgr.texts import DEFAULT_LANGUAGE, Message

#: A department has the case and may be helped with it.
_WITH_DEPARTMENT = frozenset({"escalated", "accepted"})


def join(ctx: Context, matter_id: str, *, lead: str, user: User, note: str = "") -> JointView:
    """Make a suggestion one joint matter under one lead body; every case's trail says so.

    Raises
    ------
    NotFound, Forbidden
        If there is none, or it is another's.
    BadInput
        If the lead is no body.
    Conflict
        If somebody decided on it already.
    """
    with ctx.storage.write(user.name) as uow:
        matter = _suggested(uow, matter_id, user)
        join_within(ctx, uow, matter, lead=lead, user=user, note=note)
        uow.commit()
    return find(ctx, matter_id, user=user)


def join_by_hand(
    ctx: Context, case_ids: Sequence[str], *, lead: str, user: User, note: str = ""
) -> JointView:
    """Join cases that no rule found.

    Raises
    ------
    NotFound, Forbidden
        If a case does not exist or is another township's.
    BadInput
        If there are fewer than two, they lie in several townships, or the lead is no body.
    Conflict
        If one of them is over without having been handled.
    """
    with ctx.storage.write(user.name) as uow:
        wanted = list(dict.fromkeys(case_ids))
        cases = [existing(uow.cases.get(case_id), "word.case", case_id) for case_id in wanted]
        townships = {case.township_code for case in cases}
        if len(cases) < 2 or len(townships) != 1 or None in townships:
            raise BadInput("routing.joint_needs_cases")
        town = cases[0].township_code or ""
        if not user.may_see(town):
            raise Forbidden("case.refuse_township")
        if any(case.state in NOT_HANDLED for case in cases):
            raise Conflict("routing.joint_over")
        known = bodies(uow)
        named = {body_of(case, "", known) for case in cases} | {lead}
        matter = new_matter(ctx, uow, town, wanted, named, by=user.name)
        join_within(ctx, uow, matter, lead=lead, user=user, note=note)
        uow.commit()
    return find(ctx, matter.id, user=user)


def _suggested(uow: UnitOfWork, matter_id: str, user: User) -> JointMatter:
    matter = matter_of(uow, matter_id, user, decides=True)
    if matter.state != "suggested":
        raise Conflict("routing.joint_decided")
    return matter


def join_within(
    ctx: Context, uow: UnitOfWork, matter: JointMatter, *, lead: str, user: User, note: str
) -> None:
    """As `join`, within a transaction, also of a matter somebody made by hand."""
    if lead != OFFICE and lead not in bodies(uow):
        raise BadInput("case.unknown_body", body=lead, known="、".join(bodies(uow)) or "-")
    for other in uow.joint.of_cases(matter.cases, states={"joined"}):
        uow.joint.replace(replace(other, state="replaced", replaced_by=matter.id))
        uow.record("joint.replace", "joint", other.id, by=matter.id)
    joined = matter.decided("joined", at=ctx.clock.utc_now(), by=user.name, why=note.strip(), lead=lead)
    uow.joint.replace(joined)
    uow.record("joint.join", "joint", joined.id, why=note.strip(), lead=lead, cases=list(joined.cases))
    _tell(ctx, uow, joined, user, "joined", note)
    _bring_in(ctx, uow, joined, user)


def dismiss(ctx: Context, matter_id: str, *, why: str, user: User) -> JointView:
    """Say that a suggestion is not one matter; it is not suggested again.

    Raises
    ------
    NotFound, Forbidden, BadInput, Conflict
        Unknown; another's; without a reason; decided already.
    """
    with ctx.storage.write(user.name) as uow:
        matter = _suggested(uow, matter_id, user)
        said = needed(why, "routing.why_needed")
        uow.joint.replace(
            matter.decided("dismissed", at=ctx.clock.utc_now(), by=user.name, why=said, lead=None)
        )
        uow.record("joint.dismiss", "joint", matter.id, why=said)
        uow.commit()
    return find(ctx, matter_id, user=user)


def undo(ctx: Context, matter_id: str, *, why: str, user: User) -> JointView:
    """Take a joining back: every case goes on by itself, and smaller joint matters in it come back.

    Raises
    ------
    NotFound, Forbidden, BadInput, Conflict
        Unknown; another's; without a reason; not joined.
    """
    with ctx.storage.write(user.name) as uow:
        matter = matter_of(uow, matter_id, user, decides=True)
        if matter.state != "joined":
            raise Conflict("routing.joint_not_joined")
        said = needed(why, "routing.why_needed")
        for other in uow.joint.find(replaced_by=matter.id):
            uow.joint.replace(replace(other, state="joined", replaced_by=None))
            uow.record("joint.restore", "joint", other.id, from_=matter.id)
        undone = matter.decided("undone", at=ctx.clock.utc_now(), by=user.name, why=said, lead=matter.lead)
        uow.joint.replace(undone)
        uow.record("joint.undo", "joint", matter.id, why=said)
        _tell(ctx, uow, matter, user, "undone", said)
        _release(ctx, uow, matter, user, said)
        uow.commit()
    return find(ctx, matter_id, user=user)


def _bring_in(ctx: Context, uow: UnitOfWork, matter: JointMatter, user: User) -> None:
    """Make the others cooperate in the cases that are with the lead."""
    for case in uow.cases.get_many(matter.cases).values():
        if case.department != matter.lead or case.state not in _WITH_DEPARTMENT:
            continue
        now = case
        for body in matter.cooperating:
            if body in (OFFICE, *case.cooperating, *case.objectors):
                continue
            step = Step(action="involve", body=body, detail=joined_detail(matter.id, [body]))
            now = act_within(ctx, uow, now, step, actor=Actor.of(user)).case


def _release(ctx: Context, uow: UnitOfWork, matter: JointMatter, user: User, why: str) -> None:
    """Release whom the joining brought into cases that are not over, with the reason."""
    words = Message("routing.release_why", {"id": matter.id, "why": why}).render(DEFAULT_LANGUAGE)
    for case in uow.cases.get_many(matter.cases).values():
        if not case.is_open:
            continue
        now = case
        for body in joined_by(uow.case_steps.of_case(case.id), matter.id):
            if body in case.cooperating:
                step = Step(action="release", body=body, note=words)
                now = act_within(ctx, uow, now, step, actor=Actor.of(user)).case


def _tell(ctx: Context, uow: UnitOfWork, matter: JointMatter, user: User, change: str, note: str) -> None:
    """Put it on the trail of every case."""
    names = [body_words(body, DEFAULT_LANGUAGE) for body in matter.cooperating]
    words = Message(
        f"routing.trail_{change}",
        {
            "id": matter.id,
            "lead": body_words(matter.lead or "", DEFAULT_LANGUAGE),
            "bodies": "、".join(names) or "-",
            "cases": "、".join(matter.cases),
            "note": note.strip(),
        },
    ).render(DEFAULT_LANGUAGE)
    detail = {"joint": matter.id, "joint_change": change}
    for case in uow.cases.get_many(matter.cases).values():
        act_within(
            ctx, uow, case, Step(action="comment", note=words.strip(), detail=detail), actor=Actor.of(user)
        )
