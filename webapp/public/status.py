"""How far a report is, by its receipt code; rating it; deleting one's own data.

The code travels in the body of forms only: addresses end up in histories and logs.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request
from werkzeug.exceptions import TooManyRequests

from gridmgr.domain.tips import HIGHEST_SCORE, LOWEST_SCORE, Rating
from gridmgr.errors import BadInput, GridmgrError
from gridmgr.services.intake import following
from webapp.errors import status_of
from webapp.guards import public
from webapp.limits import count
from webapp.state import ctx
from webapp.texts import language, t

status = Blueprint("status", __name__)

#: Attempts from one address; and for one code, so that it cannot be worn down from many.
PER_ADDRESS = "30 per minute;300 per day"
PER_RECEIPT = "20 per minute;200 per day"


@status.get("/tip/status")
@status.get("/tip/status/rate", endpoint="form_again")
@status.get("/tip/status/erase", endpoint="form_again_too")
@public
def form() -> str:
    """Ask for the code."""
    return render_template("public/status_form.html", code="", problem=None)


@status.post("/tip/status")
@public
def show() -> str | tuple[str, int]:
    """Show how far it is."""
    return _with_progress(lambda code: following.follow(ctx(), code))


@status.post("/tip/status/rate")
@public
def rate() -> str | tuple[str, int]:
    """Take a rating."""
    return _with_progress(lambda code: following.rate(ctx(), code, _rating()), done="tip.rated")


@status.post("/tip/status/erase")
@public
def erase() -> str | tuple[str, int]:
    """Delete contact data and photos."""
    return _with_progress(_erase, done="tip.erased")


@status.errorhandler(TooManyRequests)
def _too_many(_error: TooManyRequests) -> tuple[str, int]:
    return render_template("public/stopped.html", words=t("tip.too_many_looks")), 429


def _with_progress(
    act: Callable[[str], following.Progress], done: str | None = None
) -> str | tuple[str, int]:
    """Do something with the code of the form, and show how far the report is then."""
    code = request.form.get("code", "").strip()[:64]
    count(PER_ADDRESS)
    count(PER_RECEIPT, by=lambda: f"receipt {code}")
    try:
        progress = act(code)
    except GridmgrError as error:
        return _again(code, error)
    return render_template(
        "public/status.html", progress=progress, code=code, notice=t(done) if done else None
    )


def _again(code: str, error: GridmgrError) -> tuple[str, int]:
    """The report with what went wrong, or the form where the code is no good."""
    try:
        progress = following.follow(ctx(), code)
    except GridmgrError:
        page = render_template("public/status_form.html", code=code, problem=error.render(language()))
    else:
        page = render_template(
            "public/status.html", progress=progress, code=code, problem=error.render(language())
        )
    return page, status_of(error)


def _rating() -> Rating:
    solved, score = request.form.get("solved", ""), request.form.get("score", "")
    scores = {str(value) for value in range(LOWEST_SCORE, HIGHEST_SCORE + 1)}
    if solved not in ("yes", "no") or score not in scores:
        raise BadInput("tip.rating_needs")
    return Rating(solved=solved == "yes", score=int(score), words=request.form.get("words", "").strip())


def _erase(code: str) -> following.Progress:
    if "sure" not in request.form:
        raise BadInput("tip.erase_needs")
    return following.erase_by_receipt(ctx(), code)
