"""Clocks of cases put into the words of the user's language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gridmgr.domain.deadlines import CaseClock, Extension
from gridmgr.domain.users import User
from gridmgr.services.deadlines import working
from gridmgr.services.deadlines.reading import ClockView
from gridmgr.services.deadlines.words import rule_words
from webapp.api.day_shown import local
from webapp.state import me
from webapp.texts import say, t


def clock_shown(view: ClockView) -> dict[str, Any]:
    """A clock for `ClockOut`."""
    clock, seen = view.clock, view.standing
    same = ("id", "case_id", "phase", "answers")
    return {name: getattr(clock, name) for name in same} | {
        "started_at": local(clock.started_at),
        "stopped_at": local(clock.stopped_at),
        "name": say(view.name),
        "rule_text": say(view.rule),
        "basis_text": say(view.basis),
        "answers_text": t(f"deadline.level_{clock.answers}"),
        "due_at": local(seen.due),
        "level": seen.level,
        "level_text": t(f"deadline.light_{seen.level}"),
        "used": round(seen.used, 4),
        "left_minutes": seen.left // timedelta(minutes=1),
        "left_text": say(view.left),
        "provisional": not seen.settled,
        "pauses": [
            {name: getattr(item, name) for name in ("kind", "note")}
            | {name: local(getattr(item, name)) for name in ("since", "until")}
            | {"kind_text": t(f"deadline.pause_{item.kind}")}
            for item in clock.pauses
        ],
        "extensions": [extension_shown(item) for item in clock.extensions],
        "escalations": [
            {"level": item.level, "fell_at": local(item.fell_at), "told_at": local(item.told_at)}
            | {"level_text": t(f"deadline.level_{item.level}")}
            for item in clock.escalations
        ],
        "may": _may(clock, me(), overdue=seen.level == "overdue"),
    }


def extension_shown(item: Extension) -> dict[str, Any]:
    """An extension for `ExtensionOut`."""
    same = ("id", "reason", "asked_by", "state", "decided_by", "note")
    return {name: getattr(item, name) for name in same} | {
        "asked_at": local(item.asked_at),
        "decided_at": local(item.decided_at),
        "length_text": say(rule_words(item.rule)),
        "state_text": t(f"deadline.extension_{item.state}"),
    }


def _may(clock: CaseClock, user: User, *, overdue: bool) -> list[str]:
    """What the page offers; the service decides again."""
    if not clock.is_running:
        return []
    asked = next((item for item in clock.extensions if item.state == "asked"), None)
    own = user.role == "admin" or user.role == ("department" if clock.answers == "department" else "planner")
    offered = {
        "ask": asked is None and not overdue and user.role in working.ASKERS[clock.answers],
        "decide": asked is not None
        and user.role in working.DECIDERS[clock.answers]
        and asked.asked_by != user.name,
        "pause": own and not clock.is_paused and not overdue and clock.ordered_due is None,
        "resume": own and clock.is_paused and clock.pauses[-1].kind in working.PAUSES,
        "stop": user.role in ("planner", "admin") and working.is_limit(clock),
    }
    return [name for name, given in offered.items() if given]
