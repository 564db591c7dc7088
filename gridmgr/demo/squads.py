"""The squads of a past day, formed by hand as an office does without a planner: in turn, and good enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gridmgr.domain.people import Agency, Officer
from gridmgr.domain.places import Vehicle
from gridmgr.texts import Message

#: At least two certified officers for an enforcement (行政处罚法 Art 42).
_CERTIFIED_NEEDED = 2
_SQUAD_MIN, _SQUAD_MAX = 3, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Members of one squad before it has a route."""

    leader: Officer
    members: tuple[Officer, ...]
    vehicle: str | None
    scopes: tuple[str, ...]
    reason: Message | None


def form_teams(
    present: Sequence[Officer],
    agencies: dict[str, Agency],
    vehicles: Sequence[Vehicle],
    *,
    day: date,
    duties: Counter[str],
    most: int,
) -> tuple[list[Team], list[Officer]]:
    """Each agency sends who had the fewest duties, the office one a squad; the rest is the reserve.

    ``duties`` counts duties so far and is brought up to date.
    """
    by_agency: dict[str, list[Officer]] = {}
    for officer in sorted(present, key=lambda o: (duties[o.id], not o.certified_on(day), o.id)):
        by_agency.setdefault(officer.agency_code, []).append(officer)
    sent = [group[0] for code, group in sorted(by_agency.items()) if not agencies[code].is_office]
    office = [o for code, group in sorted(by_agency.items()) if agencies[code].is_office for o in group]
    count = min(most, len(vehicles), (len(sent) + min(len(office), most)) // _SQUAD_MIN)
    if count < 1:
        return [], list(present)
    office = sorted(office[:count], key=lambda o: (not o.certified_on(day), o.id))
    groups: list[list[Officer]] = [[] for _ in range(count)]
    for place, officer in enumerate([*office, *sorted(sent, key=lambda o: (not o.certified_on(day), o.id))]):
        room = [group for group in groups if len(group) < _SQUAD_MAX]
        if room:
            min(room, key=lambda group: (len(group), groups.index(group) != place % count)).append(officer)
    chosen = {officer.id for group in groups for officer in group}
    duties.update(chosen)
    teams = [_team(group, vehicle.id, day=day) for group, vehicle in zip(groups, vehicles, strict=False)]
    return teams, [officer for officer in present if officer.id not in chosen]


def _team(members: list[Officer], vehicle: str, *, day: date) -> Team:
    """Leader and lawful scopes: fields that two certified members share."""
    certified = [officer for officer in members if officer.certified_on(day)]
    fields = Counter(skill for officer in certified for skill in set(officer.skills))
    scopes = tuple(sorted(field for field, count in fields.items() if count >= _CERTIFIED_NEEDED))
    reason = None
    if len(certified) < _CERTIFIED_NEEDED:
        params = {"certified": len(certified), "needed": _CERTIFIED_NEEDED, "members": len(members)}
        reason = Message("reason.too_few_certified", params)
    elif not scopes:
        reason = Message("reason.no_shared_scope", {"certified": len(certified)})
    leader = min(certified or members, key=lambda officer: (officer.birth_year or 0, officer.id))
    return Team(leader=leader, members=tuple(members), vehicle=vehicle, scopes=scopes, reason=reason)
