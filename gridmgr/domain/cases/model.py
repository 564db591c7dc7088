"""The case, the steps it took, and a step somebody wants to take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gridmgr.domain.cases.penalties import PenaltyGiven
from gridmgr.domain.cases.states import OPEN_STATES, STATES
from gridmgr.domain.validate import (
    require_at_least,
    require_aware,
    require_choice,
    require_lon_lat,
    require_text,
)

#: The township's own office as a body; departments go by their names.
OFFICE = "office"
#: Levels of supervision (督办): the office's, the county's, a leader's own.
MOST_SUPERVISED = 3
BEST_RATING = 5
#: What became of a department's request for the township's help; the first two wait for an answer.
HELP_STATES = ("asked", "assigned", "answered", "refused")
HELP_WAITS = frozenset({"asked", "assigned"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An incident with what has become of it.

    Parameters
    ----------
    id
        Its number, made from the first incident's.
    incident_id
        The incident it was opened for; more may belong to it.
    township_code, village_code, lon, lat
        Where; degrees WGS84.
    category, item_code, urgent
        What, as the incident says.
    item_version
        The item's version in force when the case was opened; it stays the case's.
    state
        One of `STATES`.
    answerable
        The body that answers for it: `OFFICE` or a department's name. It changes only when another accepts
        (首接负责), and is never nobody.
    department
        The department the case was escalated to and has not given back; None while it is the office's.
    squad_id, officer_id
        Who was dispatched.
    held_from
        The state it was suspended in.
    suspended_until
        The day on which to look again, where somebody named one.
    supervised
        Level of supervision, 0 for none.
    reworked, reopened, objections
        How often.
    objectors
        Departments that gave it back as not theirs.
    cooperating, answered
        Departments that help the one it is with (配合单位), and those that gave their opinion; who was
        released from helping stays among the latter.
    help
        One of `HELP_STATES` where the department asked for the township's help; None where it did not.
    handler
        User who settled or handled it; somebody else has to check.
    duplicate_of, merged_from
        Id of the case it repeats; the state it was in when that was found, to go back to.
    rating
        1 to 5, from whoever reported it.
    opened_at, filed_at, settled_at, closed_at, changed_at
        When; ``filed_at`` is when its deadlines began. None where it has not happened.
    version
        Rises with every step.
    """

    id: str
    incident_id: str
    township_code: str | None
    village_code: str | None = None
    lon: float
    lat: float
    category: str = ""
    item_code: str | None = None
    item_version: int | None = None
    urgent: bool = False
    state: str = "reported"
    answerable: str = OFFICE
    department: str | None = None
    squad_id: str | None = None
    officer_id: str | None = None
    held_from: str | None = None
    suspended_until: date | None = None
    supervised: int = 0
    reworked: int = 0
    reopened: int = 0
    objections: int = 0
    objectors: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    help: str | None = None
    handler: str | None = None
    duplicate_of: str | None = None
    merged_from: str | None = None
    rating: int | None = None
    opened_at: datetime
    filed_at: datetime | None = None
    settled_at: datetime | None = None
    closed_at: datetime | None = None
    changed_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        for name in ("id", "incident_id", "answerable"):
            require_text("Case", name, getattr(self, name))
        require_choice("Case", "state", self.state, STATES)
        require_lon_lat("Case", self.lon, self.lat)
        require_aware("Case", "opened_at", self.opened_at)
        require_aware("Case", "changed_at", self.changed_at)
        if self.help is not None:
            require_choice("Case", "help", self.help, HELP_STATES)
        for name in ("supervised", "reworked", "reopened", "objections"):
            require_at_least("Case", name, getattr(self, name), 0)
        if (self.held_from is not None) != (self.state == "suspended"):
            raise ValueError(f"Case.held_from goes with state 'suspended', got {self.held_from!r}")
        if self.merged_from is not None and self.state != "duplicate":
            raise ValueError(f"Case.merged_from goes with state 'duplicate', got {self.merged_from!r}")

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in OPEN_STATES

    @property
    def body(self) -> str:
        """Whose turn it is: the department it was escalated to, else the office."""
        return self.department or OFFICE

    @property
    def unheard(self) -> tuple[str, ...]:
        """Cooperating departments that have not given their opinion yet."""
        return tuple(body for body in self.cooperating if body not in self.answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step somebody wants to take.

    Parameters
    ----------
    action
        One of `ACTIONS`.
    note
        The actor's words.
    at
        When it happened, aware; None for now.
    device_id
        Made by the sender, so that sending twice stores once.
    squad_id, officer_id
        Who is dispatched.
    body
        The department it is escalated to; `OFFICE` where an officer leaves that to the office.
    level
        Of supervision, 1 to 3.
    rating
        1 to 5.
    original
        Id of the case this one repeats.
    until
        Day on which to look again at what is suspended.
    penalty
        Imposed on the spot.
    cooperating
        Departments that help the one it is escalated to; None for those that the catalogue names.
    suggests
        Whom an objecting department takes for the right body; `OFFICE` for the township's own.
    unheard
        Whether the department replies although cooperating departments have not answered.
    detail
        JSON values of whoever adds steps of another kind; kept with the step.
    """

    action: str
    note: str = ""
    at: datetime | None = None
    device_id: str | None = None
    squad_id: str | None = None
    officer_id: str | None = None
    body: str | None = None
    level: int | None = None
    rating: int | None = None
    original: str | None = None
    until: date | None = None
    penalty: PenaltyGiven | None = None
    cooperating: tuple[str, ...] | None = None
    suggests: str | None = None
    unheard: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_text("Step", "action", self.action)
        if self.at is not None:
            require_aware("Step", "at", self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file that belongs to a step, by the hash it had then (SHA-256, hex); a photo goes without a name."""

    id: str
    sha256: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """A step that was taken; never edited.

    Parameters
    ----------
    case_id, seq
        Of which case, the how manieth.
    action, source, target
        What, from which state to which.
    at, recorded_at
        When it happened, and when it arrived here.
    actor, role
        Who, as what.
    note
        The actor's words.
    body
        The department concerned, or `OFFICE`.
    device_id, fingerprint
        The sender's id and a hash of what was sent, to know a repetition from another step.
    evidence
        Photos and files.
    detail
        What else the step brought, JSON values.
    """

    case_id: str
    seq: int
    action: str
    source: str
    target: str
    at: datetime
    recorded_at: datetime
    actor: str
    role: str
    note: str = ""
    body: str | None = None
    device_id: str | None = None
    fingerprint: str = ""
    evidence: tuple[Evidence, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_choice("CaseStep", "source", self.source, STATES)
        require_choice("CaseStep", "target", self.target, STATES)
        require_at_least("CaseStep", "seq", self.seq, 1)
        require_aware("CaseStep", "at", self.at)
