"""Files between preview and import: kept on the server, each user's apart, and not for long."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from werkzeug.datastructures import FileStorage

from gridmgr.errors import BadInput

#: An upload nobody imported is removed after this.
KEEP_SECONDS = 3600
#: Longest file name; most file systems take 255.
_NAME_BYTES = 200
_TOKEN = re.compile(r"[0-9a-f]{32}")
#: Signs a file's name may not hold on one system or another, and control characters.
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


@dataclass(frozen=True)
class Upload:
    """A waiting file.

    Parameters
    ----------
    token
        Its number, random.
    path
        Where it is; the last part is the user's own name for it.
    """

    token: str
    path: Path

    @property
    def name(self) -> str:
        """The user's own name for the file."""
        return self.path.name

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size


class Uploads:
    """One user's waiting files.

    Parameters
    ----------
    folder
        Of all users; None for a private one below the system's temporary folder.
    user_name
        Whose files.
    """

    def __init__(self, folder: Path | None, *, user_name: str) -> None:
        base = folder if folder is not None else Path(tempfile.gettempdir()) / "gridmgr-uploads"
        self._all = base
        # A name may hold signs a folder may not.
        self._own = base / hashlib.sha256(user_name.encode()).hexdigest()[:32]

    def keep(self, file: FileStorage) -> Upload:
        """Store a file.

        Raises
        ------
        BadInput
            If no file was chosen, or its name says nothing of its kind.
        """
        name = safe_name(file.filename or "")
        if not name:
            raise BadInput("error.no_upload")
        self._sweep()
        token = secrets.token_hex(16)
        folder = self._own / token
        folder.mkdir(parents=True, mode=0o700)
        self._all.chmod(0o700)
        path = folder / name
        file.save(path)
        return Upload(token, path)

    def find(self, token: str) -> Upload:
        """A waiting file by its number.

        Raises
        ------
        BadInput
            If there is none: imported, thrown away, or too old.
        """
        folder = self._own / token
        if _TOKEN.fullmatch(token) and folder.is_dir():
            found = next(folder.iterdir(), None)
            if found is not None:
                return Upload(token, found)
        raise BadInput("error.upload_gone")

    def discard(self, token: str) -> None:
        """Remove a file; does nothing where there is none."""
        if _TOKEN.fullmatch(token):
            shutil.rmtree(self._own / token, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove what everybody left behind."""
        oldest = time.time() - KEEP_SECONDS
        for folder in self._all.glob("*/*"):
            if folder.is_dir() and folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def safe_name(name: str) -> str:
    """A file name without a path or dangerous signs; Chinese stays, empty where nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = _FORBIDDEN.sub("_", last).strip(" .")
    # File systems count bytes; the end is kept because it says what the file is.
    short = cleaned.encode("utf-8", "replace")[-_NAME_BYTES:].decode("utf-8", "ignore")
    stem, dot, ending = short.partition(".")
    return f"{stem or 'upload'}{dot}{ending}" if ending else ""
