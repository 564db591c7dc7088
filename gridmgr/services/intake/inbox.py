"""The office's side of reports: what came in, giving it a place, accepting or refusing it.

Contact data is not part of the list. Whoever needs it asks for it by itself, with a reason, and the trail
says who looked (PIPL Arts. 51 and 55).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gridmgr.domain.cases import Actor, Case, Step
from gridmgr.domain.incidents import Incident
from gridmgr.domain.privacy import CONTACT_ROLES
from gridmgr.domain.tips import Contact, Tip
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden, NotFound
from gridmgr.geo.datum import to_wgs84
from gridmgr.services.asking import existing, needed
from gridmgr.services.cases.acting import act_within, file_within
from gridmgr.services.context import Context, require_township
from gridmgr.services.discretion import Reader, words_for
from gridmgr.services.intake.reports import INCIDENT_SUBJECT, PENDING_SUBJECT, become_incident
from gridmgr.services.intake.standing import case_of, incident_of, outcomes_of, state_from
from gridmgr.services.intake.vault import vault_of
from gridmgr.storage import UnitOfWork

#: What can be listed: still to be looked at; rated as not solved; marked as spam; everything else.
VIEWS = ("new", "unsolved", "spam", "handled")
#: First steps an office takes on a report that is an incident.
DECISIONS = ("verify", "file")


@dataclass(frozen=True, kw_only=True)
class InboxItem:
    """A report as the office sees it.

    Parameters
    ----------
    tip
        The report.
    state
        What its sender is told.
    incident, case
        What it became; the surviving case where it was merged into another.
    village, township
        Names, where known.
    photos
        Ids of its photos.
    """

    tip: Tip
    state: str
    incident: Incident | None
    case: Case | None
    village: str | None
    township: str | None
    photos: tuple[str, ...]

    @property
    def view(self) -> str:
        """Which list it stands in."""
        if self.tip.state == "spam":
            return "spam"
        if self.tip.solved is False:
            return "unsolved"
        untouched = self.case is None or self.case.state == "reported"
        return "new" if untouched and (self.incident is None or self.incident.is_open) else "handled"

    @property
    def is_merged(self) -> bool:
        """Whether it was merged into another report's case."""
        return self.case is not None and self.incident is not None and self.incident.case_id != self.case.id


def inbox(
    ctx: Context, *, township_code: str | None, reader: Reader = None, limit: int = 500
) -> list[InboxItem]:
    """Reports of a township, and those nobody knows the township of; all for None. The latest first.

    People's words are as the reader may have them.
    """
    with ctx.storage.read() as uow:
        tips = uow.tips.inbox(township_code=township_code, limit=limit)
        return [_for(item, reader) for item in _items(uow, tips)]


def inbox_item(ctx: Context, tip_id: str, *, user: User) -> InboxItem:
    """One report.

    Raises
    ------
    NotFound
        If there is none.
    Forbidden
        If it is another township's.
    """
    with ctx.storage.read() as uow:
        return _for(_shown(uow, _tip(uow, tip_id, user)), user)


def place(
    ctx: Context, tip_id: str, *, lon: float, lat: float, datum: str = "wgs84", user: User
) -> InboxItem:
    """Give a report its place: it becomes an incident there.

    Raises
    ------
    BadInput
        If the point lies in no village.
    Forbidden
        If it lies in another township than the user's.
    Conflict
        If it has its place, or is spam.
    """
    east, north = (float(value) for value in to_wgs84(lon, lat, datum))
    with ctx.storage.write(user.name) as uow:
        tip = _tip(uow, tip_id, user)
        if tip.state != "pending":
            raise Conflict("intake.not_pending")
        village = uow.villages.at(east, north)
        if village is None:
            raise BadInput("error.no_village_here", lon=round(east, 6), lat=round(north, 6))
        if not user.may_see(village.township_code):
            raise Forbidden("error.township_scope", township=village.township_code)
        placed = replace(
            tip,
            lon=east,
            lat=north,
            point_from="office",
            village_code=village.code,
            township_code=village.township_code,
        )
        placed = become_incident(ctx, uow, placed)
        uow.record("tip.place", "tip", tip.id, village=village.code, incident=placed.incident_id)
        uow.commit()
        return _shown(uow, placed)


