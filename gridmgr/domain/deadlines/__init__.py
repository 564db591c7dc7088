"""Deadlines as data: how long somebody has, counted as the law counts it.

`rules` says what a deadline is, `parsing` reads it from an office's own words, `counting` applies what a law
says about its own days, `due` finds the moment, `standing` says how far it is and how urgent, `clocks` keeps
one running on a case, `book` is all that can be set.
"""

from gridmgr.domain.deadlines.clocks import CaseClock, Escalation, Extension, Pause
from gridmgr.domain.deadlines.counting import CountingRule, under_law
from gridmgr.domain.deadlines.due import due_at
from gridmgr.domain.deadlines.parsing import RuleTextError, is_meant_as_rule, parse_rule
from gridmgr.domain.deadlines.rules import ENDS, EVENTS, UNITS, DeadlineRule
from gridmgr.domain.deadlines.standing import Standing, Thresholds, end_of, standing

__all__ = [
    "ENDS",
    "EVENTS",
    "UNITS",
    "CaseClock",
    "CountingRule",
    "DeadlineRule",
    "Escalation",
    "Extension",
    "Pause",
    "RuleTextError",
    "Standing",
    "Thresholds",
    "due_at",
    "end_of",
    "is_meant_as_rule",
    "parse_rule",
    "standing",
    "under_law",
]
