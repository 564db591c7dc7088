"""Cases on the phone: what the officer was sent to, settled at the scene, passed on, or checked.

Plain forms: everything works without scripts.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.cases import LIMITS, OFFICE, PenaltyGiven, Step
from gridmgr.errors import BadInput, GridmgrError, NotFound
from gridmgr.services import cases, fieldwork
from gridmgr.services.deadlines.reading import ClockView, clocks_of_case, next_clocks
from gridmgr.services.photos import read_photo
from gridmgr.services.queries import fieldcases
from gridmgr.texts import Message
from webapp.api.case_shown import view_shown
from webapp.api.clock_shown import clock_shown
from webapp.errors import status_of
from webapp.field.forms import MAX_PHOTOS, photo_files, text_of
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import language, t

field_cases = Blueprint("field_cases", __name__, url_prefix="/m/cases")

#: After these the squad goes on to its next stop.
_LEAVING = frozenset({"settle", "escalate"})


@field_cases.get("/")
@requires("officer")
def index() -> str:
    """List what the officer has to see to."""
    officer = fieldwork.officer_of(ctx(), me())
    found = fieldcases.officer_cases(ctx(), user=me(), day=ctx().clock.today())
    with ctx().storage.read() as uow:
        clocks = next_clocks(ctx(), uow, (case.id for case in (*found.mine, *found.to_check)))
    return render_template(
        "field/cases.html",
        officer=officer,
        found=found,
        clocks={case_id: clock_shown(view) for case_id, view in clocks.items()},
    )


@field_cases.get("/at/<stop>")
@requires("officer")
def at_stop(stop: str) -> Response:
    """Go to the case behind a stop that is an incident."""
    with ctx().storage.read() as uow:
        incident = uow.incidents.get(stop.removeprefix("incident:"))
    if incident is None or incident.case_id is None:
        raise NotFound("error.not_found", kind=Message("word.case"), id=stop)
    return redirect(url_for("field_cases.show", case_id=incident.case_id), code=303)


@field_cases.get("/<case_id>")
@requires("officer")
def show(case_id: str) -> str:
    """Show a case and what the officer may do."""
    return _page(case_id, {})


@field_cases.post("/<case_id>")
@requires("officer")
def act(case_id: str) -> Response | tuple[str, int]:
    """Take a step."""
    try:
        step = _step()
        photos = [read_photo(data) for data in photo_files()]
        filed = cases.act(ctx(), case_id, step, user=me(), photos=photos)
    except GridmgrError as error:
        return _page(case_id, request.form, problem=error.render(language())), status_of(error)
    flash(t("case.done", action=t(f"case.action.{step.action}"), id=case_id), "success")
    if step.action not in _LEAVING:
        return redirect(url_for("field_cases.show", case_id=case_id), code=303)
    _leave(filed.case.incident_id)
    return redirect(url_for("field.index"), code=303)


@field_cases.post("/<case_id>/words")
@requires("officer")
def words(case_id: str) -> str:
    """Show a case with people's words as they are; the look goes on record."""
    cases.look(ctx(), case_id, user=me())
    return _page(case_id, {}, plain=True)


def _leave(incident_id: str) -> None:
    """Leave the stop, where the squad is checked in there; whoever was sent without a plan is at none."""
    try:
        fieldwork.leave(ctx(), stop_id=f"incident:{incident_id}", user=me())
    except NotFound:
        return


def _step() -> Step:
    action = text_of("action", 40)
    if not action:
        raise BadInput("case.refuse_unknown", action="")
    return Step(
        action=action,
        note=text_of("note", 4000),
        device_id=text_of("id", 64) or None,
        body=(text_of("body", 200) or OFFICE) if action == "escalate" else None,
        penalty=_penalty() if action == "settle" else None,
    )


def _penalty() -> PenaltyGiven | None:
    """What the form imposes; nothing where no kind is chosen."""
    kind, form = text_of("penalty", 20), request.form
    if not kind:
        return None
    amount = text_of("amount", 12)
    try:
        return PenaltyGiven(
            kind=kind,
            party=text_of("party", 20),
            party_name=text_of("party_name", 200),
            amount_yuan=int(amount) if amount else 0,
            officers=(me().officer_id or "", text_of("second", 200)),
            certificates_shown="certificates" in form,
            rights_told="rights" in form,
        )
    except ValueError as error:
        raise BadInput("case.penalty_form") from error


def _page(case_id: str, values: Any, *, problem: str = "", plain: bool = False) -> str:
    fieldwork.officer_of(ctx(), me())
    found = cases.view(ctx(), case_id, user=me(), plain=plain)
    day = ctx().clock.today()
    return render_template(
        "field/case.html",
        view=view_shown(found, departments=cases.departments(ctx())),
        masked=found.masked,
        plain=plain,
        clocks=[
            clock_shown(item) for item in clocks_of_case(ctx(), case_id, user=me()) if item.clock.is_running
        ],
        allowed={item.action for item in found.allowed},
        values=values,
        problem=problem,
        new_id=values.get("id") or secrets.token_hex(16),
        fellows=fieldcases.fellow_officers(ctx(), user=me(), day=day),
        limits=LIMITS,
        max_photos=MAX_PHOTOS,
    )


def _running(case_id: str) -> list[ClockView]:
    return [item for item in clocks_of_case(ctx(), case_id, user=me()) if item.clock.is_running]
