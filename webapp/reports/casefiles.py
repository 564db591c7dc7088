"""Cases to take home: a case file as PDF or Word; the cases of a period as document, workbook, points."""

from __future__ import annotations

import re

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from gridmgr.services.documents import as_data, pdf_of, word_of
from gridmgr.services.reporting.casefile import case_document, case_materials
from gridmgr.services.reporting.caselist import (
    CaseList,
    case_list,
    list_document,
    list_geojson,
    list_workbook,
)
from maps.document_page import document_page
from webapp.guards import requires, signed_in
from webapp.reports.asked import READERS, XLSX, asked_language, asked_township, same_again
from webapp.reports.documents import file_answer, report_answer
from webapp.reports.period import Period, read_period
from webapp.state import ctx, me

casefiles = Blueprint("casefiles", __name__)

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@casefiles.get("/cases/<case_id>/file.pdf")
@signed_in
def case_pdf(case_id: str) -> Response:
    """Give a case's file as PDF."""
    materials = case_materials(ctx(), case_id, user=me())
    body = pdf_of([case_document(materials, lang=asked_language())], at=materials.at, lang=asked_language())
    return file_answer(body, name=f"case-{_ascii(case_id)}.pdf", mimetype="application/pdf")


@casefiles.get("/cases/<case_id>/file.docx")
@signed_in
def case_word(case_id: str) -> Response:
    """Give a case's file as a Word document."""
    materials = case_materials(ctx(), case_id, user=me())
    body = word_of([case_document(materials, lang=asked_language())], at=materials.at, lang=asked_language())
    return file_answer(body, name=f"case-{_ascii(case_id)}.docx", mimetype=_DOCX)


@casefiles.get("/reports/cases")
@requires(*READERS)
def cases_page() -> Response:
    """Show the cases of a period as a document to print."""
    found = _found()
    document = document_page(as_data([list_document(found, lang=asked_language())], lang=asked_language()))
    query = same_again(found.first, found.last, asked_language())
    return report_answer(
        document,
        head=Markup(render_template("reports/_document_head.html")),  # noqa: S704  rendered with escaping
        toolbar=Markup(render_template("reports/_cases_toolbar.html", query=query)),  # noqa: S704
    )


@casefiles.get("/reports/cases.xlsx")
@requires(*READERS)
def cases_xlsx() -> Response:
    """Give the cases of a period and their steps as a workbook."""
    found = _found()
    return file_answer(list_workbook(found, lang=asked_language()), name=_name(found, "xlsx"), mimetype=XLSX)


@casefiles.get("/reports/cases.pdf")
@requires(*READERS)
def cases_pdf() -> Response:
    """Give the list of the cases of a period as PDF."""
    found = _found()
    body = pdf_of([list_document(found, lang=asked_language())], at=found.at, lang=asked_language())
    return file_answer(body, name=_name(found, "pdf"), mimetype="application/pdf")


@casefiles.get("/reports/cases.geojson")
@requires(*READERS)
def cases_points() -> Response:
    """Give the cases of a period as points for a GIS."""
    found = _found()
    body = list_geojson(found, lang=asked_language())
    return file_answer(body, name=_name(found, "geojson"), mimetype="application/geo+json")


def _found() -> CaseList:
    period: Period = read_period(request.args, today=ctx().clock.today())
    return case_list(ctx(), first=period.first, last=period.last, township_code=asked_township(), user=me())


def _name(found: CaseList, form: str) -> str:
    return f"cases-{found.first:%Y%m%d}-{found.last:%Y%m%d}.{form}"


def _ascii(case_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", case_id).strip("-.")[:80] or "file"
