"""The department's own texts to reuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.phrases import MOST_NAME, MOST_WORDS, PHRASE_KINDS, SLOTS
from gridmgr.errors import GridmgrError
from gridmgr.services.departments.phrases import delete_phrase, phrases, save_phrase
from webapp.errors import status_of
from webapp.field.forms import text_of
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import language, t

dept_phrases = Blueprint("dept_phrases", __name__, url_prefix="/dept/templates")


@dept_phrases.get("/")
@requires("department")
def index() -> str:
    """List the texts; ``?edit=`` opens one in the form, a copy where it came with the product."""
    return _page({})


@dept_phrases.post("/")
@requires("department")
def save() -> Response | tuple[str, int]:
    """Keep a text."""

    def keep() -> None:
        save_phrase(
            ctx(),
            user=me(),
            kind=text_of("kind", 20),
            name=text_of("name", 200),
            words=text_of("words", 4000),
            phrase_id=text_of("id", 64) or None,
        )
        flash(t("dept.phrase_saved"), "success")

    return _done(keep)


@dept_phrases.post("/<phrase_id>/delete")
@requires("department")
def delete(phrase_id: str) -> Response | tuple[str, int]:
    """Remove a text."""

    def remove() -> None:
        delete_phrase(ctx(), phrase_id, user=me())
        flash(t("dept.phrase_deleted"), "success")

    return _done(remove)


def _done(action: Callable[[], None]) -> Response | tuple[str, int]:
    try:
        action()
    except GridmgrError as error:
        return _page(request.form, problem=error.render(language())), status_of(error)
    return redirect(url_for("dept_phrases.index"), code=303)


def _page(values: Any, *, problem: str = "") -> str:
    every = phrases(ctx(), user=me(), lang=language())
    edited = next((item for item in every if item.id == request.args.get("edit")), None)
    if edited is not None and not values:
        values = {"kind": edited.kind, "name": edited.name, "words": edited.words}
        values |= {"id": edited.id} if edited.own else {}
    return render_template(
        "department/phrases.html",
        phrases=every,
        kinds=PHRASE_KINDS,
        slots=SLOTS,
        values=values,
        problem=problem,
        most_name=MOST_NAME,
        most_words=MOST_WORDS,
    )
