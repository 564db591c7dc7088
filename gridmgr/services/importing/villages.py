"""Importing villages: the file is read and checked by `gridmgr.geo.villages`, stored here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gridmgr.domain.places import Township, Village
from gridmgr.errors import RowProblem
from gridmgr.geo.adjacency import named_pairs
from gridmgr.geo.villages import VillageReading, read_villages
from gridmgr.services.context import Context
from gridmgr.services.importing.report import ImportReport
from gridmgr.services.importing.tables import PREVIEW_ROWS
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message


def import_villages(
    ctx: Context,
    path: Path,
    *,
    actor: str,
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
    mapping: Mapping[str, str] | None = None,
    repair: bool = False,
    skip_bad: bool = False,
    update: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Import villages and the townships they name.

    Parameters
    ----------
    ctx
        The wired parts.
    path
        GeoJSON, GeoPackage, Shapefile (zipped too), TopoJSON or KML.
    actor
        Who imports.
    layer, encoding, crs, mapping, repair
        How to read; see `gridmgr.geo.villages.read_villages`.
    skip_bad
        Take the good rows and list the rest; without it one bad row keeps the whole file out.
    update
        Villages whose code exists with other content replace it; without it they are conflicts.
    dry_run
        Say what would happen, write nothing.

    Raises
    ------
    BadInput
        When the file as a whole cannot be read; bad rows are in the report instead.
    """
    reading = read_villages(path, layer=layer, encoding=encoding, crs=crs, mapping=mapping, repair=repair)
    with ctx.storage.read() as uow:
        existing = {village.code: village for village in uow.villages.find()}
    fresh, changed, conflicts = _compare(existing, reading, update=update)
    problems = sorted((*reading.problems, *conflicts), key=lambda problem: problem.row)
    refused = bool(problems) and not skip_bad
    taken = [] if refused else [*fresh, *changed]
    after = existing | {village.code: village for village in taken}
    # Measured over all villages, so that files imported one after the other join up.
    pairs = named_pairs(list(after.values())) if taken or refused else None
    if taken and pairs is not None and not dry_run:
        with ctx.storage.write(actor) as uow:
            _save(uow, fresh, changed, pairs)
            uow.record(
                "villages.import",
                "villages",
                path.name,
                read=reading.read,
                imported=len(taken),
                crs=reading.crs,
            )
            uow.commit()
    return ImportReport(
        kind="villages",
        read=reading.read,
        imported=len(taken),
        unchanged=0 if refused else len(reading.villages) - len(fresh) - len(changed) - len(conflicts),
        rejected=tuple(problems),
        warnings=reading.warnings,
        repaired=reading.repaired,
        unknown_columns=reading.unknown_columns,
        adjacent_pairs=len(pairs) if pairs is not None else _stored_pairs(ctx),
        preview=tuple(_preview(village) for village in reading.villages[:PREVIEW_ROWS]),
        dry_run=dry_run,
    )


def _compare(
    existing: Mapping[str, Village], reading: VillageReading, *, update: bool
) -> tuple[list[Village], list[Village], list[RowProblem]]:
    fresh = [village for village in reading.villages if village.code not in existing]
    changed, conflicts = [], []
    for row, village in zip(reading.rows, reading.villages, strict=True):
        if village.code not in existing or existing[village.code] == village:
            continue
        if update:
            changed.append(village)
        else:
            reason = Message("import.conflict")
            conflicts.append(RowProblem(row=row, field=None, value=None, reason=reason, code=village.code))
    return fresh, changed, conflicts


def _stored_pairs(ctx: Context) -> int:
    with ctx.storage.read() as uow:
        return len(uow.villages.adjacency())


def _save(
    uow: UnitOfWork,
    fresh: Sequence[Village],
    changed: Sequence[Village],
    pairs: Iterable[tuple[str, str, float]],
) -> None:
    known = {township.code for township in uow.townships.find()}
    parents = {village.township_code: village for village in (*fresh, *changed)}
    uow.townships.add_many(
        Township(
            code=code, name=v.township_name or code, county_code=v.county_code, county_name=v.county_name
        )
        for code, v in sorted(parents.items())
        if code not in known
    )
    uow.villages.add_many(fresh)
    for village in changed:
        uow.villages.replace(village)
    uow.villages.save_adjacency(pairs)


def _preview(village: Village) -> dict[str, str]:
    names = ("code", "name", "township_code", "township_name", "county_name", "kind", "risk")
    return {name: str(getattr(village, name)) for name in names}
