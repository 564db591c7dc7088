"""What the API tells and takes of links between a day's stops."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, Strict

from gridmgr.domain.links import MOST_CHOICES, MOST_SQUADS
from webapp.api.schemas import Answer, Body, Code

Kind = Literal["meet", "before", "one_of"]


class ComingOut(Answer):
    """A squad's visit to a linked stop; it waits for the others from `arrive` to `start`."""

    stop_id: str
    squad_id: str
    squad: int
    arrive: datetime
    start: datetime
    leave: datetime
    wait_minutes: int


class LinkOut(Answer):
    """What is asked of stops together, and what the plan makes of it.

    `state` is `kept`, `broken` (the routes do otherwise), `left_out` (a stop it needs is in no route) or
    `unplanned` (there are no routes yet).
    """

    id: str
    kind: Kind
    stops: list[str]
    squads_needed: int
    squads: list[str]
    text: str
    state: Literal["kept", "broken", "left_out", "unplanned"]
    state_text: str
    coming: list[ComingOut]


class LinkIn(Body):
    """A link to ask for, made on the version the planner looked at.

    `stops` are one stop for `meet`, the earlier and the later one for `before`, several for `one_of`. For
    `meet` either say how many squads are needed (two by default) or name them.
    """

    version: Annotated[int, Field(ge=0)]
    kind: Kind
    stops: Annotated[list[Code], Field(min_length=1, max_length=MOST_CHOICES)]
    squads_needed: Annotated[int, Field(ge=2, le=MOST_SQUADS)] | None = None
    squads: Annotated[tuple[Code, ...], Strict(strict=False), Field(max_length=MOST_SQUADS)] = ()
    why: Annotated[str, Field(max_length=500)] = ""


class UnlinkIn(Body):
    """Taking a link back, on the version the planner looked at."""

    version: Annotated[int, Field(ge=0)]
    why: Annotated[str, Field(max_length=500)] = ""


class LinksOut(Answer):
    """The links of the draft, in the order they were asked."""

    links: list[LinkOut]
