"""Looking after an installation: whether everything is there that is needed."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from gridmgr.clock import clock_in
from gridmgr.config import Config
from gridmgr.errors import GridmgrError
from gridmgr.services.intake.keys import KeyState, key_state
from gridmgr.storage import UnitOfWork, open_storage
from gridmgr.storage.maintenance import sqlite_version
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
    """Look at Python, SQLite, the database, its audit trail, roads, contact key and front-end files."""
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
            key = _contact_key(config, uow)
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
    return [*findings, key]


def _contact_key(config: Config, uow: UnitOfWork) -> Finding:
    """Whether the key of contact data is there, right, and backed up."""
    try:
        seen = key_state(config, uow)
    except GridmgrError as error:
        return Finding(what="contact-key", state="bad", say=error.message)
    state, key = _judged(seen)
    values = {
        "path": seen.path,
        "sealed": seen.sealed,
        "unopened": seen.unopened,
        "fingerprint": seen.fingerprint,
        "at": "" if seen.backed_up_at is None else seen.backed_up_at[:10],
    }
    return Finding(what="contact-key", state=state, say=Message(f"doctor.key_{key}", values))


def _judged(seen: KeyState) -> tuple[str, str]:
    """How bad it is, and the name of the words for it."""
    if seen.source == "none":
        return ("bad", "missing") if seen.sealed else ("note", "none")
    if seen.unopened:
        return "bad", "wrong"
    if seen.readable_by_others:
        return "bad", "open"
    if seen.source == "environment":
        return "ok", "environment"
    return ("ok", "backed_up") if seen.backed_up_at else ("note", "not_backed_up")


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
