"""Days whose people the month's roster decided already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from gridmgr.domain.rosters import RosterDay, RosterSquad
from planners import rostering


def kept_days(
    problem: rostering.Problem, rostered: Mapping[date, RosterDay]
) -> dict[date, rostering.DayRoster]:
    """Rostered days that still hold by what is known now, squads and all."""
    kept = {}
    for day in problem.days:
        item = rostered.get(day.date)
        if item is None:
            continue
        made = rostering.restate_day(problem, day, map(team, item.squads), item.sent)
        if not any(True for _ in rostering.verify_day(problem, day, made)):
            kept[day.date] = made
    return kept


def with_rostered(problem: rostering.Problem, rostered: Mapping[date, RosterDay]) -> rostering.Problem:
    """The problem in which everybody rostered who is still there must be sent; others fill up."""
    days = tuple(
        replace(day, locked=rostered[day.date].sent & day.available) if day.date in rostered else day
        for day in problem.days
    )
    return replace(problem, days=days)


def team(squad: RosterSquad) -> rostering.Squad:
    """A stored squad as the planner takes it."""
    return rostering.Squad(
        number=squad.number,
        leader=squad.leader,
        members=squad.members,
        vehicle=squad.vehicle,
        patrol_only=squad.patrol_only,
        scopes=frozenset(squad.scopes),
    )
