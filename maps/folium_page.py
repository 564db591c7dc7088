"""The day's map for print and sharing: one HTML file that needs nothing from anywhere.

A map (folium over an inlined Leaflet, no tiles) beside the list of squads and stops. The list is plain HTML
and reads without scripts; names on the map are put in place with ``textContent`` (see `maps.layers`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

import folium
import numpy as np
import shapely
from branca.element import Element, Figure
from shapely.geometry.base import BaseGeometry

from gridmgr.domain.coverage import VillageCoverage
from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.places import Place, Village
from gridmgr.errors import BadInput
from gridmgr.texts import DEFAULT_LANGUAGE, text
from maps.layers.extras import Extras, script_json
from maps.layers.points import add_incidents, add_places, mark_svg
from maps.layers.routes import Line, add_routes, straight_line
from maps.layers.villages import add_roads, add_villages
from maps.styles import DEBT_CLASSES, INCIDENT_MARKS, NO_REQUIREMENT, debt_labels, squad_style
from maps.templating import environment

#: More names than this leave each other no room anyway.
MOST_NAMES = 500
_OUTSIDE = re.compile(r"url\((?!['\"]?data:)[^)]*\)")


@dataclass(frozen=True, kw_only=True)
class Leaflet:
    """Leaflet's script and styles as text, to stand inside the page."""

    js: str
    css: str


def read_leaflet(folder: Path) -> Leaflet:
    """Read ``leaflet.js`` and ``leaflet.css`` from the folder that set-up fills.

    Raises
    ------
    BadInput
        If they are not there.
    """
    try:
        return Leaflet(
            js=(folder / "leaflet.js").read_text(encoding="utf-8"),
            css=(folder / "leaflet.css").read_text(encoding="utf-8"),
        )
    except OSError as error:
        raise BadInput("maps.no_leaflet", folder=str(folder)) from error


@dataclass(frozen=True, kw_only=True)
class Day:
    """What the page shows.

    Parameters
    ----------
    day, area
        Which day; name of the county or township.
    plans
        The townships' plans; empty where there are none.
    villages, coverage
        Borders (EPSG:4326) and how each stands, by code.
    places, incidents
        What else is on the map.
    officers
        Names by officer id; ids without one are shown as they are.
    lines
        For each squad id the way over the roads, (lon, lat) pairs; straight lines where missing.
    roads
        The road network as one (multi-)line, EPSG:4326; None leaves it out.
    generated_at
        When the page was made, aware.
    zone
        Of the times shown.
    """

    day: date
    area: str
    plans: Sequence[DayPlan] = ()
    villages: Sequence[Village] = ()
    coverage: Mapping[str, VillageCoverage] = field(default_factory=dict)
    places: Sequence[Place] = ()
    incidents: Sequence[Incident] = ()
    officers: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, Line] = field(default_factory=dict)
    roads: BaseGeometry | None = None
    generated_at: datetime
    zone: tzinfo


def day_map(day: Day, *, leaflet: Leaflet, lang: str = DEFAULT_LANGUAGE) -> str:
    """The page as a complete HTML document that makes no request."""
    extras = Extras()
    figure = Figure(title=None)
    target = folium.Map(tiles=None, zoom_snap=0.25, font_size="13px", attribution_control=False)
    target.default_js, target.default_css = [], []
    figure.add_child(target)
    names = {village.township_code: village.township_name for village in day.villages}
    _add_layers(target, day, names, lang=lang, extras=extras)
    folium.LayerControl(collapsed=False).add_to(target)
    figure.header.add_child(_Raw(f"<style>{_without_links(leaflet.css)}</style>"), name="leaflet_css")
    figure.header.add_child(_Raw(f"<script>{_closed(leaflet.js)}</script>"), name="leaflet_js")
    figure.header.add_child(_Raw(_head(day, lang)), name="page_head")
    figure.html.add_child(_Raw(_body(day, names, lang)), name="page_body")
    data = {
        "map": target.get_name(),
        "bounds": _bounds(day),
        "shapes": extras.shapes,
        "marks": extras.marks,
        "names": _names(day.villages),
    }
    block = f'<script type="application/json" id="day">{script_json(data)}</script>'
    script = environment().get_template("day_map.js").render()
    figure.html.add_child(_Raw(f"{block}<script>{script}</script>"), name="page_script")
    return _whole(figure.render(), lang)


