"""The form of the office's rules and the accounts' rules: its fields, and reading it back."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from werkzeug.datastructures import MultiDict

from gridmgr.domain.settings import (
    MOST_PER_CHANGE,
    MOST_REST_DAYS,
    MOST_UNPREDICTABLE,
    OfficeSettings,
)
from gridmgr.domain.weekrules import MOST_BUNCHING, MOST_RESERVE_PERCENT, MOST_SLACK_DAYS, MOST_WAITING
from gridmgr.errors import BadInput, RowProblem
from gridmgr.services.passwords import AccountRules
from gridmgr.texts import Message

#: A domain object's complaint starts with the name of its class and field.
_COMPLAINT = re.compile(r"^\w+\.(\w+) ")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One setting as a form field; its words are ``admin.set_<name>``.

    Parameters
    ----------
    name
        Of the setting.
    kind
        ``time``, ``int``, ``float``, ``choice`` or ``choices`` (several of them, separated by a comma).
    low, high
        Bounds of a number, both allowed.
    choices
        Values of a choice or of choices; their words are ``admin.set_<name>_<value>``.
    explained
        Whether a sentence stands below it, ``admin.help_<name>``.
    """

    name: str
    kind: str
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()
    explained: bool = False

    def parse(self, raw: str) -> Any:
        """The value of what was typed.

        Raises
        ------
        ValueError
            If it is none.
        """
        if self.kind == "time":
            return time.fromisoformat(raw)
        if self.kind == "choice":
            if raw not in self.choices:
                raise ValueError(f"no such choice: {raw!r}")
            return raw
        if self.kind == "choices":
            chosen = tuple(part for part in raw.split(",") if part)
            if not set(chosen) <= set(self.choices):
                raise ValueError(f"no such choice: {raw!r}")
            return chosen
        number = int(raw) if self.kind == "int" else float(raw)
        if not (math.isfinite(number) and self.low <= number <= self.high):
            raise ValueError(f"out of bounds: {raw!r}")
        return number

    @property
    def expected(self) -> Message:
        """What would be right, for the user."""
        if self.kind == "time":
            return Message("admin.expected_time")
        if self.kind in ("choice", "choices"):
            return Message("admin.expected_choice")
        return Message(f"admin.expected_{self.kind}", {"low": f"{self.low:g}", "high": f"{self.high:g}"})


def _time(name: str) -> Field:
    return Field(name=name, kind="time")


def _int(name: str, low: int, high: int, *, explained: bool = False) -> Field:
    return Field(name=name, kind="int", low=low, high=high, explained=explained)


