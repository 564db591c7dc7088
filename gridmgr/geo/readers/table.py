"""What every reader gives: one layer's columns and geometries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridmgr.texts import Message


@dataclass(frozen=True)
class LayerTable:
    """One layer as read: rows in the file's order, nothing checked yet.

    Parameters
    ----------
    columns
        Values by column name, each of length n; text is decoded, empty cells are None or nan.
    geometries
        n shapely geometries or None, in the file's own CRS.
    crs
        What the file says its CRS is; None when it says nothing.
    format
        ``geojson``, ``topojson``, ``gpkg``, ``shapefile`` or ``kml``.
    layer
        Name of the layer.
    encoding
        Codec the text was decoded with.
    warnings
        What the user should know about how it was read.
    """

    columns: Mapping[str, NDArray[Any]]
    geometries: NDArray[np.object_]
    crs: str | None
    format: str
    layer: str
    encoding: str
    warnings: tuple[Message, ...] = field(default=())

    def __post_init__(self) -> None:
        for name, values in self.columns.items():
            if len(values) != len(self.geometries):
                raise ValueError(
                    f"LayerTable.columns[{name!r}] has {len(values)} rows, geometries {len(self.geometries)}"
                )

    def __len__(self) -> int:
        return len(self.geometries)
