"""The desk's page. It comes without data: its scripts fetch that from /api/v1 and change it there."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, render_template, request, url_for

from gridmgr.domain.places import Township
from gridmgr.errors import Forbidden
from webapp.dates import asked_day
from webapp.guards import CONFINED_ROLES, guard_of, my_townships, require_scope, requires
from webapp.security import static_url
from webapp.state import ctx, me

desk = Blueprint("desk", __name__, url_prefix="/desk")

#: Who may change a plan; a county lead looks.
EDITORS = frozenset({"planner", "admin"})
_SCRIPTS = Path(__file__).resolve().parents[1] / "static" / "js"


@desk.get("/")
@requires("planner", "lead", "admin")
def index() -> str:
    """Show the desk for ``?township=`` and ``?date=``; by default the user's own township, today."""
    townships = my_townships()
    township = _township(townships)
    day = asked_day()
    return render_template(
        "desk/index.html",
        townships=townships,
        township=township,
        day=day,
        county_wide=me().role not in CONFINED_ROLES,
        can_edit=me().role in EDITORS,
        config=_config(township, day),
        modules=_modules(),
        first_data=_first_data(township, day),
        print_address=_address("reports.day_map"),
        import_address=_address("imports.index", kind="villages"),
        template_address=_address("imports.template", kind="officers"),
        sample_address=url_for("static", filename="samples/villages.geojson"),
    )


def _township(townships: list[Township]) -> str:
    """Code of the township to show, "" for the whole county."""
    asked = request.args.get("township")
    if asked:
        require_scope(asked)
        return asked
    own = me().township_code
    if me().role in CONFINED_ROLES:
        if own is None or own not in {township.code for township in townships}:
            raise Forbidden("error.township_scope", township=own or "")
        return own
    # Who sees a single township has no county to look at.
    return townships[0].code if len(townships) == 1 else ""


def _config(township: str, day: date) -> dict[str, Any]:
    """What the scripts need before they ask for anything."""
    now = ctx().clock.now()
    with ctx().storage.read() as uow:
        villages = uow.villages.count(township_code=township or None)
        has_roads = uow.roads.info() is not None
    return {
        "township": township,
        "date": day.isoformat(),
        "today": ctx().clock.today().isoformat(),
        "now_minute": now.hour * 60 + now.minute,
        "can_edit": me().role in EDITORS,
        "villages": villages,
        "has_roads": has_roads,
    }


def _modules() -> dict[str, str]:
    """The scripts the desk is made of: as they import one another, and with their fingerprints.

    The page maps the one to the other, so that a browser keeps every script until it changes, and fetches
    all at once instead of one import after the other. A browser without import maps asks each time.
    """
    names = ["js/api.js", "js/app.js", "js/texts.js"]
    names += [f"js/desk/{path.name}" for path in sorted((_SCRIPTS / "desk").glob("*.js"))]
    return {url_for("static", filename=name): static_url(name) for name in names}


def _first_data(township: str, day: date) -> list[str]:
    """What the scripts will ask for first; the browser fetches it while it still reads them."""
    where = {"township": township} if township else {}
    shown = urlencode({**where, "date": day.isoformat()})
    return ["/api/v1/map/styles.json", f"/api/v1/map/villages.geojson?{shown}"]


def _address(endpoint: str, **values: Any) -> str | None:
    """Address of a page of another part, None where it is not installed or not for this user."""
    guard = guard_of(current_app, endpoint) if endpoint in current_app.view_functions else None
    return url_for(endpoint, **values) if guard is not None and me().role in guard.roles else None
