"""Bringing a layer's borders to EPSG:4326, row by row: what has no border, or none on Earth, is set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gridmgr.errors import RowProblem
from gridmgr.geo.checks import missing_geometry, outside_world
from gridmgr.geo.crs import WGS84, Geometries, crs_name, old_datum, project, resolve_crs, typical_point
from gridmgr.geo.datum import is_datum, parse_datum, to_wgs84
from gridmgr.geo.readers import LayerTable
from gridmgr.geo.records import Record, row_problem
from gridmgr.texts import Message

#: Geographic CRSs that are WGS84 to 0.1 mm.
_SAME_AS_WGS84 = (4326, 4490)


@dataclass(frozen=True)
class Placed:
    """Geometries in EPSG:4326, None where a row's cannot be used, and what was found on the way."""

    geometries: Geometries
    crs: str
    problems: tuple[RowProblem, ...]
    warnings: tuple[Message, ...]


def place(table: LayerTable, rows: Sequence[Record], given: str | None) -> Placed:
    """Find the CRS and bring every row's geometry to EPSG:4326.

    Parameters
    ----------
    table
        The layer as read.
    rows
        Its records.
    given
        CRS or datum the user names; wins over the file's.

    Raises
    ------
    BadInput
        See `gridmgr.geo.crs.resolve_crs`.
    """
    geometries = table.geometries.copy()
    missing = missing_geometry(geometries)
    problems = [
        row_problem(row, rows[row], reason) for row, reason in enumerate(missing) if reason is not None
    ]
    geometries[[reason is not None for reason in missing]] = None
    if shapely.is_missing(geometries).all():
        return Placed(geometries, given or table.crs or "", tuple(problems), ())
    x, y = typical_point(geometries)
    shifted = parse_datum(given) if given and is_datum(given) else None
    used = resolve_crs(table.crs, given=WGS84 if shifted else given, x=x, y=y)
    geometries = _to_wgs84(geometries, used, shifted)
    for row in np.flatnonzero(outside_world(geometries)).tolist():
        problems.append(row_problem(row, rows[row], Message("geo.outside_world", {"crs": crs_name(used)})))
        geometries[row] = None
    name = shifted or crs_name(used)
    return Placed(geometries, name, tuple(problems), tuple(_crs_warnings(table.crs, used, given=given)))


def _to_wgs84(geometries: Geometries, crs: CRS, shifted: str | None) -> Geometries:
    if shifted in ("gcj02", "bd09"):
        name = shifted

        def unshifted(points: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.stack(to_wgs84(points[:, 0], points[:, 1], name), axis=1)

        return np.asarray(shapely.transform(geometries, unshifted), dtype=object)
    if crs.to_epsg() in _SAME_AS_WGS84:
        return geometries
    return project(geometries, source=crs.to_wkt(), target=WGS84)


def _crs_warnings(declared: str | None, used: CRS, *, given: str | None) -> list[Message]:
    notes = []
    old = old_datum(used)
    if old is not None:
        notes.append(Message("geo.old_datum", {"crs": crs_name(used), "datum": old}))
    if given and declared and not CRS.from_user_input(declared).equals(used, ignore_axis_order=True):
        said = crs_name(CRS.from_user_input(declared))
        notes.append(Message("geo.crs_overridden", {"said": said, "used": given}))
    return notes
