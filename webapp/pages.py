"""The start page that leads each role to its work, and the two addresses a supervisor of the server asks."""

from __future__ import annotations

from dataclasses import dataclass

from apiflask import APIFlask
from flask import current_app, jsonify, redirect, url_for
from werkzeug.wrappers import Response

from webapp.guards import Guard, guard_of, public, signed_in
from webapp.state import ctx, me, me_or_none


@dataclass(frozen=True)
class NavItem:
    """A place in the top bar.

    Parameters
    ----------
    endpoint
        Where it leads; not shown while nothing is registered there.
    key
        Its words.
    """

    endpoint: str
    key: str


#: In this order; each is shown to the roles its view's guard lets in.
NAVIGATION = (
    NavItem("desk.index", "web.nav_desk"),
    NavItem("inbox.index", "web.nav_inbox"),
    NavItem("joint.index", "web.nav_joint"),
    NavItem("field.index", "web.nav_field"),
    NavItem("department.index", "web.nav_department"),
    NavItem("catalogue.index", "web.nav_catalogue"),
    NavItem("reports.index", "web.nav_reports"),
    NavItem("admin.index", "web.nav_admin"),
)

#: Where each role starts; the first that exists.
HOME = {
    "planner": ("desk.index",),
    "officer": ("field.index",),
    "department": ("department.index", "reports.index"),
    "lead": ("reports.index",),
    "admin": ("admin.index",),
}


def navigation() -> list[NavItem]:
    """What the user may go to."""
    user = me_or_none()
    if user is None:
        return []
    return [item for item in NAVIGATION if _may_open(item.endpoint, user.role)]


def _may_open(endpoint: str, role: str) -> bool:
    if endpoint not in current_app.view_functions:
        return False
    return role in (guard_of(current_app, endpoint) or Guard()).roles


def install(app: APIFlask) -> None:
    """Register the pages and the navigation."""
    app.jinja_env.globals.update(navigation=navigation, me=me_or_none)
    for rule, view in (("/", home), ("/healthz", healthz), ("/readyz", readyz)):
        app.add_url_rule(rule, view.__name__, app.doc(hide=True)(view), methods=["GET"])


@signed_in
def home() -> Response:
    """Lead to the page the user's role works on."""
    role = me().role
    found = (endpoint for endpoint in HOME[role] if _may_open(endpoint, role))
    return redirect(url_for(next(found, "auth.account")))


@public
def healthz() -> Response:
    """Say that the process is alive."""
    return jsonify(status="ok")


@public
def readyz() -> tuple[Response, int]:
    """Say whether the database is there and of the right version; an unreachable one ends in status 500."""
    if not ctx().storage.is_current():
        return jsonify(status="needs_migration"), 503
    return jsonify(status="ok"), 200
