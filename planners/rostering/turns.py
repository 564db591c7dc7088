"""Fair turns of one agency as a flow, and all fair turns at once.

A person's first duty costs 1, the second 3, the third 5 (history counted): so the cost of a plan is the sum
of squared duties, and the cheapest flow from people to days is the fairest plan. Duties on weekends and
public holidays pass through a further arc with steps of their own, which decide among plans of equal duties.
Both families of arcs are laminar and all capacities whole, so the cheapest flow is whole and proven cheapest.

By complementary slackness the cheapest flows are exactly the flows that leave an arc empty where its reduced
cost is above zero and fill it where it is below. `Face` says this in bounds on people's counts and in days
that are settled: linear, and without any mention of the cost. The later goals search only there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.graph.python import min_cost_flow

from planners.rostering.data import Person, Problem
from planners.rostering.demand import available_by_group, quota

_SOURCE = "people"
_FIRST = 10**6  # a step of duties against one of duties on days off; there are never so many of the latter
_LOCKED = 10**11  # a duty the office locked is worth more than any unfairness


@dataclass(frozen=True)
class Group:
    """An agency, or the office's own staff, over the days of a problem.

    Parameters
    ----------
    people
        In order of id.
    here
        Ids of those available, by day.
    needed
        How many are sent, by day.
    locked
        Ids of those who must be sent, by day.
    """

    people: tuple[Person, ...]
    here: tuple[frozenset[str], ...]
    needed: tuple[int, ...]
    locked: tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Face:
    """All cheapest plans of a group.

    Parameters
    ----------
    duties, off_duties
        Least and most duties by person, on all days and on days off; who is missing has none.
    settled
        Whether the person goes, by person and number of the day, where all cheapest plans agree.
    """

    duties: Mapping[str, tuple[int, int]]
    off_duties: Mapping[str, tuple[int, int]]
    settled: Mapping[tuple[str, int], bool]


def groups_of(problem: Problem) -> list[Group]:
    """The groups of a problem with what the rules ask of them, in order of name."""
    by_day = [available_by_group(problem, day) for day in problem.days]
    groups = []
    for name in sorted({person.group for person in problem.people}):
        here = [available.get(name, []) for available in by_day]
        groups.append(
            Group(
                people=tuple(
                    sorted((p for p in problem.people if p.group == name), key=lambda person: person.id)
                ),
                here=tuple(frozenset(person.id for person in people) for people in here),
                needed=tuple(
                    quota(name, len(people), day=day, rules=problem.rules)
                    for day, people in zip(problem.days, here, strict=True)
                ),
                locked=tuple(
                    day.locked & {person.id for person in people}
                    for day, people in zip(problem.days, here, strict=True)
                ),
            )
        )
    return groups


@dataclass
class _Network:
    """Arcs with their capacity 1 and cost, nodes numbered as they come."""

    nodes: dict[Hashable, int] = field(default_factory=dict)
    arcs: list[tuple[int, int, int]] = field(default_factory=list)
    labels: list[tuple[str, str, int]] = field(default_factory=list)

    def add(self, tail: Hashable, head: Hashable, cost: int, label: tuple[str, str, int]) -> None:
        """An arc of capacity 1."""
        self.arcs.append((self.node(tail), self.node(head), cost))
        self.labels.append(label)

    def node(self, name: Hashable) -> int:
        """Number of a node."""
        return self.nodes.setdefault(name, len(self.nodes))


def fair_face(group: Group, off: Sequence[bool]) -> Face:
    """All fairest plans of a group, rest between duties not looked at.

    Parameters
    ----------
    group
        Who is there and how many are needed; there are always as many as needed.
    off
        Whether each day is a weekend or a public holiday.
    """
    network = _network(group, off)
    flow = _cheapest(network, group.needed)
    potentials = _potentials(network, flow)
    least: dict[tuple[str, str], int] = defaultdict(int)
    open_: dict[tuple[str, str], int] = defaultdict(int)
    settled: dict[tuple[str, int], bool] = {}
    for (tail, head, cost), (kind, person, number) in zip(network.arcs, network.labels, strict=True):
        reduced = cost + potentials[tail] - potentials[head]
        if kind == "day" and reduced:
            settled[person, number] = reduced < 0
        elif kind != "day":
            least[kind, person] += reduced < 0
            open_[kind, person] += reduced == 0
    bounds = {key: (least[key], least[key] + open_[key]) for key in least}
    return Face(
        duties={person: both for (kind, person), both in bounds.items() if kind == "duty"},
        off_duties={person: both for (kind, person), both in bounds.items() if kind == "off"},
        settled=settled,
    )


def _network(group: Group, off: Sequence[bool]) -> _Network:
    network = _Network()
    for person in group.people:
        days = [
            number for number, here in enumerate(group.here) if person.id in here and group.needed[number]
        ]
        own, own_off = ("person", person.id), ("off", person.id)
        for step in range(1, len(days) + 1):
            cost = _FIRST * step_cost(person.duties_last_weeks + step)
            network.add(_SOURCE, own, cost, ("duty", person.id, step))
        for step in range(1, sum(off[number] for number in days) + 1):
            cost = step_cost(person.off_duties_last_weeks + step)
            network.add(own, own_off, cost, ("off", person.id, step))
        for number in days:
            cost = -_LOCKED if person.id in group.locked[number] else 0
            network.add(own_off if off[number] else own, ("day", number), cost, ("day", person.id, number))
    return network


def step_cost(count: int) -> int:
    """What the ``count``-th duty adds to the sum of squares."""
    return 2 * count - 1


def _cheapest(network: _Network, needed: Sequence[int]) -> list[int]:
    solver = min_cost_flow.SimpleMinCostFlow()
    for tail, head, cost in network.arcs:
        solver.add_arc_with_capacity_and_unit_cost(tail, head, 1, cost)
    for number, count in enumerate(needed):
        if count:
            solver.set_node_supply(network.node(("day", number)), -count)
    solver.set_node_supply(network.node(_SOURCE), sum(needed))
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the flow of fair turns ended with {status}")
    return [solver.flow(arc) for arc in range(len(network.arcs))]


def _potentials(network: _Network, flow: Sequence[int]) -> list[int]:
    """Shortest distances in the residual graph (Bellman-Ford): a cheapest flow leaves no negative circle."""
    distance = [0] * len(network.nodes)
    changed = True
    while changed:
        changed = False
        for (tail, head, cost), used in zip(network.arcs, flow, strict=True):
            if not used and distance[tail] + cost < distance[head]:
                distance[head] = distance[tail] + cost
                changed = True
            elif used and distance[head] - cost < distance[tail]:
                distance[tail] = distance[head] - cost
                changed = True
    return distance
