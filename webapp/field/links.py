"""Links that open a stop in the phone's navigation."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from gridmgr.domain.patrols import StopInfo
from gridmgr.geo.datum import from_wgs84

#: Amap's address for starting navigation from any app or page (lbs.amap.com, URI API).
_AMAP = "https://uri.amap.com/navigation"


def amap_link(stop: StopInfo) -> str:
    """Drive to the stop in Amap, whose maps are in GCJ-02."""
    lon, lat = from_wgs84(stop.lon, stop.lat, "gcj02")
    # A comma in the name would be read as another part of the target.
    name = stop.name.replace(",", " ")
    query = {
        "to": f"{float(lon):.6f},{float(lat):.6f},{name}",
        "mode": "car",
        "coordinate": "gaode",
        "callnative": "1",
        "src": "gridmgr",
    }
    return f"{_AMAP}?{urlencode(query, quote_via=quote, safe=',')}"


def geo_link(stop: StopInfo) -> str:
    """The stop for whatever navigation the phone has (RFC 5870, WGS84)."""
    point = f"{stop.lat:.6f},{stop.lon:.6f}"
    return f"geo:{point}?q={point}({quote(stop.name)})"
