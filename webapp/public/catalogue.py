"""For everybody: the catalogue in force, and who answers for which village.

No account, no script, nothing personal but what the office chose to publish. Browsers may keep the pages for
five minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import cos, radians

import shapely
from flask import Blueprint, Response, make_response, render_template, request
from shapely.geometry.base import BaseGeometry
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from gridmgr.domain.places import Village
from gridmgr.errors import NotFound
from gridmgr.services.catalogue import publishing, reading
from webapp.dates import asked_day
from webapp.guards import public
from webapp.limits import count
from webapp.state import ctx
from webapp.texts import t

public_catalogue = Blueprint("public_catalogue", __name__, url_prefix="/public")

#: Looks from one address, which a whole village may share.
PER_ADDRESS = "120 per minute;3000 per day"
KEPT_SECONDS = 300
_MOST_WORDS = 50
#: The village's picture: width, pixels of the drawing's own scale.
_PICTURE = 400


@public_catalogue.errorhandler(TooManyRequests)
def _too_many(_error: TooManyRequests) -> tuple[str, int]:
    return render_template("public/stopped.html", words=t("catalogue.public_too_many")), 429


@public_catalogue.errorhandler(NotFound)
def _nothing(_error: NotFound) -> tuple[str, int]:
    return render_template("public/stopped.html", words=t("catalogue.public_nothing")), 404


def _kept(page: str) -> AnyResponse:
    """A page browsers and proxies may keep for a while, apart for each language."""
    answer: Response = make_response(page)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    answer.vary.add("Cookie")
    answer.add_etag(weak=True)
    return answer.make_conditional(request)


def _words() -> str:
    return request.args.get("q", "").strip()[:_MOST_WORDS]


@public_catalogue.get("/catalogue")
@public
def items() -> AnyResponse:
    """List the catalogue in force, by the body that leads."""
    count(PER_ADDRESS)
    day = asked_day()
    found = reading.catalogue_on(ctx(), day=day, words=_words())
    by_body = sorted(found, key=lambda item: (item.lead_body, item.code))
    groups = [(body, list(some)) for body, some in groupby(by_body, key=lambda item: item.lead_body)]
    page = render_template("public/catalogue.html", groups=groups, count=len(found), day=day, words=_words())
    return _kept(page)


@public_catalogue.get("/catalogue/<code>")
@public
def item(code: str) -> AnyResponse:
    """Show one item: who leads, who helps, on which basis, in which steps."""
    count(PER_ADDRESS)
    day = asked_day()
    versions = reading.item_versions(ctx(), code)
    shown = next((version for version in versions if version.holds_on(day)), None)
    with ctx().storage.read() as uow:
        names = {township.code: township.name for township in uow.townships.find()}
    page = render_template(
        "public/catalogue_item.html", item=shown, versions=versions, day=day, names=names, last=versions[-1]
    )
    return _kept(page)


@public_catalogue.get("/villages")
@public
def villages() -> AnyResponse:
    """Find a village by its name or its township."""
    count(PER_ADDRESS)
    asked = request.args.get("township", "")[:_MOST_WORDS] or None
    found = publishing.villages_for_public(ctx(), words=_words(), township_code=asked)
    known = {township.code: township.name for township in found.townships}
    page = render_template(
        "public/villages.html",
        found=found,
        words=_words(),
        township=known.get(asked or ""),
        most=publishing.MOST_FOUND,
    )
    return _kept(page)


@public_catalogue.get("/villages/<code>")
@public
def village(code: str) -> AnyResponse:
    """Show who answers for a village, whom to call, where it lies, and what is enforced there."""
    count(PER_ADDRESS)
    found = publishing.village_for_public(ctx(), code, day=asked_day())
    picture = _picture(found.village, found.neighbours)
    return _kept(render_template("public/village.html", found=found, picture=picture, day=asked_day()))


def _picture(village: Village, neighbours: Sequence[Village]) -> dict[str, object]:
    """Borders as paths of a small drawing, north above, with the village's surroundings."""
    west, south, east, north = village.geometry.bounds
    wide, high = (east - west) * 0.4, (north - south) * 0.4
    west, south, east, north = west - wide, south - high, east + wide, north + high
    # Degrees of longitude are shorter than those of latitude: by the cosine, near enough for a village.
    across = _PICTURE / (east - west)
    up = across / cos(radians((south + north) / 2))

    def drawn(geometry: BaseGeometry) -> str:
        seen = shapely.clip_by_rect(geometry, west, south, east, north).simplify((east - west) / 300)
        return "".join(_path(ring, west, north, across, up) for ring in _rings(seen))

    return {
        "width": _PICTURE,
        "height": round((north - south) * up),
        "village": drawn(village.geometry),
        "neighbours": [path for item in neighbours if (path := drawn(item.geometry))],
    }


def _rings(geometry: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield part.exterior
            yield from part.interiors


def _path(ring: BaseGeometry, west: float, north: float, across: float, up: float) -> str:
    points = (f"{(x - west) * across:.1f} {(north - y) * up:.1f}" for x, y in ring.coords)
    return "M" + "L".join(points) + "Z"
