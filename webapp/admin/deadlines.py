"""The administrator's page of deadlines: the calendar as it is known, the rules, and reckoning one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gridmgr.domain.deadlines.book import DeadlineSettings, RuleBook
from gridmgr.errors import BadInput
from gridmgr.services.deadlines.book import rule_book_now, save_settings, shipped_words
from gridmgr.services.deadlines.calendars import calendar_years
from gridmgr.services.deadlines.reckoning import Reckoned, reckon
from gridmgr.services.deadlines.words import rule_words
from webapp.errors import problem_dict
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import language, say, t

deadlines = Blueprint("deadlines", __name__, url_prefix="/admin/deadlines")

#: What a rule's field is called in the form.
RULE_PREFIX = "rule_"


@deadlines.get("/")
@requires("admin")
def index() -> str:
    """Show calendar and rules; with a length and a start in the query, when that falls."""
    book = rule_book_now(ctx())
    return _page(book, _shown(book.settings))


@deadlines.post("/")
@requires("admin")
def save() -> Response | tuple[str, int]:
    """Change the rules; all or nothing."""
    form = {name: value.strip() for name, value in request.form.items()}
    try:
        save_settings(ctx(), _read(form), actor=me().name)
    except BadInput as error:
        problems = [problem_dict(problem) for problem in error.problems]
        for problem in problems:
            problem["field"] = _label(problem["field"])
        page = _page(rule_book_now(ctx()), form, problem=error.render(language()), problems=problems)
        return page, 422
    flash(t("deadline.saved"), "success")
    return redirect(url_for("deadlines.index"), code=303)


def _page(book: RuleBook, values: Mapping[str, str], **extra: Any) -> str:
    years, days = calendar_years(ctx())
    by_year = {item.year: [day for day in days if day.day.year == item.year] for item in years}
    reckoned, refusal = _reckoned()
    return render_template(
        "admin/deadlines.html",
        years=years,
        days=by_year,
        values=values,
        phases=[_row(item.id, "phase", item.answers, item.rule, book) for item in book.phases.values()],
        limits=[_row(item.id, "limit", item.answers, item.rule, book) for item in book.limits.values()],
        reckoned=reckoned,
        refusal=refusal,
        now=ctx().clock.now(),
        **extra,
    )


def _row(name: str, kind: str, answers: str, rule: Any, book: RuleBook) -> dict[str, Any]:
    return {
        "id": name,
        "name": t(f"deadline.{kind}_{name}"),
        "answers": t(f"deadline.level_{answers}"),
        "counted": say(rule_words(rule)) if rule else t("deadline.off"),
        # A phase that follows a limit has no length of its own.
        "follows": kind == "phase" and name in book.limits,
        "off": rule is None,
    }


def _shown(settings: DeadlineSettings) -> dict[str, str]:
    rules = {**shipped_words(), **settings.rules}
    shares = {name: f"{100 * getattr(settings, name):g}" for name in ("yellow", "red")}
    plain = {"hours": settings.hours, "escalate_after": settings.escalate_after}
    return {**plain, **shares, **{RULE_PREFIX + name: words for name, words in rules.items()}}


def _read(form: Mapping[str, str]) -> dict[str, Any]:
    rules = {name: form.get(RULE_PREFIX + name, words) for name, words in shipped_words().items()}
    shares = {name: _share(form.get(name, "")) for name in ("yellow", "red")}
    return {
        "hours": form.get("hours", ""),
        "escalate_after": form.get("escalate_after", ""),
        "rules": rules,
        **shares,
    }


def _share(raw: str) -> float:
    """A share of what was typed in percent; what is no number is none that is allowed."""
    try:
        return float(raw) / 100
    except ValueError:
        return -1.0


def _label(field: str | None) -> str:
    """A field as the page calls it."""
    if field in ("hours", "yellow", "escalate_after"):
        return t(f"deadline.{field}")
    book = rule_book_now(ctx())
    kind = "limit" if field in book.limits else "phase"
    return t(f"deadline.{kind}_{field}")


def _reckoned() -> tuple[Reckoned | None, str | None]:
    words, start = (request.args.get(name, "").strip() for name in ("rule", "start"))
    if not words and not start:
        return None, None
    if not words or not start:
        return None, t("deadline.reckon_needs")
    try:
        return reckon(ctx(), words, start), None
    except BadInput as error:
        return None, error.render(language())
