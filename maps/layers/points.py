"""Points: places by kind, incidents by state; the sign's shape tells them apart, not its colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo

import folium

from gridmgr.domain.incidents import Incident
from gridmgr.domain.places import Place
from gridmgr.texts import text
from maps.layers.extras import Extras
from maps.styles import INCIDENT_MARKS, PLACE_MARKS, Mark

#: Markers beyond this number make a page too heavy to share.
MOST_PLACES = 1000
_SIZE = 18


def add_places(target: folium.Map, places: Sequence[Place], *, lang: str, extras: Extras) -> None:
    """Draw depots, which are always shown, and other places, which can be switched on.

    Of more than `MOST_PLACES` only the depots are drawn: a page for sharing has to stay small.
    """
    depots = [place for place in places if place.kind == "depot"]
    others = [place for place in places if place.kind != "depot"]
    _add_group(target, depots, "layer_depots", show=True, lang=lang, extras=extras)
    if len(others) <= MOST_PLACES:
        _add_group(target, others, "layer_places", show=False, lang=lang, extras=extras)


def _add_group(
    target: folium.Map, places: Iterable[Place], layer: str, *, show: bool, lang: str, extras: Extras
) -> None:
    group = folium.FeatureGroup(name=text(f"maps.{layer}", lang), show=show).add_to(target)
    for place in places:
        marker = _marker(place.lon, place.lat, PLACE_MARKS[place.kind]).add_to(group)
        extras.marks[marker.get_name()] = [place.name, text(f"maps.place_{place.kind}", lang)]


def add_incidents(
    target: folium.Map, incidents: Iterable[Incident], *, zone: tzinfo, lang: str, extras: Extras
) -> None:
    """Draw incidents."""
    group = folium.FeatureGroup(name=text("maps.layer_incidents", lang)).add_to(target)
    for incident in incidents:
        marker = _marker(incident.lon, incident.lat, INCIDENT_MARKS[incident.state]).add_to(group)
        lines = [
            text(f"maps.incident_{incident.state}", lang),
            f"{incident.reported_at.astimezone(zone):%m-%d %H:%M}",
            incident.category,
            incident.description,
        ]
        extras.marks[marker.get_name()] = [line for line in lines if line]


def mark_svg(mark: Mark, *, size: int = _SIZE) -> str:
    """A sign as an SVG element."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="-1.3 -1.3 2.6 2.6">'
        f'<path d="{mark.path}" fill="{mark.fill}" stroke="{mark.line}" stroke-width=".22"/></svg>'
    )


def _marker(lon: float, lat: float, mark: Mark) -> folium.Marker:
    half = _SIZE // 2
    icon = folium.DivIcon(
        html=mark_svg(mark), class_name="sign", icon_size=(_SIZE, _SIZE), icon_anchor=(half, half)
    )
    return folium.Marker((lat, lon), icon=icon)
