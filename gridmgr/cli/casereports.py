"""`gridmgr report cases`: the cases of a period as files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from gridmgr.cli.common import Day, Session, database_option
from gridmgr.domain.cases import Actor
from gridmgr.errors import BadInput
from gridmgr.services.context import Context
from gridmgr.services.documents import OfficeDocument, as_data, pdf_of, pictures_of, word_of
from gridmgr.services.reporting.casefile import case_document, case_materials
from gridmgr.services.reporting.caselist import (
    CaseList,
    case_list,
    list_document,
    list_geojson,
    list_workbook,
)
from maps.document_page import document_page

#: Forms that hold the list and, behind it, the file of every case.
_WHOLE = (".html", ".pdf", ".docx")
_FORMS = (*_WHOLE, ".xlsx", ".geojson")


@click.command("cases")
@click.option("--from", "first", type=Day(), required=True)
@click.option("--to", "last", type=Day(), required=True)
@click.option("--township", metavar="CODE")
@click.option("--case", "case_id", metavar="ID", help="Only this case's file: .html, .pdf or .docx.")
@click.option("--list-only", is_flag=True, help="The list without the cases' files.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the document."
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@database_option
@click.pass_obj
def cases_command(
    session: Session,
    first: date,
    last: date,
    township: str | None,
    case_id: str | None,
    list_only: bool,
    language: str,
    out: Path,
) -> None:
    """Cases opened within a period and their files: .html (to print), .pdf, .docx, .xlsx or .geojson."""
    form = out.suffix.lower()
    known = _WHOLE if case_id else _FORMS
    if form not in known:
        raise BadInput("report.unknown_form", form=form or out.name, known=", ".join(known))
    ctx, user = session.ctx, Actor(name=session.actor, role="admin")
    if case_id:
        documents = [case_document(case_materials(ctx, case_id, user=user), lang=language)]
        out.write_bytes(_written(ctx, documents, form, language))
        click.echo(f"{out}: case {case_id}")
        return
    found = case_list(ctx, first=first, last=last, township_code=township, user=user)
    out.write_bytes(_report(ctx, found, user, form, language, list_only=list_only))
    click.echo(f"{out}: {len(found.cases)} cases from {found.first} to {found.last}")


def _report(
    ctx: Context, found: CaseList, user: Actor, form: str, language: str, *, list_only: bool
) -> bytes:
    if form == ".xlsx":
        return list_workbook(found, lang=language)
    if form == ".geojson":
        return list_geojson(found, lang=language).encode()
    documents = [list_document(found, lang=language)]
    if not list_only:
        documents += [
            case_document(case_materials(ctx, case.id, user=user), lang=language) for case in found.cases
        ]
    return _written(ctx, documents, form, language)


def _written(ctx: Context, documents: list[OfficeDocument], form: str, language: str) -> bytes:
    if form == ".html":
        return document_page(as_data(documents, lang=language), pictures_of(documents)).encode()
    write: Callable[..., bytes] = pdf_of if form == ".pdf" else word_of
    return write(documents, at=ctx.clock.now(), lang=language)
