"""The compiled heart: take visits out of the days' routes, put them back on the best days, keep it or not.

Slack induction by string removals (Christiaens and Vanden Berghe, Transportation Science 54, 2020), carried
over to several days. Strings of visits near one customer are taken out of routes of one day or of all days;
a customer hit by one may lose its other visits too. Whoever has visits missing gets the day combination that
holds the days it still has and costs least together with the ways to its missing days. Customers that stay
behind their cheapest combination compete for the room that was made.

All compiled functions live in this one file on purpose: numba's cache looks at the file of a function, not
at those of the functions it calls.

Nodes: customers are ``0..n-1``, the start of route ``r`` is ``n + r``, its end ``n + routes + r``. A route is
a row of nodes: start, visits, end. Place ``p`` lies between the nodes ``p`` and ``p + 1`` of the row.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planners.routing.kernel.compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: The way where there is no road, and the limit where there is none.
NEVER = 10**12

#: Columns of ``World.vehicles``; ``TWIN`` is 1 where a route is like the one before it.
DAY, CAPACITY, LIMIT, TWIN = range(4)
#: Columns of ``Plan.sums``.
LOAD, DURATION, TRAVEL = range(3)
#: Entries of ``Plan.totals``.
ALL_COST, ALL_TRAVEL = range(2)


class World(NamedTuple):
    """A problem as arrays; nothing in it changes during a search.

    Parameters
    ----------
    travel, travel_back
        (nodes, nodes) at least `NEVER` where there is no road; and the same with rows and columns changed.
    service, demand
        (customers,) of one visit.
    vehicles
        (routes, 4) see the column names above; routes ascend by day.
    firsts
        (days + 1,) first route of each day.
    masks, costs
        (customers, patterns) days as bits, the first day the lowest, and cost; the first pattern is always
        the empty one.
    counts
        (customers,) number of patterns.
    cheapest
        (customers,) least cost of a pattern.
    near
        (customers, customers) all customers, nearest first, itself first of all.
    ranks
        (orders, customers) orders to put customers back in: least first.
    """

    travel: Ints
    travel_back: Ints
    service: Ints
    demand: Ints
    vehicles: Ints
    firsts: Ints
    masks: Ints
    costs: Ints
    counts: Ints
    cheapest: Ints
    near: Ints
    ranks: Floats


class Plan(NamedTuple):
    """Routes and what is known about them; changed in place.

    Parameters
    ----------
    routes
        (routes, customers + 2) nodes.
    ways
        (routes, customers + 2) way from each node of the route to the next.
    lengths
        (routes,) visits.
    sums
        (routes, 3) load, duration and travel.
    where
        (customers, days) the route that visits then, -1 if none.
    chosen
        (customers,) pattern.
    totals
        (2,) cost and travel of the whole.
    touched
        (routes,) 1 where the last round changed the route.
    hit
        (customers,) 1 where the last round took visits out, 2 where it only tried to add some.
    """

    routes: Ints
    ways: Ints
    lengths: Ints
    sums: Ints
    where: Ints
    chosen: Ints
    totals: Ints
    touched: Ints
    hit: Ints


class Room(NamedTuple):
    """Scratch paper of a search.

    Parameters
    ----------
    extra, route, place
        (days,) the cheapest place found on each day.
    queue, keys
        (customers,) who is to be put back, and by which key.
    """

    extra: Floats
    route: Ints
    place: Ints
    queue: Ints
    keys: Floats


class Settings(NamedTuple):
    """Numbers of one search.

    Parameters
    ----------
    removed
        Visits taken out in a round, on average.
    longest
        Longest string taken from one route.
    blink
        Chance of overlooking a place when putting a visit in.
    split
        Chance of keeping some visits in the middle of a string.
    whole
        Chance that customers lose all their visits in a round, not only those in the strings.
    single
        Chance that strings are taken from one day only.
    join
        Chance that a customer behind its cheapest combination competes in a round.
    """

    removed: float
    longest: float
    blink: float
    split: float
    whole: float
    single: float
    join: float


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
def refresh(world: World, plan: Plan, r: int) -> None:
    """Work out ways and sums of a route."""
    route, count = plan.routes[r], plan.lengths[r]
    travel, service, load = 0, 0, 0
    for p in range(count + 1):
        way = world.travel[route[p], route[p + 1]]
        plan.ways[r, p] = way
        travel += way
    for p in range(1, count + 1):
        service += world.service[route[p]]
        load += world.demand[route[p]]
    if count == 0:
        travel = 0
    plan.totals[ALL_TRAVEL] += travel - plan.sums[r, TRAVEL]
    plan.sums[r, LOAD], plan.sums[r, DURATION], plan.sums[r, TRAVEL] = load, travel + service, travel


@compiled
def cheapest_in_route(
    world: World, plan: Plan, r: int, i: int, limit: int, blink: float, state: NDArray[np.uint64]
) -> tuple[int, int]:
    """The place in a route that costs least travel, below the limit: (extra travel, place), or place -1."""
    route, ways = plan.routes[r], plan.ways[r]
    there, onward = world.travel_back[i], world.travel[i]
    count = plan.lengths[r]
    spare = world.vehicles[r, LIMIT] - plan.sums[r, DURATION] - world.service[i]
    limit = min(limit, spare + 1)
    best = -1
    for p in range(count + 1):
        extra = there[route[p]] + onward[route[p + 1]]
        if count > 0:
            extra -= ways[p]
        if extra < limit and draw(state) >= blink:
            limit, best = extra, p
    return limit, best


@compiled
def look_at_day(
    world: World, plan: Plan, room: Room, i: int, day: int, blink: float, state: NDArray[np.uint64]
) -> None:
    """Note the cheapest place for a customer on a day; infinite if there is none."""
    limit, best_r, best_p = NEVER, -1, -1
    first = world.firsts[day]
    for r in range(first, world.firsts[day + 1]):
        if plan.sums[r, LOAD] + world.demand[i] > world.vehicles[r, CAPACITY]:
            continue
        if plan.lengths[r] == 0 and world.vehicles[r, TWIN] == 1 and plan.lengths[r - 1] == 0:
            continue
        extra, p = cheapest_in_route(world, plan, r, i, limit, blink, state)
        if p >= 0:
            limit, best_r, best_p = extra, r, p
    room.extra[day] = float(limit) if best_r >= 0 else math.inf
    room.route[day], room.place[day] = best_r, best_p


@compiled
def days_held(plan: Plan, i: int) -> int:
    """The days a customer is visited on, as bits."""
    held = 0
    for day in range(plan.where.shape[1]):
        if plan.where[i, day] >= 0:
            held |= 1 << day
    return held


@compiled
def best_pattern(
    world: World,
    plan: Plan,
    room: Room,
    i: int,
    held: int,
    gain: float,
    settings: Settings,
    state: NDArray[np.uint64],
) -> int:
    """The pattern that holds the days given and costs least with its ways; -1 if none can be served."""
    room.extra[:] = -1.0
    best, least = -1, math.inf
    for c in range(world.counts[i]):
        mask = world.masks[i, c]
        if mask & held != held:
            continue
        price = gain * world.costs[i, c]
        for day in range(room.extra.shape[0]):
            if price >= least:
                break
            if (mask & ~held) >> day & 1:
                if room.extra[day] < 0.0:
                    look_at_day(world, plan, room, i, day, settings.blink, state)
                price += room.extra[day]
        if price < least:
            least, best = price, c
    return best


@compiled
def put_in(world: World, plan: Plan, r: int, p: int, i: int) -> None:
    """Put a visit in at place p."""
    route = plan.routes[r]
    for k in range(plan.lengths[r] + 1, p, -1):
        route[k + 1] = route[k]
    route[p + 1] = i
    plan.lengths[r] += 1
    plan.where[i, world.vehicles[r, DAY]] = r
    plan.touched[r] = 1
    refresh(world, plan, r)


@compiled
def take_out(world: World, plan: Plan, r: int, i: int) -> None:
    """Take a customer's visit out of a route."""
    route = plan.routes[r]
    p = 1
    while route[p] != i:
        p += 1
    for k in range(p, plan.lengths[r] + 1):
        route[k] = route[k + 1]
    plan.lengths[r] -= 1
    plan.where[i, world.vehicles[r, DAY]] = -1
    plan.touched[r] = 1
    refresh(world, plan, r)


