"""The page of a township's month, whose script works over /api/v1, and the month as a workbook."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.places import Township
from gridmgr.domain.rosters import month_of
from gridmgr.services.rosters import view_month
from gridmgr.services.rosters.sheet import month_workbook
from webapp.dates import day_or_today
from webapp.desk.views import EDITORS
from webapp.guards import my_townships, require_scope, requires
from webapp.reports.asked import XLSX
from webapp.reports.documents import file_answer
from webapp.state import ctx, me
from webapp.texts import language, t

roster = Blueprint("roster", __name__, url_prefix="/desk/roster")


@roster.get("/")
@requires("planner", "lead", "admin")
def index() -> str:
    """Show the month that holds ``?month=`` or ``?date=``, this one by default, of ``?township=``."""
    townships = my_townships()
    township = _township(townships)
    config = {
        "township": township,
        "month": _month().isoformat(),
        "can_edit": me().role in EDITORS,
        "workbook": "/desk/roster/month.xlsx",
    }
    return render_template("desk/roster.html", townships=townships, township=township, config=config)


@roster.get("/month.xlsx")
@requires("planner", "lead", "admin")
def workbook() -> Response:
    """Give the month as a workbook: the draft, or with ``?view=published`` what is in force."""
    township = _township(my_townships())
    month = _month()
    view = view_month(
        ctx(),
        township_code=township,
        month=month,
        published=request.args.get("view") == "published",
        check=False,
    )
    if view.roster is None:
        flash(t("roster.nothing_to_change", month=f"{month:%Y-%m}"), "warning")
        return redirect(url_for("roster.index", township=township, month=month))
    body = month_workbook(view, lang=language())
    return file_answer(body, name=f"roster-{month:%Y-%m}.xlsx", mimetype=XLSX)


def _township(townships: list[Township]) -> str:
    """The township asked for, else the user's own or first; "" where there is none at all."""
    township = request.args.get("township") or me().township_code or (townships[0].code if townships else "")
    if townships:
        require_scope(township)
    return township


def _month() -> date:
    return month_of(day_or_today(request.args.get("month") or request.args.get("date", "")))
