"""Photos of incidents, for those who may see the township."""

from __future__ import annotations

from flask import Blueprint, Response, request

from gridmgr.errors import Forbidden
from gridmgr.services.cases import find_case
from gridmgr.services.photos import StoredPhoto, find_photo
from webapp.guards import requires
from webapp.state import ctx, me

photos = Blueprint("photos", __name__, url_prefix="/photos")


@photos.get("/<photo_id>")
@requires("planner", "officer", "department", "lead", "admin")
def photo(photo_id: str) -> Response:
    """Give a photo."""
    found = find_photo(ctx(), photo_id)
    if not _may_see(found):
        raise Forbidden("error.forbidden")
    if me().role == "department":
        # Its own cases only, whatever the township.
        if found.case_id is None:
            raise Forbidden("error.forbidden")
        find_case(ctx(), found.case_id, user=me())
    response = Response(found.content, mimetype=found.attachment.mime)
    response.headers["Content-Disposition"] = f'inline; filename="{photo_id}.jpg"'
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.set_etag(found.attachment.sha256)
    response.make_conditional(request)
    return response


def _may_see(found: StoredPhoto) -> bool:
    if found.township_code is not None:
        return me().may_see(found.township_code)
    return found.nobodys and me().role in ("planner", "lead", "admin")
