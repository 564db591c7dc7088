"""Taking needless changes back: a plan made anew is drawn as near to the old one as its worth allows.

A search for prize does not care which squad visits what. Here stops go back to the squad and the order they
had, alone or in exchange for another stop, and whole routes go back to what is left of the old ones, as long
as the plan gets no worse by `planners.routing.disturbance.PlanKey`. Always in the same order, without chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from planners.routing.data import StopPoint
from planners.routing.disturbance import Judge, PlanKey
from planners.routing.polish import Orders, is_stuck, worth
from planners.routing.timeline import Roads, Timeline

#: Rounds of all moves; each round but the last improves the plan.
MAX_ROUNDS = 40


class Restorer:
    """Draws one plan nearer to the one that was followed.

    Parameters
    ----------
    judge
        Knows what was followed and compares plans.
    orders
        A feasible plan.
    rest
        What is left of the old plan.
    ended
        Asked between moves; once True the plan stays as it is.
    """

    def __init__(
        self, judge: Judge, orders: Orders, rest: Orders, *, ended: Callable[[], bool] | None = None
    ) -> None:
        self._judge = judge
        self._problem = judge.problem
        self._roads = Roads(judge.problem)
        self._ended = ended or (lambda: False)
        self._rest = rest
        self._open = [s for s in self._problem.squads if not is_stuck(self._problem, s)]
        self._places: dict[tuple[str, tuple[str, ...], str], tuple[str, ...] | None] = {}
        self.orders = orders
        self.key: PlanKey = judge.key(orders)

    def run(self) -> Orders:
        """Improve until nothing helps; the plan that comes out."""
        for _ in range(MAX_ROUNDS):
            if not self._improve():
                break
        return self.orders

    def _improve(self) -> bool:
        before = self.key
        for proposal in self._proposals():
            if self._ended():
                return False
            if (key := self._judge.key(proposal)) > self.key and self._is_feasible(proposal):
                self.orders, self.key = proposal, key
                break
        return self.key > before

    def _is_feasible(self, orders: Orders) -> bool:
        return all(self._judge.facts(name, order).is_feasible for name, order in orders.items())

    def _proposals(self) -> Iterator[Orders]:
        """Plans worth looking at from here, those that take back most first."""
        yield from self._old_routes()
        strays = self._strays()
        for stop in strays:
            yield from self._moves(stop)
        for stop in strays:
            yield from self._exchanges(stop, strays)

    def _strays(self) -> list[StopPoint]:
        """Stops not where they were: moved, re-ordered, added, or left out."""
        steady = {
            name for squad, order in self.orders.items() for name in self._judge.undisturbed(squad, order)
        }
        locked = self._problem.locked_to
        return [s for s in self._problem.stops if s.id not in steady and s.id not in locked and any(worth(s))]

    def _old_routes(self) -> Iterator[Orders]:
        """One squad goes back to what is left of its old route, or to the old order of its stops."""
        for squad in self._open:
            now = self.orders[squad.id]
            old = self._rest[squad.id]
            if old != now:
                yield self._with_route(squad.id, old, [name for name in now if name not in old])
            here = [name for name in old if name in now]
            yield self._with_route(squad.id, tuple(here), [name for name in now if name not in here])

    def _with_route(self, squad_id: str, route: tuple[str, ...], displaced: Sequence[str]) -> Orders:
        """The plan with that route; what it displaces goes where it fits, the most worth first."""
        orders = {
            name: route if name == squad_id else tuple(s for s in order if s not in route)
            for name, order in self.orders.items()
        }
        stops = [self._problem.stop(name) for name in displaced]
        for stop in sorted(stops, key=worth, reverse=True):
            self._put_in(orders, stop)
        return orders

    def _put_in(self, orders: Orders, stop: StopPoint) -> None:
        """Insert the stop where the plan is best with it, if it fits anywhere."""
        best: tuple[PlanKey, str, tuple[str, ...]] | None = None
        for squad in self._open:
            joined = self._best_place(squad.id, orders[squad.id], stop)
            if joined is not None:
                key = self._judge.key({**orders, squad.id: joined})
                if best is None or key > best[0]:
                    best = (key, squad.id, joined)
        if best is not None:
            orders[best[1]] = best[2]

    def _best_place(self, squad_id: str, order: tuple[str, ...], stop: StopPoint) -> tuple[str, ...] | None:
        """The route with the stop at its best place, None if it fits nowhere."""
        asked = (squad_id, order, stop.id)
        if asked not in self._places:
            self._places[asked] = self._find_place(squad_id, order, stop)
        return self._places[asked]

    def _find_place(self, squad_id: str, order: tuple[str, ...], stop: StopPoint) -> tuple[str, ...] | None:
        squad = self._problem.squad(squad_id)
        full = squad.max_stops is not None and len(order) >= squad.max_stops
        if full or not self._roads.may_serve(stop, squad):
            return None
        line = Timeline(self._roads, squad, [self._problem.stop(name) for name in order])
        joined = [
            (*order[:place], stop.id, *order[place:])
            for place in range(len(squad.locked), len(order) + 1)
            if line.fits(place, (stop,), place)
        ]
        if not joined:
            return None
        steady = {route: len(self._judge.undisturbed(squad_id, route)) for route in joined}
        most = max(steady.values())
        return max((route for route in joined if steady[route] == most), key=self._ease(squad_id))

    def _ease(self, squad_id: str) -> Callable[[tuple[str, ...]], tuple[int, int]]:
        def ease(route: tuple[str, ...]) -> tuple[int, int]:
            facts = self._judge.facts(squad_id, route)
            return -facts.late_seconds, -facts.travel_seconds

        return ease

    def _without(self, stop: StopPoint) -> Orders:
        return {name: tuple(s for s in order if s != stop.id) for name, order in self.orders.items()}

    def _homes(self, stop: StopPoint) -> list[str]:
        """Squads to try for a stop: the one it had, or any for one that had none or whose squad is gone."""
        place = self._judge.followed.places.get(stop.id)
        names = [squad.id for squad in self._open]
        return [place[0]] if place is not None and place[0] in names else names

    def _moves(self, stop: StopPoint) -> Iterator[Orders]:
        """The stop goes home, or to its best place in any route."""
        without = self._without(stop)
        for squad_id in self._homes(stop):
            joined = self._best_place(squad_id, without[squad_id], stop)
            if joined is not None:
                yield {**without, squad_id: joined}

    def _exchanges(self, stop: StopPoint, strays: Sequence[StopPoint]) -> Iterator[Orders]:
        """The stop goes home, and a stray there makes room: it goes elsewhere or out."""
        without = self._without(stop)
        for squad_id in self._homes(stop):
            for guest in strays:
                if guest.id not in without[squad_id]:
                    continue
                room = tuple(name for name in without[squad_id] if name != guest.id)
                joined = self._best_place(squad_id, room, stop)
                if joined is None:
                    continue
                orders = {**without, squad_id: joined}
                self._put_in(orders, guest)
                yield orders
