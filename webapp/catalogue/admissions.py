"""Admission of new duties: asked, townships heard, reviewed, decided; every step on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.errors import BadInput
from gridmgr.services import records
from gridmgr.services.catalogue import admissions
from gridmgr.texts import Message
from webapp.catalogue.forms import Answer, day_of, done, parts_of
from webapp.catalogue.views import READERS, township_names
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import t

admission_pages = Blueprint("admission_pages", __name__, url_prefix="/catalogue/admissions")


@admission_pages.get("/")
@requires(*READERS)
def index() -> str:
    """List admissions, and offer the form to those who may ask."""
    return _list()


def _list(problem: str | None = None) -> str:
    return render_template(
        "catalogue/admissions.html",
        problem=problem,
        form=request.form,
        chosen=request.form.getlist("townships"),
        admissions=admissions.list_admissions(ctx()),
        names=township_names(),
    )


@admission_pages.post("/")
@requires("department", "admin")
def ask() -> Answer:
    """Ask for a new duty."""
    form = request.form
    return done(
        lambda: admissions.ask_admission(
            ctx(), _item(form), body=form.get("body", ""), why=form.get("why", ""), user=me()
        ),
        address=lambda: url_for("admission_pages.index"),
        words="catalogue.admission_asked",
        page=_list,
    )


def _item(form: MultiDict[str, str]) -> CatalogueItem:
    values = {name: form.get(name, "").strip() for name in ("code", "name", "basis")}
    for name, value in values.items():
        if not value:
            raise BadInput("catalogue.field_needed", field=Message(f"catalogue.field_{name}"))
    return CatalogueItem(
        code=values["code"],
        name=values["name"],
        basis=values["basis"],
        kind="entrusted" if form.get("kind") == "entrusted" else "basic",
        lead_body=form.get("lead_body", "").strip()
        or form.get("body", "").strip()
        or t("catalogue.office_body"),
        cooperating_bodies=parts_of(form.get("cooperating_bodies", "")),
        deadline_rule=form.get("deadline_rule", "").strip(),
        process=parts_of(form.get("process", "")),
        handed_to=tuple(form.getlist("townships")),
    )


@admission_pages.get("/<admission_id>")
@requires(*READERS)
def show(admission_id: str) -> str:
    """Show an admission with what was said to it."""
    return _one(admission_id)


def _one(admission_id: str, problem: str | None = None) -> str:
    return render_template(
        "catalogue/admission.html",
        problem=problem,
        form=request.form,
        admission=admissions.get_admission(ctx(), admission_id),
        names=township_names(),
        tomorrow=ctx().clock.today() + timedelta(days=1),
        events=records.audit_events(ctx(), subject_kind="admission", subject_id=admission_id, limit=50),
    )


def _stepped(admission_id: str, action: Callable[[], object], words: str) -> Answer:
    return done(
        action,
        address=lambda: url_for("admission_pages.show", admission_id=admission_id),
        words=words,
        page=lambda problem: _one(admission_id, problem),
    )


@admission_pages.post("/<admission_id>/opinion")
@requires("planner", "admin")
def opinion(admission_id: str) -> Answer:
    """Say a township's opinion."""
    form = request.form
    return _stepped(
        admission_id,
        lambda: admissions.give_opinion(
            ctx(),
            admission_id,
            township_code=form.get("township", "") or me().township_code or "",
            agrees=form.get("agrees") == "1",
            words=form.get("words", ""),
            user=me(),
        ),
        "catalogue.opinion_given",
    )


@admission_pages.post("/<admission_id>/review")
@requires("admin")
def review(admission_id: str) -> Answer:
    """Review a duty."""
    form = request.form
    return _stepped(
        admission_id,
        lambda: admissions.review_admission(
            ctx(),
            admission_id,
            recommends=form.get("recommends") == "1",
            words=form.get("words", ""),
            unheard="unheard" in form,
            user=me(),
        ),
        "catalogue.reviewed",
    )


@admission_pages.post("/<admission_id>/decide")
@requires("lead")
def decide(admission_id: str) -> Answer:
    """Admit or refuse a duty."""
    form = request.form
    return _stepped(
        admission_id,
        lambda: admissions.decide_admission(
            ctx(),
            admission_id,
            admit=form.get("decision") == "admit",
            words=form.get("words", ""),
            effective_from=day_of(form.get("effective_from", "")),
            user=me(),
        ),
        "catalogue.decided",
    )


@admission_pages.post("/<admission_id>/withdraw")
@requires("department", "admin")
def withdraw(admission_id: str) -> Answer:
    """Take an admission back."""
    words = request.form.get("words", "")
    return _stepped(
        admission_id,
        lambda: admissions.withdraw_admission(ctx(), admission_id, words=words, user=me()),
        "catalogue.admission_taken_back",
    )