@compiled
def take_all_out(world: World, plan: Plan, i: int) -> None:
    """Take all visits of a customer out."""
    for day in range(plan.where.shape[1]):
        if plan.where[i, day] >= 0:
            take_out(world, plan, plan.where[i, day], i)


@compiled
def serve(
    world: World,
    plan: Plan,
    room: Room,
    i: int,
    gain: float,
    settings: Settings,
    state: NDArray[np.uint64],
) -> None:
    """Give a customer the best pattern that can still be served."""
    held = days_held(plan, i)
    c = best_pattern(world, plan, room, i, held, gain, settings, state)
    if c < 0:
        take_all_out(world, plan, i)
        held = 0
        c = best_pattern(world, plan, room, i, 0, gain, settings, state)
    missing = world.masks[i, c] & ~held
    for day in range(plan.where.shape[1]):
        if missing >> day & 1:
            put_in(world, plan, room.route[day], room.place[day], i)
    plan.totals[ALL_COST] += world.costs[i, c] - world.costs[i, plan.chosen[i]]
    plan.chosen[i] = c


@compiled
def cut(world: World, plan: Plan, r: int, first: int, count: int, kept_at: int, kept: int) -> None:
    """Take ``count`` visits from node ``first`` on out of a route, sparing ``kept`` of them in between."""
    route = plan.routes[r]
    write = first
    for p in range(first, plan.lengths[r] + 2):
        offset = p - first
        if offset < count and not (kept_at <= offset < kept_at + kept):
            plan.hit[route[p]] = 1
            plan.where[route[p], world.vehicles[r, DAY]] = -1
        else:
            route[write] = route[p]
            write += 1
    plan.lengths[r] = write - 2
    plan.touched[r] = 1
    refresh(world, plan, r)


