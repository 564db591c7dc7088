"""The links of a day in the words of the route planner: squads needed, stops that come first, groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from gridmgr.domain.links import StopLink
from gridmgr.domain.patrols import Squad, StopInfo
from gridmgr.texts import Message
from planners import routing

#: Later than any visit can begin, seconds since midnight.
_END_OF_TIME = 2 * 24 * 3600


class Asked:
    """What is asked of the stops ahead.

    What is done already counts: a stop waits for no visit that was made, and where one of several was
    visited the others are not wanted any more.

    Parameters
    ----------
    links
        Of the day.
    ahead
        Stops that may still be visited.
    squads
        Who goes out, and what they have done.
    out
        Stops that nobody is to visit that day.
    zone
        The office's.
    """

    def __init__(
        self,
        links: Iterable[StopLink],
        *,
        ahead: Sequence[StopInfo],
        squads: Sequence[Squad],
        out: Sequence[StopInfo],
        zone: ZoneInfo,
    ) -> None:
        self._ahead = {stop.id for stop in ahead}
        self._squads = {squad.id for squad in squads}
        self._zone = zone
        self._ends = {v.stop.id: (v.stop.name, v.leave) for squad in squads for v in squad.done_visits}
        self._out = {stop.id: stop.name for stop in out}
        self._meets: dict[str, StopLink] = {}
        self._after: dict[str, list[str]] = {}
        self._group: dict[str, str] = {}
        #: Why nobody may visit a stop, by its id.
        self.barred: dict[str, Message] = {}
        for link in links:
            {"meet": self._meet, "before": self._before, "one_of": self._one_of}[link.kind](link)

    def _meet(self, link: StopLink) -> None:
        self._meets[link.stops[0]] = link

    def _before(self, link: StopLink) -> None:
        first, second = link.stops
        if first in self._ahead or first in self._ends:
            self._after.setdefault(second, []).append(first)
        elif first in self._out:
            self.barred[second] = Message("reason.predecessor_left_out", {"other": self._out[first]})

    def _one_of(self, link: StopLink) -> None:
        self._group.update((stop, link.id) for stop in link.stops)
        made = next((self._ends[stop][0] for stop in link.stops if stop in self._ends), None)
        if made is not None:
            reason = Message("reason.group_visited", {"other": made})
            self.barred.update((stop, reason) for stop in link.stops if stop not in self._ends)

    def linked(self, stop: routing.StopPoint) -> routing.StopPoint:
        """The stop with what is asked of it."""
        before = self._after.get(stop.id, [])
        stop = replace(
            stop,
            after=tuple(name for name in before if name in self._ahead),
            group=self._group.get(stop.id),
            windows=self._windows(stop, [name for name in before if name in self._ends]),
        )
        if stop.id in self.barred:
            return replace(stop, allowed_squads=frozenset(), pinned_squad=None)
        meeting = self._meets.get(stop.id)
        return stop if meeting is None else self._joint(stop, meeting)

    def _windows(self, stop: routing.StopPoint, made: Sequence[str]) -> tuple[tuple[int, int], ...]:
        """The stop's windows as far as they lie behind the visits it must follow that were made."""
        if not made:
            return stop.windows
        name, end = max((self._ends[other] for other in made), key=lambda item: item[1])
        earliest = self._seconds(end)
        spans = stop.windows or ((0, _END_OF_TIME),)
        open_still = tuple((max(earliest, first), last) for first, last in spans if last >= earliest)
        if not open_still:
            self.barred.setdefault(stop.id, Message("reason.predecessor_too_late", {"other": name}))
        return open_still or stop.windows

    def _joint(self, stop: routing.StopPoint, meeting: StopLink) -> routing.StopPoint:
        named = frozenset(meeting.squads) & self._squads
        return replace(
            stop,
            squads_needed=meeting.squads_needed,
            # A planner who calls squads together wants the visit, whatever it is worth.
            required=True,
            pinned_squad=None,
            allowed_squads=named if meeting.squads else stop.allowed_squads,
        )

    def _seconds(self, moment: datetime) -> int:
        wall = moment.astimezone(self._zone)
        return wall.hour * 3600 + wall.minute * 60 + wall.second
