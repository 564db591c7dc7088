"""Colours, line patterns and shapes, as data: the same on the desk, the phone, in print and in the legends.

Villages are filled by coverage debt in one sequential ramp (after YlOrBr of ColorBrewer 2.0, safe for the
colour-blind and in grey print); squads take one of eight hues, dark enough to read on the light end of the
ramp, each with a line pattern of its own; incidents differ by shape first, colour second.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class DebtClass:
    """One class of coverage debt.

    Parameters
    ----------
    upto
        Largest debt in it, in visits; None for the open last class.
    colour
        Its fill.
    """

    upto: float | None
    colour: str


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How one squad's route is drawn: colour, SVG ``stroke-dasharray`` (empty for a solid line)."""

    colour: str
    dash: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point's sign: outline in a box from -1 to 1 (SVG path), fill and line colours."""

    path: str
    fill: str
    line: str


#: Ascending; a debt of exactly nothing is a class of its own.
DEBT_CLASSES = (
    DebtClass(0.0, "#fffff0"),
    DebtClass(1.0, "#fee8a8"),
    DebtClass(2.0, "#fec44f"),
    DebtClass(4.0, "#f28c28"),
    DebtClass(6.0, "#cc4c02"),
    DebtClass(None, "#7f2704"),
)
#: Villages that require no visits.
NO_REQUIREMENT = "#e3e6e8"
#: Debts closer to a class's end than this belong to it: sums of fractions are never exact.
_ROUNDING = 1e-6

SQUAD_STYLES = (
    LineStyle("#0060a0", ""),
    LineStyle("#b3005e", "9 4"),
    LineStyle("#007a55", "2 4"),
    LineStyle("#5b2a9d", "12 4 2 4"),
    LineStyle("#0093b8", "16 5"),
    LineStyle("#222222", "6 3"),
    LineStyle("#a0522d", "2 3 8 3"),
    LineStyle("#6b7a00", "12 3 2 3 2 3"),
)

INCIDENT_MARKS = {
    "reported": Mark("M0-1 1 .8-1 .8Z", "#d7191c", "#ffffff"),
    "escalated": Mark("M0-1 1 0 0 1-1 0Z", "#7b3294", "#ffffff"),
    "settled": Mark("M-.8-.8.8-.8.8.8-.8.8Z", "#1a7f5a", "#ffffff"),
    "closed": Mark("M-.8-.8.8.8M.8-.8-.8.8", "none", "#4d4d4d"),
}

PLACE_MARKS = {
    "depot": Mark("M-1 0 0-1 1 0 .7 0 .7 1-.7 1-.7 0Z", "#1f2d3d", "#ffffff"),
    "hotspot": Mark("M0-1 .25-.3 1-.3 .4.15 .6.9 0 .45-.6.9-.4.15-1-.3-.25-.3Z", "#d7191c", "#ffffff"),
    "enterprise": Mark("M-.9.9-.9-.3-.3.1-.3-.3.3.1.3-.9.9-.9.9.9Z", "#4a6785", "#ffffff"),
    "market": Mark("M-1-.2-.7-.9.7-.9 1-.2ZM-.8 0 .8 0 .8.9-.8.9Z", "#4a6785", "#ffffff"),
    "school": Mark("M0-1 1-.2 .8.9-.8.9-1-.2Z", "#4a6785", "#ffffff"),
    "committee": Mark("M-.9.9-.9-.5 0-1 .9-.5.9.9Z", "#8a97a5", "#ffffff"),
    "site": Mark("M-.9.9-.2-.9.2-.9.9.9Z", "#4a6785", "#ffffff"),
    "other": Mark("M-.7 0A.7.7 0 1 0 .7 0 .7.7 0 1 0-.7 0Z", "#8a97a5", "#ffffff"),
}


def debt_colour(debt: float, *, required: int = 1) -> str:
    """Fill of a village with that coverage debt, in visits; grey where no visits are required."""
    if required == 0:
        return NO_REQUIREMENT
    ends = [item.upto for item in DEBT_CLASSES if item.upto is not None]
    return DEBT_CLASSES[bisect_left(ends, debt - _ROUNDING)].colour


def debt_labels() -> tuple[str, ...]:
    """Numbers of each class for a legend: ``0``, ``0-1``, ... ``> 6``."""
    labels = ["0"]
    for earlier, this in pairwise(DEBT_CLASSES):
        labels.append(f"> {earlier.upto:g}" if this.upto is None else f"{earlier.upto:g}–{this.upto:g}")
    return tuple(labels)


def squad_style(number: int) -> LineStyle:
    """Line of the squad of that number (1, 2, ...); the ninth looks like the first."""
    return SQUAD_STYLES[(number - 1) % len(SQUAD_STYLES)]


def as_data() -> dict[str, Any]:
    """All of it as JSON values, for the browser.

    Returns
    -------
    dict
        ``debt`` (list of ``{upto, colour, label}``), ``no_requirement`` (colour), ``squads`` (list of
        ``{colour, dash}``), ``incidents`` and ``places`` (``{path, fill, line}`` by state and kind, paths in
        a box from -1 to 1).
    """
    classes = zip(DEBT_CLASSES, debt_labels(), strict=True)
    return {
        "debt": [asdict(item) | {"label": label} for item, label in classes],
        "no_requirement": NO_REQUIREMENT,
        "squads": [asdict(item) for item in SQUAD_STYLES],
        "incidents": {state: asdict(mark) for state, mark in INCIDENT_MARKS.items()},
        "places": {kind: asdict(mark) for kind, mark in PLACE_MARKS.items()},
    }
