"""Reporting a problem: one page, no account, no script needed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests

from gridmgr.errors import GridmgrError, TooMany
from gridmgr.services.fieldwork import FINDING_KINDS
from gridmgr.services.intake.limits import check_flood
from gridmgr.services.intake.reports import MOST_DESCRIPTION, MOST_WORDS, take_report
from gridmgr.services.queries import borders
from webapp.errors import status_of
from webapp.guards import public
from webapp.limits import count
from webapp.public import tipform
from webapp.state import ctx
from webapp.texts import language, t

tips = Blueprint("tips", __name__)

#: Requests from one address, which a whole village may share, whatever they hold.
FORMS_PER_ADDRESS = "120 per hour"
BORDERS_PER_ADDRESS = "120 per hour"
#: Up to so many villages are offered in one list; of more, a township has to be chosen first.
MOST_VILLAGES = 400


@tips.get("/tip")
@public
def form() -> str:
    """Show the form; ``?township=`` offers that township's villages only, for its own notice boards."""
    return _page(tipform.blank(township=_known_township(request.args.get("township", ""))))


@tips.post("/tip")
@public
def send() -> tuple[str, int]:
    """Take a report and show its receipt; or show the form again with what is wrong."""
    count(FORMS_PER_ADDRESS)
    filled = tipform.typed(request.form)
    filled.values["township"] = _known_township(filled.values["township"])
    if "choose" in request.form:
        return _page(filled), 200
    tipform.check_form(filled, request.form)
    photos = tipform.read_photos(filled) if not filled.problems else ()
    if filled.problems:
        return _page(filled), 400
    report = tipform.report_of(filled, photos, request.form, get_remote_address())
    try:
        check_flood(ctx(), report)
        taken = take_report(ctx(), report)
    except GridmgrError as error:
        if isinstance(error, TooMany):
            return _stopped(error.render(language())), 429
        filled.problems["form"] = error.render(language())
        return _page(filled), status_of(error)
    page = render_template("public/receipt.html", tip=taken.tip, code=taken.receipt)
    return page, 201 if taken.new else 200


@tips.get("/tip/villages.geojson")
@public
def villages() -> Response:
    """Give names and borders of a township's villages, or of all where they are few, for the form's map."""
    count(BORDERS_PER_ADDRESS)
    township = _known_township(request.args.get("township", "")) or None
    answer = Response(
        borders.names_and_borders(ctx(), township_code=township, most=MOST_VILLAGES),
        mimetype="application/geo+json",
    )
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@tips.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    # The body was not read: what was typed is lost, and only the browser's "back" brings it again.
    most = current_app.config["MAX_CONTENT_LENGTH"] // 2**20
    return _stopped(t("tip.too_large", most=most)), 413


@tips.errorhandler(TooManyRequests)
def _too_many(_error: TooManyRequests) -> tuple[str, int]:
    return _stopped(t("tip.too_many")), 429


def _stopped(words: str) -> str:
    return render_template("public/stopped.html", words=words)


def _page(filled: tipform.Typed) -> str:
    return render_template(
        "public/tip.html",
        values=filled.values,
        problems=filled.problems,
        token=tipform.new_token(),
        kinds=FINDING_KINDS,
        trap=tipform.TRAP,
        max_photos=tipform.MAX_PHOTOS,
        most_words=MOST_WORDS,
        most_description=MOST_DESCRIPTION,
        **_places(filled.values["township"]),
    )


def _places(township: str) -> dict[str, Any]:
    """What the place may be chosen from."""
    with ctx().storage.read() as uow:
        townships = uow.townships.find()
        few = uow.villages.count() <= MOST_VILLAGES
        offered = uow.villages.names(township_code=township or None) if few or township else []
    names = {item.code: item.name for item in townships}
    grouped: dict[str, list[tuple[str, str]]] = {}
    for code, name, of_township in offered:
        grouped.setdefault(names.get(of_township, ""), []).append((code, name))
    return {"townships": townships, "groups": grouped, "township_name": names.get(township), "few": few}


def _known_township(code: str) -> str:
    """The code of a township there is, else nothing: an old notice board must not end in an error."""
    with ctx().storage.read() as uow:
        return code if code and uow.townships.get(code) is not None else ""
