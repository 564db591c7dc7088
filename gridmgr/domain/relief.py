"""What would help against something missing: single changes with their effect, found by solving with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gridmgr.domain.patrols import Fix
from gridmgr.domain.validate import require_aware, require_text
from gridmgr.texts import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A change, or two at once, and a figure before and after it.

    Parameters
    ----------
    kinds
        What is changed, one name a change.
    message
        The change and its effect, in words.
    before, after
        The figure it is about, without and with the change.
    """

    kinds: tuple[str, ...]
    message: Message
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SquadRelief:
    """What keeps a day from more squads that may enforce, and what would help.

    Parameters
    ----------
    asked
        Squads the day asks for.
    formed
        Squads of the draft that may enforce.
    reasons
        What binds, the first cause first; empty where nothing is missing.
    remedies
        Single changes, the lightest first.
    together
        Two changes that help together, where no single one does.
    note
        That nothing single helps, or that not everything was tried; None where there is nothing to say.
    """

    asked: int
    formed: int
    reasons: tuple[Message, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    together: Remedy | None = None
    note: Message | None = None

    @property
    def is_short(self) -> bool:
        """Whether fewer squads may enforce than the day asks for."""
        return self.formed < self.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRelief:
    """What would help a township's day.

    Parameters
    ----------
    revision
        The revision of the day it was found for.
    made_at
        When, aware.
    squads
        About squads that may enforce.
    stops
        What would let each stop that is left out into the day, by stop id; empty where nothing single does.
    """

    revision: str
    made_at: datetime
    squads: SquadRelief
    stops: Mapping[str, tuple[Fix, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_text("DayRelief", "revision", self.revision)
        require_aware("DayRelief", "made_at", self.made_at)