def _whole(html: str, lang: str) -> str:
    """What branca made, as a page browsers need not mend: its language named, scripts within the body."""
    marked = html.replace("<html>", f'<html lang="{"zh-CN" if lang == "zh" else lang}">', 1)
    head, body, rest = marked.partition("\n</body>")
    return f"{head}{rest.replace('</html>', '</body></html>')}" if body else marked


class _Raw(Element):  # type: ignore[misc]
    """Text that is put into the page as it stands, without being read as a template."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def render(self, **_kwargs: Any) -> str:
        return self._words


def _add_layers(target: folium.Map, day: Day, names: Mapping[str, str], *, lang: str, extras: Extras) -> None:
    add_villages(target, day.villages, day.coverage, lang=lang, extras=extras)
    if day.roads is not None and not day.roads.is_empty:
        add_roads(target, day.roads, lang=lang)
    depots = {place.township_code: (place.lon, place.lat) for place in day.places if place.kind == "depot"}
    for index, plan in enumerate(day.plans, start=1):
        # Layer names pass through folium: a number tells townships apart, their names stay out of it.
        prefix = f"{index} · " if len(day.plans) > 1 else ""
        depot = depots.get(plan.township_code)
        ways = {squad.id: day.lines.get(squad.id) or straight_line(squad, depot) for squad in plan.squads}
        add_routes(target, plan, lines=ways, prefix=prefix, zone=day.zone, lang=lang, extras=extras)
    add_places(target, day.places, lang=lang, extras=extras)
    add_incidents(target, day.incidents, zone=day.zone, lang=lang, extras=extras)


def _names(villages: Sequence[Village]) -> list[tuple[float, float, str]]:
    """Where names of the largest villages stand, as (lat, lon, name), larger ones first."""
    ordered = sorted(villages, key=lambda village: -village.geometry.area)[:MOST_NAMES]
    points = [(village.point, village.name) for village in ordered]
    return [(round(point.y, 5), round(point.x, 5), name) for point, name in points]


def _bounds(day: Day) -> list[list[float]]:
    """South-west and north-east corner as (lat, lon): the villages, else whatever there is."""
    if day.villages:
        shapes = np.array([village.geometry for village in day.villages])
        west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
        return [[south, west], [north, east]]
    points = [(place.lat, place.lon) for place in day.places]
    points += [(visit.stop.lat, visit.stop.lon) for plan in day.plans for visit in plan.visits()]
    if not points:
        return [[18.0, 73.0], [54.0, 135.0]]
    lats, lons = zip(*points, strict=True)
    return [[min(lats), min(lons)], [max(lats), max(lons)]]


def _head(day: Day, lang: str) -> str:
    return (
        environment()
        .get_template("day_map_head.html")
        .render(title=text("maps.day_of", lang, area=day.area, day=day.day.isoformat()))
    )


def _body(day: Day, names: Mapping[str, str], lang: str) -> str:
    def clock(moment: datetime) -> str:
        return f"{moment.astimezone(day.zone):%H:%M}"

    def people(ids: Sequence[str]) -> str:
        return ("、" if lang == "zh" else ", ").join(day.officers.get(person, person) for person in ids)

    return (
        environment()
        .get_template("day_map_body.html")
        .render(
            day=day,
            names=names,
            t=lambda name, **params: text(f"maps.{name}", lang, **params),
            say=lambda message: message.render(lang),
            clock=clock,
            people=people,
            squad_style=squad_style,
            debt=[(item.colour, label) for item, label in zip(DEBT_CLASSES, debt_labels(), strict=True)],
            no_requirement=NO_REQUIREMENT,
            marks={state: mark_svg(mark, size=14) for state, mark in INCIDENT_MARKS.items()},
            straight=any(s.visits and s.id not in day.lines for plan in day.plans for s in plan.squads),
        )
    )


def _without_links(css: str) -> str:
    """Styles without the pictures they link to; this page uses none of them."""
    return _OUTSIDE.sub("none", css).replace("</", "<\\/")


def _closed(script: str) -> str:
    """A script that cannot end its own element."""
    return script.replace("</script", "<\\/script")
