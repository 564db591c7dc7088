"""The rule book: limits of laws and phases of a case, as shipped and as the office changed them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gridmgr.domain.calendar import OFFICE_HOURS, OfficeHours
from gridmgr.domain.deadlines.clocks import LADDER
from gridmgr.domain.deadlines.counting import CountingRule, under_law
from gridmgr.domain.deadlines.parsing import RuleTextError, parse_rule
from gridmgr.domain.deadlines.rules import DeadlineRule
from gridmgr.domain.deadlines.standing import Thresholds
from gridmgr.domain.validate import require_choice


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineSettings:
    """What an office sets for itself.

    Parameters
    ----------
    hours
        Office hours, as `OfficeHours.of` reads them.
    yellow, red
        Shares of the time used up at which warnings come.
    escalate_after
        How long each level has before the next one is told; the first is told when time is up.
    rules
        Words of rules by the id of a limit or phase that differ from those shipped; blank turns it off.
    """

    hours: str = OFFICE_HOURS
    yellow: float = 0.5
    red: float = 0.8
    escalate_after: str = "1个工作日"
    rules: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        OfficeHours.of(self.hours)
        Thresholds(yellow=self.yellow, red=self.red)
        for name, words in (("escalate_after", self.escalate_after), *self.rules.items()):
            if words.strip() or name == "escalate_after":
                try:
                    parse_rule(words)
                except RuleTextError as error:
                    raise ValueError(f"DeadlineSettings.{name} {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit with a name, mostly of a law.

    Parameters
    ----------
    id
        Its name; words are ``deadline.limit_<id>``.
    rule
        As its law counts it; None where the office turned it off.
    answers
        Who has to keep it.
    extension
        The most it can be extended by; None for no bound but approval.
    clock
        Whether it can be started on a case; others only serve to reckon with.
    """

    id: str
    rule: DeadlineRule | None
    answers: str
    extension: DeadlineRule | None = None
    clock: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of a case's way that has a clock.

    Parameters
    ----------
    id
        Its name; words are ``deadline.phase_<id>``.
    answers
        One of `LADDER`.
    rule
        None where the office turned it off.
    of_item
        Whether the catalogue item's own rule goes before it.
    starts, stops, voids
        Steps of a case that start it, end it as done, end it as not to be judged.
    revives
        Steps after which what was done is not done after all, and the same clock runs on (返工不重新计时).
    through
        Whether it ran on all the while in that case; else the time until then does not count.
    sources
        Sources of incidents it is for; empty for all.
    """

    id: str
    answers: str
    rule: DeadlineRule | None
    of_item: bool = False
    starts: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
    voids: frozenset[str] = frozenset()
    revives: frozenset[str] = frozenset()
    through: bool = False
    sources: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        require_choice("Phase", "answers", self.answers, LADDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Everything deadlines are reckoned by, but for the calendar.

    Parameters
    ----------
    settings
        What the office set.
    countings
        What laws say about their days.
    limits, phases
        By id, in the order of the data file.
    pauses
        The step that lets clocks stand still, and the one that lets them run again.
    """

    settings: DeadlineSettings
    countings: tuple[CountingRule, ...]
    limits: Mapping[str, Limit]
    phases: Mapping[str, Phase]
    pauses: Mapping[str, str]

    @property
    def thresholds(self) -> Thresholds:
        """When warnings come."""
        return Thresholds(yellow=self.settings.yellow, red=self.settings.red)

    @property
    def escalate_after(self) -> DeadlineRule:
        """How long each level has."""
        return parse_rule(self.settings.escalate_after)

    def read(self, words: str) -> DeadlineRule:
        """A rule of words, as its law counts it.

        Raises
        ------
        RuleTextError
            If they describe none.
        """
        return under_law(parse_rule(words), self.countings)


def rule_book(data: Mapping[str, Any], settings: DeadlineSettings) -> RuleBook:
    """The book of a data file and an office's settings."""
    countings = tuple(
        CountingRule(
            law=row["law"],
            article=row["article"],
            amounts=tuple(row.get("amounts", ())),
            up_to=row.get("up_to"),
        )
        for row in data["counting"]
    )
    limits = {row["id"]: _limit(row, settings, countings) for row in data["limits"]}
    phases = {row["id"]: _phase(row, settings, countings, limits) for row in data["phases"]}
    return RuleBook(
        settings=settings, countings=countings, limits=limits, phases=phases, pauses=data["pauses"]
    )


def _limit(row: Mapping[str, Any], settings: DeadlineSettings, countings: Iterable[CountingRule]) -> Limit:
    names = ("amount", "unit", "starts", "law", "article", "ends")
    shipped = DeadlineRule(**{name: row[name] for name in names if name in row})
    rule: DeadlineRule | None = shipped
    if row["id"] in settings.rules:
        own = _own(settings.rules[row["id"]])
        # An office may set another length; what the limit is, and by which law, stays.
        rule = None if own is None else replace(shipped, amount=own.amount, unit=own.unit)
    extension = DeadlineRule(**row["extension"]) if "extension" in row else None
    return Limit(
        id=row["id"],
        rule=None if rule is None else under_law(rule, countings),
        answers=row["answers"],
        extension=extension,
        clock=row.get("clock", True),
    )


def _phase(
    row: Mapping[str, Any],
    settings: DeadlineSettings,
    countings: Iterable[CountingRule],
    limits: Mapping[str, Limit],
) -> Phase:
    if "limit" in row:
        rule = limits[row["limit"]].rule
    else:
        rule = _own(settings.rules.get(row["id"], row["rule"]))
        rule = None if rule is None else under_law(rule, countings)
    return Phase(
        id=row["id"],
        answers=row["answers"],
        rule=rule,
        of_item=row.get("of_item", False),
        through=row.get("through", False),
        **{name: frozenset(row.get(name, ())) for name in ("starts", "stops", "voids", "revives", "sources")},
    )


def _own(words: str) -> DeadlineRule | None:
    return parse_rule(words) if words.strip() else None
