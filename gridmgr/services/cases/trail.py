"""The trail: what a step looks like once it is taken, with its evidence, and its audit event."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gridmgr.domain.cases import Actor, Case, CaseStep, Evidence, Step
from gridmgr.services.context import Context
from gridmgr.services.files import Document, store_document
from gridmgr.services.photos import Photo, store_photo
from gridmgr.storage import UnitOfWork

#: What photos and files of a step belong to; the subject's id is ``<case>:<seq>``.
EVIDENCE_KIND = "case_step"


def fingerprint_of(step: Step, actor: Actor, photos: Sequence[Photo], documents: Sequence[Document]) -> str:
    """What was sent, as a hash; the same when it is sent again."""
    sent = {
        **asdict(step),
        "device_id": None,
        "actor": actor.name,
        "photos": [hashlib.sha256(photo.content).hexdigest() for photo in photos],
        "documents": [hashlib.sha256(item.content).hexdigest() for item in documents],
    }
    body = json.dumps(sent, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(body.encode()).hexdigest()


def taken(
    ctx: Context,
    uow: UnitOfWork,
    case: Case,
    after: Case,
    step: Step,
    *,
    actor: Actor,
    at: datetime,
    photos: Sequence[Photo],
    documents: Sequence[Document],
    fingerprint: str,
) -> CaseStep:
    """The step as it is kept, its photos and documents stored."""
    # Every step raises the version by one and is one row: the number of the step is the version it made.
    seq = case.version
    subject = {"subject_kind": EVIDENCE_KIND, "subject_id": f"{case.id}:{seq}"}
    pictures = [store_photo(ctx, uow, photo, **subject) for photo in photos]
    papers = [store_document(ctx, uow, item, **subject) for item in documents]
    return CaseStep(
        case_id=case.id,
        seq=seq,
        action=step.action,
        source=case.state,
        target=after.state,
        at=at,
        recorded_at=ctx.clock.utc_now(),
        actor=actor.name,
        role=actor.role,
        note=step.note.strip(),
        body=_body_of(case, step, actor),
        device_id=step.device_id,
        fingerprint=fingerprint,
        evidence=(
            *(Evidence(id=item.id, sha256=item.sha256) for item in pictures),
            *(Evidence(id=item.id, sha256=item.sha256, name=item.filename) for item in papers),
        ),
        detail=_detail(case, step),
    )


def _body_of(case: Case, step: Step, actor: Actor) -> str | None:
    if step.body is not None:
        return step.body
    return actor.department if actor.role == "department" else case.department


def _detail(case: Case, step: Step) -> dict[str, Any]:
    """What the step brought besides, without empty values.

    The party of a penalty is kept with the penalty only.
    """
    given = {
        "squad": step.squad_id,
        "officer": step.officer_id,
        "level": step.level,
        "rating": step.rating,
        "original": step.original,
        "until": step.until.isoformat() if step.until else None,
        "suggests": step.suggests,
        "cooperating": list(step.cooperating) if step.cooperating else None,
        "unheard": list(case.unheard) if step.unheard and case.unheard else None,
    }
    if step.penalty is not None:
        given |= {"penalty": step.penalty.kind, "amount_yuan": step.penalty.amount_yuan}
    return {name: value for name, value in given.items() if value is not None} | dict(step.detail)


def record(uow: UnitOfWork, step: CaseStep) -> None:
    """Write the step's audit event."""
    # The hashes stand in the chained trail too: a photo exchanged later shows even where the step was edited.
    uow.record(
        f"case.{step.action}",
        "case",
        step.case_id,
        why=step.note,
        seq=step.seq,
        source=step.source,
        target=step.target,
        at=step.at.isoformat(),
        body=step.body,
        evidence=[item.sha256 for item in step.evidence],
        **{f"given_{name}": value for name, value in step.detail.items()},
    )
