"""The evaluation on the web: indices with intervals, the matters behind them, files, appeals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup

from gridmgr.domain.evaluation import EXCLUSIONS, FEWEST, GROUNDS
from gridmgr.domain.evaluation.scores import Score
from gridmgr.errors import BadInput, Forbidden
from gridmgr.services.documents import as_data, pdf_of
from gridmgr.services.evaluating import (
    ALL_ROWS,
    EvaluationReport,
    appeals_of,
    ask_appeal,
    decide_appeal,
    evaluate,
    groups_for,
    may_appeal,
    subjects_of,
    withdraw_appeal,
)
from gridmgr.services.evaluating.output import csv_of, definition, document_of, method_words, workbook_of
from maps.document_page import document_page
from webapp.catalogue.forms import Answer, done
from webapp.dates import read_day
from webapp.guards import my_townships, requires
from webapp.reports.asked import XLSX, asked_language
from webapp.reports.documents import file_answer, report_answer
from webapp.reports.period import check_days
from webapp.state import ctx, me
from webapp.texts import language

evaluation = Blueprint("evaluation", __name__, url_prefix="/reports/evaluation")

#: Whose figures each of them sees is for the service to say.
_READERS = ("planner", "officer", "department", "lead", "admin")
_APPEALING = ("planner", "officer", "department")
_QUARTER = 3


def quick_periods(today: date) -> dict[str, tuple[date, date]]:
    """Periods that are a click away: months, quarters, and what lies before today."""
    month = today.replace(day=1)
    quarter = month.replace(month=(today.month - 1) // _QUARTER * _QUARTER + 1)
    before = {"month": month - timedelta(days=1), "quarter": quarter - timedelta(days=1)}
    last = before["quarter"]
    return {
        "four_weeks": (today - timedelta(days=27), today),
        "this_month": (month, today),
        "last_month": (before["month"].replace(day=1), before["month"]),
        "this_quarter": (quarter, today),
        "last_quarter": (last.replace(month=last.month - _QUARTER + 1, day=1), last),
        "year": (today - timedelta(days=364), today),
    }


def asked() -> dict[str, Any]:
    """What the address asks for, as `evaluate` takes it.

    Raises
    ------
    BadInput, Forbidden
        If a day is none, or nothing is for this user.
    """
    groups = groups_for(me())
    if not groups:
        raise Forbidden("evaluation.nobody")
    return {
        **asked_days(),
        "group": request.args.get("by") or groups[0],
        "township_code": request.args.get("township", "").strip() or None,
        "user": me(),
    }


def asked_days() -> dict[str, date]:
    """First and last day of the address; the last four weeks where it names none."""
    today = ctx().clock.today()
    days = [request.args.get(name, "").strip() for name in ("from", "to")]
    if not any(days):
        first, last = quick_periods(today)["four_weeks"]
    else:
        if not all(days):
            raise BadInput("reports.both_dates")
        first, last = (read_day(value) for value in days)
        check_days(first, last, today=today)
    return {"first": first, "last": last}


def _report() -> EvaluationReport:
    return evaluate(ctx(), **asked(), order=request.args.get("sort") or "on_time")


def query_of(report: EvaluationReport, **more: Any) -> dict[str, Any]:
    """What asks for the same again."""
    township = request.args.get("township", "").strip()
    same = {"from": report.first, "to": report.last, "by": report.group, "sort": report.order.id}
    return {**same, **({"township": township} if township else {}), **more}


@evaluation.get("/")
@requires(*_READERS)
def index() -> str:
    """Show the indices of a period."""
    report = _report()
    reasons = dict.fromkeys(EXCLUSIONS, 0)
    for entry in report.excluded:
        reasons[entry.reason] += 1
    return render_template(
        "reports/evaluation.html",
        report=report,
        query=query_of(report),
        groups=groups_for(me()),
        quick=quick_periods(ctx().clock.today()),
        townships=my_townships() if me().role in ALL_ROWS else [],
        township=request.args.get("township", ""),
        today=ctx().clock.today(),
        definitions=[(item, definition(item, language())) for item in report.indices],
        method=method_words(language()),
        reasons={reason: count for reason, count in reasons.items() if count},
        fewest=FEWEST,
        trend=[(item, _trend(report, item.id)) for item in report.indices],
        empty=not any(score.tally.of for score in report.common.values()),
    )


def _trend(report: EvaluationReport, index_id: str) -> list[tuple[date, Score]]:
    return [(month.first, month.scores[index_id]) for month in report.months]


@evaluation.get("/matters")
@requires(*_READERS)
def matters() -> Answer:
    """List the matters behind one figure; an address that names none leads to the figures."""
    if not (request.args.get("body") and request.args.get("index")):
        return redirect(url_for("evaluation.index"))
    return _matters()


def _matters(problem: str | None = None) -> str:
    args = request.args
    found = subjects_of(
        ctx(),
        **asked(),
        body=args.get("body", ""),
        index=args.get("index", ""),
        part=args.get("part") or "denominator",
    )
    days = asked_days()
    query = {"from": days["first"], "to": days["last"], "by": found.group}
    township = args.get("township", "").strip()
    return render_template(
        "reports/evaluation_matters.html",
        problem=problem,
        found=found,
        query={**query, "township": township} if township else query,
        may_appeal=may_appeal(me(), found.group),
        grounds=GROUNDS,
        form=request.form,
    )


@evaluation.post("/matters")
@requires(*_APPEALING)
def ask() -> Answer:
    """Appeal against what a matter counts for."""
    form, args = request.form, request.args
    return done(
        lambda: ask_appeal(
            ctx(),
            subject=form.get("subject", ""),
            group=args.get("by", ""),
            body=args.get("body", ""),
            index="" if form.get("all") else args.get("index", ""),
            ground=form.get("ground", ""),
            reason=form.get("reason", "")[:2000],
            user=me(),
        ),
        address=lambda: url_for("evaluation.appeals"),
        words="evaluation.appeal_sent",
        page=_matters,
    )


@evaluation.get("/appeals")
@requires(*_READERS)
def appeals() -> str:
    """List appeals; those who decide find the form."""
    return _appeals()


def _appeals(problem: str | None = None) -> str:
    return render_template(
        "reports/evaluation_appeals.html",
        problem=problem,
        appeals=appeals_of(ctx(), user=me()),
        decides=me().role in ALL_ROWS,
        form=request.form,
    )


@evaluation.post("/appeals/<appeal_id>/decision")
@requires("lead", "admin")
def decide(appeal_id: str) -> Answer:
    """Uphold or refuse an appeal."""
    uphold, note = request.form.get("uphold") == "1", request.form.get("note", "")[:2000]
    return _acted(
        lambda: decide_appeal(ctx(), appeal_id, uphold=uphold, note=note, user=me()), "evaluation.decided"
    )


@evaluation.post("/appeals/<appeal_id>/withdrawal")
@requires(*_APPEALING)
def withdraw(appeal_id: str) -> Answer:
    """Take an appeal back."""
    return _acted(lambda: withdraw_appeal(ctx(), appeal_id, user=me()), "evaluation.appeal_taken_back")


def _acted(action: Callable[[], object], words: str) -> Answer:
    return done(action, address=lambda: url_for("evaluation.appeals"), words=words, page=_appeals)


@evaluation.get("/table.csv")
@requires(*_READERS)
def table_csv() -> Response:
    """Give the figures as CSV."""
    report = _report()
    return file_answer(csv_of(report, lang=asked_language()), name=_name(report, "csv"), mimetype="text/csv")


@evaluation.get("/table.xlsx")
@requires(*_READERS)
def table_xlsx() -> Response:
    """Give everything as a workbook."""
    report = _report()
    return file_answer(workbook_of(report, lang=asked_language()), name=_name(report, "xlsx"), mimetype=XLSX)


@evaluation.get("/document.pdf")
@requires(*_READERS)
def document_pdf() -> Response:
    """Give the evaluation as PDF."""
    report, lang = _report(), asked_language()
    body = pdf_of([document_of(report, lang=lang)], at=report.at, lang=lang)
    return file_answer(body, name=_name(report, "pdf"), mimetype="application/pdf")


@evaluation.get("/document")
@requires(*_READERS)
def document() -> Response:
    """Show the evaluation as a document to print."""
    report, lang = _report(), asked_language()
    toolbar = render_template("reports/_evaluation_toolbar.html", query=query_of(report, lang=lang))
    return report_answer(
        document_page(as_data([document_of(report, lang=lang)], lang=lang)),
        head=Markup(render_template("reports/_document_head.html")),  # noqa: S704  rendered with escaping
        toolbar=Markup(toolbar),  # noqa: S704  the same
    )


def _name(report: EvaluationReport, form: str) -> str:
    return f"evaluation-{report.group}-{report.first:%Y%m%d}-{report.last:%Y%m%d}.{form}"
