"""A miniature county for geo tests: four square villages near 120 E 30 N, written in every format.

::

    c | d      a, b: township 330102001      each about 965 by 1109 metres
    --+--      c, d: township 330102002
    a | b
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyogrio.raw import write
from shapely.geometry.base import BaseGeometry

WEST, SOUTH, STEP = 120.0, 30.0, 0.01
#: Degrees of longitude and latitude that are a metre at 120 E 30 N.
METRE_EAST, METRE_NORTH = 1 / 96_486, 1 / 110_852

NAMES = {"a": "思源里", "b": "文化村", "c": "河东社区", "d": "红旗村"}
CODES = {"a": "330102001001", "b": "330102001002", "c": "330102002001", "d": "330102002002"}


def square(column: float, row: float, *, size: float = 1.0) -> shapely.Polygon:
    """A cell of the grid, degrees."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(west, south, west + size * STEP, south + size * STEP)


SQUARES = {"a": square(0, 0), "b": square(1, 0), "c": square(0, 1), "d": square(1, 1)}
BOWTIE = shapely.Polygon([(120.0, 30.0), (120.01, 30.01), (120.01, 30.0), (120.0, 30.01)])


def moved(geometry: BaseGeometry, *, east_m: float = 0.0, north_m: float = 0.0) -> Any:
    """A geometry of the county moved by metres."""
    step = np.array([east_m * METRE_EAST, north_m * METRE_NORTH])
    return shapely.transform(geometry, lambda points: np.add(points, step))


def features(**changes: dict[str, Any]) -> list[dict[str, Any]]:
    """The county's features; ``a={"geometry": None}`` or ``a={"村名称": ""}`` changes one."""
    made = []
    for key, geometry in SQUARES.items():
        change = dict(changes.get(key, {}))
        shape: BaseGeometry | None = change.pop("geometry", geometry)
        properties = {"村代码": CODES[key], "村名称": NAMES[key], **change}
        made.append(
            {
                "type": "Feature",
                "properties": {name: value for name, value in properties.items() if value is not ...},
                "geometry": None if shape is None else shapely.geometry.mapping(shape),
            }
        )
    return made


def write_geojson(path: Path, made: list[dict[str, Any]] | None = None, *, encoding: str = "utf-8") -> Path:
    """The county as GeoJSON."""
    collection = {"type": "FeatureCollection", "features": features() if made is None else made}
    path.write_bytes(json.dumps(collection, ensure_ascii=False).encode(encoding))
    return path


def write_gdal(
    path: Path,
    *,
    columns: dict[str, list[Any]] | None = None,
    crs: str | None = "EPSG:4326",
    encoding: str | None = None,
    geometries: list[BaseGeometry] | None = None,
    layer: str | None = None,
    append: bool = False,
) -> Path:
    """The county as Shapefile or GeoPackage, by the path's ending."""
    if columns is None:
        columns = {"村代码": list(CODES.values()), "村名称": list(NAMES.values())}
    data = [
        np.array(values, dtype=object if isinstance(values[0], str) else None) for values in columns.values()
    ]
    wkb = np.array([shapely.to_wkb(item) for item in geometries or list(SQUARES.values())], dtype=object)
    options: dict[str, Any] = {"encoding": encoding} if encoding else {}
    write(
        path,
        wkb,
        data,
        list(columns),
        driver="GPKG" if path.suffix == ".gpkg" else "ESRI Shapefile",
        geometry_type="Polygon",
        crs=crs,
        layer=layer,
        append=append,
        **options,
    )
    return path


def write_lying_shapefile(folder: Path) -> Path:
    """The county as a Shapefile in GBK whose .cpg says UTF-8."""
    path = write_gdal(
        folder / "cun.shp",
        columns={
            "村代码": list(CODES.values()),
            "村名称": list(NAMES.values()),
            "乡镇名称": ["城关镇", "城关镇", "河东乡", "河东乡"],
        },
        encoding="GBK",
    )
    path.with_suffix(".cpg").write_text("UTF-8")
    return path


def zip_folder(folder: Path, archive: Path, *, inside: str = "") -> Path:
    """All files of a folder in a zip."""
    with zipfile.ZipFile(archive, "w") as zipped:
        for item in sorted(folder.iterdir()):
            zipped.write(item, inside + item.name)
    return archive


def write_kml(path: Path) -> Path:
    """The county as KML, codes in ExtendedData."""
    marks = []
    for key, geometry in SQUARES.items():
        ring = " ".join(f"{lon},{lat},0" for lon, lat in geometry.exterior.coords)
        marks.append(
            f"<Placemark><name>{NAMES[key]}</name><ExtendedData>"
            f'<Data name="村代码"><value>{CODES[key]}</value></Data></ExtendedData><Polygon><outerBoundaryIs>'
            f"<LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    body = "".join(marks)
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>',
        encoding="utf-8",
    )
    return path


def write_topojson(path: Path) -> Path:
    """The county as TopoJSON, one arc a village, beside a layer of its outline."""
    arcs = [[list(point) for point in geometry.exterior.coords] for geometry in SQUARES.values()]
    villages = [
        {
            "type": "Polygon",
            "arcs": [[number]],
            "properties": {"VILLCODE": CODES[key], "VILLNAME": NAMES[key]},
        }
        for number, key in enumerate(SQUARES)
    ]
    outline = [{"type": "Polygon", "arcs": [[0]], "properties": {"NAME": "county"}}]
    topology = {
        "type": "Topology",
        "arcs": arcs,
        "objects": {
            "outline": {"type": "GeometryCollection", "geometries": outline},
            "villages": {"type": "GeometryCollection", "geometries": villages},
        },
    }
    path.write_text(json.dumps(topology, ensure_ascii=False), encoding="utf-8")
    return path
