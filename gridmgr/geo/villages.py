"""A village file from path to checked villages: the whole import but for storing it.

The order matters: text encoding, then columns, then CRS, then each row, then how rows fit together; a
question asked too early gives the wrong answer (an overlap measured in the wrong CRS, a duplicate of a
misread code).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmgr.domain.places import Village
from gridmgr.errors import BadInput, RowProblem
from gridmgr.geo import adjacency, checks
from gridmgr.geo import repair as mending
from gridmgr.geo.crs import Geometries
from gridmgr.geo.headers import ColumnMapping, exchange_misnamed, fits_villages, match_columns
from gridmgr.geo.placing import Placed, place
from gridmgr.geo.readers import LayerTable, read_layer
from gridmgr.geo.records import Record, Records, read_records, row_problem
from gridmgr.texts import Message


@dataclass(frozen=True)
class VillageReading:
    """What a village file holds.

    Parameters
    ----------
    villages
        The good rows, in the file's order.
    rows
        Row number of each village, 1 is the first.
    problems
        What keeps the other rows out, by row.
    repaired
        What mending changed; unless asked for, only borders that touch themselves, whose area stays.
    warnings
        What was assumed, left out or does not fit; keeps nothing out.
    read
        Number of rows in the file.
    layer, format, encoding, crs
        How the file was read.
    columns
        The file's column (or ``=constant``) by our field.
    unknown_columns
        Columns that are not used.
    coverage
        Overlaps and gaps among `villages`.
    """

    villages: tuple[Village, ...]
    rows: tuple[int, ...]
    problems: tuple[RowProblem, ...]
    repaired: tuple[mending.Repair, ...]
    warnings: tuple[Message, ...]
    read: int
    layer: str
    format: str
    encoding: str
    crs: str
    columns: Mapping[str, str]
    unknown_columns: tuple[str, ...]
    coverage: checks.CoverageCheck

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.villages):
            raise ValueError(
                f"VillageReading.rows has {len(self.rows)} items for {len(self.villages)} villages"
            )

    def geometries(self) -> Geometries:
        """The villages' polygons, EPSG:4326."""
        return _array([village.geometry for village in self.villages])

    def adjacent_pairs(self) -> adjacency.Pairs:
        """Neighbours among `villages` by position; see `gridmgr.geo.adjacency.adjacent_pairs`."""
        return adjacency.adjacent_pairs(self.geometries(), unmatched=self.coverage.unmatched)


def read_villages(
    path: Path | str,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
    mapping: Mapping[str, str] | None = None,
    repair: bool = False,
) -> VillageReading:
    """Read and check a village file; nothing is stored.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage, Shapefile (its .shp, its folder, or a zip), TopoJSON or KML.
    layer
        Layer's name; needed only where several layers hold villages.
    encoding
        Encoding of the text; found out when not given.
    crs
        CRS of the coordinates, or a datum (``gcj02``, ``bd09``); wins over what the file says.
    mapping
        Our field's source, as `gridmgr.geo.headers.parse_mapping` gives it.
    repair
        Make invalid borders valid and close overlaps and narrow gaps.

    Returns
    -------
    VillageReading
        Good rows and the problems of the others; the caller decides whether one bad row stops all.

    Raises
    ------
    BadInput
        If the file as a whole cannot be read: missing, empty, of another kind, no code, name or township
        column, wrong or missing CRS, longitude and latitude swapped.
    """
    table = read_layer(path, layer=layer, encoding=encoding, fits=fits_villages)
    return check_table(table, crs=crs, mapping=mapping, repair=repair)


def check_table(
    table: LayerTable,
    *,
    crs: str | None = None,
    mapping: Mapping[str, str] | None = None,
    repair: bool = False,
) -> VillageReading:
    """Villages of a layer that has been read; see `read_villages`."""
    if not len(table):
        raise BadInput("geo.no_rows", file=table.layer)
    columns = exchange_misnamed(match_columns(tuple(table.columns), mapping=mapping), table.columns)
    records = read_records(table.columns, columns, count=len(table))
    placed = place(table, records.rows, crs)
    sifted = _sift(table, columns, records, placed, repair=repair)
    fitted = _fit(sifted.geometries, [records.rows[position] for position in sifted.positions], repair=repair)
    kept = [position for at, position in enumerate(sifted.positions) if at not in fitted.lost]
    gone = [position for at, position in enumerate(sifted.positions) if at in fitted.lost]
    lost = [row_problem(position, records.rows[position], Message("geo.vanished")) for position in gone]
    return VillageReading(
        villages=tuple(
            Village(**asdict(records.rows[position]), geometry=geometry)
            for position, geometry in zip(kept, fitted.geometries, strict=True)
        ),
        rows=tuple(position + 1 for position in kept),
        problems=tuple(sorted([*sifted.problems, *lost], key=lambda problem: problem.row)),
        repaired=(*sifted.repairs, *fitted.repairs),
        warnings=(*_reading_warnings(table, columns, records, placed), *sifted.warnings, *fitted.warnings),
        read=len(table),
        layer=table.layer,
        format=table.format,
        encoding=table.encoding,
        crs=placed.crs,
        columns={**columns.columns, **{field: f"={value}" for field, value in columns.constants.items()}},
        unknown_columns=columns.unknown,
        coverage=fitted.coverage,
    )


