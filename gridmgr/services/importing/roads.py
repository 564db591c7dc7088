"""Importing the road network from an OpenStreetMap file."""

from __future__ import annotations

from pathlib import Path

from gridmgr.geo.osm import read_roads
from gridmgr.services.context import Context
from gridmgr.services.importing.report import ImportReport
from gridmgr.texts import Message


def import_roads(ctx: Context, path: Path, *, actor: str, dry_run: bool = False) -> ImportReport:
    """Put a file's roads in the place of the network before.

    Parameters
    ----------
    ctx
        The wired parts.
    path
        .osm.pbf, .osm or .osm.gz.
    actor
        Who imports.
    dry_run
        Say what would happen, write nothing.

    Raises
    ------
    BadInput
        When the file cannot be read or holds no roads.
    """
    found = read_roads(path)
    content_hash = found.graph.content_hash
    warnings = [
        Message(
            "import.roads_read",
            {"kilometres": round(found.graph.kilometres), "nodes": found.graph.node_count},
        )
    ]
    if found.missing_nodes:
        warnings.append(Message("import.roads_cut", {"count": found.missing_nodes}))
    with ctx.storage.read() as uow:
        before = uow.roads.info()
    same = before is not None and before.content_hash == content_hash
    if before is not None and not same:
        warnings.append(Message("import.roads_replaced", {"name": before.name}))
    if not same and not dry_run:
        with ctx.storage.write(actor) as uow:
            uow.roads.save(
                name=path.name,
                content_hash=content_hash,
                imported_at=ctx.clock.utc_now(),
                data=found.graph.to_bytes(),
            )
            uow.record("roads.import", "roads", path.name, ways=found.ways_used, hash=content_hash)
            uow.commit()
    return ImportReport(
        kind="roads",
        read=found.ways_read,
        imported=0 if same else found.ways_used,
        unchanged=found.ways_used if same else 0,
        warnings=tuple(warnings),
        dry_run=dry_run,
    )
