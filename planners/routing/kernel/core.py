"""The compiled heart: ruin a plan, fill it again, keep it or not, many thousand times a second.

Slack induction by string removals (Christiaens and Vanden Berghe, Transportation Science 54, 2020), widened
to stops that need not be visited: whatever is out, old or new, competes for the room that was made. Times
follow `planners.routing.timeline`: at each place an earliest and a latest moment with the lunch still to
come, and another pair with it eaten, so that an insertion is checked in constant time.

All compiled functions live in this one file on purpose: numba's cache looks at the file of a function, not
at those of the functions it calls.

Nodes: stops are ``0..n-1``, the start of squad ``k`` is ``n + k``, its end ``n + squads + k``. A route is a
row of nodes: start, visits, end. Place ``p`` lies between the nodes ``p`` and ``p + 1`` of the row.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planners.routing.kernel.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Later than any moment: a time that cannot be met, and the way where there is no road.
NEVER = 10**12

#: Columns of ``World.squads``.
END, HUNGRY, FED, LUNCH_OPENS, LUNCH_CLOSES, LUNCH_TAKES, MOST = range(7)
#: Columns of ``Plan.labels``: leaving node p at the earliest, reaching node p + 1 at the latest, the way
#: between them, and the most time there is between them.
READY_HUNGRY, READY_FED, DUE_HUNGRY, DUE_FED, WAY, SPAN = range(6)
#: Columns of ``Plan.sums``.
TRAVEL, WORTH, WIDEST = range(3)
#: Marks in ``Plan.touched``.
UNTOUCHED, RUINED, CHANGED = range(3)
#: Marks in ``Plan.taken``.
APART, TAKEN_OUT, NEARBY = range(3)


class World(NamedTuple):
    """A problem as arrays; nothing in it changes during a search.

    Parameters
    ----------
    travel, travel_back
        (nodes, nodes) seconds; at least `NEVER` where there is no road; and the same with rows and columns
        changed, for what is asked of one stop shall lie together in memory.
    service, least
        (stops,) seconds; and with the shortest ways to the stop and away from it.
    opens, closes
        (stops, windows) seconds since midnight; unused columns open at `NEVER` and close at -1.
    last_start
        (stops,) when the last window closes.
    worth
        (stops,) what is compared first: prize, and more than all prizes together if required.
    may
        (squads, stops) 1 where the squad may serve the stop.
    squads
        (squads, 7) see the column names above.
    near
        (stops, stops) all stops, nearest first, itself first of all.
    rivals
        (stops, largest group - 1) the other stops of the stop's group, -1 where it has fewer.
    """

    travel: Ints
    travel_back: Ints
    service: Ints
    least: Ints
    opens: Ints
    closes: Ints
    last_start: Ints
    worth: Ints
    may: NDArray[np.uint8]
    squads: Ints
    near: Ints
    rivals: Ints


class Plan(NamedTuple):
    """Routes and what is known about them; changed in place.

    Parameters
    ----------
    routes
        (squads, stops + 2) nodes.
    lengths
        (squads,) visits.
    where
        (stops,) the squad that visits the stop, -1 if none.
    labels
        (squads, stops + 2, 6) seconds since midnight and durations.
    sums
        (squads, 3) travel, worth and the widest span of each route.
    touched
        (squads,) what the last round did to each route.
    taken
        (stops,) what the last round did to each stop: `TAKEN_OUT`, or `NEARBY` where it was ruined.
    """

    routes: Ints
    lengths: Ints
    where: Ints
    labels: Ints
    sums: Ints
    touched: Ints
    taken: NDArray[np.uint8]


class Settings(NamedTuple):
    """Numbers of one search.

    Parameters
    ----------
    removed
        Visits taken out in a round, on average.
    longest
        Longest string taken from one route.
    blink
        Chance of overlooking a place when putting a stop in.
    split
        Chance of keeping some visits in the middle of a string.
    skip
        Chance of not asking a ruined route whether it has room for a stop that was out before.
    window
        So many stops nearest to the ruin are asked each round besides those taken out.
    far
        Chance that any other stop is asked.
    """

    removed: float
    longest: float
    blink: float
    split: float
    skip: float
    window: int
    far: float


@compiled
def draw(state: NDArray[np.uint64]) -> float:
    """A random number from 0 up to 1 (xorshift64*, Vigna 2016); changes the state."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@compiled
def start_of_service(world: World, stop: int, arrive: int) -> int:
    """The earliest lawful start of a visit reached then; `NEVER` once every window is closed."""
    for window in range(world.opens.shape[1]):
        if arrive <= world.closes[stop, window]:
            return int(max(arrive, world.opens[stop, window]))
    return NEVER


