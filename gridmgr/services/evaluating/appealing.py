"""Appeals: asked by whoever is judged, decided by somebody above, on record either way."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from gridmgr.domain.evaluation import GROUNDS, Appeal, Entry, entries_of
from gridmgr.domain.evaluation.appeals import ALL_INDICES
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden, NotFound
from gridmgr.services.asking import existing, needed
from gridmgr.services.context import Context
from gridmgr.services.discretion import appeal_for
from gridmgr.services.evaluating.access import ALL_ROWS, groups_for, sight_of
from gridmgr.services.evaluating.reading import People, read_matters
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

_ONCE = timedelta(microseconds=1)


def may_appeal(user: User, group: str) -> bool:
    """Whether a user may appeal for bodies of a group that the user sees."""
    own = {"planner": ("township", "agency"), "department": ("department",), "officer": ("officer",)}
    return group in own.get(user.role, ())


def ask_appeal(
    ctx: Context, *, subject: str, group: str, body: str, index: str, ground: str, reason: str, user: User
) -> Appeal:
    """Ask that a matter does not count against a body.

    Parameters
    ----------
    ctx
        The wired parts.
    subject
        The case's number, or the report's where nobody made a case of it.
    group, body
        Whom it counts against.
    index
        For which index; "" for all.
    ground, reason
        One of `GROUNDS`, and the words for it.
    user
        Who asks: the body itself.

    Raises
    ------
    BadInput
        If the reason is missing or the ground or index is none.
    Forbidden
        If the user does not speak for the body.
    NotFound
        If the matter does not count for the body.
    Conflict
        If it was appealed before and not withdrawn.
    """
    words = needed(reason, "evaluation.reason_needed")
    if ground not in GROUNDS:
        raise BadInput("evaluation.no_such_ground", ground=ground, known=", ".join(GROUNDS))
    if not may_appeal(user, group):
        raise Forbidden("evaluation.appeal_refused")
    sight = sight_of(user, group=group)
    with ctx.storage.write(user.name) as uow:
        people = People.read(uow)
        if not sight.shows(body, people.township_of(group)):
            raise Forbidden("evaluation.appeal_refused")
        entry = _entry(ctx, uow, people, subject, group, body, index)
        before = [
            item
            for item in uow.appeals.find(subject=subject)
            if (item.group, item.body, item.index) == (group, body, index)
        ]
        if any(item.state != "withdrawn" for item in before):
            raise Conflict("evaluation.appealed_already", subject=subject)
        appeal = Appeal(
            id=_number(subject, group, body, index, len(before)),
            subject=subject,
            township_code=entry.township_code,
            index=index,
            group=group,
            body=body,
            ground=ground,
            reason=words,
            asked_by=user.name,
            asked_at=ctx.clock.utc_now(),
        )
        uow.appeals.add(appeal)
        _record(uow, appeal, "ask", words)
        uow.commit()
    return appeal


def _entry(
    ctx: Context, uow: UnitOfWork, people: People, subject: str, group: str, body: str, index: str
) -> Entry:
    """What is appealed against."""
    case = uow.cases.get(subject)
    report = uow.incidents.get(case.incident_id if case else subject)
    found: list[Entry] = []
    if report is not None:
        at = report.reported_at
        now = ctx.clock.utc_now()
        for matter in read_matters(ctx, uow, people, since=at, until=at + _ONCE):
            found += entries_of(matter, people.staff, now)
    mine = (
        entry
        for entry in found
        if (entry.subject, entry.group, entry.body) == (subject, group, body)
        and index in (ALL_INDICES, entry.index)
        and entry.outcome != "excluded"
    )
    entry = next(mine, None)
    if entry is None:
        raise NotFound("evaluation.nothing_to_appeal", subject=subject, body=people.name(group, body))
    return entry


def _number(subject: str, group: str, body: str, index: str, before: int) -> str:
    """The same for whoever asks the same at the same time, so that one of them is refused."""
    digest = hashlib.sha256("\n".join((subject, group, body, index)).encode()).hexdigest()
    return f"SS-{digest[:10]}-{before + 1}"


def decide_appeal(ctx: Context, appeal_id: str, *, uphold: bool, note: str, user: User) -> Appeal:
    """Uphold or refuse an appeal.

    Raises
    ------
    Forbidden
        If the user does not decide on appeals, or asked for this one.
    NotFound
        If there is none.
    Conflict
        If it is decided or withdrawn.
    BadInput
        If there are no words for it.
    """
    if user.role not in ALL_ROWS:
        raise Forbidden("evaluation.decide_refused")
    words = needed(note, "evaluation.note_needed")
    with ctx.storage.write(user.name) as uow:
        appeal = _open(uow, appeal_id)
        if appeal.asked_by == user.name:
            raise Forbidden("evaluation.own_appeal")
        state = "upheld" if uphold else "refused"
        done = _closed(ctx, appeal, state, user, words)
        uow.appeals.replace(done)
        _record(uow, done, "uphold" if uphold else "refuse", words)
        uow.commit()
    return done


def withdraw_appeal(ctx: Context, appeal_id: str, *, user: User) -> Appeal:
    """Take an appeal back.

    Raises
    ------
    NotFound, Conflict
        If there is none, or it is over.
    Forbidden
        If another asked for it.
    """
    with ctx.storage.write(user.name) as uow:
        appeal = _open(uow, appeal_id)
        if appeal.asked_by != user.name:
            raise Forbidden("evaluation.appeal_refused")
        done = _closed(ctx, appeal, "withdrawn", user, "")
        uow.appeals.replace(done)
        _record(uow, done, "withdraw", "")
        uow.commit()
    return done


def appeals_of(ctx: Context, *, user: User) -> list[tuple[Appeal, str]]:
    """Appeals a user may read with the body's name, those to be decided first, then the newest."""
    with ctx.storage.read() as uow:
        people = People.read(uow)
        found = uow.appeals.find()
    sights = {group: sight_of(user, group=group) for group in groups_for(user)}
    mine = [
        appeal
        for appeal in found
        if appeal.group in sights
        and may_read(user, appeal)
        and sights[appeal.group].shows(appeal.body, people.township_of(appeal.group))
    ]
    mine.sort(key=lambda item: (item.state != "asked", -item.asked_at.timestamp(), item.id))
    return [(appeal_for(item, user), people.name(item.group, item.body)) for item in mine]


def may_read(user: User, appeal: Appeal) -> bool:
    """Whether an appeal is the user's to read: the body's own, or to be decided on."""
    return user.role in ALL_ROWS or may_appeal(user, appeal.group)


def _open(uow: UnitOfWork, appeal_id: str) -> Appeal:
    appeal = existing(uow.appeals.get(appeal_id), "word.appeal", appeal_id)
    if appeal.state != "asked":
        raise Conflict("evaluation.appeal_over", state=Message(f"evaluation.appeal_{appeal.state}"))
    return appeal


def _closed(ctx: Context, appeal: Appeal, state: str, user: User, note: str) -> Appeal:
    return replace(appeal, state=state, decided_by=user.name, decided_at=ctx.clock.utc_now(), note=note)


def _record(uow: UnitOfWork, appeal: Appeal, verb: str, why: str) -> None:
    uow.record(
        f"appeal.{verb}",
        "appeal",
        appeal.id,
        why=why,
        subject=appeal.subject,
        index=appeal.index,
        group=appeal.group,
        body=appeal.body,
        ground=appeal.ground,
    )
