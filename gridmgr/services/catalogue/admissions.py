"""Admission of new duties: asked, townships heard, reviewed, decided; and what that means for dispatching."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gridmgr.domain.admissions import STEPS, Admission, Opinion, Verdict
from gridmgr.domain.bodies import same_body
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden
from gridmgr.services.asking import existing, needed, new_number
from gridmgr.services.catalogue.papers import body_of, require_townships
from gridmgr.services.catalogue.proposals import add_version
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message


def ask_admission(ctx: Context, item: CatalogueItem, *, body: str, why: str, user: User) -> Admission:
    """Ask for a new duty to come down to townships.

    Parameters
    ----------
    item
        The duty as it is to stand in the catalogue; ``handed_to`` are the townships. Its days come later.
    body
        The department that asks; the user's own where empty.
    why
        Its reasons.

    Raises
    ------
    BadInput
        If no township, an unknown one, or no reason is given.
    Forbidden
        If the user speaks for another department.
    Conflict
        If an item of that code is in force or the same duty is being decided already.
    """
    with ctx.storage.write(user.name) as uow:
        require_townships(uow, item.handed_to)
        if not item.handed_to:
            raise BadInput("catalogue.townships_needed")
        if uow.catalogue.get(item.code) is not None:
            raise Conflict("catalogue.listed_already", code=item.code)
        pending = [a for a in uow.admissions.find({"asked", "reviewed"}) if a.item.code == item.code]
        if pending:
            raise Conflict("catalogue.asked_already", code=item.code, id=pending[0].id)
        admission = Admission(
            id=new_number(ctx),
            item=replace(item, handed_to=tuple(sorted(set(item.handed_to))), effective_from=None),
            asking_body=body_of(user, body),
            why=needed(why, "catalogue.why_needed"),
            asked_by=user.name,
            asked_at=uow.now(),
        )
        uow.admissions.add(admission)
        uow.record("admission.ask", "admission", admission.id, why=admission.why, item=item.code)
        uow.commit()
    return admission


def _in_step(uow: UnitOfWork, admission_id: str, action: str) -> Admission:
    admission = existing(uow.admissions.get(admission_id), "word.admission", admission_id)
    if not admission.may(action):
        raise Conflict(
            "catalogue.admission_step",
            action=Message(f"catalogue.admission_{action}"),
            state=Message(f"catalogue.admission_state_{admission.state}"),
        )
    return admission


def _store(uow: UnitOfWork, before: Admission, after: Admission, action: str, words: str) -> Admission:
    moved = replace(after, state=STEPS[action][1])
    uow.admissions.change(before, moved)
    uow.record(f"admission.{action}", "admission", before.id, why=words)
    uow.commit()
    return moved


def give_opinion(
    ctx: Context, admission_id: str, *, township_code: str, agrees: bool, words: str, user: User
) -> Admission:
    """Say a township's opinion; the last one before the review counts.

    Raises
    ------
    NotFound
        If there is no such admission.
    Forbidden
        If the township is not the user's.
    BadInput
        If the duty is not to come to that township, or nothing is said.
    Conflict
        If it was reviewed already.
    """
    if not user.may_see(township_code):
        raise Forbidden("error.township_scope", township=township_code)
    with ctx.storage.write(user.name) as uow:
        admission = _in_step(uow, admission_id, "opinion")
        if township_code not in admission.item.handed_to:
            raise BadInput("catalogue.not_concerned", township=township_code)
        opinion = Opinion(
            township_code=township_code,
            agrees=agrees,
            words=needed(words, "catalogue.words_needed"),
            by=user.name,
            at=uow.now(),
        )
        others = tuple(o for o in admission.opinions if o.township_code != township_code)
        opinions = tuple(sorted((*others, opinion), key=lambda o: o.township_code))
        return _store(uow, admission, replace(admission, opinions=opinions), "opinion", opinion.words)


def review_admission(
    ctx: Context, admission_id: str, *, recommends: bool, words: str, user: User, unheard: bool = False
) -> Admission:
    """Review a duty once its townships were heard.

    Parameters
    ----------
    unheard
        Review although townships have not said anything; which ones is on record with the words.

    Raises
    ------
    NotFound
        If there is no such admission.
    Conflict
        If a township has not said anything yet and ``unheard`` is not set, or it was reviewed already.
    """
    with ctx.storage.write(user.name) as uow:
        admission = _in_step(uow, admission_id, "review")
        if admission.unheard and not unheard:
            names = {t.code: t.name for t in uow.townships.find()}
            silent = ", ".join(names.get(code, code) for code in admission.unheard)
            raise Conflict("catalogue.unheard", townships=silent)
        said = needed(words, "catalogue.words_needed")
        verdict = Verdict(yes=recommends, words=said, by=user.name, at=uow.now())
        return _store(uow, admission, replace(admission, review=verdict), "review", said)


def decide_admission(
    ctx: Context,
    admission_id: str,
    *,
    admit: bool,
    words: str,
    user: User,
    effective_from: date | None = None,
) -> Admission:
    """Admit a duty from a day on, which puts it on the list, or refuse it; with reasons either way.

    Raises
    ------
    NotFound
        If there is no such admission.
    BadInput
        If it is admitted without a day, or for one in the past.
    Conflict
        If it was not reviewed, or was decided already.
    """
    with ctx.storage.write(user.name) as uow:
        action = "admit" if admit else "refuse"
        admission = _in_step(uow, admission_id, action)
        said = needed(words, "catalogue.reason_needed")
        verdict = Verdict(yes=admit, words=said, by=user.name, at=uow.now())
        decided = replace(admission, decision=verdict)
        if admit:
            day = _day(uow, effective_from)
            item = replace(admission.item, effective_from=day)
            versions = uow.catalogue.versions([item.code]).get(item.code, [])
            add_version(uow, versions, item, admission=admission.id)
            decided = replace(decided, effective_from=day)
        return _store(uow, admission, decided, action, said)


def _day(uow: UnitOfWork, day: date | None) -> date:
    if day is None:
        raise BadInput("catalogue.day_needed")
    if day < uow.today():
        raise BadInput("catalogue.day_past", day=day.isoformat())
    return day


def withdraw_admission(ctx: Context, admission_id: str, *, words: str, user: User) -> Admission:
    """Take an admission back before it is decided.

    Raises
    ------
    NotFound
        If there is none.
    Forbidden
        If another department asked.
    Conflict
        If it was decided already.
    """
    with ctx.storage.write(user.name) as uow:
        admission = _in_step(uow, admission_id, "withdraw")
        own = user.department
        if own and not same_body(own, admission.asking_body):
            raise Forbidden("catalogue.other_department", body=admission.asking_body, own=own)
        said = needed(words, "catalogue.why_needed")
        return _store(uow, admission, admission, "withdraw", said)


def list_admissions(ctx: Context) -> list[Admission]:
    """All admissions, the newest first."""
    with ctx.storage.read() as uow:
        return uow.admissions.find()


def get_admission(ctx: Context, admission_id: str) -> Admission:
    """An admission.

    Raises
    ------
    NotFound
        If there is none.
    """
    with ctx.storage.read() as uow:
        return existing(uow.admissions.get(admission_id), "word.admission", admission_id)