@compiled
def latest_arrival(world: World, stop: int, not_after: int) -> int:
    """The latest lawful start that is not after a moment; -1 if there is none."""
    for window in range(world.opens.shape[1] - 1, -1, -1):
        if world.opens[stop, window] <= not_after:
            return int(min(not_after, world.closes[stop, window]))
    return -1


@compiled
def reach(hungry: int, fed: int, way: int, squad: Ints) -> tuple[int, int]:
    """Earliest moments at the end of a way: with the lunch still to come, and eaten."""
    arrive = fed + way
    if hungry >= NEVER:
        return NEVER, arrive
    before = max(hungry, squad[LUNCH_OPENS])
    if before <= squad[LUNCH_CLOSES]:
        arrive = min(arrive, before + squad[LUNCH_TAKES] + way)
    after = max(hungry + way, squad[LUNCH_OPENS])
    if after <= squad[LUNCH_CLOSES]:
        arrive = min(arrive, after + squad[LUNCH_TAKES])
    return hungry + way, arrive


@compiled
def latest_lunch(squad: Ints, done_by: int) -> int:
    """The latest moment to turn up for a lunch that must be over then; -1 if it cannot be."""
    start = int(min(squad[LUNCH_CLOSES], done_by - squad[LUNCH_TAKES]))
    return start if start >= squad[LUNCH_OPENS] else -1


@compiled
def refresh(world: World, plan: Plan, k: int) -> bool:
    """Work out times and sums of a route; whether it keeps all time rules."""
    route, labels, squad = plan.routes[k], plan.labels[k], world.squads[k]
    count = plan.lengths[k]
    hungry, fed = squad[HUNGRY], squad[FED]
    travel, worth = 0, 0
    labels[0, READY_HUNGRY], labels[0, READY_FED] = hungry, fed
    for p in range(1, count + 1):
        stop = route[p]
        way = world.travel[route[p - 1], stop]
        hungry, fed = reach(hungry, fed, way, squad)
        hungry = start_of_service(world, stop, hungry) + world.service[stop]
        fed = start_of_service(world, stop, fed) + world.service[stop]
        labels[p, READY_HUNGRY], labels[p, READY_FED] = hungry, fed
        labels[p - 1, WAY] = way
        travel += way
        worth += world.worth[stop]
    way = world.travel[route[count], route[count + 1]]
    labels[count, WAY] = way
    plan.sums[k, TRAVEL], plan.sums[k, WORTH] = travel + way, worth
    hungry, fed = reach(hungry, fed, way, squad)
    in_time = count == 0 or fed <= squad[END] or hungry <= min(squad[END], squad[LUNCH_CLOSES])
    if in_time:
        look_back(world, plan, k)
    return bool(in_time)


@compiled
def look_back(world: World, plan: Plan, k: int) -> None:
    """The latest moments of reaching each visit, and the end, with the rest still in time."""
    route, labels, squad = plan.routes[k], plan.labels[k], world.squads[k]
    count = plan.lengths[k]
    has_lunch = squad[LUNCH_CLOSES] >= 0
    hungry, fed = min(squad[END], squad[LUNCH_CLOSES]), squad[END]
    labels[count, DUE_HUNGRY], labels[count, DUE_FED] = hungry, fed
    widest = span_at(labels[count], squad)
    for p in range(count - 1, -1, -1):
        stop = route[p + 1]
        way = labels[p + 1, WAY]
        arrive = latest_arrival(world, stop, fed - way - world.service[stop])
        if has_lunch:
            leave = max(hungry - way, latest_lunch(squad, fed - way))
            hungry = latest_arrival(world, stop, leave - world.service[stop])
            hungry = max(hungry, latest_lunch(squad, arrive))
        fed = arrive
        labels[p, DUE_HUNGRY], labels[p, DUE_FED] = hungry, fed
        widest = max(widest, span_at(labels[p], squad))
    plan.sums[k, WIDEST] = widest


@compiled
def span_at(label: Ints, squad: Ints) -> int:
    """Keep and give the most time there is for ways and service between two visits."""
    span = label[DUE_FED] - label[READY_FED]
    if label[READY_HUNGRY] < NEVER:
        span = max(span, label[DUE_FED] - label[READY_HUNGRY] - squad[LUNCH_TAKES])
        span = max(span, label[DUE_HUNGRY] - label[READY_HUNGRY])
    label[SPAN] = span
    return int(span)


@compiled
def fits(world: World, label: Ints, squad: Ints, stop: int, way: int, onward: int) -> bool:
    """Whether a route holds with the stop put in at the labelled place, by these ways."""
    service = world.service[stop]
    if label[READY_HUNGRY] >= NEVER:
        fed = start_of_service(world, stop, label[READY_FED] + way)
        return bool(fed + service + onward <= label[DUE_FED])
    hungry, fed = reach(label[READY_HUNGRY], label[READY_FED], way, squad)
    fed = start_of_service(world, stop, fed) + service
    hungry = start_of_service(world, stop, hungry) + service
    hungry, fed = reach(hungry, fed, onward, squad)
    return bool(fed <= label[DUE_FED] or hungry <= label[DUE_HUNGRY])


