"""What happens with what villagers tell the office, in plain words (PIPL Art. 17)."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.guards import public

privacy = Blueprint("privacy", __name__)


@privacy.get("/privacy")
@public
def notice() -> str:
    """Say what is kept, who sees it, how long, and how to have it deleted."""
    return render_template("public/privacy.html")
