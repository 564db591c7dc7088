"""What a step of a case changes for those who reported the matter."""

from __future__ import annotations

from dataclasses import replace

from gridmgr.domain.cases import Case, CaseStep
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork


def rate_anew_after_reopening(ctx: Context, uow: UnitOfWork, case: Case, step: CaseStep) -> None:
    """Let reporters rate again what is done again; what they said before stays in the trail."""
    if step.action != "reopen":
        return
    repeats = (repeat.id for repeat in uow.cases.find(duplicate_of=case.id))
    told = [item for case_id in (case.id, *repeats) for item in uow.incidents.find(case_id=case_id)]
    for incident in told:
        for tip in uow.tips.of_incident(incident.id):
            if not tip.is_rated:
                continue
            uow.tips.replace(replace(tip, rated_at=None, solved=None, score=None, rating_words=""))
            uow.record("tip.rating_reopened", "tip", tip.id, case=case.id, solved=tip.solved, score=tip.score)
