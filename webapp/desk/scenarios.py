"""The page of ownership scenarios. It comes without data: its scripts fetch that from /api/v1/ownership."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.desk.views import EDITORS
from webapp.guards import my_townships, require_scope, requires
from webapp.state import ctx, me

scenarios = Blueprint("scenarios", __name__, url_prefix="/desk/scenarios")


@scenarios.get("/")
@requires("planner", "lead", "admin")
def index() -> str:
    """Show the last comparison of ``?township=``; by default the user's first township's."""
    townships = my_townships()
    township = request.args.get("township") or me().township_code or (townships[0].code if townships else "")
    if townships:
        require_scope(township)
    config = {
        "township": township,
        "can_edit": me().role in EDITORS,
        "zone": str(ctx().clock.zone),
    }
    return render_template(
        "desk/scenarios.html",
        townships=townships,
        township=township,
        name=next((item.name for item in townships if item.code == township), ""),
        config=config,
    )
