"""Turning one cell of the roster over by itself, with nobody in exchange, whatever that breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gridmgr.domain.rosters import MonthRoster, RosterDay
from gridmgr.services.planning.rostered import team
from gridmgr.services.rosters.frame import HAND, MonthFrame
from planners import rostering


def day_with_cell(frame: MonthFrame, draft: MonthRoster, day: date, officer_id: str) -> RosterDay:
    """The day with the officer taken off it, or put on it where he is not.

    Who is put on joins the smallest squad that has room, else the reserve. A squad that loses its leader gets
    another one; one that loses its last member is dropped.

    Parameters
    ----------
    frame, draft
        The month, and its draft, which has the day.
    """
    item = next(one for one in draft.days if one.day == day)
    locks = [lock for lock in draft.locks if lock.day == day and lock.officer_id != officer_id]
    problem = frame.problem([day], locks, sources=HAND, settled=draft)
    asked = problem.days[0]
    squads = [team(squad) for squad in item.squads]
    if officer_id in item.sent:
        sent = item.sent - {officer_id}
        squads = _without(problem, asked, squads, officer_id)
    else:
        sent = item.sent | {officer_id}
        squads = _with(problem.rules, asked, squads, officer_id)
    return frame.told(rostering.restate_day(problem, asked, squads, sent))


def _without(
    problem: rostering.Problem, asked: rostering.Day, squads: list[rostering.Squad], officer_id: str
) -> list[rostering.Squad]:
    people = {person.id: person for person in problem.people}
    kept = []
    for squad in squads:
        members = tuple(member for member in squad.members if member != officer_id)
        known = [people[member] for member in members if member in people]
        if not known:
            continue
        leader = squad.leader
        if leader == officer_id:
            leader = rostering.choose_leader(known, asked, led={}).id
        kept.append(replace(squad, leader=leader, members=members))
    return kept


def _with(
    rules: rostering.Rules, asked: rostering.Day, squads: list[rostering.Squad], officer_id: str
) -> list[rostering.Squad]:
    seats = {vehicle.id: vehicle.seats for vehicle in asked.vehicles}
    roomy = [
        squad
        for squad in squads
        if len(squad.members) < min(rules.max_members, seats.get(squad.vehicle or "", rules.max_members))
    ]
    if not roomy:
        return squads
    chosen = min(roomy, key=lambda squad: (len(squad.members), squad.number))
    return [
        replace(squad, members=(*squad.members, officer_id)) if squad is chosen else squad for squad in squads
    ]
