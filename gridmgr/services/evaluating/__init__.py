"""Evaluation: indices of the flow by body, the cases behind them, appeals."""

from __future__ import annotations

from gridmgr.services.evaluating.access import ALL_ROWS, groups_for
from gridmgr.services.evaluating.appealing import (
    appeals_of,
    ask_appeal,
    decide_appeal,
    may_appeal,
    withdraw_appeal,
)
from gridmgr.services.evaluating.report import EvaluationReport, Month, Row, evaluate
from gridmgr.services.evaluating.subjects import PARTS, Found, Subject, subjects_of

__all__ = [
    "ALL_ROWS",
    "PARTS",
    "EvaluationReport",
    "Found",
    "Month",
    "Row",
    "Subject",
    "appeals_of",
    "ask_appeal",
    "decide_appeal",
    "evaluate",
    "groups_for",
    "may_appeal",
    "subjects_of",
    "withdraw_appeal",
]
