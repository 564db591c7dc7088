"""Grid Town: a miniature road network drawn in metres, with answers that can be worked out by hand.

::

    G ----- H                          (4 km north, an island; residential)

    D ===== E ===== F                  residential, 25 km/h: 144 s a kilometre
    |       ^       |
    |       |       | (bridge m-n)     B to E is one-way
    A ----- B ----- C                  tertiary 人民路, 40 km/h: 90 s a kilometre

All sides of the grid are 1,000 m.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gridmgr.geo.earth import metres_per_degree

ORIGIN = (110.0, 30.0)
SPOTS = {
    "A": (0, 0),
    "B": (1000, 0),
    "C": (2000, 0),
    "D": (0, 1000),
    "E": (1000, 1000),
    "F": (2000, 1000),
    "m": (2000, 400),
    "n": (2000, 600),
    "G": (0, 5000),
    "H": (500, 5000),
}


@dataclass(frozen=True)
class Way:
    """A way by the names of its spots."""

    spots: str
    tags: Mapping[str, str] = field(default_factory=lambda: {"highway": "residential"})


GRID_TOWN = (
    Way("ABC", {"highway": "tertiary", "name": "人民路"}),
    Way("DEF", {"highway": "residential", "name": "东街"}),
    Way("AD"),
    Way("BE", {"highway": "residential", "oneway": "yes"}),
    Way("Cm"),
    Way("mn", {"highway": "residential", "bridge": "yes"}),
    Way("nF"),
    Way("GH"),
)


def lonlat(east: float, north: float) -> tuple[float, float]:
    """Degrees of a spot given in metres from the south-west corner of Grid Town."""
    _, per_north = metres_per_degree(ORIGIN[1] + north / 2 / 110_850)
    latitude = ORIGIN[1] + north / float(per_north)
    per_east, _ = metres_per_degree(latitude)
    return ORIGIN[0] + east / float(per_east), latitude


def at(*spots: str | tuple[float, float]) -> np.ndarray:
    """``(n, 2)`` degrees of spots by name or in metres."""
    return np.array([lonlat(*(SPOTS[spot] if isinstance(spot, str) else spot)) for spot in spots])


def osm_xml(ways: Sequence[Way] = GRID_TOWN, *, leave_out: str = "", ways_first: bool = False) -> str:
    """Write ways as OpenStreetMap XML; spots in `leave_out` are used by ways but not contained."""
    used = sorted({spot for way in ways for spot in way.spots} - set(leave_out))
    nodes = []
    for spot in used:
        lon, lat = lonlat(*SPOTS[spot])
        nodes.append(f'<node id="{ord(spot)}" lon="{lon:.7f}" lat="{lat:.7f}" version="1"/>')
    lines = []
    for number, way in enumerate(ways, start=1):
        refs = "".join(f'<nd ref="{ord(spot)}"/>' for spot in way.spots)
        tags = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in way.tags.items())
        lines.append(f'<way id="{number}" version="1">{refs}{tags}</way>')
    body = [*lines, *nodes] if ways_first else [*nodes, *lines]
    return '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n' + "\n".join(body) + "\n</osm>\n"


def write_osm(folder: Path, ways: Sequence[Way] = GRID_TOWN, *, name: str = "roads.osm") -> Path:
    """Write ways into a file of a folder."""
    path = folder / name
    path.write_text(osm_xml(ways), encoding="utf-8")
    return path
