"""A report told in pieces: what, where and photos, in any order, over a chat."""

from __future__ import annotations

from dataclasses import dataclass

from gridmgr.domain.validate import require_choice

SAID_KINDS = frozenset({"text", "photo", "place", "voice", "other"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing somebody said.

    Parameters
    ----------
    kind
        ``text``, ``photo``, ``place``, ``voice`` (not understood), or ``other``.
    text
        The words, the photo's id at the chat service, or the place's name.
    lon, lat
        WGS84 degrees of a place.
    """

    kind: str
    text: str = ""
    lon: float | None = None
    lat: float | None = None

    def __post_init__(self) -> None:
        require_choice("Said", "kind", self.kind, SAID_KINDS)
