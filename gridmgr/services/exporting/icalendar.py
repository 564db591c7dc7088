"""Routes as a calendar (RFC 5545): one event a stop, for phones and office programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from gridmgr.services.exporting.model import SquadRoute, StopRow
from gridmgr.texts import text

#: Octets a line may have before it is folded (RFC 5545, 3.1).
_LINE_OCTETS = 75
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def calendar_text(routes: Sequence[SquadRoute], language: str) -> str:
    """The calendar; importing a later plan of the same day replaces its events."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//gridmgr//routes//EN", "CALSCALE:GREGORIAN"]
    for route in routes:
        for stop in route.stops:
            lines += _event(route, stop, language)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(route: SquadRoute, stop: StopRow, language: str) -> list[str]:
    words = text(
        "export.event",
        language,
        title=route.title,
        leader=route.leader,
        members=", ".join(route.members),
        purpose=stop.purpose,
    )
    return [
        "BEGIN:VEVENT",
        f"UID:{_escaped(f'{route.id}-{stop.id}@gridmgr')}",
        f"DTSTAMP:{_utc(route.made_at)}",
        f"DTSTART:{_utc(stop.start)}",
        f"DTEND:{_utc(stop.leave)}",
        f"SUMMARY:{_escaped(f'{stop.number}. {stop.name}')}",
        f"LOCATION:{_escaped(stop.name)}",
        f"GEO:{stop.lat:.6f};{stop.lon:.6f}",
        f"DESCRIPTION:{_escaped(words)}",
        "END:VEVENT",
    ]


def _escaped(words: str) -> str:
    plain = _CONTROL.sub(" ", words.replace("\r\n", "\n").replace("\r", "\n"))
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> Iterator[str]:
    """Pieces of at most 75 octets, cut between characters; each but the first begins with a space."""
    piece = ""
    for sign in line:
        if len((piece + sign).encode()) > _LINE_OCTETS:
            yield piece
            piece = " "
        piece += sign
    yield piece
