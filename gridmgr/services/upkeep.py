"""Looking after an installation: is everything there, copy the database, put a copy back."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from gridmgr.clock import clock_in
from gridmgr.config import Config
from gridmgr.errors import BadInput, Conflict
from gridmgr.services.context import Context
from gridmgr.storage import open_storage
from gridmgr.storage.maintenance import copy_sqlite, sqlite_version
from gridmgr.texts import Message

#: Older ones can lose the last transactions when the write-ahead log is reset.
_SAFE_SQLITE = (3, 51, 3)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at.

    Parameters
    ----------
    what
        Its name.
    state
        ``ok``, ``note`` or ``bad``.
    say
        What was seen, and what to do.
    """

    what: str
    state: str
    say: Message


def examine(config: Config) -> list[Finding]:
    """Look at Python, SQLite, the database, its audit trail, roads and front-end files."""
    findings = [
        Finding(
            what="python", state="ok", say=Message("doctor.version", {"version": sys.version.split()[0]})
        ),
        _sqlite(),
        _front_end(),
        _wechat(config),
    ]
    if "://" not in config.database and not Path(config.database).is_file():
        missing = Message("error.database_missing", {"url": config.database})
        return [*findings, Finding(what="database", state="bad", say=missing)]
    storage = open_storage(config.database, clock_in(config.zone))
    try:
        if not storage.is_readable():
            unreadable = Message("error.database_unreadable", {"url": config.database})
            return [*findings, Finding(what="database", state="bad", say=unreadable)]
        if not storage.is_current():
            missing = Message("error.database_missing", {"url": config.database})
            return [*findings, Finding(what="database", state="bad", say=missing)]
        with storage.read() as uow:
            counts = {
                "villages": uow.villages.count(),
                "officers": uow.officers.count(),
                "places": uow.places.count(),
            }
            broken = uow.audit.first_broken()
            roads = uow.roads.info()
    finally:
        storage.close()
    findings.append(Finding(what="database", state="ok", say=Message("doctor.counts", counts)))
    if broken is None:
        findings.append(Finding(what="audit", state="ok", say=Message("doctor.audit_whole")))
    else:
        say = Message("doctor.audit_broken", {"position": broken + 1})
        findings.append(Finding(what="audit", state="bad", say=say))
    if roads is None and config.router == "embedded":
        findings.append(Finding(what="roads", state="note", say=Message("doctor.no_roads")))
    else:
        name = roads.name if roads else str(config.router_url)
        findings.append(Finding(what="roads", state="ok", say=Message("doctor.roads", {"name": name})))
    return findings


def _sqlite() -> Finding:
    version = sqlite_version()
    words = ".".join(str(part) for part in version)
    if version < _SAFE_SQLITE:
        return Finding(what="sqlite", state="note", say=Message("doctor.old_sqlite", {"version": words}))
    return Finding(what="sqlite", state="ok", say=Message("doctor.version", {"version": words}))


def _front_end() -> Finding:
    vendor = resources.files("webapp") / "static" / "vendor"
    if (vendor / "leaflet").is_dir() and (vendor / "bootstrap").is_dir():
        return Finding(what="front-end", state="ok", say=Message("doctor.front_end"))
    return Finding(what="front-end", state="bad", say=Message("doctor.no_front_end"))


def _wechat(config: Config) -> Finding:
    account = config.wechat
    if account is None:
        return Finding(what="wechat", state="ok", say=Message("doctor.wechat_off"))
    mode = "doctor.wechat_encrypted" if account.aes_key else "doctor.wechat_plain"
    photos = "doctor.wechat_photos" if account.app_secret else "doctor.wechat_no_photos"
    words = {"app": account.app_id, "mode": Message(mode), "photos": Message(photos)}
    # Plain messages can be altered on their way: fine for trying out.
    state = "ok" if account.aes_key else "note"
    return Finding(what="wechat", state=state, say=Message("doctor.wechat", words))


def backup(ctx: Context, target: Path) -> None:
    """Copy the SQLite database into a file, consistently and while it is in use.

    Raises
    ------
    Conflict
        If the file exists.
    BadInput
        If the database is no SQLite file.
    """
    if target.exists():
        raise Conflict("upkeep.file_exists", path=str(target))
    copy_sqlite(ctx.storage, target)


def restore(config: Config, source: Path, *, overwrite: bool) -> None:
    """Put a backup in the place of the database.

    Raises
    ------
    BadInput
        If the file is no usable backup, or the database is no SQLite file.
    Conflict
        If the database exists and is not to be overwritten.
    """
    if "://" in config.database:
        raise BadInput("upkeep.only_sqlite")
    if not source.is_file():
        raise BadInput("import.no_file", path=str(source))
    storage = open_storage(str(source), clock_in(config.zone))
    try:
        usable = storage.is_readable() and storage.is_current()
    finally:
        storage.close()
    if not usable:
        raise BadInput("upkeep.no_backup", path=str(source))
    target = Path(config.database)
    if target.exists() and not overwrite:
        raise Conflict("upkeep.database_exists", path=str(target))
    beside = target.with_name(target.name + ".restoring")
    shutil.copyfile(source, beside)
    for suffix in ("-wal", "-shm"):
        Path(f"{target}{suffix}").unlink(missing_ok=True)
    beside.replace(target)
