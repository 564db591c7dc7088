"""Months' rosters and exchanges of duties in the API's form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from gridmgr.domain.rosters import RosterDay, RosterSquad
from gridmgr.services.rosters import CellWays, Judged, MonthView, SwapView
from gridmgr.services.rosters.swap_checks import WaysOut
from gridmgr.services.rosters.view import RosterPerson
from gridmgr.texts import Message
from webapp.api.day_shown import local
from webapp.texts import say

#: Pairs that are named; the others are counted.
_PAIRS_NAMED = 20


def month_shown(view: MonthView) -> dict[str, Any]:
    """A month, for `RosterOut`."""
    frame, roster = view.frame, view.roster
    head = frame.head
    return {
        "township": frame.township_code,
        "month": frame.month,
        "today": frame.today,
        "version": head.version,
        "state": view.state,
        "view": "published" if view.is_published else "draft",
        "published_at": local(head.published_at) if head.published_at else None,
        "made": roster is not None,
        "status": roster.status if roster else None,
        "seed": roster.seed if roster else None,
        "seconds": round(roster.seconds, 2) if roster else None,
        "created_at": local(roster.created_at) if roster else None,
        "created_by": roster.created_by if roster else None,
        "change_text": say(roster.change) if roster else None,
        "days": [_day(view, day) for day in frame.dates],
        "people": [_person(person, frame.dates[-1]) for person in view.people],
        "locks": [
            {"day": lock.day, "officer": lock.officer_id, "kind": lock.kind, "source": lock.source}
            for lock in (roster.locks if roster else ())
        ],
        "notes": [say(note) for note in (roster.notes if roster else ())],
        "broken": [say(words) for words in view.broken],
        "unfair": [say(words) for words in view.unfair],
        "company": _company(view),
    }


def kind_of(view: MonthView, day: date) -> str:
    """What sort of day it is in the office."""
    if day in view.holidays:
        return "holiday"
    if day in view.makeup:
        return "makeup"
    return "weekend" if day in view.weekends else "working"


def _day(view: MonthView, day: date) -> dict[str, Any]:
    item = (view.roster.day(day) if view.roster else None) or RosterDay(day=day)
    agencies = view.frame.staff.agencies
    return {
        "date": day,
        "kind": kind_of(view, day),
        "name": view.holidays.get(day, ""),
        "rostered": view.roster is not None and view.roster.day(day) is not None,
        "open": day in view.open_days,
        "fixed": item.fixed,
        "squads": [_squad(squad) for squad in item.squads],
        "reserve": list(item.reserve),
        "short": [
            {
                "agency": short.agency_code,
                "agency_name": agencies[short.agency_code].name
                if short.agency_code in agencies
                else short.agency_code,
                "reason_text": say(short.reason),
            }
            for short in item.short
        ],
        "notes": [say(note) for note in item.notes],
    }


def _squad(squad: RosterSquad) -> dict[str, Any]:
    return {
        "number": squad.number,
        "leader": squad.leader,
        "members": list(squad.members),
        "vehicle": squad.vehicle,
        "scopes": list(squad.scopes),
        "patrol_only": squad.patrol_only,
        "reason_text": say(squad.reason) if squad.reason else None,
    }


def _person(person: RosterPerson, last: date) -> dict[str, Any]:
    officer = person.officer
    return {
        "id": officer.id,
        "name": officer.name,
        "agency": officer.agency_code,
        "agency_name": person.agency_name,
        "is_office": person.is_office,
        "certificate_valid_to": officer.certificate_valid_to,
        "certified": officer.certified_on(last),
        "share": asdict(person.share),
        "before": asdict(person.before),
        "away": {day.isoformat(): why for day, why in sorted(person.away.items())},
    }


def _company(view: MonthView) -> dict[str, Any]:
    company = view.company
    return {
        "squads": company.squads,
        "mixed": company.mixed,
        "lawful": company.lawful,
        "pairs": len(company.pairs),
        "repeated": company.repeated,
        "most_frequent": [
            {"people": list(pair), "times": times} for pair, times in company.pairs[:_PAIRS_NAMED]
        ],
        "spread": [{"times": times, "pairs": pairs} for times, pairs in company.spread],
    }


def verdict_shown(judged: Judged, names: Mapping[str, str]) -> dict[str, Any]:
    """An exchange judged, for `VerdictOut`."""
    swap = judged.swap
    return {
        "day": swap.day,
        "giver": swap.giver,
        "giver_name": names.get(swap.giver, swap.giver),
        "taker": swap.taker,
        "taker_name": names.get(swap.taker, swap.taker),
        "back": swap.back,
        "lawful": judged.lawful,
        "unsettled": judged.unsettled,
        "broken": [say(words) for words in judged.broken],
        "notes": [say(words) for words in judged.notes],
        "unfairness": judged.unfairness,
        "effects": [
            {
                "officer": effect.officer_id,
                "name": effect.name,
                "before": asdict(effect.before),
                "after": asdict(effect.after),
            }
            for effect in judged.effects
        ],
    }


def names_in(options: tuple[Judged, ...]) -> dict[str, str]:
    """Names of those whom exchanges concern, as far as their effects tell."""
    return {effect.officer_id: effect.name for judged in options for effect in judged.effects}


def cell_shown(ways: CellWays, *, day: date, officer_id: str) -> dict[str, Any]:
    """How a cell can be turned over, for `CellOut`."""
    return {
        "day": day,
        "officer": officer_id,
        "on_duty": ways.on_duty,
        "options": [verdict_shown(judged, names_in(ways.options)) for judged in ways.options],
        "barred": _barred(ways.barred),
    }


def ways_shown(ways: WaysOut) -> dict[str, Any]:
    """How a duty can be handed over, for `WaysOut`."""
    return {
        "day": ways.day,
        "closed_text": say(ways.closed) if ways.closed else None,
        "options": [verdict_shown(judged, names_in(ways.options)) for judged in ways.options],
        "barred": _barred(ways.barred),
    }


def _barred(rows: tuple[tuple[str, str, Message], ...]) -> list[dict[str, Any]]:
    return [
        {"officer": officer_id, "name": name, "reason_text": say(words)} for officer_id, name, words in rows
    ]


def swap_shown(view: SwapView) -> dict[str, Any]:
    """A request, for `SwapOut`."""
    request = view.request
    same = ("id", "day", "back", "giver", "taker", "state", "why", "answer", "changed_by")
    names = names_in(view.instead) | {request.giver: view.giver, request.taker: view.taker}
    return {name: getattr(request, name) for name in same} | {
        "township": request.township_code,
        "giver_name": view.giver,
        "taker_name": view.taker,
        "open": request.is_open,
        "created_at": local(request.created_at),
        "changed_at": local(request.changed_at),
        "closed_text": say(view.closed) if view.closed else None,
        "decidable": view.decidable,
        "verdict": verdict_shown(view.judged, names) if view.judged else None,
        "instead": [verdict_shown(judged, names) for judged in view.instead],
    }
