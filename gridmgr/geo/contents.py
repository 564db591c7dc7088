"""What a village file offers to choose from: its layers, its columns, and which of them are found by name.

For screens that let a user say how to read a file. It never refuses a file: what cannot be told is left
empty, and reading the villages says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gridmgr.errors import BadInput
from gridmgr.geo.headers import FIELDS, exchange_misnamed, fits_villages, match_columns
from gridmgr.geo.readers import LayerTable, layer_names, read_layer


@dataclass(frozen=True)
class FileContents:
    """What is in a village file.

    Parameters
    ----------
    layers
        Names of its layers.
    columns
        The columns of the layer that would be read; empty where that is undecided or unreadable.
    found
        The file's column by our field, for the fields whose column its name tells.
    """

    layers: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    found: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, column in self.found.items():
            if name not in FIELDS:
                raise ValueError(f"FileContents.found has {name!r}, which is no field of ours")
            if column not in self.columns:
                raise ValueError(f"FileContents.found[{name!r}] is {column!r}, which is no column")


def file_contents(
    path: Path | str,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> FileContents:
    """Layers and columns of a village file, as `gridmgr.geo.villages.read_villages` would name them.

    Parameters
    ----------
    path, layer, encoding, mapping
        As for `gridmgr.geo.villages.read_villages`. Columns that `mapping` takes are found for no other
        field.
    """
    try:
        layers = layer_names(path)
    except BadInput:
        return FileContents()
    try:
        table = read_layer(path, layer=layer, encoding=encoding, fits=fits_villages)
    except BadInput:
        return FileContents(layers)
    columns = tuple(table.columns)
    return FileContents(layers, columns, _found(table, _usable(mapping or {}, columns)))


def _usable(mapping: Mapping[str, str], columns: Sequence[str]) -> dict[str, str]:
    """The part of a mapping that does not name columns of another layer."""
    return {
        target: source
        for target, source in mapping.items()
        if not source or source.startswith("=") or source in columns
    }


def _found(table: LayerTable, mapping: Mapping[str, str]) -> dict[str, str]:
    matched = exchange_misnamed(match_columns(tuple(table.columns), mapping=mapping), table.columns)
    return {name: column for name, column in matched.columns.items() if name not in matched.given}