def pass_on(ctx: Context, tip_id: str, *, township_code: str, user: User) -> InboxItem:
    """Give a report without a place to another township's office.

    Raises
    ------
    NotFound
        If there is no such township or report.
    Conflict
        If it has its place already, or is spam.
    """
    with ctx.storage.write(user.name) as uow:
        tip = _tip(uow, tip_id, user)
        require_township(uow, township_code)
        if tip.state != "pending":
            raise Conflict("intake.not_pending")
        # Village and point were of the township it is not in.
        moved = replace(tip, township_code=township_code, village_code=None)
        uow.tips.replace(moved)
        uow.record("tip.pass_on", "tip", tip.id, township=township_code, before=tip.township_code)
        uow.commit()
        return _shown(uow, moved)


def decide(ctx: Context, tip_id: str, *, action: str, user: User, note: str = "") -> InboxItem:
    """Verify or file a report that is an incident.

    Raises
    ------
    BadInput
        If the action is none of `DECISIONS`.
    Conflict
        If it has no place yet, or its case is further.
    """
    if action not in DECISIONS:
        raise BadInput("intake.bad_decision", action=action)
    with ctx.storage.write(user.name) as uow:
        tip = _tip(uow, tip_id, user)
        incident = incident_of(uow, tip)
        if incident is None or tip.state != "taken":
            raise Conflict("intake.needs_place")
        step = Step(action=action, note=note)
        file_within(ctx, uow, incident, actor=Actor.of(user), step=step)
        seen = _seen(ctx, uow, tip, user)
        uow.commit()
        return _shown(uow, seen)


def mark_spam(ctx: Context, tip_id: str, *, why: str, user: User) -> InboxItem:
    """Refuse a report that nobody acted on; its incident, if it is one, is cancelled.

    Raises
    ------
    BadInput
        Without a reason.
    Conflict
        If it is spam already, or somebody acted on it: then its case is cancelled where cases are.
    """
    needed(why, "intake.needs_why")
    with ctx.storage.write(user.name) as uow:
        tip = _tip(uow, tip_id, user)
        incident = incident_of(uow, tip)
        if tip.state == "spam" or (incident is not None and not _untouched(uow, incident)):
            raise Conflict("intake.acted_on")
        if incident is not None:
            step = Step(action="cancel", note=why)
            file_within(ctx, uow, incident, actor=Actor.of(user), step=step)
        spam = replace(_seen(ctx, uow, tip, user), state="spam")
        uow.tips.replace(spam)
        uow.record("tip.spam", "tip", tip.id, why=why)
        uow.commit()
        return _shown(uow, spam)


def restore(ctx: Context, tip_id: str, *, why: str, user: User) -> InboxItem:
    """Take a report back that was marked as spam; a cancelled case is reopened.

    Raises
    ------
    BadInput
        Without a reason.
    Conflict
        If it is no spam.
    """
    needed(why, "intake.needs_why")
    with ctx.storage.write(user.name) as uow:
        tip = _tip(uow, tip_id, user)
        if tip.state != "spam":
            raise Conflict("intake.no_spam")
        back = replace(tip, state="pending" if tip.incident_id is None else "taken")
        uow.tips.replace(back)
        case = case_of(uow, back)
        if case is not None and case.state == "cancelled":
            act_within(ctx, uow, case, Step(action="reopen", note=why), actor=Actor.of(user))
        uow.record("tip.restore", "tip", tip.id, why=why)
        uow.commit()
        return _shown(uow, back)


