"""Routes of the day's squads: a line in the squad's colour and pattern, stops with number and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

import folium

from gridmgr.domain.patrols import DayPlan, Squad, Visit
from gridmgr.texts import text
from maps.layers.extras import Extras
from maps.styles import LineStyle, squad_style

Line = Sequence[tuple[float, float]]


def add_routes(
    target: folium.Map,
    plan: DayPlan,
    *,
    lines: Mapping[str, Line],
    prefix: str,
    zone: tzinfo,
    lang: str,
    extras: Extras,
) -> None:
    """Draw a township's day.

    Parameters
    ----------
    target
        The map.
    plan
        The day.
    lines
        For each squad id its way, (lon, lat) pairs in degrees.
    prefix
        Put before the layers' names, our own words only.
    zone
        Of the times shown.
    lang
        Of the words shown.
    extras
        Takes the stops' names.
    """
    for squad in plan.squads:
        if not squad.visits:
            continue
        name = prefix + text("maps.layer_squad", lang, number=squad.number)
        group = folium.FeatureGroup(name=name).add_to(target)
        style = squad_style(squad.number)
        way = [(lat, lon) for lon, lat in lines[squad.id]]
        folium.PolyLine(way, color="#ffffff", weight=7, opacity=0.85, interactive=False).add_to(group)
        dash = style.dash or None
        folium.PolyLine(way, color=style.colour, weight=3.5, dash_array=dash, interactive=False).add_to(group)
        for number, visit in enumerate(squad.visits, start=1):
            _add_stop(group, visit, number, style=style, zone=zone, extras=extras)


def straight_line(squad: Squad, depot: tuple[float, float] | None) -> Line:
    """The stops in order, from the depot (lon, lat) and back where it is known."""
    ends = [] if depot is None else [depot]
    return [*ends, *((visit.stop.lon, visit.stop.lat) for visit in squad.visits), *ends]


def _add_stop(
    group: folium.FeatureGroup, visit: Visit, number: int, *, style: LineStyle, zone: tzinfo, extras: Extras
) -> None:
    arrive, leave = (f"{moment.astimezone(zone):%H:%M}" for moment in (visit.arrive, visit.leave))
    html = f'<b style="background:{style.colour}">{number}</b><i>{arrive}</i>'
    icon = folium.DivIcon(html=html, class_name="stop", icon_size=(22, 22), icon_anchor=(11, 11))
    marker = folium.Marker((visit.stop.lat, visit.stop.lon), icon=icon).add_to(group)
    extras.marks[marker.get_name()] = [f"{number}. {visit.stop.name}", f"{arrive}–{leave}"]
