"""What the API takes and gives of months' rosters and of requests to exchange duties."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from webapp.api.schemas import Answer, Body, Code, Day, Query, Timestamp

#: Words of people, in characters.
Words = Annotated[str, Field(max_length=500)]
Version = Annotated[int, Field(ge=0)]


class RosterQuery(Query):
    """A day of the month looked for, this month by default; the draft, or what is in force."""

    month: Day | None = None
    view: Literal["draft", "published"] = "draft"


class CellQuery(Query):
    """A cell of the roster."""

    day: Day
    officer: Code


class CellIn(Body):
    """A cell decided by hand.

    `other` and `back` name the exchange to carry out; without, it is the fairest lawful one. `alone` changes
    just this cell, whatever that breaks. `version` is the version of the month that was looked at.
    """

    day: Day
    officer: Code
    kind: Literal["duty", "free", "open"]
    other: Code | None = None
    back: Day | None = None
    alone: bool = False
    version: Version | None = None

    @model_validator(mode="after")
    def _consistent(self) -> CellIn:
        if self.alone and self.other is not None:
            raise ValueError("other must not be given together with alone")
        if self.back is not None and self.other is None:
            raise ValueError("back needs other")
        return self


class AbsenceIn(Body):
    """Register that an officer is away on some days, both included; null takes it back."""

    officer: Code
    first: Day
    last: Day
    status: Literal["leave", "seconded", "training", "sick"] | None


class MonthIn(Body):
    """Which month, by any day of it, as it was looked at."""

    month: Day
    version: Version | None = None


class ShareOut(Answer):
    """What somebody bears: duties, those on weekends and public holidays, squads led."""

    days: int
    weekends: int
    holidays: int
    led: int


class RosterPersonOut(Answer):
    """Somebody's line of the month; `away` says why by day."""

    id: str
    name: str
    agency: str
    agency_name: str
    is_office: bool
    certificate_valid_to: date | None
    certified: bool
    share: ShareOut
    before: ShareOut
    away: dict[str, str]


class RosterSquadOut(Answer):
    """A squad of a day."""

    number: int
    leader: str
    members: list[str]
    vehicle: str | None
    scopes: list[str]
    patrol_only: bool
    reason_text: str | None


class RosterShortOut(Answer):
    """An agency that sends too few, and why."""

    agency: str
    agency_name: str
    reason_text: str


class RosterDayOut(Answer):
    """A day of the month: `rostered` says whether the roster has it; a makeup day is a weekend worked.

    `open` days can still be changed; `fixed` ones are over or published.
    """

    date: date
    kind: Literal["working", "weekend", "holiday", "makeup"]
    name: str
    rostered: bool
    open: bool
    fixed: bool
    squads: list[RosterSquadOut]
    reserve: list[str]
    short: list[RosterShortOut]
    notes: list[str]


class RosterLockOut(Answer):
    """A cell that solving keeps."""

    day: date
    officer: str
    kind: Literal["duty", "free"]
    source: Literal["hand", "swap"]


class PairOut(Answer):
    """Two people and how often they serve in one squad."""

    people: list[str]
    times: int


class SpreadOut(Answer):
    """How many pairs are together so often."""

    times: int
    pairs: int


class CompanyOut(Answer):
    """Who serves with whom: the most frequent pairs, and how the others spread."""

    squads: int
    mixed: int
    lawful: int
    pairs: int
    repeated: int
    most_frequent: list[PairOut]
    spread: list[SpreadOut]


class RosterOut(Answer):
    """A township's month.

    `state` is none, draft, published or changed (published, with a draft that differs). `broken` is what the
    shown roster breaks by what is known now, `unfair` where it could be fairer.
    """

    township: str
    month: date
    today: date
    version: int
    state: Literal["none", "draft", "published", "changed"]
    view: Literal["draft", "published"]
    published_at: Timestamp | None
    made: bool
    status: str | None
    seed: int | None
    seconds: float | None
    created_at: Timestamp | None
    created_by: str | None
    change_text: str | None
    days: list[RosterDayOut]
    people: list[RosterPersonOut]
    locks: list[RosterLockOut]
    notes: list[str]
    broken: list[str]
    unfair: list[str]
    company: CompanyOut


class EffectOut(Answer):
    """What an exchange does to one officer's month."""

    officer: str
    name: str
    before: ShareOut
    after: ShareOut


class VerdictOut(Answer):
    """An exchange judged.

    `unsettled`: lawful only if squads formed anew are, which is found out when it is asked for. `unfairness`
    is above 0 where the agency's turns become less even, below where they become more even.
    """

    day: date
    giver: str
    giver_name: str
    taker: str
    taker_name: str
    back: date | None
    lawful: bool
    unsettled: bool
    broken: list[str]
    notes: list[str]
    unfairness: int
    effects: list[EffectOut]


class BarredOut(Answer):
    """A colleague with whom there is no lawful exchange, and what it would break."""

    officer: str
    name: str
    reason_text: str


class CellOut(Answer):
    """How a cell can be turned over."""

    day: date
    officer: str
    on_duty: bool
    options: list[VerdictOut]
    barred: list[BarredOut]


class WaysOut(Answer):
    """How an officer can hand a duty over; `closed_text` says why not at all."""

    day: date
    closed_text: str | None
    options: list[VerdictOut]
    barred: list[BarredOut]


class SwapsQuery(Query):
    """Whose requests; decided ones too with `every`."""

    township: Code | None = None
    every: bool = False


class SwapIn(Body):
    """Ask a colleague to take a duty over, or to exchange it for one of his."""

    day: Day
    taker: Code
    back: Day | None = None
    why: Words = ""


class AnswerIn(Body):
    """An answer in words; needed where a request is refused."""

    answer: Words = ""


class SwapOut(Answer):
    """A request to exchange duties.

    `verdict` and `instead`, the lawful ways out where it is not lawful, are given when it is asked for by
    itself and still open. `closed_text` says why it cannot be decided any more.
    """

    id: str
    township: str
    day: date
    back: date | None
    giver: str
    giver_name: str
    taker: str
    taker_name: str
    state: str
    open: bool
    why: str
    answer: str
    created_at: Timestamp
    changed_at: Timestamp
    changed_by: str
    closed_text: str | None
    decidable: bool
    verdict: VerdictOut | None
    instead: list[VerdictOut]


class SwapList(Answer):
    """Requests, the open ones first."""

    swaps: list[SwapOut]


class MyDutyOut(Answer):
    """A duty of the officer's: with whom, and whether it can still be handed over."""

    date: date
    kind: Literal["working", "weekend", "holiday", "makeup"]
    squad: int | None
    leads: bool
    leader_name: str | None
    with_names: list[str]
    open: bool


class MyMonthOut(Answer):
    """The officer's published month, and his requests."""

    month: date
    published: bool
    duties: list[MyDutyOut]
    share: ShareOut
    swaps: list[SwapOut]
