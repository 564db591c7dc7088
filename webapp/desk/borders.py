"""The page of borders that do not meet: each piece drawn, given to one village by a form. No scripts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.errors import Forbidden, GridmgrError
from gridmgr.services import borders as service
from gridmgr.services.borders import BorderFault
from maps.outline import around, outline
from webapp.api.borders import may_decide
from webapp.desk.views import EDITORS
from webapp.guards import my_townships, require_scope, requires
from webapp.state import ctx, me
from webapp.texts import language, t

borders = Blueprint("borders", __name__, url_prefix="/desk/borders")

#: Faults drawn on one page; the smallest wait until these are mended.
MOST_SHOWN = 40
#: The close-up shows no less than this, metres.
_LEAST_M = 60.0


@borders.get("/")
@requires("planner", "lead", "admin")
def index() -> str:
    """Show the faults of ``?township=``; by default the user's first township's."""
    townships = my_townships()
    township = request.args.get("township") or me().township_code or (townships[0].code if townships else "")
    if not townships:
        return render_template("desk/borders.html", townships=[], township="", faults=None)
    require_scope(township)
    found = service.border_faults(ctx(), township_code=township)
    return render_template(
        "desk/borders.html",
        townships=townships,
        township=township,
        name=next(item.name for item in townships if item.code == township),
        faults=[_drawn(item) for item in found[:MOST_SHOWN]],
        more=max(0, len(found) - MOST_SHOWN),
        can_edit=me().role in EDITORS,
        most_words=service.MOST_WORDS,
    )


@borders.post("/")
@requires("planner", "admin")
def mend() -> Response:
    """Give a piece to one of the two villages."""
    form = {name: value.strip()[:400] for name, value in request.form.items()}
    township, fault_id = form.get("township", ""), form.get("fault", "")
    require_scope(township)
    try:
        item = service.get_fault(ctx(), township_code=township, fault_id=fault_id)
        # Between two townships neither planner decides alone.
        require_scope(item.first.township_code)
        require_scope(item.second.township_code)
        done = service.mend_border(
            ctx(),
            township_code=township,
            fault_id=fault_id,
            winner_code=form.get("winner", ""),
            why=form.get("why", ""),
            actor=me().name,
        )
        words = {"winner": done.winner.name, "area": f"{done.area_m2:,.0f}", "loser": done.loser.name}
        flash(t("border.mended", **words), "success")
        if done.places:
            flash(t("border.places_moved", winner=done.winner.name, places="、".join(done.places)), "warning")
    except Forbidden:
        raise
    except GridmgrError as error:
        flash(error.render(language()), "danger")
    return redirect(url_for("borders.index", township=township), code=303)


def _drawn(item: BorderFault) -> dict[str, Any]:
    """A fault with its two pictures: both villages, and the piece from near."""
    first, second, piece = item.first.geometry, item.second.geometry, item.fault.piece
    shapes = (first, second, piece)
    whole = outline(shapes, around(first.union(second), margin=0.05))
    near = outline(shapes, around(piece, margin=0.25, least_m=_LEAST_M))
    return {"item": item, "pictures": (("whole", whole), ("near", near)), "may_decide": may_decide(item)}
