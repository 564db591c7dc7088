"""What the public pages share: which of them the foot of each leads to."""

from __future__ import annotations

from flask import Flask, current_app

from gridmgr.services.fieldwork import FINDING_KINDS
from gridmgr.texts import text
from webapp.pages import NavItem
from webapp.texts import t

#: In this order; a place where nothing is registered is not shown.
NAVIGATION = (
    NavItem("tips.form", "public.nav_tip"),
    NavItem("status.form", "public.nav_status"),
    NavItem("public_catalogue.villages", "catalogue.public_nav_villages"),
    NavItem("public_catalogue.items", "catalogue.public_nav_items"),
    NavItem("privacy.notice", "public.nav_privacy"),
)
#: Categories are kept in Chinese, in the office's words; this finds their key again.
_CATEGORY_KEYS = {text(f"field.kind.{kind}", "zh"): f"field.kind.{kind}" for kind in FINDING_KINDS}


def public_navigation() -> list[NavItem]:
    """Public pages there are."""
    return [item for item in NAVIGATION if item.endpoint in current_app.view_functions]


def category_words(category: str) -> str:
    """A category in the reader's language, where it is one of the common kinds; as it stands else."""
    key = _CATEGORY_KEYS.get(category)
    return category if key is None else t(key)


def install(app: Flask) -> None:
    """Give the templates their navigation and words."""
    app.jinja_env.globals.update(public_navigation=public_navigation, category_words=category_words)
