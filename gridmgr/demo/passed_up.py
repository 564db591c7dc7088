"""What was passed up to county departments: one department's desk with every kind of case, and its history.

Each matter says how far it has come and how many days ago each step was taken; the service that loads the
demo takes those steps, so that trail, clocks and rates are what they would be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gridmgr.demo.frame import random
from gridmgr.demo.patrols import ZONE
from gridmgr.demo.siting import Sites
from gridmgr.demo.villages import Land
from gridmgr.domain.bodies import same_body
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.incidents import Incident
from gridmgr.domain.people import Agency

#: How far the matters on the desk have come: the department's part in it, days ago it was sent and accepted.
_DESK = (
    ("sent", 5.6, None),
    ("sent", 1.35, None),
    ("sent", 0.3, None),
    ("accepted", 17.3, 16.4),
    ("accepted", 13.6, 12.7),
    ("accepted", 8.5, 8.3),
    ("helped", 3.6, 3.4),
    ("helping", 2.5, 2.4),
    ("objected", 4.4, 3.5),
    ("handled", 9.5, 9.3),
)
#: Matters the department is done with, days between two of them, and how many replies came late.
_DONE, _DAYS_APART, _LATE_EVERY = 14, 4.5, 5
#: Ways in which a second department has a part; without one there are none of these.
_NEED_OTHER = frozenset({"helping", "objected"})
_WORDS = "群众反映存在{item}情况，镇执法队现场核实后上报"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedUp:
    """A matter for a county department.

    Parameters
    ----------
    incident
        What was reported.
    way
        ``sent``, ``accepted``, ``helped`` (it asked the township), ``helping`` (another department has it),
        ``objected``, ``handled`` or ``closed``.
    department, other
        Whose desk it is on; a second department that helps, or has it in the end.
    sent_at, accepted_at, handled_at
        When; None where it has not happened.
    """

    incident: Incident
    way: str
    department: str
    other: str | None
    sent_at: datetime
    accepted_at: datetime | None
    handled_at: datetime | None


def make_passed_up(
    land: Land,
    sites: Sites,
    agencies: Sequence[Agency],
    catalogue: Sequence[CatalogueItem],
    *,
    seed: int,
    today: date,
) -> tuple[PassedUp, ...]:
    """Matters for the first department that has an agency in the largest township."""
    sizes = [sum(v.township_code == town.code for v in land.villages) for town in land.townships]
    town = max(zip(sizes, (t.code for t in land.townships), strict=True))[1]
    bodies = [
        agency.department for agency in agencies if agency.township_code == town and not agency.is_office
    ]
    mine = [item for item in catalogue if any(same_body(bodies[0], body) for body in _of(item))]
    if not mine:
        return ()
    rng = random(seed, "passed up")
    cells = [n for n, village in enumerate(land.villages) if village.township_code == town]
    midnight = datetime.combine(today, time(0), ZONE)
    made = []
    for number, (way, sent, accepted, handled) in enumerate(_ways(), start=1):
        item = mine[int(rng.integers(len(mine)))]
        cell = int(rng.choice(cells))
        lon, lat = sites.beside_road(cell, rng, spread=120.0)
        village = land.villages[cell]
        sent_at = office_time(midnight - timedelta(days=sent))
        reported = sent_at - timedelta(minutes=int(rng.integers(70, 110)))
        second = bodies[1:]
        others = [body for body in second if any(same_body(body, name) for name in _of(item))] or second
        if way in _NEED_OTHER and not others:
            continue
        made.append(
            PassedUp(
                incident=Incident(
                    id=f"QL{reported:%Y%m%d}-9{number:02d}",
                    reported_at=reported,
                    source="tip" if number % 3 else "hotline",
                    category=item.name,
                    item_code=item.code,
                    lon=lon,
                    lat=lat,
                    description=f"{village.name}：{_WORDS.format(item=item.name)}。",
                    village_code=village.code,
                    township_code=town,
                ),
                way=way,
                department=bodies[0],
                other=others[0] if others else None,
                sent_at=sent_at,
                accepted_at=None if accepted is None else office_time(midnight - timedelta(days=accepted)),
                handled_at=None if handled is None else office_time(midnight - timedelta(days=handled)),
            )
        )
    return tuple(sorted(made, key=lambda one: (one.sent_at, one.incident.id)))


def _ways() -> Iterator[tuple[str, float, float | None, float | None]]:
    """Way, and how many days ago it was sent, accepted and handled."""
    for way, sent, accepted in _DESK:
        yield way, sent, accepted, 1.3 if way == "handled" else None
    for number in range(_DONE):
        sent = 22.4 + number * _DAYS_APART
        # Some are accepted after the one working day there is, some take longer than ten working days.
        accepted = sent - (3.2 if number % _LATE_EVERY == 1 else 0.2)
        yield "closed", sent, accepted, accepted - (18.0 if number % _LATE_EVERY == 3 else 5.1)


def _of(item: CatalogueItem) -> tuple[str, ...]:
    return (item.lead_body, *item.cooperating_bodies)


def office_time(moment: datetime) -> datetime:
    """The moment, moved into the office's day: nobody accepts a case at night."""
    hour = 9 + moment.hour % 7
    return moment.replace(hour=hour, minute=moment.minute % 60, second=0, microsecond=0)
