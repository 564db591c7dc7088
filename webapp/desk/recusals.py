"""The page of recusals: who stands aside where, entered and lifted by forms. Works without scripts."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.people import RECUSAL_KINDS
from gridmgr.errors import GridmgrError
from gridmgr.services import recusals as service
from webapp.dates import read_day
from webapp.desk.views import EDITORS
from webapp.guards import my_townships, require_scope, requires
from webapp.state import ctx, me
from webapp.texts import language, say, t

recusals = Blueprint("recusals", __name__, url_prefix="/desk/recusals")


@recusals.get("/")
@requires("planner", "lead", "admin")
def index() -> str:
    """Show the recusals of ``?township=``; by default the user's first township's."""
    townships = my_townships()
    township = request.args.get("township") or me().township_code or (townships[0].code if townships else "")
    if not townships:
        return render_template("desk/recusals.html", townships=[], township="", book=None)
    require_scope(township)
    return _page(township)


@recusals.post("/")
@requires("planner", "admin")
def add() -> Response | tuple[str, int]:
    """Put a recusal on record; a refused form comes back filled in."""
    form = {name: value.strip()[:400] for name, value in request.form.items()}
    township, officer = form.get("township", ""), form.get("officer", "")
    require_scope(township)
    try:
        service.require_officer_of(ctx(), officer, township)
        made = service.add_recusal(
            ctx(),
            officer_id=officer,
            village_code=form.get("village", ""),
            kind=form.get("kind", ""),
            reason=form.get("reason", ""),
            starts_on=_day(form.get("starts_on", "")),
            ends_on=_day(form.get("ends_on", "")),
            actor=me().name,
        )
    except GridmgrError as error:
        return _page(township, form=form, problem=error.render(language())), 422
    flash(t("recusal.added", officer=made.officer_name, village=made.village_name), "success")
    for words in service.effect_words(made):
        flash(say(words), "warning")
    return redirect(url_for("recusals.index", township=township), code=303)


@recusals.post("/lift")
@requires("planner", "admin")
def lift() -> Response:
    """Note that an officer need not stand aside any more."""
    form = {name: value.strip()[:400] for name, value in request.form.items()}
    township, officer = form.get("township", ""), form.get("officer", "")
    require_scope(township)
    try:
        service.require_officer_of(ctx(), officer, township)
        service.lift_recusal(
            ctx(),
            officer_id=officer,
            village_code=form.get("village", ""),
            why=form.get("why", ""),
            from_day=_day(form.get("from_day", "")),
            actor=me().name,
        )
        flash(t("recusal.lifted"), "success")
    except GridmgrError as error:
        flash(error.render(language()), "danger")
    return redirect(url_for("recusals.index", township=township), code=303)


def _page(township: str, **extra: object) -> str:
    townships = my_townships()
    book = service.recusal_book(ctx(), township_code=township)
    return render_template(
        "desk/recusals.html",
        townships=townships,
        township=township,
        name=next(item.name for item in townships if item.code == township),
        book=book,
        effects={view.recusal.id: [say(m) for m in service.effect_words(view)] for view in book.recusals},
        kinds=RECUSAL_KINDS,
        can_edit=me().role in EDITORS,
        may_read=me().role in service.REASON_READERS,
        today=ctx().clock.today(),
        most_words=service.MOST_WORDS,
        **{"form": {}, "problem": None, **extra},
    )


def _day(value: str) -> date | None:
    return read_day(value) if value else None