@compiled
def ruin_route(
    world: World,
    plan: Plan,
    r: int,
    i: int,
    longest: float,
    settings: Settings,
    state: NDArray[np.uint64],
) -> None:
    """Take out a string of visits around one of them."""
    length = plan.lengths[r]
    at = 1
    while plan.routes[r, at] != i:
        at += 1
    count = min(1 + int(draw(state) * min(longest, float(length))), length)
    kept = 0
    if count > 1 and count < length and draw(state) < settings.split:
        kept = 1
        while count + kept < length and draw(state) > 0.5:
            kept += 1
    span = count + kept
    lowest, highest = max(1, at - span + 1), min(at, length - span + 1)
    first = lowest + int(draw(state) * (highest - lowest + 1))
    kept_at = 1 + int(draw(state) * (count - 1)) if kept else 0
    cut(world, plan, r, first, span, kept_at, kept)


@compiled
def ruin(world: World, plan: Plan, settings: Settings, state: NDArray[np.uint64]) -> None:
    """Take strings of visits out of routes that pass near one customer drawn by chance."""
    used, visits = 0, 0
    for r in range(plan.lengths.shape[0]):
        if plan.lengths[r]:
            used += 1
            visits += plan.lengths[r]
    plan.touched[:] = 0
    plan.hit[:] = 0
    if used == 0:
        return
    customers = plan.where.shape[0]
    whole = draw(state) < settings.whole
    removed = settings.removed
    if whole:
        # Each of them takes its other visits along.
        removed = max(1.0, removed * customers / visits) if visits > customers else removed
    longest = min(settings.longest, visits / used)
    take_strings_out(world, plan, removed, longest, settings, state)
    if whole:
        for i in range(customers):
            if plan.hit[i] == 1:
                take_all_out(world, plan, i)


