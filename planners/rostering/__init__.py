"""Rostering: who is sent on joint patrol each day, and which lawful squads they form.

Two stages, each proven where it can be: the people of all days at once (each agency sends its quota, in fair
turns, certificates where they count), then the squads of each day. A squad that may enforce nothing is marked
patrol-only with its reasons; nobody who is sent is lost; nothing that can happen to a township is an error.

>>> from datetime import date
>>> people = tuple(
...     Person(id=name, agency=agency, certified_until=date(2030, 1, 1), scopes=frozenset({"food"}))
...     for name, agency in [("li", "market"), ("wang", "health"), ("zhao", "traffic")]
... )
>>> monday = Day(date=date(2026, 3, 2), available=frozenset({"li", "wang", "zhao"}))
>>> result = solve(Problem(people=people, days=(monday,)), seed=1)
>>> squad = result.solution.days[0].squads[0]
>>> squad.members, sorted(squad.scopes), squad.patrol_only
(('li', 'wang', 'zhao'), ['food'], False)
"""

from __future__ import annotations

from planners.rostering.building import choose_leader, restate_day
from planners.rostering.data import (
    ABSENCES,
    CERTIFIED_NEEDED,
    Day,
    PairRule,
    Person,
    Problem,
    Rules,
    Vehicle,
    Weights,
    pair_key,
)
from planners.rostering.figures import Figures, figures
from planners.rostering.lawful import SquadCheck, check_squad, lawful_scopes
from planners.rostering.reasons import CODES
from planners.rostering.relax import Change, changed
from planners.rostering.relief import DayRelief, Remedy, relieve
from planners.rostering.solution import DayRoster, Reserve, Roster, Short, Squad
from planners.rostering.solve import solve
from planners.rostering.swap import FAIRNESS, Swap, SwapBoard, SwapCheck, Tally
from planners.rostering.verify import verify, verify_day

__all__ = [
    "ABSENCES",
    "CERTIFIED_NEEDED",
    "CODES",
    "FAIRNESS",
    "Change",
    "Day",
    "DayRelief",
    "DayRoster",
    "Figures",
    "PairRule",
    "Person",
    "Problem",
    "Remedy",
    "Reserve",
    "Roster",
    "Rules",
    "Short",
    "Squad",
    "SquadCheck",
    "Swap",
    "SwapBoard",
    "SwapCheck",
    "Tally",
    "Vehicle",
    "Weights",
    "changed",
    "check_squad",
    "choose_leader",
    "figures",
    "lawful_scopes",
    "pair_key",
    "relieve",
    "restate_day",
    "solve",
    "verify",
    "verify_day",
]
