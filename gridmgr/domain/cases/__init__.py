"""Cases: an incident from its report to its rating, by one transition table.

A case is opened when somebody first acts on an incident and is filed (立案) by the step ``file``; from then
on its deadlines run. `table` says which steps there are, `moves` whether one is allowed and what it does.
"""

from __future__ import annotations

from gridmgr.domain.cases.actor import PUBLIC, SYSTEM, Actor
from gridmgr.domain.cases.model import HELP_STATES, HELP_WAITS, OFFICE, Case, CaseStep, Evidence, Step
from gridmgr.domain.cases.moves import advanced, choices, refusals
from gridmgr.domain.cases.penalties import LIMITS, Penalty, PenaltyGiven, PenaltyLimit
from gridmgr.domain.cases.states import OPEN_STATES, OVER_STATES, STATES
from gridmgr.domain.cases.table import ACTIONS, BACK, SAME, TABLE, Transition, transition_for

__all__ = [
    "ACTIONS",
    "BACK",
    "HELP_STATES",
    "HELP_WAITS",
    "LIMITS",
    "OFFICE",
    "OPEN_STATES",
    "OVER_STATES",
    "PUBLIC",
    "SAME",
    "STATES",
    "SYSTEM",
    "TABLE",
    "Actor",
    "Case",
    "CaseStep",
    "Evidence",
    "Penalty",
    "PenaltyGiven",
    "PenaltyLimit",
    "Step",
    "Transition",
    "advanced",
    "choices",
    "refusals",
    "transition_for",
]