@compiled
def take_strings_out(
    world: World,
    plan: Plan,
    removed: float,
    longest: float,
    settings: Settings,
    state: NDArray[np.uint64],
) -> None:
    """Take strings out around one customer drawn by chance, so many visits on average."""
    customers, days = plan.where.shape
    strings = 1 + int(draw(state) * max(0.0, 4.0 * removed / (1.0 + longest) - 1.0))
    only = int(draw(state) * days) if draw(state) < settings.single else -1
    for i in world.near[int(draw(state) * customers)]:
        offset = int(draw(state) * days)
        for step in range(days):
            day = (step + offset) % days
            r = plan.where[i, day]
            if strings > 0 and r >= 0 and plan.touched[r] == 0 and only in (-1, day):
                ruin_route(world, plan, r, i, longest, settings, state)
                strings -= 1
        if strings <= 0:
            break


@compiled
def fill(
    world: World, plan: Plan, room: Room, gain: float, settings: Settings, state: NDArray[np.uint64]
) -> None:
    """Put back what was taken out, and more where there is room, in an order drawn by chance."""
    order = int(draw(state) * (world.ranks.shape[0] + 2)) - 2
    count = 0
    for i in range(plan.hit.shape[0]):
        if plan.hit[i] == 0:
            if world.costs[i, plan.chosen[i]] == world.cheapest[i] or draw(state) >= settings.join:
                continue
            plan.hit[i] = 2
        key = world.ranks[order, i] if order >= 0 else draw(state)
        k = count
        while k > 0 and room.keys[k - 1] > key:
            room.keys[k], room.queue[k] = room.keys[k - 1], room.queue[k - 1]
            k -= 1
        room.keys[k], room.queue[k] = key, i
        count += 1
    for k in range(count):
        serve(world, plan, room, room.queue[k], gain, settings, state)


@compiled
def copy_changes(source: Plan, target: Plan, touched: Ints, hit: Ints) -> None:
    """Make the touched routes and customers of one plan what they are in another."""
    for r in range(touched.shape[0]):
        if touched[r]:
            count = source.lengths[r]
            target.lengths[r] = count
            for p in range(count + 2):
                target.routes[r, p] = source.routes[r, p]
                target.ways[r, p] = source.ways[r, p]
            for column in range(3):
                target.sums[r, column] = source.sums[r, column]
    for i in range(hit.shape[0]):
        if hit[i]:
            target.chosen[i] = source.chosen[i]
            for day in range(source.where.shape[1]):
                target.where[i, day] = source.where[i, day]
    target.totals[0], target.totals[1] = source.totals[0], source.totals[1]


@compiled
def anneal(
    world: World,
    plan: Plan,
    current: Plan,
    best: Plan,
    room: Room,
    gain: float,
    settings: Settings,
    state: NDArray[np.uint64],
    rounds: int,
    heat: float,
) -> int:
    """Ruin and fill so many rounds at one heat; how often the best plan was improved.

    ``plan`` must be a copy of ``current``; it is so again at the end.
    """
    found = 0
    all_routes = np.ones(plan.lengths.shape[0], np.int64)
    all_customers = np.ones(plan.hit.shape[0], np.int64)
    for _ in range(rounds):
        ruin(world, plan, settings, state)
        fill(world, plan, room, gain, settings, state)
        worse = gain * (plan.totals[ALL_COST] - current.totals[ALL_COST])
        worse += plan.totals[ALL_TRAVEL] - current.totals[ALL_TRAVEL]
        if worse >= -heat * math.log(draw(state) + 1e-300):
            copy_changes(current, plan, plan.touched, plan.hit)
            continue
        copy_changes(plan, current, plan.touched, plan.hit)
        cost = plan.totals[ALL_COST] - best.totals[ALL_COST]
        if cost < 0 or (cost == 0 and plan.totals[ALL_TRAVEL] < best.totals[ALL_TRAVEL]):
            copy_changes(plan, best, all_routes, all_customers)
            found += 1
    return found
