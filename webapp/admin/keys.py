"""Keys of other programs: given out, listed, taken back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.apikeys import DEFAULT_PER_DAY, MOST_PER_DAY
from gridmgr.errors import BadInput, GridmgrError
from gridmgr.services import apikeys
from webapp.errors import status_of
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import language, t

keys = Blueprint("keys", __name__, url_prefix="/admin/keys")


@keys.get("/")
@requires("admin")
def index() -> str:
    """List all keys."""
    return _page()


@keys.post("/")
@requires("admin")
def add() -> str | tuple[str, int]:
    """Give out a key, shown once."""
    raw = request.form.get("per_day", "").strip()
    try:
        if not (raw.isascii() and raw.isdigit()):
            raise BadInput("apikey.bad_limit", most=MOST_PER_DAY)
        made = apikeys.add_key(ctx(), request.form.get("name", ""), actor=me().name, per_day=int(raw))
    except GridmgrError as error:
        return _page(problem=error.render(language()), form=request.form), status_of(error)
    return _page(made=made)


@keys.post("/<key_id>/revoke")
@requires("admin")
def revoke(key_id: str) -> Response:
    """Take a key back."""
    key = apikeys.revoke_key(ctx(), key_id, actor=me().name)
    flash(t("apikey.revoked", name=key.name), "success")
    return redirect(url_for("keys.index"), code=303)


def _page(**extra: object) -> str:
    return render_template(
        "admin/keys.html", keys=apikeys.list_keys(ctx()), default_per_day=DEFAULT_PER_DAY, **extra
    )
