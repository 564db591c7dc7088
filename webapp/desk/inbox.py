"""The inbox's page. It comes without data: its script fetches that from /api/v1/tips."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from gridmgr.services.intake.inbox import VIEWS
from webapp.guards import CONFINED_ROLES, my_townships, require_scope, requires
from webapp.state import ctx, me

inbox = Blueprint("inbox", __name__, url_prefix="/desk/inbox")

#: Who decides on reports; a county lead reads, and has what was not solved taken up again.
EDITORS = frozenset({"planner", "admin"})


@inbox.get("/")
@requires("planner", "lead", "admin")
def index() -> str:
    """Show what came in; ``?township=`` for one township's."""
    township = request.args.get("township") or ""
    if township:
        require_scope(township)
    elif me().role in CONFINED_ROLES:
        township = me().township_code or ""
    with ctx().storage.read() as uow:
        every = uow.townships.find()
    config = {
        "township": township,
        "can_edit": me().role in EDITORS,
        "zone": str(ctx().clock.zone),
        "villages": url_for("tips.villages", township=township or None),
        "townships": [{"code": item.code, "name": item.name} for item in every],
    }
    return render_template(
        "desk/inbox.html", townships=my_townships(), township=township, views=VIEWS, config=config
    )
