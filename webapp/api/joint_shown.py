"""Joint matters put into the words of the user's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gridmgr.domain.cases import Case
from gridmgr.services.cases.words import body_words
from gridmgr.services.routing.jointviews import JointView
from webapp.api.day_shown import local
from webapp.texts import language, t


def body_text(body: str) -> str:
    """A body as the reader knows it."""
    return body_words(body, language())


def joint_shown(item: JointView) -> dict[str, Any]:
    """A joint matter with words for its state and bodies."""
    matter = item.matter
    told = ("id", "township_code", "state", "decided_by", "why")
    return {name: getattr(matter, name) for name in told} | {
        "township": item.township,
        "village": item.village,
        "decided_by_name": item.decided_by,
        "state_text": t(f"routing.joint_state_{matter.state}"),
        "bodies": _bodies(matter.bodies),
        "lead": _bodies([matter.lead])[0] if matter.lead else None,
        "cooperating": _bodies(matter.cooperating) if matter.lead else [],
        "proposed": item.proposed,
        "leads": _bodies(item.leads),
        "cases": [_case(case) for case in item.cases],
        "found_at": local(matter.found_at),
        "decided_at": local(matter.decided_at),
    }


def _bodies(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": name, "text": body_text(name)} for name in names]


def _case(case: Case) -> dict[str, Any]:
    return {
        name: getattr(case, name) for name in ("id", "incident_id", "category", "state", "lon", "lat")
    } | {
        "state_text": t(f"case.state.{case.state}"),
        "body_text": body_text(case.body if case.department else case.answerable),
        "opened_at": local(case.opened_at),
    }