@compiled
def cheapest_place(
    world: World, plan: Plan, k: int, stop: int, limit: int, blink: float, state: NDArray[np.uint64]
) -> tuple[int, int]:
    """The place in a route that costs least travel, below the limit: (extra travel, place), or place -1."""
    route, labels = plan.routes[k], plan.labels[k]
    there, onward = world.travel_back[stop], world.travel[stop]
    service, least = world.service[stop], world.least[stop]
    first_end, last_start = world.opens[stop, 0] + service, world.last_start[stop]
    best = -1
    for p in range(plan.lengths[k] + 1):
        ready, span = min(labels[p, READY_HUNGRY], labels[p, READY_FED]), labels[p, SPAN]
        if ready > last_start:
            break
        if span < least or first_end > labels[p, DUE_FED]:
            continue
        way, way_on = there[route[p]], onward[route[p + 1]]
        extra = way + way_on - labels[p, WAY]
        if extra >= limit or span < way + way_on + service:
            continue
        if fits(world, labels[p], world.squads[k], stop, way, way_on) and draw(state) >= blink:
            limit, best = extra, p
    return limit, best


@compiled
def put_in(world: World, plan: Plan, k: int, p: int, stop: int) -> None:
    """Put a stop in at place p."""
    route = plan.routes[k]
    for i in range(plan.lengths[k] + 1, p, -1):
        route[i + 1] = route[i]
    route[p + 1] = stop
    plan.lengths[k] += 1
    plan.where[stop] = k
    if plan.touched[k] == UNTOUCHED:
        plan.touched[k] = CHANGED
    refresh(world, plan, k)


@compiled
def put_in_cheapest(
    world: World, plan: Plan, stop: int, settings: Settings, state: NDArray[np.uint64]
) -> None:
    """Put a stop in where it costs least travel, if anywhere.

    A stop that was out before the round can only have found room in a route that was ruined. Of a group one
    stop is visited at most.
    """
    for rival in world.rivals[stop]:
        if rival >= 0 and plan.where[rival] >= 0:
            return
    limit, best_k, best_p = NEVER, -1, -1
    for k in range(world.squads.shape[0]):
        if world.may[k, stop] == 0 or plan.lengths[k] >= world.squads[k, MOST]:
            continue
        if plan.taken[stop] != TAKEN_OUT and plan.touched[k] != RUINED:
            continue
        if plan.sums[k, WIDEST] < world.least[stop]:
            continue
        if plan.taken[stop] != TAKEN_OUT and draw(state) < settings.skip:
            continue
        extra, p = cheapest_place(world, plan, k, stop, limit, settings.blink, state)
        if p >= 0:
            limit, best_k, best_p = extra, k, p
    if best_k >= 0:
        put_in(world, plan, best_k, best_p, stop)


@compiled
def cut(world: World, plan: Plan, k: int, first: int, count: int, kept_at: int, kept: int) -> None:
    """Take ``count`` visits from node ``first`` on out of a route, sparing ``kept`` of them in between."""
    route = plan.routes[k]
    length = plan.lengths[k]
    write = first
    for p in range(first, length + 2):
        offset = p - first
        if offset < count and not (kept_at <= offset < kept_at + kept):
            plan.taken[route[p]] = TAKEN_OUT
            plan.where[route[p]] = -1
        else:
            route[write] = route[p]
            write += 1
    plan.lengths[k] = write - 2


@compiled
def ruin_route(
    world: World,
    plan: Plan,
    k: int,
    stop: int,
    longest: float,
    settings: Settings,
    state: NDArray[np.uint64],
) -> None:
    """Take out a string of visits around one of them."""
    length = plan.lengths[k]
    at = 1
    while plan.routes[k, at] != stop:
        at += 1
    count = 1 + int(draw(state) * min(longest, float(length)))
    count = min(count, length)
    kept = 0
    if count > 1 and count < length and draw(state) < settings.split:
        kept = 1
        while count + kept < length and draw(state) > 0.5:
            kept += 1
    span = count + kept
    lowest, highest = max(1, at - span + 1), min(at, length - span + 1)
    first = lowest + int(draw(state) * (highest - lowest + 1))
    kept_at = 1 + int(draw(state) * (count - 1)) if kept else 0
    cut(world, plan, k, first, span, kept_at, kept)


