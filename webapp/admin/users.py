"""Accounts: listed, added, changed, unlocked, given a new password."""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.users import ROLES, User
from gridmgr.errors import BadInput, GridmgrError
from gridmgr.services import accounts, cases, records
from gridmgr.services.passwords import readable_password
from webapp.errors import status_of
from webapp.guards import CONFINED_ROLES, requires
from webapp.state import ctx, me, parts
from webapp.texts import language, t

users = Blueprint("users", __name__, url_prefix="/admin/users")

#: Letters of any script, digits, and signs that stay readable in an address.
_NAME = re.compile(r"[\w.@-]{1,64}")


@users.get("/")
@requires("admin")
def index() -> str:
    """List all accounts."""
    return _list_page()


@users.post("/")
@requires("admin")
def add() -> str | tuple[str, int]:
    """Add an account with a random password, shown once."""
    try:
        password = readable_password(accounts.account_rules(ctx()))
        user = _user_of_form(request.form.get("name", "").strip())
        accounts.add_user(ctx(), user, password, actor=me().name, hasher=parts().hasher)
    except GridmgrError as error:
        return _list_page(problem=error.render(language()), form=request.form), status_of(error)
    return _list_page(new_password=password, new_name=user.name)


@users.get("/<name>")
@requires("admin")
def edit(name: str) -> str:
    """Show one account."""
    return _edit_page(_existing(name))


@users.post("/<name>")
@requires("admin")
def change(name: str) -> Response | tuple[str, int]:
    """Change an account's names, role, scope, and whether it may log in."""
    try:
        wanted = _user_of_form(name)
        accounts.change_user(
            ctx(),
            name,
            actor=me().name,
            display_name=wanted.display_name,
            role=wanted.role,
            township_code=wanted.township_code,
            agency_code=wanted.agency_code,
            officer_id=wanted.officer_id,
            department=wanted.department,
            active="active" in request.form,
        )
    except GridmgrError as error:
        return _edit_page(_existing(name), problem=error.render(language())), status_of(error)
    flash(t("admin.user_saved", name=name), "success")
    return redirect(url_for("users.index"), code=303)


@users.post("/<name>/password")
@requires("admin")
def reset_password(name: str) -> str:
    """Give a new random password, shown once."""
    password = accounts.reset_password(ctx(), name, actor=me().name, hasher=parts().hasher)
    return _edit_page(_existing(name), new_password=password)


@users.post("/<name>/unlock")
@requires("admin")
def unlock(name: str) -> Response:
    """End a lockout."""
    accounts.unlock(ctx(), name, actor=me().name)
    flash(t("admin.user_unlocked", name=name), "success")
    return redirect(url_for("users.edit", name=name), code=303)


def _existing(name: str) -> User:
    found = accounts.find_user(ctx(), name)
    if found is None:
        abort(404)
    return found


def _user_of_form(name: str) -> User:
    form = request.form
    role = form.get("role", "")
    township = form.get("township_code") or None
    if not _NAME.fullmatch(name):
        raise BadInput("error.user_name", name=name)
    if role not in ROLES:
        raise BadInput("error.user_role")
    if role in CONFINED_ROLES and township is None:
        raise BadInput("error.user_township")
    return User(
        name=name,
        display_name=form.get("display_name", "").strip() or name,
        role=role,
        township_code=township if role in CONFINED_ROLES else None,
        agency_code=form.get("agency_code", "").strip() or None,
        officer_id=form.get("officer_id", "").strip() or None,
        department=form.get("department", "").strip() or None,
    )


def _list_page(**extra: object) -> str:
    return render_template("admin/users.html", users=accounts.list_users(ctx()), **_choices(), **extra)


def _edit_page(user: User, **extra: object) -> str:
    return render_template("admin/user.html", account=user, **_choices(), **extra)


def _choices() -> dict[str, object]:
    townships = records.townships(ctx(), user=me())
    return {
        "roles": [(role, t(f"web.role_{role}")) for role in ROLES],
        "departments": [("", t("admin.department_of_agency")), *((x, x) for x in cases.departments(ctx()))],
        "townships": [("", t("account.all_townships")), *((x.code, f"{x.name} {x.code}") for x in townships)],
        "township_names": {x.code: x.name for x in townships},
        "now": ctx().clock.now(),
    }
