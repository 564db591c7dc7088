"""Cases: filed from incidents, taken from step to step, shown with their whole trail.

`file_case` and `act` are the only ways to change a case; both check the transition table, write the step, the
audit event and the incident's mirrored state in one transaction, and call `hooks`.
"""

from __future__ import annotations

from gridmgr.services.cases.acting import Filed, act, act_within, file_case, file_within, open_within
from gridmgr.services.cases.evidence import EvidenceFinding, verify_evidence
from gridmgr.services.cases.looking import look, may_look
from gridmgr.services.cases.reading import CaseView, Choice, allowed, departments, find_case, search, view
from gridmgr.storage.repositories.cases import CaseFilter

__all__ = [
    "CaseFilter",
    "CaseView",
    "Choice",
    "EvidenceFinding",
    "Filed",
    "act",
    "act_within",
    "allowed",
    "departments",
    "file_case",
    "file_within",
    "find_case",
    "look",
    "may_look",
    "open_within",
    "search",
    "verify_evidence",
    "view",
]
