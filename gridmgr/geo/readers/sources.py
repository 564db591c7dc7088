"""From a path to files that can be read: what each is by its first bytes, zip archives unpacked safely.

Nothing is taken from a file's name but its label: a file of another kind under a known ending (say, a virtual
GDAL dataset that points elsewhere) is refused before GDAL sees it.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gridmgr.errors import BadInput

#: Largest file, and largest unpacked archive, in bytes: a province's villages need a fifth of it.
MAX_BYTES = 1_000_000_000
#: More members than this is no village archive.
MAX_MEMBERS = 2_000
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_PLAIN_PARTS = (".geojson", ".json", ".topojson", ".gpkg", ".kml")
_HEAD_BYTES = 4096


@dataclass(frozen=True)
class Source:
    """One readable file.

    Parameters
    ----------
    path
        Where it is.
    format
        ``geojson``, ``topojson``, ``gpkg``, ``shapefile`` or ``kml``.
    """

    path: Path
    format: str


@contextmanager
def opened(path: Path) -> Iterator[list[Source]]:
    """The readable files at a path: one file, a shapefile, a folder of shapefiles, or a zip of any of them.

    Files unpacked from an archive are gone when the context ends.

    Raises
    ------
    BadInput
        If there is nothing to read, or what there is is empty, too large, or no village file.
    """
    if not path.exists():
        raise BadInput("geo.no_file", file=path.name)
    with tempfile.TemporaryDirectory(prefix="gridmgr-") as folder:
        if path.is_file() and _head(path).startswith(b"PK"):
            unpack(path, into=Path(folder))
            yield _sources_of_folder(Path(folder), name=path.name)
        elif path.is_dir():
            yield _sources_of_folder(path, name=path.name)
        else:
            yield [_source(path)]


def _sources_of_folder(folder: Path, *, name: str) -> list[Source]:
    shapes = sorted(item for item in folder.iterdir() if item.suffix.lower() == ".shp")
    plain = sorted(item for item in folder.iterdir() if item.suffix.lower() in _PLAIN_PARTS)
    if not shapes and not plain:
        raise BadInput("geo.no_layers", file=name)
    return [_source(item) for item in (shapes or plain)]


def _source(path: Path) -> Source:
    if path.suffix.lower() in SHAPEFILE_PARTS[1:]:
        path = sibling(path, ".shp") or path
    size = path.stat().st_size
    if size == 0:
        raise BadInput("geo.empty_file", file=path.name)
    if size > MAX_BYTES:
        raise BadInput("geo.too_large", file=path.name, limit_mb=MAX_BYTES // 1_000_000)
    return Source(path, _format_of(path))


def _format_of(path: Path) -> str:
    head = _head(path)
    if head.startswith(b"\x00\x00\x27\x0a"):
        return "shapefile"
    if head.startswith(b"SQLite format 3\x00"):
        return "gpkg"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        is_topology = re.search(rb'"type"\s*:\s*"Topology"', path.read_bytes()) is not None
        return "topojson" if is_topology else "geojson"
    if text.startswith(b"<") and re.search(rb"<([\w.-]+:)?kml[\s>]", text):
        return "kml"
    raise BadInput("geo.unknown_format", file=path.name)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def sibling(path: Path, ending: str) -> Path | None:
    """The file beside it with another ending, in whatever case that is written."""
    wanted = path.with_suffix(ending).name.casefold()
    return next((item for item in path.parent.iterdir() if item.name.casefold() == wanted), None)


def read_sibling(path: Path, ending: str) -> str | None:
    """Text of the small file beside a shapefile (.cpg, .prj), or None."""
    found = sibling(path, ending)
    return found.read_text(encoding="latin-1").strip("\ufeff\x00 \r\n") if found else None


def unpack(archive: Path, *, into: Path) -> None:
    """Unpack the village files of a zip flat into a folder.

    Folders in the archive become part of no path: only the last part of a member's name is used, so no name
    can lead outside. Sizes are counted while unpacking, as an archive's own table may lie.

    Raises
    ------
    BadInput
        If it is no zip, is encrypted, is too large, or holds two files of one name.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            _unpack_members(zipped, _wanted_members(zipped, archive.name), into, archive.name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadInput("geo.bad_zip", file=archive.name, detail=str(error)) from error


def _wanted_members(zipped: zipfile.ZipFile, name: str) -> Sequence[zipfile.ZipInfo]:
    members = zipped.infolist()
    if len(members) > MAX_MEMBERS:
        raise BadInput("geo.too_many_members", file=name, limit=MAX_MEMBERS)
    wanted = (*SHAPEFILE_PARTS, *_PLAIN_PARTS)
    # macOS adds a shadow "__MACOSX/._name" beside every file
    return [
        member
        for member in members
        if not member.is_dir()
        and PurePosixPath(member.filename).suffix.lower() in wanted
        and not _flat_name(member).startswith("._")
    ]


def _unpack_members(
    zipped: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], into: Path, name: str
) -> None:
    left = MAX_BYTES
    for member in members:
        target = into / _flat_name(member)
        if target.exists():
            raise BadInput("geo.zip_same_name", file=name, member=target.name)
        with zipped.open(member) as packed, target.open("xb") as file:
            while block := packed.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise BadInput("geo.too_large", file=name, limit_mb=MAX_BYTES // 1_000_000)
                file.write(block)


def _flat_name(member: zipfile.ZipInfo) -> str:
    """Last part of a member's name; names not flagged UTF-8 are often GBK, as Windows zips them so."""
    name = member.filename
    if not member.flag_bits & 0x800:
        raw = name.encode("cp437", "ignore")
        for codec in ("utf-8", "gb18030"):
            try:
                name = raw.decode(codec)
                break
            except UnicodeDecodeError:
                continue
    return re.sub(r"[\x00-\x1f:]", "_", re.split(r"[\\/]", name)[-1])
