"""Copies what pages need of the front-end packages from node_modules into webapp/static/vendor.

Run after ``npm ci --ignore-scripts``. Nothing of it is committed; the built wheel carries it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "webapp" / "static" / "vendor"

#: Package -> files or folders of its ``dist``.
WANTED = {
    "bootstrap": ("css/bootstrap.min.css", "js/bootstrap.bundle.min.js"),
    "leaflet": ("leaflet.js", "leaflet.css", "images"),
    "leaflet.heat": ("leaflet-heat.js",),
    "leaflet.markercluster": ("leaflet.markercluster.js", "MarkerCluster.css", "MarkerCluster.Default.css"),
}


def copy(package: str, name: str) -> None:
    """Copy one file or folder of a package's ``dist`` to the package's folder in `TARGET`.

    Raises
    ------
    SystemExit
        If the package is not installed.
    """
    source = SOURCE / package / "dist" / name
    if not source.exists():
        raise SystemExit(f"vendor: {source.relative_to(ROOT)} is missing; run npm ci --ignore-scripts first")
    target = TARGET / package / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        target.write_text(without_source_map(source.read_text(encoding="utf-8")), encoding="utf-8")


def without_source_map(text: str) -> str:
    """Drop the pointer to a source map: browsers' tools would ask for a file that is not there."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if "sourceMappingURL=" not in line or len(line) > 200)


def main() -> None:
    """Renew the vendor folder."""
    shutil.rmtree(TARGET, ignore_errors=True)
    for package, names in WANTED.items():
        for name in names:
            copy(package, name)
    print(f"vendor: {', '.join(WANTED)} copied", file=sys.stderr)


if __name__ == "__main__":
    main()
