"""Recusals: who stands aside in which village, entered and lifted by a person, and what they affect.

The ground may tell of an officer's family: it is shown to those who assign villages and to the administrator
(`REASON_READERS`); a county lead sees that there is a recusal and what it affects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import shapely

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.people import RECUSAL_KINDS, Officer, Recusal
from gridmgr.errors import BadInput, NotFound
from gridmgr.services.asking import existing, needed
from gridmgr.services.context import Context, require_township
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: Roles that may read why somebody stands aside.
REASON_READERS = frozenset({"planner", "admin"})
MOST_WORDS = 200


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A plan of ownership gives the village to the officer who stands aside there.

    Parameters
    ----------
    plan
        ``published`` or ``draft``.
    role
        ``lead`` or ``support``.
    """

    plan: str
    role: str


@dataclass(frozen=True, kw_only=True)
class RecusalView:
    """A recusal with names.

    Parameters
    ----------
    recusal
        The record.
    officer_name, agency_name, village_name
        Names.
    state
        ``holds`` today, will hold ``later``, or is ``over``.
    effects
        Plans that it stands against; empty once it is over.
    """

    recusal: Recusal
    officer_name: str
    agency_name: str
    village_name: str
    state: str
    effects: tuple[Effect, ...]


@dataclass(frozen=True, kw_only=True)
class HomeVillage:
    """An officer whose home on record lies in a village, and of whom no recusal there is on record."""

    officer_id: str
    officer_name: str
    village_code: str
    village_name: str


@dataclass(frozen=True, kw_only=True)
class RecusalBook:
    """What is on record of a township's people.

    Parameters
    ----------
    recusals
        Those that hold first, then later ones, then those that are over.
    homes
        To look at: a home in a village is no recusal until a person says so.
    officers, villages
        The township's, for choosing: (id, name, agency) and (code, name).
    """

    recusals: tuple[RecusalView, ...]
    homes: tuple[HomeVillage, ...]
    officers: tuple[tuple[str, str, str], ...]
    villages: tuple[tuple[str, str], ...]


