"""Default deny: a view without a guard is refused, and a test walks all routes.

``@public`` opens a view to everybody, ``@requires("planner", "admin")`` to users of these roles,
``@signed_in`` to every user. Inside a view, `require_scope` refuses townships that are not the user's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.places import Township
from gridmgr.domain.users import ROLES
from gridmgr.errors import Forbidden
from gridmgr.services.context import require_township
from webapp.state import ctx, me, me_or_none

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "gridmgr_guard"
#: Roles that see only their own township; see `User.may_see`.
CONFINED_ROLES = frozenset({"planner", "officer"})


@dataclass(frozen=True)
class Guard:
    """Who may call a view.

    Parameters
    ----------
    roles
        Roles that may; empty when everybody may.
    """

    roles: frozenset[str] = frozenset()

    @property
    def is_public(self) -> bool:
        """Whether no login is needed."""
        return not self.roles


def public(view: View) -> View:
    """Open a view to everybody, logged in or not."""
    setattr(view, _ATTRIBUTE, Guard())
    return view


def requires(*roles: str) -> Callable[[View], View]:
    """Open a view to users of the given roles.

    Put it directly above the function or above ``@blueprint.input``, below the route.
    """
    if not roles or not set(roles) <= set(ROLES):
        raise ValueError(f"requires() needs roles out of {ROLES}, got {roles}")

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, Guard(frozenset(roles)))
        return view

    return mark


def signed_in(view: View) -> View:
    """Open a view to every user who is logged in."""
    return requires(*ROLES)(view)


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    """The guard of an endpoint, None where it has none."""
    guard: Guard | None = getattr(app.view_functions[endpoint], _ATTRIBUTE, None)
    return guard


def require_scope(township_code: str) -> None:
    """Refuse a township outside the user's scope, or one that does not exist.

    Raises
    ------
    Forbidden
        If it is another's. Asked before whether it exists, so that codes cannot be tried out.
    NotFound
        If there is none of that code.
    """
    if not me().may_see(township_code):
        raise Forbidden("error.township_scope", township=township_code)
    with ctx().storage.read() as uow:
        require_township(uow, township_code)


def scope(township_code: str | None) -> str | None:
    """The township to filter by: the one asked for, else the user's own, None for a county-wide user.

    Raises
    ------
    Forbidden, NotFound
        As `require_scope`.
    """
    if township_code is not None:
        require_scope(township_code)
        return township_code
    user = me()
    return user.township_code if user.role in CONFINED_ROLES else None


def my_townships() -> list[Township]:
    """Townships the user may see, by code."""
    user = me()
    with ctx().storage.read() as uow:
        return [township for township in uow.townships.find() if user.may_see(township.code)]


def install(app: Flask) -> None:
    """Check the guard before every request."""
    # Style sheets and scripts tell nothing about anybody.
    public(app.view_functions["static"])
    public(app.view_functions["openapi.spec"])
    app.before_request(_enforce)


def _enforce() -> Response | None:
    if request.endpoint is None:
        return None
    guard = guard_of(current_app, request.endpoint)
    if guard is None:
        abort(403)
    if guard.is_public:
        return None
    user = me_or_none()
    if user is None:
        return _ask_to_log_in()
    if user.role not in guard.roles:
        raise Forbidden("error.forbidden")
    return None


def _ask_to_log_in() -> Response:
    if request.path.startswith("/api/"):
        abort(401)
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
    return redirect(url_for("auth.login"), code=303)
