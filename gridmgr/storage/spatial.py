"""Finding villages by box: an R*Tree kept by triggers on SQLite, a GiST index on PostGIS.

The only module with SQL that is not the same on both.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, text

from gridmgr.storage.schema import village

#: Tables SQLite makes for the R*Tree; migrations must not try to drop them.
SHADOW_TABLES = frozenset(
    {"village_rtree", "village_rtree_node", "village_rtree_parent", "village_rtree_rowid"}
)

Box = tuple[float, float, float, float]

_SQLITE_UP = (
    "CREATE VIRTUAL TABLE village_rtree USING rtree(id, min_lon, max_lon, min_lat, max_lat)",
    """CREATE TRIGGER village_rtree_insert AFTER INSERT ON village BEGIN
       INSERT INTO village_rtree VALUES (new.pk, new.min_lon, new.max_lon, new.min_lat, new.max_lat); END""",
    """CREATE TRIGGER village_rtree_update AFTER UPDATE ON village BEGIN
       UPDATE village_rtree SET min_lon = new.min_lon, max_lon = new.max_lon,
              min_lat = new.min_lat, max_lat = new.max_lat WHERE id = new.pk; END""",
    """CREATE TRIGGER village_rtree_delete AFTER DELETE ON village BEGIN
       DELETE FROM village_rtree WHERE id = old.pk; END""",
)
_POSTGIS_UP = ("CREATE INDEX ix_village_geometry ON village USING gist (geometry)",)


def create_index(connection: Connection) -> None:
    """Make the spatial index; called once, by the migration that makes the table."""
    statements = _POSTGIS_UP if connection.dialect.name == "postgresql" else _SQLITE_UP
    for statement in statements:
        connection.exec_driver_sql(statement)


def drop_index(connection: Connection) -> None:
    """Remove what `create_index` made."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP INDEX ix_village_geometry")
        return
    for name in ("insert", "update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER village_rtree_{name}")
    connection.exec_driver_sql("DROP TABLE village_rtree")


def in_box(connection: Connection, box: Box) -> ColumnElement[bool]:
    """Condition on ``village``: its bounding box meets ``box`` (min_lon, min_lat, max_lon, max_lat; degrees).

    SQLite's R*Tree stores 32-bit floats rounded outwards, so it may name a few more, never fewer.
    """
    min_lon, min_lat, max_lon, max_lat = box
    values = {"min_lon": min_lon, "min_lat": min_lat, "max_lon": max_lon, "max_lat": max_lat}
    if connection.dialect.name == "postgresql":
        clause = text("village.geometry && ST_MakeEnvelope(:min_lon, :min_lat, :max_lon, :max_lat, 4326)")
        return clause.bindparams(**values)  # type: ignore[return-value]
    ids = text(
        "SELECT id FROM village_rtree WHERE max_lon >= :min_lon AND min_lon <= :max_lon"
        " AND max_lat >= :min_lat AND min_lat <= :max_lat"
    ).bindparams(**values)
    return village.c.pk.in_(ids.columns(village.c.pk).scalar_subquery())
