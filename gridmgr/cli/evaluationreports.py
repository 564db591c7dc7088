"""`gridmgr report evaluation`: the indices of the flow as files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from gridmgr.cli.common import Day, Session, database_option
from gridmgr.domain.evaluation import GROUPS
from gridmgr.domain.users import User
from gridmgr.errors import BadInput
from gridmgr.services.documents import as_data, pdf_of, word_of
from gridmgr.services.evaluating import EvaluationReport, evaluate
from gridmgr.services.evaluating.output import csv_of, document_of, workbook_of
from maps.document_page import document_page

_FORMS = (".html", ".pdf", ".docx", ".xlsx", ".csv")


@click.command("evaluation")
@click.option("--from", "first", type=Day(), required=True)
@click.option("--to", "last", type=Day(), required=True)
@click.option(
    "--by", "group", type=click.Choice(GROUPS), default="township", show_default=True, help="Whose figures."
)
@click.option("--township", metavar="CODE", help="Only this township's; for departments, its matters only.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the document."
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@database_option
@click.pass_obj
def evaluation_command(
    session: Session, first: date, last: date, group: str, township: str | None, language: str, out: Path
) -> None:
    """Indices of the flow with intervals and definitions: .html (to print), .pdf, .docx, .xlsx or .csv."""
    form = out.suffix.lower()
    if form not in _FORMS:
        raise BadInput("report.unknown_form", form=form or out.name, known=", ".join(_FORMS))
    user = User(name=session.actor, display_name=session.actor, role="admin")
    report = evaluate(session.ctx, first=first, last=last, group=group, user=user, township_code=township)
    out.write_bytes(_written(report, form, language))
    reports = report.common["on_time"].tally
    click.echo(
        f"{out}: {len(report.rows)} rows from {report.first} to {report.last}, "
        f"{reports.hits} of {reports.of} disposed of in time, {len(report.excluded)} judgements left out"
    )


def _written(report: EvaluationReport, form: str, language: str) -> bytes:
    if form == ".csv":
        return csv_of(report, lang=language)
    if form == ".xlsx":
        return workbook_of(report, lang=language)
    documents = [document_of(report, lang=language)]
    if form == ".html":
        return document_page(as_data(documents, lang=language)).encode()
    write = pdf_of if form == ".pdf" else word_of
    return write(documents, at=report.at, lang=language)
