"""Cases put into the words of the user's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for

from gridmgr.domain.cases import Case, CaseStep, Penalty
from gridmgr.domain.incidents import Incident
from gridmgr.services.cases import CaseView, Choice, EvidenceFinding
from gridmgr.services.cases.advised import advice_words
from gridmgr.services.cases.words import joint_words
from webapp.api.case_models import CaseOut, PenaltyOut, StepOut
from webapp.api.day_shown import local
from webapp.api.joint_shown import body_text, joint_shown
from webapp.texts import language, say, t

_MOMENTS = ("opened_at", "filed_at", "settled_at", "closed_at", "changed_at")


def case_shown(case: Case) -> dict[str, Any]:
    """A case with words for its state."""
    worded = {"state_text", "answerable_text"}
    plain = (name for name in CaseOut.model_fields if name not in worded and name not in _MOMENTS)
    return {name: getattr(case, name) for name in plain} | {
        **{name: local(getattr(case, name)) for name in _MOMENTS},
        "state_text": t(f"case.state.{case.state}"),
        "answerable_text": body_text(case.answerable),
    }


def choices_shown(choices: Iterable[Choice]) -> list[dict[str, Any]]:
    """Steps with their words."""
    return [
        {
            "action": item.action,
            "action_text": t(f"case.action.{item.action}"),
            "needs": list(item.needs),
            "takes": list(item.takes),
        }
        for item in choices
    ]


def view_shown(found: CaseView, *, departments: Iterable[str]) -> dict[str, Any]:
    """A case with its trail."""
    by_step: dict[int, list[EvidenceFinding]] = {}
    for item in found.evidence:
        by_step.setdefault(item.seq, []).append(item)
    case = found.case
    return {
        "case": case_shown(case),
        "village_name": found.village_name,
        "township_name": found.township_name,
        "item_name": found.item.name if found.item else None,
        "officer_name": found.names.get(case.officer_id) if case.officer_id else None,
        "incidents": [_incident(item, photos) for item, photos in found.incidents],
        "joint": [joint_shown(item) for item in found.joint],
        "merged": [_incident(item, photos) for item, photos in found.merged],
        "steps": [_step(step, found.names, by_step.get(step.seq, [])) for step in found.steps],
        "penalties": [_penalty(item, found.names) for item in found.penalties],
        "allowed": choices_shown(found.allowed),
        "duplicates": list(found.duplicates),
        "departments": list(departments),
        "masked": found.masked,
    }


def _incident(item: Incident, photos: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(item, name) for name in ("id", "source", "description", "state")} | {
        "reported_at": local(item.reported_at),
        "photos": [url_for("photos.photo", photo_id=photo) for photo in photos],
    }


def evidence_shown(items: Iterable[EvidenceFinding]) -> list[dict[str, Any]]:
    """Files with the address to look at them."""
    return [
        {
            "id": item.id,
            "sha256": item.sha256,
            "name": item.name,
            "state": item.state,
            "state_text": t(f"case.evidence.{item.state}"),
            "url": url_for("case_documents.document", file_id=item.id)
            if item.name
            else url_for("photos.photo", photo_id=item.id),
        }
        for item in items
    ]


def _step(step: CaseStep, names: Mapping[str, str], files: list[EvidenceFinding]) -> dict[str, Any]:
    worded = {
        "action_text",
        "target_text",
        "actor_name",
        "evidence",
        "detail",
        "detail_text",
        "at",
        "recorded_at",
    }
    plain = {name: getattr(step, name) for name in StepOut.model_fields if name not in worded}
    return plain | {
        "at": local(step.at),
        "recorded_at": local(step.recorded_at),
        "action_text": t(f"case.action.{step.action}"),
        "target_text": t(f"case.state.{step.target}"),
        "actor_name": names.get(step.actor) or t(f"case.role.{step.role}"),
        "detail": dict(step.detail),
        "detail_text": _detail_words(step, names),
        "evidence": evidence_shown(files),
    }


def _detail_words(step: CaseStep, names: Mapping[str, str]) -> str:
    """What the step brought besides its note, in one line."""
    given = dict(step.detail)
    parts = []
    if "officer" in given:
        parts.append(names.get(given["officer"], given["officer"]))
    if "squad" in given:
        parts.append(t("case.detail_squad", squad=str(given["squad"]).rpartition("-")[2]))
    if step.action == "escalate" and step.body is not None:
        parts.append(t("case.detail_to", body=body_text(step.body)))
    if "penalty" in given:
        parts.append(t(f"case.detail_{given['penalty']}", amount=given.get("amount_yuan", 0)))
    parts += joint_words(step, language())
    parts += [
        t(f"case.detail_{name}", value=given[name])
        for name in ("level", "rating", "original", "until")
        if name in given
    ]
    instead = advice_words(given)
    if instead is not None:
        parts.append(say(instead))
    return t("case.detail_sign").join(parts)


def _penalty(item: Penalty, names: Mapping[str, str]) -> dict[str, Any]:
    plain = {name: getattr(item, name) for name in PenaltyOut.model_fields if name != "kind_text"}
    return plain | {
        "officers": [names.get(officer, officer) for officer in item.officers],
        "certificates": list(item.certificates),
        "imposed_at": local(item.imposed_at),
        "kind_text": t(f"case.penalty_kind.{item.kind}"),
    }
