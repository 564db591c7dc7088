"""Townships and villages with codes, names, kinds and risks, from the drawn cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridmgr.demo.cells import Cells, IntArray, make_cells
from gridmgr.demo.frame import FloatArray, random
from gridmgr.demo.grouping import group_cells
from gridmgr.demo.names import COUNTY_CODE, COUNTY_NAME, SEAT_NAME, NameMaker
from gridmgr.demo.terrain import PLAIN_SPACING, Terrain, make_terrain
from gridmgr.domain.places import DEFAULT_VISITS_PER_WEEK, Township, Village

#: Nearer than this to its town's centre a cell is a community, metres; the seat is larger.
_SEAT_METRES, _TOWN_METRES = 2000.0, 800.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Land:
    """Everything drawn so far; index i is the same village in all of ``villages``, ``cells`` and ``group``.

    Parameters
    ----------
    terrain, cells
        The land and its cells.
    group
        Township number of each village, shape (n,).
    hills
        Hilliness of each village, 0 to 1, shape (n,).
    townships, villages
        The domain's objects, in order of number.
    """

    terrain: Terrain
    cells: Cells
    group: IntArray
    hills: FloatArray
    townships: tuple[Township, ...]
    villages: tuple[Village, ...]

    def of_township(self, number: int) -> IntArray:
        """Indices of a township's villages."""
        return np.flatnonzero(self.group == number)


def make_land(*, seed: int, villages: int, townships: int) -> Land:
    """Draw the county's land, townships and villages."""
    terrain = make_terrain(seed=seed, villages=villages, townships=townships)
    cells = make_cells(terrain, seed=seed, villages=villages)
    group = group_cells(cells, terrain.towns, seed=seed)
    hills = terrain.hilliness(cells.seeds)
    named = _townships(seed=seed, count=townships)
    return Land(
        terrain=terrain,
        cells=cells,
        group=group,
        hills=hills,
        townships=named,
        villages=_villages(terrain, cells, group, hills, named, seed=seed),
    )


def _townships(*, seed: int, count: int) -> tuple[Township, ...]:
    """The seat, then towns (镇, codes from 101), then townships (乡, codes from 200)."""
    maker = NameMaker(seed, "townships")
    towns = min(1 + (count - 1) * 3 // 5, 100)
    made = []
    for number in range(count):
        small = number >= towns
        code = 200 + number - towns if small else 100 + number
        name = SEAT_NAME if number == 0 else maker.township("乡" if small else "镇")
        made.append(
            Township(
                code=f"{COUNTY_CODE}{code:03d}", name=name, county_code=COUNTY_CODE, county_name=COUNTY_NAME
            )
        )
    return tuple(made)


def _villages(
    terrain: Terrain,
    cells: Cells,
    group: IntArray,
    hills: FloatArray,
    townships: tuple[Township, ...],
    *,
    seed: int,
) -> tuple[Village, ...]:
    rng = random(seed, "villages")
    maker = NameMaker(seed, "villages")
    urban = _is_community(terrain, cells, group)
    wet = _at_river(cells)
    numbers: dict[tuple[int, bool], int] = {}
    made = []
    for index, polygon in enumerate(cells.polygons):
        town, community = int(group[index]), bool(urban[index])
        parent = townships[town]
        numbers[town, community] = number = numbers.get((town, community), 0) + 1
        landscape = "hill" if hills[index] > 0.45 else "river" if wet[index] else "plain"
        name = (
            maker.community(parent.name, seat=town == 0)
            if community
            else maker.village(landscape=landscape if rng.uniform() < 0.6 else "plain")
        )
        risk = _risk(rng, community=community, wet=bool(wet[index]))
        made.append(
            Village(
                code=f"{parent.code}{number if community else 200 + number:03d}",
                name=name,
                township_code=parent.code,
                township_name=parent.name,
                county_code=parent.county_code,
                county_name=parent.county_name,
                kind="community" if community else "village",
                risk=risk,
                required_visits_per_week=DEFAULT_VISITS_PER_WEEK[risk],
                geometry=polygon,
            )
        )
    return tuple(made)


def _is_community(terrain: Terrain, cells: Cells, group: IntArray) -> NDArray[np.bool_]:
    """Cells in a town: near the centre of their own township's town, and that town's nearest cell always."""
    offset = cells.seeds - terrain.towns[group]
    distance = np.hypot(*offset.T)
    urban: NDArray[np.bool_] = distance < np.where(group == 0, _SEAT_METRES, _TOWN_METRES)
    for town in range(len(terrain.towns)):
        mine = np.flatnonzero(group == town)
        urban[mine[np.argmin(distance[mine])]] = True
    return urban


def _at_river(cells: Cells) -> NDArray[np.bool_]:
    """Cells with the river as a border, unless it is far off behind a wide cell."""
    wet = np.zeros(len(cells.seeds), dtype=np.bool_)
    wet[cells.pairs[cells.over_river & (cells.lengths > 0.2 * PLAIN_SPACING)].ravel()] = True
    return wet


def _risk(rng: np.random.Generator, *, community: bool, wet: bool) -> str:
    """A for many towns and some at the river, C for most of the country."""
    high = 0.5 if community else 0.14 if wet else 0.05
    draw = rng.uniform()
    if draw < high:
        return "A"
    return "B" if draw < high + 0.3 else "C"
