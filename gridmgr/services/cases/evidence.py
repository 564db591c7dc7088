"""Whether the photos and files of a case are still the ones its steps were taken with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from gridmgr.domain.cases import Actor, CaseStep, Evidence
from gridmgr.domain.users import User
from gridmgr.services.asking import existing
from gridmgr.services.cases.scope import check_reader
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork

SOUND, ALTERED, MISSING = "sound", "altered", "missing"


@dataclass(frozen=True, kw_only=True)
class EvidenceFinding:
    """One file of a step, hashed anew.

    Parameters
    ----------
    seq
        The step it belongs to.
    id, sha256, name
        The file and the hash the step was taken with; a photo has no name.
    state
        ``sound``, ``altered`` (the content has another hash) or ``missing``.
    """

    seq: int
    id: str
    sha256: str
    state: str
    name: str = ""


def verify_evidence(ctx: Context, case_id: str, *, user: User | Actor) -> tuple[EvidenceFinding, ...]:
    """Hash every file of a case anew and compare.

    Raises
    ------
    NotFound, Forbidden
        If there is no such case, or it is another's.
    """
    actor = user if isinstance(user, Actor) else Actor.of(user)
    with ctx.storage.read() as uow:
        case = existing(uow.cases.get(case_id), "word.case", case_id)
        check_reader(uow, case, actor)
        return findings(uow, uow.case_steps.of_case(case_id))


def findings(uow: UnitOfWork, steps: list[CaseStep]) -> tuple[EvidenceFinding, ...]:
    """`verify_evidence` of steps already read."""
    return tuple(
        EvidenceFinding(seq=step.seq, id=item.id, sha256=item.sha256, state=_state(uow, item), name=item.name)
        for step in steps
        for item in step.evidence
    )


def _state(uow: UnitOfWork, item: Evidence) -> str:
    found = uow.attachments.get(item.id)
    if found is None:
        return MISSING
    return SOUND if hashlib.sha256(found[1]).hexdigest() == item.sha256 else ALTERED
