"""Changes by hand at stops where squads meet: whose visit it is about, and who is to meet afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from gridmgr.domain.links import StopLink
from gridmgr.domain.patrols import DayPlan, StopInfo
from gridmgr.errors import BadInput
from gridmgr.services.planning.dayplan_problem import orders_of


class HandEdit(Protocol):
    """What is asked here of `gridmgr.services.planning.editing.Edit`."""

    @property
    def action(self) -> str:
        """What is done."""

    @property
    def squad_id(self) -> str | None:
        """Where the stop goes."""

    @property
    def from_squad_id(self) -> str | None:
        """Whose visit it is about."""


def _visiting(draft: DayPlan, stop_id: str) -> list[str]:
    return [squad_id for squad_id, order in orders_of(draft).items() if stop_id in order]


def leaving(draft: DayPlan, stop: StopInfo, edit: HandEdit, meeting: StopLink | None) -> set[str]:
    """Squads whose visit to the stop ends or is made anew elsewhere in their order."""
    if edit.action in ("pin", "unpin", "allow"):
        return set()
    visiting = _visiting(draft, stop.id)
    if meeting is None or edit.action == "forbid":
        return set(visiting)
    if edit.from_squad_id is not None:
        if edit.from_squad_id not in visiting:
            raise BadInput("link.not_visited_by", stop=stop.name, squad=_number(draft, edit.from_squad_id))
        return {edit.from_squad_id, edit.squad_id or ""} & set(visiting)
    if edit.action != "move":
        return set(visiting)
    if edit.squad_id not in visiting and len(visiting) >= meeting.squads_needed:
        raise BadInput("link.whose_visit", stop=stop.name, squad=_number(draft, edit.squad_id or ""))
    return {edit.squad_id or ""} & set(visiting)


def _number(draft: DayPlan, squad_id: str) -> int | str:
    squad = draft.squad(squad_id)
    return squad.number if squad else squad_id


def links_after(
    draft: DayPlan, meeting: StopLink | None, edit: HandEdit, gone: set[str]
) -> tuple[StopLink, ...]:
    """The links after the change: sending a squad to a meeting by hand, or pinning it, says who meets."""
    if meeting is None or edit.action not in ("move", "pin", "unpin"):
        return draft.links
    squads: tuple[str, ...] = ()
    if edit.action != "unpin":
        come = (set(_visiting(draft, meeting.stops[0])) - gone) | ({edit.squad_id or ""} - {""})
        squads = tuple(squad.id for squad in draft.squads if squad.id in come)
        if len(squads) != meeting.squads_needed:
            if edit.action == "pin":
                raise BadInput("link.pin_incomplete", needed=meeting.squads_needed, count=len(squads))
            squads = ()
    named = replace(meeting, squads=squads)
    return tuple(named if link.id == meeting.id else link for link in draft.links)
