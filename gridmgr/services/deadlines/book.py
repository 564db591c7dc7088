"""The rule book in force: what we ship, with the office's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from gridmgr.data import load
from gridmgr.domain.calendar import OfficeHours
from gridmgr.domain.deadlines import RuleTextError, Thresholds, parse_rule
from gridmgr.domain.deadlines.book import DeadlineSettings, RuleBook, rule_book
from gridmgr.errors import BadInput, RowProblem
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

_KEY = "deadlines"
_SETTINGS = TypeAdapter(DeadlineSettings)


def settings_of(uow: UnitOfWork) -> DeadlineSettings:
    """What the office set; defaults where it set nothing."""
    value = uow.settings.get(_KEY)
    return DeadlineSettings() if value is None else _SETTINGS.validate_python(value)


def book_of(uow: UnitOfWork) -> RuleBook:
    """The rule book in force."""
    settings = settings_of(uow)
    return _book(_SETTINGS.dump_json(settings))


@lru_cache(maxsize=16)
def _book(settings: bytes) -> RuleBook:
    return rule_book(load("deadlines"), _SETTINGS.validate_json(settings))


def default_book() -> RuleBook:
    """The rule book as shipped."""
    return _book(_SETTINGS.dump_json(DeadlineSettings()))


def rule_book_now(ctx: Context) -> RuleBook:
    """The rule book in force."""
    with ctx.storage.read() as uow:
        return book_of(uow)


def save_settings(ctx: Context, wanted: Mapping[str, Any], *, actor: str) -> DeadlineSettings:
    """Change hours, warnings, escalation and rules; all or nothing.

    Parameters
    ----------
    ctx
        The wired parts.
    wanted
        Fields of `DeadlineSettings`; ``rules`` by id, those equal to what is shipped are dropped.
    actor
        Who changes them.

    Raises
    ------
    BadInput
        Naming each field that is not right.
    """
    problems = _problems(wanted)
    if problems:
        raise BadInput("deadline.settings_refused", problems=problems)
    shipped = shipped_words()
    rules = {name: words.strip() for name, words in wanted.get("rules", {}).items()}
    own = {name: words for name, words in rules.items() if words != shipped[name]}
    settings = DeadlineSettings(**{**wanted, "rules": own})
    with ctx.storage.write(actor) as uow:
        before = asdict(settings_of(uow))
        uow.settings.put(_KEY, _SETTINGS.dump_python(settings, mode="json"))
        changed = {name: value for name, value in asdict(settings).items() if value != before[name]}
        uow.record("deadline.settings", "settings", _KEY, changed=changed)
        uow.commit()
    return settings


def _problems(wanted: Mapping[str, Any]) -> list[RowProblem]:
    """What is wrong, field by field; rules by the id of their limit or phase."""
    shipped = shipped_words()
    found = []
    hours = str(wanted.get("hours", DeadlineSettings().hours))
    try:
        OfficeHours.of(hours)
    except ValueError:
        found.append(RowProblem(0, "hours", hours, Message("deadline.bad_hours")))
    yellow, red = (float(wanted.get(name, getattr(DeadlineSettings(), name))) for name in ("yellow", "red"))
    try:
        Thresholds(yellow=yellow, red=red)
    except ValueError:
        found.append(RowProblem(0, "yellow", f"{yellow:.0%}, {red:.0%}", Message("deadline.bad_shares")))
    words = {name: value for name, value in wanted.get("rules", {}).items() if value.strip()}
    words["escalate_after"] = str(wanted.get("escalate_after", DeadlineSettings().escalate_after))
    for name, value in words.items():
        if name not in shipped and name != "escalate_after":
            found.append(RowProblem(0, name, value, Message("deadline.unknown_rule")))
            continue
        try:
            parse_rule(value)
        except RuleTextError:
            found.append(RowProblem(0, name, value, Message("deadline.unreadable", {"words": value})))
    return found


def shipped_words() -> dict[str, str]:
    """The rules' words as shipped, by id; a phase that follows a limit has none of its own."""
    units = {
        "working_day": "个工作日",
        "working_hour": "工作小时",
        "day": "日",
        "year": "年",
        "month": "个月",
        "hour": "小时",
    }
    data = load("deadlines")
    words = {row["id"]: f"{row['amount']}{units[row['unit']]}" for row in data["limits"]}
    return words | {row["id"]: row["rule"] for row in data["phases"] if "rule" in row}