OFFICE = {
    "admin.group_shift": (
        _time("shift_start"),
        _time("shift_end"),
        _time("lunch_earliest"),
        _time("lunch_latest"),
        _int("lunch_minutes", 0, 180),
    ),
    "admin.group_squads": (
        Field(name="pair_rule", kind="choice", choices=("scope", "same_agency", "pooled")),
        _int("squad_min", 1, 20),
        _int("squad_max", 1, 20),
        _int("office_per_squad", 0, 10),
        _int("max_squads", 1, 50),
        _int("max_days_in_row", 0, 31),
        _int("rest_days_a_week", 0, MOST_REST_DAYS),
    ),
    "admin.group_ownership": (
        _int("min_tenure_days", 0, 3650),
        Field(name="tenure_rule", kind="choice", choices=("cost", "fixed")),
        _int("neighbour_minutes", 1, 240),
    ),
    "admin.group_routes": (
        _int("village_visit_minutes", 1, 480),
        _int("place_interval_days", 1, 365),
        _int("snap_limit_metres", 10, 20_000),
        Field(name="detour_factor", kind="float", low=1, high=5),
        Field(name="straight_kmh", kind="float", low=1, high=150),
        Field(name="plan_seconds", kind="float", low=0.5, high=600),
        _int("balance_percent", 0, 100),
        _int("prize_per_change", 0, MOST_PER_CHANGE, explained=True),
        Field(name="unpredictability", kind="float", low=0, high=MOST_UNPREDICTABLE),
    ),
    "admin.group_week": (
        _int("week_reserve_percent", 0, MOST_RESERVE_PERCENT, explained=True),
        _int("week_slack_days", 0, MOST_SLACK_DAYS, explained=True),
        _int("week_bunching", 0, MOST_BUNCHING, explained=True),
        _int("week_waiting", 0, MOST_WAITING, explained=True),
    ),
    "admin.group_inspections": (
        Field(name="inspection_kinds", kind="choices", choices=("enterprise", "market", "school", "site")),
        _int("inspection_cap", 0, 366),
        _int("inspection_spacing_days", 0, 366),
        _int("inspection_key_priority", 0, 11),
        _int("inspection_key_cap", 0, 366),
        _int("inspection_merge_percent", 0, 100),
    ),
    "admin.group_tips": (
        _int("tip_daily_cap", 1, 100_000),
        _int("tip_address_cap", 1, 10_000),
        _int("contact_keep_days", 0, 3650),
        _int("spam_keep_days", 0, 3650),
        _int("track_keep_days", 0, 3650),
        Field(name="open311_sources", kind="choices", choices=("open311", "tip", "wechat", "hotline")),
    ),
    "admin.group_dispatching": (
        Field(name="unlisted_duty", kind="choice", choices=("refuse", "warn")),
        _int("duplicate_metres", 1, 5000, explained=True),
        _int("duplicate_days", 1, 90, explained=True),
        _int("duplicate_text_percent", 0, 100, explained=True),
        _int("duplicate_percent", 0, 100, explained=True),
        _int("joint_metres", 1, 5000, explained=True),
        _int("joint_days", 1, 365, explained=True),
    ),
}
ACCOUNTS = {
    "admin.group_accounts": (
        _int("max_failures", 3, 20),
        _int("lock_minutes", 1, 1440),
        _int("idle_minutes", 5, 10_080),
        _int("absolute_hours", 1, 720),
        _int("min_password_length", 8, 64),
        _int("min_character_kinds", 1, 4),
    ),
}
#: Heading -> fields, as the page shows them.
GROUPS: Mapping[str, tuple[Field, ...]] = OFFICE | ACCOUNTS


def shown(office: OfficeSettings, rules: AccountRules) -> dict[str, str]:
    """Values as the form's fields show them."""
    values = {}
    for groups, owner in ((OFFICE, office), (ACCOUNTS, rules)):
        for field in (f for fields in groups.values() for f in fields):
            value = getattr(owner, field.name)
            values[field.name] = _text(value)
    return values


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return value.strftime("%H:%M") if isinstance(value, time) else f"{value}"


def joined(form: MultiDict[str, str]) -> dict[str, str]:
    """The form's values; several ticks of one field are joined by commas."""
    several = {field.name for fields in GROUPS.values() for field in fields if field.kind == "choices"}
    values = {name: form.get(name, "") for name in form}
    return values | {name: ",".join(form.getlist(name)) for name in several}


def read(form: Mapping[str, str]) -> tuple[OfficeSettings, AccountRules]:
    """Rules of what was typed.

    Raises
    ------
    BadInput
        Naming every field that is not right.
    """
    problems: list[RowProblem] = []
    office = _parse(OFFICE, form, problems)
    rules = _parse(ACCOUNTS, form, problems)
    if problems:
        raise BadInput("admin.settings_refused", problems=problems)
    try:
        return OfficeSettings(**office), AccountRules(**rules)
    except ValueError as error:
        raise BadInput("admin.settings_refused", problems=[_contradiction(error, form)]) from error


def _parse(
    groups: Mapping[str, tuple[Field, ...]], form: Mapping[str, str], problems: list[RowProblem]
) -> dict[str, Any]:
    values = {}
    for field in (f for fields in groups.values() for f in fields):
        raw = form.get(field.name, "").strip()
        try:
            values[field.name] = field.parse(raw)
        except ValueError:
            problems.append(RowProblem(0, field.name, raw, field.expected))
    return values


def _contradiction(error: ValueError, form: Mapping[str, str]) -> RowProblem:
    """Two values that do not go together, each good by itself."""
    found = _COMPLAINT.match(str(error))
    name = found.group(1) if found else ""
    return RowProblem(0, name, form.get(name), Message("admin.contradiction"))
