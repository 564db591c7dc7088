"""What the public pages share: which of them the foot of each leads to."""

from __future__ import annotations

from flask import Flask, current_app

from webapp.pages import NavItem

#: In this order; a place where nothing is registered is not shown.
NAVIGATION = (NavItem("privacy.notice", "public.nav_privacy"),)


def public_navigation() -> list[NavItem]:
    """Public pages there are."""
    return [item for item in NAVIGATION if item.endpoint in current_app.view_functions]


def install(app: Flask) -> None:
    """Give the templates their navigation."""
    app.jinja_env.globals.update(public_navigation=public_navigation)
