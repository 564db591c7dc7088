"""The administrator's overview: what is in the database, and the audit trail."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.guards import requires

admin = Blueprint("admin", __name__, url_prefix="/admin")


@admin.get("/")
@requires("admin")
def index() -> str:
    """Show what there is."""
    return render_template("admin/index.html")
