"""The rule book in force: what we ship, with the office's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache

from pydantic import TypeAdapter

from gridmgr.data import load
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


def save_settings(ctx: Context, values: Mapping[str, object], *, actor: str) -> DeadlineSettings:
    """Change hours, warnings, escalation and rules; all or nothing.

    Parameters
    ----------
    values
        Fields of `DeadlineSettings`; ``rules`` by id, those equal to what is shipped are dropped.

    Raises
    ------
    BadInput
        Naming each field that is not right.
    """
    shipped = {**shipped_words()}
    rules = {str(k): str(v).strip() for k, v in dict(values.get("rules") or {}).items()}  # type: ignore[call-overload]
    problems = [
        RowProblem(0, name, name, Message("deadline.unknown_rule")) for name in rules if name not in shipped
    ]
    own = {name: words for name, words in rules.items() if words != shipped.get(name)}
    settings = None
    try:
        settings = DeadlineSettings(**{**values, "rules": own})  # type: ignore[arg-type]
    except (ValueError, TypeError) as error:
        problems.append(RowProblem(0, None, None, Message("import.invalid", {"reason": str(error)})))
    if problems or settings is None:
        raise BadInput("deadline.settings_refused", problems=problems)
    with ctx.storage.write(actor) as uow:
        before = settings_of(uow)
        uow.settings.put(_KEY, _SETTINGS.dump_python(settings, mode="json"))
        changed = {k: v for k, v in asdict(settings).items() if v != asdict(before)[k]}
        uow.record("deadline.settings", "settings", _KEY, changed=changed)
        uow.commit()
    return settings


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