@compiled
def ruin(world: World, plan: Plan, current: Plan, settings: Settings, state: NDArray[np.uint64]) -> None:
    """Take strings of visits out of routes that pass near one stop drawn by chance."""
    used, visits = 0, 0
    for k in range(world.squads.shape[0]):
        plan.touched[k] = UNTOUCHED
        if plan.lengths[k]:
            used += 1
            visits += plan.lengths[k]
    plan.taken[:] = APART
    if used == 0:
        plan.touched[:] = RUINED
        plan.taken[:] = NEARBY
        return
    longest = min(settings.longest, visits / used)
    strings = 1 + int(draw(state) * max(0.0, 4.0 * settings.removed / (1.0 + longest) - 1.0))
    strings = min(strings, used)
    seed = int(draw(state) * world.near.shape[0])
    for i in range(min(settings.window, world.near.shape[0])):
        plan.taken[world.near[seed, i]] = NEARBY
    for stop in world.near[seed]:
        k = plan.where[stop]
        if k < 0 or plan.touched[k] != UNTOUCHED:
            continue
        plan.touched[k] = RUINED
        ruin_route(world, plan, k, stop, longest, settings, state)
        if not refresh(world, plan, k):
            # Rounded road times need not obey the triangle rule: leaving out a visit may make another late.
            give_back(plan, current, k)
        strings -= 1
        if strings == 0:
            return


@compiled
def give_back(plan: Plan, current: Plan, k: int) -> None:
    """Make a route what it is in the other plan, visits that were taken out of it included."""
    copy_route(current, plan, k)
    for p in range(1, plan.lengths[k] + 1):
        plan.taken[plan.routes[k, p]] = APART


@compiled
def copy_route(source: Plan, target: Plan, k: int) -> None:
    """Copy a route with all that is known about it; the stops' places must be cleared before."""
    count = source.lengths[k]
    target.lengths[k] = count
    for p in range(count + 2):
        target.routes[k, p] = source.routes[k, p]
    for p in range(count + 1):
        for column in range(6):
            target.labels[k, p, column] = source.labels[k, p, column]
    for p in range(1, count + 1):
        target.where[source.routes[k, p]] = k
    for column in range(3):
        target.sums[k, column] = source.sums[k, column]


@compiled
def copy_changes(source: Plan, target: Plan, touched: Ints) -> None:
    """Make the touched routes of one plan what they are in another."""
    for k in range(touched.shape[0]):
        if touched[k] != UNTOUCHED:
            for p in range(1, target.lengths[k] + 1):
                target.where[target.routes[k, p]] = -1
    for k in range(touched.shape[0]):
        if touched[k] != UNTOUCHED:
            copy_route(source, target, k)


@compiled
def fill(world: World, plan: Plan, queue: Ints, settings: Settings, state: NDArray[np.uint64]) -> None:
    """Put in what fits of a queue, in its order; every route is open to every stop."""
    plan.touched[:] = RUINED
    plan.taken[:] = TAKEN_OUT
    for stop in queue:
        if plan.where[stop] < 0:
            put_in_cheapest(world, plan, stop, settings, state)


@compiled
def price(world: World, plan: Plan, gain: Floats) -> float:
    """What annealing minimises: travel less what the visited stops bring."""
    total = 0.0
    for k in range(plan.lengths.shape[0]):
        total += plan.sums[k, TRAVEL]
        for p in range(1, plan.lengths[k] + 1):
            total -= gain[plan.routes[k, p]]
    return total


@compiled
def is_better(plan: Plan, other: Plan) -> bool:
    """Whether a plan is worth more than another, or as much with less travel."""
    worth, travel = 0, 0
    for k in range(plan.lengths.shape[0]):
        worth += plan.sums[k, WORTH] - other.sums[k, WORTH]
        travel += plan.sums[k, TRAVEL] - other.sums[k, TRAVEL]
    return bool(worth > 0 or (worth == 0 and travel < 0))


@compiled
def anneal(
    world: World,
    plan: Plan,
    current: Plan,
    best: Plan,
    gain: Floats,
    queues: Ints,
    settings: Settings,
    state: NDArray[np.uint64],
    rounds: int,
    heat: float,
) -> int:
    """Ruin and fill so many rounds at one heat; how often the best plan was improved.

    ``plan`` must be a copy of ``current``; it is so again at the end.
    """
    cost = price(world, current, gain)
    found = 0
    everything = np.ones(plan.lengths.shape[0], np.int64)
    for _ in range(rounds):
        ruin(world, plan, current, settings, state)
        for stop in queues[int(draw(state) * queues.shape[0])]:
            if plan.where[stop] < 0 and (plan.taken[stop] != APART or draw(state) < settings.far):
                put_in_cheapest(world, plan, stop, settings, state)
        new_cost = price(world, plan, gain)
        if new_cost >= cost - heat * math.log(draw(state) + 1e-300):
            copy_changes(current, plan, plan.touched)
            continue
        cost = new_cost
        copy_changes(plan, current, plan.touched)
        if is_better(plan, best):
            copy_changes(plan, best, everything)
            found += 1
    return found
