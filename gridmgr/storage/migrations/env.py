"""Alembic environment: runs on the connection it is handed."""

from __future__ import annotations

from typing import Any

from alembic import context

from gridmgr.storage.schema import metadata
from gridmgr.storage.spatial import SHADOW_TABLES


def include_object(_item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave the R*Tree's own tables and PostGIS's alone."""
    if kind == "table":
        return name not in SHADOW_TABLES and name != "spatial_ref_sys"
    return name != "ix_village_geometry"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=include_object,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
