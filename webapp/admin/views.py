"""The administrator's overview, the office's rules, and the audit trail."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.errors import BadInput
from gridmgr.services import accounts, records
from webapp.admin import settings
from webapp.errors import problem_dict
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import language, t

admin = Blueprint("admin", __name__, url_prefix="/admin")

#: Events shown at most.
AUDIT_LIMIT = 200


@admin.get("/")
@requires("admin")
def index() -> str:
    """Show what the database holds, and what is missing before work can start."""
    return render_template(
        "admin/index.html", overview=records.overview(ctx()), events=records.audit_events(ctx(), limit=12)
    )


@admin.get("/settings")
@requires("admin")
def edit_settings() -> str:
    """Show the office's and the accounts' rules."""
    return _settings_page(settings.shown(records.office_settings(ctx()), accounts.account_rules(ctx())))


@admin.post("/settings")
@requires("admin")
def save_settings() -> Response | tuple[str, int]:
    """Change the rules; all or nothing."""
    form = settings.joined(request.form)
    try:
        office, rules = settings.read(form)
    except BadInput as error:
        problems = [problem_dict(problem) for problem in error.problems]
        return _settings_page(form, problem=error.render(language()), problems=problems), 422
    records.save_office_settings(ctx(), office, actor=me().name)
    accounts.save_account_rules(ctx(), rules, actor=me().name)
    flash(t("admin.settings_saved"), "success")
    return redirect(url_for("admin.edit_settings"), code=303)


@admin.get("/audit")
@requires("admin")
def audit() -> str:
    """Show the audit trail, newest first."""
    return _audit_page()


@admin.post("/audit/verify")
@requires("admin")
def verify_audit() -> str:
    """Recompute the chain of hashes over all events."""
    return _audit_page(checked=True, broken=records.first_altered_event(ctx()))


def _audit_page(*, checked: bool = False, broken: int | None = None) -> str:
    kind = request.args.get("kind", "").strip()
    subject = request.args.get("id", "").strip()
    events = records.audit_events(
        ctx(), subject_kind=kind or None, subject_id=subject or None, limit=AUDIT_LIMIT
    )
    return render_template(
        "admin/audit.html",
        events=events,
        kind=kind,
        subject=subject,
        limit=AUDIT_LIMIT,
        checked=checked,
        broken=broken,
    )


def _settings_page(values: object, **extra: object) -> str:
    return render_template("admin/settings.html", groups=settings.GROUPS, values=values, **extra)
