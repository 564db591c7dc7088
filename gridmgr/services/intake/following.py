"""What a reporter does with the receipt: look how far it is, rate the outcome, have personal data deleted.

Whoever holds the code sees no personal data: words are masked, and no officer is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.cases import PUBLIC, Step
from gridmgr.domain.privacy import mask
from gridmgr.domain.receipts import read_code, spaced
from gridmgr.domain.tips import Rating, Tip
from gridmgr.errors import BadInput, Conflict, NotFound
from gridmgr.services.cases.acting import act_within
from gridmgr.services.context import Context
from gridmgr.services.intake.erasing import erasable_photos, erase
from gridmgr.services.intake.reports import RECEIPT_PURPOSE
from gridmgr.services.intake.standing import RATEABLE, case_of, incident_of, state_of
from gridmgr.services.intake.vault import Vault, vault_of
from gridmgr.storage import UnitOfWork

#: Who acts with a receipt, in the audit trail.
ACTOR = "public:receipt"
#: Longest words of a rating.
MOST_RATING_WORDS = 500
#: The steps of the line a reporter sees, and which of them each state has come to.
TRACK = ("received", "accepted", "working", "done", "closed")
_REACHED = {
    "received": 0,
    "accepted": 1,
    "verified": 1,
    "working": 2,
    "department": 2,
    "waiting": 2,
    "checking": 3,
    "done": 3,
    "closed": 4,
}


@dataclass(frozen=True, kw_only=True)
class TrackStep:
    """One step of the line: ``name`` out of `TRACK`; ``when`` is ``done``, ``now`` or ``ahead``."""

    name: str
    when: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a report is, as its sender may see it.

    Parameters
    ----------
    receipt
        The code, in groups.
    received_at, done_at
        When it came in and when it was dealt with.
    category, description, village
        What and where; the words masked.
    state
        One of `STATES`.
    track
        The line of steps; empty where the report was not accepted.
    may_rate
        Whether it is over and not rated yet.
    rating
        What was said of it.
    erasable
        Whether there is contact data, or a photo that is no evidence yet, to delete.
    erased_at
        When contact data was deleted.
    merged
        Whether it is dealt with together with an earlier report of the same matter.
    """

    receipt: str
    received_at: datetime
    done_at: datetime | None
    category: str
    description: str
    village: str | None
    state: str
    track: tuple[TrackStep, ...]
    may_rate: bool
    rating: Rating | None
    erasable: bool
    erased_at: datetime | None
    merged: bool = False


def follow(ctx: Context, typed: str) -> Progress:
    """How far the report of a receipt code is.

    Raises
    ------
    BadInput
        If the code cannot be one: a digit is wrong or missing.
    NotFound
        If there is no such report.
    """
    code, vault = _sound(typed), vault_of(ctx)
    with ctx.storage.read() as uow:
        return _progress(uow, _find(uow, vault, code), code)


def rate(ctx: Context, typed: str, rating: Rating) -> Progress:
    """Rate the outcome, once.

    Raises
    ------
    BadInput, NotFound
        As `follow`; or the words are too long.
    Conflict
        If it is not over yet, or rated already.
    """
    if len(rating.words) > MOST_RATING_WORDS:
        raise BadInput("intake.too_long", field="rating_words", most=MOST_RATING_WORDS)
    code, vault = _sound(typed), vault_of(ctx)
    with ctx.storage.write(ACTOR) as uow:
        tip = _find(uow, vault, code)
        if tip.is_rated:
            raise Conflict("intake.rated_already")
        if state_of(uow, tip) not in RATEABLE:
            raise Conflict("intake.not_over")
        rated = tip.rated(rating, ctx.clock.utc_now())
        uow.tips.replace(rated)
        uow.record(
            "tip.rate", "tip", tip.id, solved=rating.solved, score=rating.score, incident=tip.incident_id
        )
        case = case_of(uow, rated)
        if case is not None and case.state == "closed":
            # Several people may have reported one matter: the first rating is the case's own step.
            act_within(ctx, uow, case, Step(action="rate", rating=rating.score), actor=PUBLIC)
        uow.commit()
        return _progress(uow, rated, code)


def erase_by_receipt(ctx: Context, typed: str) -> Progress:
    """Delete contact data, and the photos unless they are evidence already, at the reporter's wish.

    Raises
    ------
    BadInput, NotFound
        As `follow`.
    """
    code, vault = _sound(typed), vault_of(ctx)
    with ctx.storage.write(ACTOR) as uow:
        tip = erase(ctx, uow, _find(uow, vault, code), why="request", photos=True)
        uow.commit()
        return _progress(uow, tip, code)


def _sound(typed: str) -> str:
    code = read_code(typed)
    if code is None:
        raise BadInput("intake.bad_receipt")
    return code


def _find(uow: UnitOfWork, vault: Vault, code: str) -> Tip:
    tip = uow.tips.by_lookup(vault.lookups(RECEIPT_PURPOSE, code))
    if tip is None:
        raise NotFound("intake.no_receipt")
    return tip


def _progress(uow: UnitOfWork, tip: Tip, code: str) -> Progress:
    state = state_of(uow, tip)
    incident, case = incident_of(uow, tip), case_of(uow, tip)
    merged = case is not None and incident is not None and incident.case_id != case.id
    if merged and case is not None:
        # What is done is done to the surviving report.
        incident = uow.incidents.get(case.incident_id)
    village = uow.villages.get(tip.village_code) if tip.village_code else None
    subject = erasable_photos(uow, tip)
    said = None
    if tip.solved is not None and tip.score is not None:
        said = Rating(solved=tip.solved, score=tip.score, words=mask(tip.rating_words))
    return Progress(
        receipt=spaced(code),
        received_at=tip.received_at,
        done_at=incident.settled_at if incident else None,
        category=tip.category,
        description=mask(tip.description),
        village=village.name if village else None,
        state=state,
        track=_track(state),
        may_rate=state in RATEABLE and not tip.is_rated,
        rating=said,
        erasable=tip.contact_sealed is not None or bool(subject and uow.attachments.find(*subject)),
        erased_at=tip.erased_at,
        merged=merged,
    )


def _track(state: str) -> tuple[TrackStep, ...]:
    reached = _REACHED.get(state)
    if reached is None:
        return ()
    last = len(TRACK) - 1
    return tuple(
        TrackStep(name=name, when="ahead" if at > reached else "now" if at == reached < last else "done")
        for at, name in enumerate(TRACK)
    )
