"""The lie of the land: outline, hills, river course and towns, in metres (see ``frame``).

The land decides how far apart villages lie (``Terrain.spacing_at``): close in towns, wide in the hills.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from gridmgr.demo.frame import FloatArray, random

#: Distance between village centres in the plain, metres.
PLAIN_SPACING = 1900.0
#: Where the hills are: north-west, as a unit vector.
_HILL_DIRECTION = np.array([-0.78, 0.62])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terrain:
    """Where things lie before any border is drawn.

    Parameters
    ----------
    radius
        Mean radius of the county, metres.
    waves
        Outline: rows of (wave number, amplitude, phase), shape (k, 3).
    course
        The river's course, metres, shape (n, 2), from the hills downwards, past the county on both sides.
    towns
        Town centres, metres, shape (t, 2); the first is the county seat.
    """

    radius: float
    waves: FloatArray
    course: FloatArray
    towns: FloatArray

    def reach(self, points: FloatArray) -> FloatArray:
        """How far out points lie: 0 in the middle, 1 about the outline. Shape (n,)."""
        angle = np.arctan2(points[:, 1], points[:, 0])
        bulge = 1 + sum(a * np.cos(k * angle + phase) for k, a, phase in self.waves)
        reach: FloatArray = np.hypot(points[:, 0], points[:, 1]) / (self.radius * bulge)
        return reach

    def hilliness(self, points: FloatArray) -> FloatArray:
        """From 0 (plain) to 1 (hills). Shape (n,)."""
        along = points @ _HILL_DIRECTION / self.radius
        wobble = 0.12 * np.sin(points[:, 0] / self.radius * 4.1) * np.cos(points[:, 1] / self.radius * 3.3)
        return _smooth((along + wobble - 0.1) / 0.6)

    def spacing_at(self, points: FloatArray) -> FloatArray:
        """Wanted distance between village centres, metres. Shape (n,)."""
        distance, town = cKDTree(self.towns).query(points)
        seat = town == 0
        size = np.where(seat, 2700.0, 1700.0)
        floor = np.where(seat, 0.34, 0.42)
        country = floor + (1 - floor) * _smooth((distance / size - 0.35) / 0.65)
        return PLAIN_SPACING * country * (1 + 0.5 * self.hilliness(points))

    def side(self, points: FloatArray) -> FloatArray:
        """On which bank of the river points lie: +1 left, -1 right, looking downstream. Shape (n,)."""
        _, near = cKDTree(self.course).query(points)
        near = np.clip(near, 1, len(self.course) - 2)
        flow = self.course[near + 1] - self.course[near - 1]
        offset = points - self.course[near]
        return np.where(flow[:, 0] * offset[:, 1] - flow[:, 1] * offset[:, 0] >= 0, 1.0, -1.0)


def make_terrain(*, seed: int, villages: int, townships: int) -> Terrain:
    """Lay out the land for so many villages and townships."""
    rng = random(seed, "terrain")
    radius = PLAIN_SPACING * float(np.sqrt(villages * 1.05 / np.pi))
    numbers = np.arange(2, 7)
    waves = np.column_stack(
        [numbers, rng.uniform(0.5, 1.0, 5) * 0.24 / numbers, rng.uniform(0, 2 * np.pi, 5)]
    ).astype(np.float64)
    course = _river_course(rng, radius=radius)
    bare = Terrain(radius=radius, waves=waves, course=course, towns=np.zeros((1, 2)))
    return Terrain(radius=radius, waves=waves, course=course, towns=_towns(rng, land=bare, count=townships))


def _smooth(x: FloatArray) -> FloatArray:
    """Soft step from 0 to 1."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)


def _river_course(rng: np.random.Generator, *, radius: float) -> FloatArray:
    """A winding line from the hills in the north-west out through the plain."""
    length = 3.6 * radius + 12 * PLAIN_SPACING
    along = np.arange(-length / 2, length / 2, 60.0)
    sideways = 0.1 * radius * np.sin(along / (1.5 * radius) * 2 * np.pi + rng.uniform(0, 2 * np.pi))
    for wavelength, amplitude in ((9.0, 0.75), (4.1, 0.2)):
        phase = rng.uniform(0, 2 * np.pi)
        sideways += (
            amplitude * PLAIN_SPACING * np.sin(along / (wavelength * PLAIN_SPACING) * 2 * np.pi + phase)
        )
    angle = np.deg2rad(rng.uniform(-52, -24))
    flow = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-flow[1], flow[0]])
    shift = rng.uniform(-0.12, 0.12) * radius
    course: FloatArray = along[:, None] * flow + (sideways + shift)[:, None] * across
    return course


def _towns(rng: np.random.Generator, *, land: Terrain, count: int) -> FloatArray:
    """Spread towns evenly over the land, the county seat at the river near the middle."""
    sample = rng.uniform(-1.5, 1.5, (400 * count + 4000, 2)) * land.radius
    sample = sample[land.reach(sample) < 0.94]
    seat = _seat(land)
    towns = np.vstack([seat, sample[rng.permutation(len(sample))[: count - 1]]])
    for _ in range(25):
        _, nearest = cKDTree(towns).query(sample)
        sums = np.column_stack([np.bincount(nearest, sample[:, i], count) for i in (0, 1)])
        towns = sums / np.maximum(np.bincount(nearest, minlength=count), 1)[:, None]
        towns[0] = seat
    towns[1:] += rng.normal(0, 0.35 * PLAIN_SPACING, (count - 1, 2))
    return _away_from_river(towns, land=land)


def _seat(land: Terrain) -> FloatArray:
    """The county seat: on the left bank where the river passes the middle."""
    near = int(np.argmin(np.hypot(*land.course.T)))
    flow = land.course[near + 1] - land.course[near - 1]
    across = np.array([-flow[1], flow[0]]) / np.hypot(*flow)
    seat: FloatArray = land.course[near] + across * 950.0
    return seat


def _away_from_river(towns: FloatArray, *, land: Terrain) -> FloatArray:
    """Shift towns that would stand in the water."""
    distance, near = cKDTree(land.course).query(towns)
    away = (towns - land.course[near]) / np.maximum(distance, 1.0)[:, None]
    dry: FloatArray = towns + away * np.maximum(900.0 - distance, 0.0)[:, None]
    return dry
