"""What the public pages show: how officers are named, which telephone to call."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from gridmgr.domain.public_page import MOST_PHONE, NAME_RULES, PublicPage
from gridmgr.errors import BadInput
from gridmgr.services.catalogue import publishing
from webapp.catalogue.forms import Answer, done
from webapp.catalogue.views import township_names
from webapp.guards import requires
from webapp.state import ctx, me

publishing_pages = Blueprint("publishing_pages", __name__, url_prefix="/catalogue/publishing")


@publishing_pages.get("/")
@requires("admin")
def edit() -> str:
    """Show the choice."""
    return _page()


def _page(problem: str | None = None) -> str:
    return render_template(
        "catalogue/publishing.html",
        problem=problem,
        form=request.form,
        page_settings=publishing.public_page(ctx()),
        rules=NAME_RULES,
        names=township_names(),
        most=MOST_PHONE,
    )


@publishing_pages.post("/")
@requires("admin")
def save() -> Answer:
    """Change it."""
    return done(
        lambda: publishing.save_public_page(ctx(), _choice(request.form), actor=me().name),
        address=lambda: url_for("publishing_pages.edit"),
        words="catalogue.publishing_saved",
        page=_page,
    )


def _choice(form: MultiDict[str, str]) -> PublicPage:
    phones = {code: form.get(f"phone_{code}", "").strip() for code in township_names()}
    rule = form.get("officer_name", "")
    try:
        return PublicPage(
            officer_name=rule,
            phone=form.get("phone", "").strip(),
            phones={code: phone for code, phone in phones.items() if phone},
        )
    except ValueError as error:
        raise BadInput("import.invalid", reason=str(error)) from error
