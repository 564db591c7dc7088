"""The page of joint matters. It comes without data: its script fetches that from /api/v1/joint."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from gridmgr.services.routing.jointviews import DECIDERS
from webapp.guards import CONFINED_ROLES, my_townships, require_scope, requires
from webapp.state import ctx, me

joint = Blueprint("joint", __name__, url_prefix="/desk/joint")


@joint.get("/")
@requires("planner", "department", "lead", "admin")
def index() -> str:
    """Show matters that several bodies are at; ``?township=`` for one township's."""
    township = request.args.get("township") or ""
    if township:
        require_scope(township)
    elif me().role in CONFINED_ROLES:
        township = me().township_code or ""
    config = {
        "township": township,
        "can_decide": me().role in DECIDERS,
        "zone": str(ctx().clock.zone),
        "desk": url_for("desk.index"),
        "case_pages": url_for("department.show", case_id="CASE") if me().role == "department" else None,
    }
    return render_template("desk/joint.html", townships=my_townships(), township=township, config=config)