@dataclass(frozen=True)
class _Sifted:
    """Good rows' positions and geometries, and what kept the others out."""

    positions: tuple[int, ...]
    geometries: Geometries
    problems: tuple[RowProblem, ...]
    repairs: tuple[mending.Repair, ...]
    warnings: tuple[Message, ...]


def _sift(
    table: LayerTable, columns: ColumnMapping, records: Records, placed: Placed, *, repair: bool
) -> _Sifted:
    """Tell good rows from bad ones; asked to repair, invalid borders are left for later and measured once."""
    rows = records.rows
    reasons = checks.invalid_geometry(placed.geometries)
    repeated, repeats = _duplicates(rows, table.geometries, columns)
    problems = [*records.problems, *placed.problems, *repeated]
    settled = mending.Repaired(placed.geometries, ())
    warnings = _repeat_warnings(repeats, rows)
    if not repair:
        settled, harmless = mending.settle(placed.geometries, [record.code for record in rows])
        warnings += _settled_warnings(reasons, harmless, rows)
        problems += [
            row_problem(row, rows[row], reason)
            for row, reason in enumerate(reasons)
            if reason is not None and not harmless[row]
        ]
    bad = {problem.row - 1 for problem in problems} | repeats.keys()
    good = tuple(position for position in range(len(table)) if position not in bad)
    codes = {rows[position].code for position in good}
    return _Sifted(
        positions=good,
        geometries=settled.geometries[list(good)],
        problems=tuple(problems),
        repairs=tuple(item for item in settled.repairs if item.code in codes),
        warnings=tuple(warnings),
    )


def _duplicates(
    rows: Sequence[Record], geometries: Geometries, columns: ColumnMapping
) -> tuple[list[RowProblem], dict[int, int]]:
    counts = Counter(record.code for record in rows)
    contents: list[Hashable] = [
        (record, shapely.to_wkb(geometry)) if counts[record.code] > 1 else None
        for record, geometry in zip(rows, geometries, strict=True)
    ]
    return checks.duplicates([record.code for record in rows], contents, field=columns.label("code"))


@dataclass(frozen=True)
class _Fitted:
    """Villages after checking, and mending if asked for, how they fit; `lost` are positions as given."""

    geometries: Geometries
    repairs: tuple[mending.Repair, ...]
    coverage: checks.CoverageCheck
    warnings: tuple[Message, ...]
    lost: frozenset[int]


def _fit(geometries: Geometries, rows: Sequence[Record], *, repair: bool) -> _Fitted:
    mended = _mend(geometries, rows) if repair and len(rows) else _unmended(geometries)
    empty = shapely.is_empty(mended.geometries)
    codes = [record.code for record, gone in zip(rows, empty, strict=True) if not gone]
    coverage = checks.check_coverage(mended.geometries[~empty])
    return _Fitted(
        geometries=mended.geometries[~empty],
        repairs=tuple(item for item in mended.repairs if item.area_after_m2 > 0),
        coverage=coverage,
        warnings=tuple(checks.coverage_warnings(coverage, codes)),
        lost=frozenset(int(position) for position in np.flatnonzero(empty)),
    )


def _mend(geometries: Geometries, rows: Sequence[Record]) -> mending.Repaired:
    return mending.repair(geometries, [record.code for record in rows])


def _unmended(geometries: Geometries) -> mending.Repaired:
    return mending.Repaired(geometries, ())


def _reading_warnings(
    table: LayerTable,
    columns: ColumnMapping,
    records: Records,
    placed: Placed,
) -> list[Message]:
    notes = [*table.warnings, *columns.warnings, *records.warnings, *placed.warnings]
    if columns.unknown:
        notes.append(Message("geo.unknown_columns", {"columns": ", ".join(columns.unknown)}))
    return notes


def _settled_warnings(
    reasons: Sequence[Message | None], harmless: NDArray[np.bool_], rows: Sequence[Record]
) -> list[Message]:
    return [
        Message("geo.settled", {"row": row + 1, "code": rows[row].code, **reason.params})
        for row, reason in enumerate(reasons)
        if reason is not None and harmless[row]
    ]


def _repeat_warnings(repeats: Mapping[int, int], rows: Sequence[Record]) -> list[Message]:
    return [
        Message("geo.repeated_row", {"row": row + 1, "code": rows[row].code, "first": earlier + 1})
        for row, earlier in repeats.items()
    ]


def _array(geometries: Sequence[object]) -> Geometries:
    result = np.empty(len(geometries), dtype=object)
    result[:] = geometries
    return result
