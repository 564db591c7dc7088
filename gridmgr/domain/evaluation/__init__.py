"""Evaluation of the flow: from reports and what became of them to indices that many reports do not raise.

`entries_of` says for one report which bodies are judged by it and how; `scores_of` counts entries to rates
with intervals and compares bodies; `excused` takes out what an appeal or force majeure relieves a body of.
"""

from __future__ import annotations

from gridmgr.domain.evaluation.appeals import APPEAL_STATES, GROUNDS, Appeal, excused
from gridmgr.domain.evaluation.entries import EXCLUSIONS, Entry
from gridmgr.domain.evaluation.indices import GROUPS, INDICES, Index, index_of
from gridmgr.domain.evaluation.intervals import CONFIDENCE, wilson
from gridmgr.domain.evaluation.judging import entries_of
from gridmgr.domain.evaluation.matters import Matter, Staff, Vote
from gridmgr.domain.evaluation.scores import FEWEST, STANDINGS, Score, Tally, ranked, scores_of, tallied

__all__ = [
    "APPEAL_STATES",
    "CONFIDENCE",
    "EXCLUSIONS",
    "FEWEST",
    "GROUNDS",
    "GROUPS",
    "INDICES",
    "STANDINGS",
    "Appeal",
    "Entry",
    "Index",
    "Matter",
    "Score",
    "Staff",
    "Tally",
    "Vote",
    "entries_of",
    "excused",
    "index_of",
    "ranked",
    "scores_of",
    "tallied",
    "wilson",
]