def recusal_book(ctx: Context, *, township_code: str) -> RecusalBook:
    """Read the recusals of a township's people.

    Raises
    ------
    NotFound
        There is no such township.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        people = uow.officers.find(township_code=township_code)
        agencies = {agency.code: agency.name for agency in uow.agencies.find()}
        here = {officer.id for officer in people}
        records = [record for record in uow.recusals.find() if record.officer_id in here]
        views = _views(uow, township_code, records, {officer.id: officer for officer in people}, agencies)
        homes = _homes(uow, township_code, people, records)
        villages = uow.villages.names(township_code=township_code)
    return RecusalBook(
        recusals=views,
        homes=homes,
        officers=tuple((o.id, o.name, agencies.get(o.agency_code, o.agency_code)) for o in people),
        villages=tuple((code, name) for code, name, _ in villages),
    )


def township_of(ctx: Context, officer_id: str) -> str:
    """Township of the officer.

    Raises
    ------
    NotFound
        There is no such officer.
    """
    with ctx.storage.read() as uow:
        return existing(uow.officers.get(officer_id), "word.officer", officer_id).township_code


def add_recusal(
    ctx: Context,
    *,
    officer_id: str,
    village_code: str,
    kind: str,
    reason: str,
    actor: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> RecusalView:
    """Put on record that an officer stands aside in a village.

    Plans are not touched: the view names those that it stands against. A record of the same pair that is over
    gives way, and stays in the audit trail.

    Raises
    ------
    NotFound
        Unknown officer or village.
    BadInput
        No reason; unknown kind; it ends before it begins or is over already; the pair has a record that
        holds.
    """
    today = ctx.clock.today()
    words = needed(reason, "recusal.needs_reason")[:MOST_WORDS]
    if kind not in RECUSAL_KINDS:
        raise BadInput("recusal.bad_kind", kind=kind)
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise BadInput("recusal.ends_before_begin", start=starts_on.isoformat(), end=ends_on.isoformat())
    if ends_on is not None and ends_on < today:
        raise BadInput("recusal.over_already", end=ends_on.isoformat())
    made = Recusal.of(officer_id, village_code, reason=words, starts_on=starts_on, ends_on=ends_on, kind=kind)
    with ctx.storage.write(actor) as uow:
        officer = existing(uow.officers.get(officer_id), "word.officer", officer_id)
        village = existing(uow.villages.get(village_code), "word.village", village_code)
        before = uow.recusals.get(made.id)
        if before is not None and _state(before, today) != "over":
            raise BadInput("recusal.exists", officer=officer.name, village=village.name)
        if before is None:
            uow.recusals.add(made)
        else:
            uow.recusals.replace(made)
        uow.record("recusal.add", "recusal", made.id, why=words, **_told(made, before))
        view = _view_of(uow, made, officer)
        uow.commit()
    return view


def lift_recusal(
    ctx: Context,
    *,
    officer_id: str,
    village_code: str,
    why: str,
    actor: str,
    from_day: date | None = None,
) -> RecusalView | None:
    """Note that an officer need not stand aside any more, from a day on; today by default.

    Returns
    -------
    RecusalView | None
        The record with its end; None where it never came into force and is gone.

    Raises
    ------
    NotFound, BadInput
        There is no such record; no reason; it is over already, or ends before that day anyway.
    """
    today = ctx.clock.today()
    words = needed(why, "recusal.lift_needs_reason")[:MOST_WORDS]
    last = (from_day or today) - timedelta(days=1)
    record_id = f"{officer_id} {village_code}"
    with ctx.storage.write(actor) as uow:
        record = existing(uow.recusals.get(record_id), "word.recusal", record_id)
        officer = existing(uow.officers.get(officer_id), "word.officer", officer_id)
        if record.ends_on is not None and record.ends_on <= last:
            raise BadInput("recusal.ends_anyway", end=record.ends_on.isoformat())
        if last < today - timedelta(days=1):
            raise BadInput("recusal.lift_in_past", day=(last + timedelta(days=1)).isoformat())
        begun = record.starts_on is None or record.starts_on <= last
        view = None
        if begun:
            ended = replace(record, ends_on=last)
            uow.recusals.replace(ended)
            view = _view_of(uow, ended, officer)
        else:
            uow.recusals.delete(record_id)
        uow.record("recusal.lift", "recusal", record_id, why=words, last_day=last.isoformat(), kept=begun)
        uow.commit()
    return view


def _told(made: Recusal, before: Recusal | None) -> dict[str, str | None]:
    days = {name: getattr(made, name) for name in ("starts_on", "ends_on")}
    told: dict[str, str | None] = {
        "officer": made.officer_id,
        "village": made.village_code,
        "ground": made.kind,
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }
    if before is not None:
        told["replaces"] = f"{before.kind}: {before.reason} ({before.starts_on} - {before.ends_on})"
    return told


def _state(record: Recusal, today: date) -> str:
    if record.holds_on(today):
        return "holds"
    return "later" if record.starts_on is not None and record.starts_on > today else "over"


def _view_of(uow: UnitOfWork, record: Recusal, officer: Officer) -> RecusalView:
    agencies = {agency.code: agency.name for agency in uow.agencies.find()}
    (view,) = _views(uow, officer.township_code, [record], {officer.id: officer}, agencies)
    return view


def _views(
    uow: UnitOfWork,
    township_code: str,
    records: Sequence[Recusal],
    people: Mapping[str, Officer],
    agencies: Mapping[str, str],
) -> tuple[RecusalView, ...]:
    names = {code: name for code, name, _ in uow.villages.names()}
    head = uow.ownership.head(township_code)
    plans = {"published": uow.ownership.get(head.published_id)}
    if head.draft_id != head.published_id:
        plans["draft"] = uow.ownership.get(head.draft_id)
    today = uow.today()
    order = {"holds": 0, "later": 1, "over": 2}
    views = []
    for record in records:
        officer, state = people[record.officer_id], _state(record, today)
        view = RecusalView(
            recusal=record,
            officer_name=officer.name,
            agency_name=agencies.get(officer.agency_code, officer.agency_code),
            village_name=names.get(record.village_code, record.village_code),
            state=state,
            effects=() if state == "over" else _effects(record, plans),
        )
        views.append(view)
    return tuple(sorted(views, key=lambda v: (order[v.state], not v.effects, v.officer_name, v.recusal.id)))


def _effects(record: Recusal, plans: Mapping[str, OwnershipPlan | None]) -> tuple[Effect, ...]:
    pair = record.officer_id, record.village_code
    return tuple(
        Effect(plan=name, role=item.role)
        for name, plan in plans.items()
        for item in (plan.responsibilities if plan else ())
        if (item.officer_id, item.village_code) == pair
    )


def _homes(
    uow: UnitOfWork, township_code: str, people: Sequence[Officer], records: Sequence[Recusal]
) -> tuple[HomeVillage, ...]:
    """Officers at home in one of the township's villages, without a record of that pair."""
    housed = [o for o in people if o.home_lon is not None]
    villages = uow.villages.find(township_code=township_code) if housed else []
    if not villages:
        return ()
    homes = shapely.points(np.array([(o.home_lon, o.home_lat) for o in housed], dtype=np.float64))
    tree = shapely.STRtree([village.geometry for village in villages])
    rows, columns = tree.query(homes, predicate="intersects")
    known = {record.id for record in records}
    found: dict[str, HomeVillage] = {}
    for row, column in zip(rows.tolist(), np.asarray(columns).tolist(), strict=True):
        officer, village = housed[row], villages[column]
        if f"{officer.id} {village.code}" in known:
            continue
        # On a shared border one village is enough.
        found.setdefault(
            officer.id,
            HomeVillage(
                officer_id=officer.id,
                officer_name=officer.name,
                village_code=village.code,
                village_name=village.name,
            ),
        )
    return tuple(found.values())


def effect_words(view: RecusalView) -> tuple[Message, ...]:
    """What a recusal stands against, plan by plan."""
    return tuple(
        Message(
            f"recusal.effect_{effect.plan}_{effect.role}",
            {"officer": view.officer_name, "village": view.village_name},
        )
        for effect in view.effects
    )


def require_officer_of(ctx: Context, officer_id: str, township_code: str) -> None:
    """Refuse an officer who does not serve in the township.

    Raises
    ------
    NotFound
        Also where there is no such officer, so that ids cannot be tried out.
    """
    with ctx.storage.read() as uow:
        officer = uow.officers.get(officer_id)
    if officer is None or officer.township_code != township_code:
        raise NotFound("error.not_found", kind=Message("word.officer"), id=officer_id)
