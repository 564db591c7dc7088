"""A department's queue, with its rates, and a case with what the department may do.

Plain forms: everything works without scripts; they add the map and fill in texts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.cases import OFFICE
from gridmgr.domain.rates import LEAST
from gridmgr.errors import GridmgrError
from gridmgr.services import cases
from gridmgr.services.cases.reading import find_case
from gridmgr.services.deadlines.reading import ClockView, clocks_of_case
from gridmgr.services.deadlines.working import ask_extension
from gridmgr.services.departments.phrases import phrases_for
from gridmgr.services.departments.queue import RATE_DAYS, department_of, queue, rates, release_of
from gridmgr.storage.repositories.departments import VIEWS
from webapp.api.case_shown import view_shown
from webapp.department.forms import MOST_FILES, read_files, read_step, seen_version
from webapp.errors import status_of
from webapp.field.forms import text_of
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import language, t

department = Blueprint("department", __name__, url_prefix="/dept")

PER_PAGE = 30
_LAST_PAGE = 10_000


@department.get("/")
@requires("department")
def index() -> str:
    """List the department's cases, the most urgent first; ``?view=``, ``?q=`` and ``?page=`` choose."""
    view = request.args.get("view", "")
    view = view if view in VIEWS else "todo"
    words = request.args.get("q", "").strip()[:100]
    page = _page_number()
    found = queue(ctx(), user=me(), view=view, words=words, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    return render_template(
        "department/index.html",
        found=found,
        view=view,
        views=VIEWS,
        words=words,
        page_number=page,
        pages=max(1, -(-found.total // PER_PAGE)),
        rates=rates(ctx(), user=me()),
        days=RATE_DAYS,
        least=LEAST,
    )


def _page_number() -> int:
    number = request.args.get("page", "")
    return min(max(1, int(number)), _LAST_PAGE) if number.isascii() and number.isdigit() else 1


@department.get("/cases/<case_id>")
@requires("department")
def show(case_id: str) -> str:
    """Show a case and what the department may do; ``?for=`` and ``?phrase=`` fill a text into a form."""
    return _page(case_id, {})


@department.post("/cases/<case_id>")
@requires("department")
def act(case_id: str) -> Response | tuple[str, int]:
    """Take a step."""

    def take() -> None:
        step = read_step()
        photos, documents = read_files()
        cases.act(
            ctx(),
            case_id,
            step,
            user=me(),
            photos=photos,
            documents=documents,
            expected_version=seen_version(),
        )
        flash(t("case.done", action=t(f"case.action.{step.action}"), id=case_id), "success")

    return _done(case_id, take)


@department.post("/cases/<case_id>/words")
@requires("department")
def words(case_id: str) -> str:
    """Show a case with people's words as they are; the look goes on record."""
    cases.look(ctx(), case_id, user=me())
    return _page(case_id, {}, plain=True)


@department.post("/cases/<case_id>/extension")
@requires("department")
def extension(case_id: str) -> Response | tuple[str, int]:
    """Ask for more time on one of the case's clocks."""

    def ask() -> None:
        # Another case's clock in the form is refused by the service, or is at least the department's own.
        ask_extension(
            ctx(),
            text_of("clock", 300),
            words=text_of("amount", 6) + text_of("unit", 20),
            reason=text_of("note", 500),
            user=me(),
        )
        flash(t("dept.extension_asked"), "success")

    return _done(case_id, ask)


def _done(case_id: str, action: Callable[[], None]) -> Response | tuple[str, int]:
    """Do what a form asks for; what is refused is said on the page, which keeps what was typed."""
    find_case(ctx(), case_id, user=me())
    try:
        action()
    except GridmgrError as error:
        return _page(case_id, request.form, problem=error.render(language())), status_of(error)
    return redirect(url_for("department.show", case_id=case_id), code=303)


def _page(case_id: str, values: Any, *, problem: str = "", plain: bool = False) -> str:
    mine = department_of(me())
    found = cases.view(ctx(), case_id, user=me(), plain=plain)
    clocks = clocks_of_case(ctx(), case_id, user=me())
    known = cases.departments(ctx())
    phrases = phrases_for(ctx(), found, user=me(), lang=language())
    chosen = next((item for item in phrases if item.id == request.args.get("phrase")), None)
    return render_template(
        "department/case.html",
        found=found,
        view=view_shown(found, departments=known),
        allowed={item.action for item in found.allowed},
        mine=mine,
        masked=found.masked and cases.may_look(found.case, user=me()),
        plain=plain,
        leads=found.case.department == mine,
        release=release_of(found.case, found.steps, mine),
        clocks=clocks,
        extendable=[item for item in clocks if found.case.department == mine and _extendable(item)],
        others=[name for name in known if name != mine],
        phrases=phrases,
        chosen=chosen,
        values=values,
        problem=problem,
        new_id=values.get("id") or secrets.token_hex(16),
        most_files=MOST_FILES,
        office=OFFICE,
        villages=url_for("tips.villages", township=found.case.township_code),
    )


def _extendable(item: ClockView) -> bool:
    asked = any(extension.state == "asked" for extension in item.clock.extensions)
    return (
        item.clock.is_running
        and item.clock.answers == "department"
        and item.standing.level != "overdue"
        and not asked
    )