def reopen(ctx: Context, tip_id: str, *, why: str, user: User) -> InboxItem:
    """Take up again what its reporter calls not solved.

    Raises
    ------
    BadInput
        Without a reason.
    Conflict
        If it is no case, or its case is not over.
    """
    needed(why, "intake.needs_why")
    with ctx.storage.write(user.name) as uow:
        tip = _tip(uow, tip_id, user)
        case = case_of(uow, tip)
        if case is None:
            raise Conflict("intake.no_case")
        act_within(ctx, uow, case, Step(action="reopen", note=why), actor=Actor.of(user))
        uow.commit()
        again = uow.tips.get(tip.id)
        assert again is not None
        return _for(_shown(uow, again), user)


def look_at_contact(ctx: Context, tip_id: str, *, why: str, user: User) -> Contact:
    """The contact data of a report; that somebody looked is on record before they see it.

    Raises
    ------
    BadInput
        Without a reason.
    Forbidden
        If the user's role does not read contact data, or the report is another township's.
    NotFound
        If there is no contact data, or none any more.
    """
    if user.role not in CONTACT_ROLES:
        raise Forbidden("error.forbidden")
    needed(why, "intake.needs_why")
    vault = vault_of(ctx)
    with ctx.storage.write(user.name) as uow:
        tip = _tip(uow, tip_id, user)
        if tip.contact_sealed is None:
            raise NotFound("intake.no_contact")
        contact = Contact(**vault.unseal(tip.contact_sealed))
        uow.record("tip.look", "tip", tip.id, why=why.strip())
        uow.commit()
    return contact


def _tip(uow: UnitOfWork, tip_id: str, user: User) -> Tip:
    tip = existing(uow.tips.get(tip_id), "intake.report", tip_id)
    if tip.township_code is not None and not user.may_see(tip.township_code):
        raise Forbidden("error.township_scope", township=tip.township_code)
    return tip


def _untouched(uow: UnitOfWork, incident: Incident) -> bool:
    if incident.case_id is None:
        return incident.is_open
    case = uow.cases.get(incident.case_id)
    # Opened for others to be merged into, or taken back from where it was merged.
    return case is not None and case.state == "reported" and not uow.cases.find(duplicate_of=case.id)


def _seen(ctx: Context, uow: UnitOfWork, tip: Tip, user: User) -> Tip:
    seen = replace(tip, checked_at=ctx.clock.utc_now(), checked_by=user.name)
    uow.tips.replace(seen)
    return seen


def _for(item: InboxItem, reader: Reader) -> InboxItem:
    """A report with its words as the reader may have them."""
    return replace(item, tip=item.tip.reworded(lambda words: words_for(words, reader)))


def _shown(uow: UnitOfWork, tip: Tip) -> InboxItem:
    return _items(uow, [tip])[0]


def _items(uow: UnitOfWork, tips: Sequence[Tip]) -> list[InboxItem]:
    """Reports with what became of them, by a handful of queries however many they are."""
    outcomes = outcomes_of(uow, tips)
    known = [incident.id for incident, _ in outcomes.values() if incident is not None]
    photos = {
        kind: uow.attachments.ids_by_subject(kind, ids)
        for kind, ids in ((PENDING_SUBJECT, [tip.id for tip in tips]), (INCIDENT_SUBJECT, known))
    }
    villages = {code: name for code, name, _ in uow.villages.names()}
    townships = {township.code: township.name for township in uow.townships.find()}
    items = []
    for tip in tips:
        incident, case = outcomes[tip.id]
        subject = (INCIDENT_SUBJECT, incident.id) if incident else (PENDING_SUBJECT, tip.id)
        items.append(
            InboxItem(
                tip=tip,
                state=state_from(tip, incident, case),
                incident=incident,
                case=case,
                village=villages.get(tip.village_code or ""),
                township=townships.get(tip.township_code or ""),
                photos=tuple(photos[subject[0]].get(subject[1], ())),
            )
        )
    return items
