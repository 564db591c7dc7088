"""Imports by programs: one upload, taken as a whole or refused with every bad row.

The same importers and options as the import screen; a dry run takes the place of its preview.
"""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import make_response, request
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from gridmgr.errors import BadInput
from gridmgr.geo.headers import parse_mapping
from webapp.admin.import_options import ENCODINGS, KINDS, Options
from webapp.admin.imports import run_import
from webapp.admin.uploads import Uploads
from webapp.api.schemas import Answer, Problem, Query
from webapp.errors import answer, problem_dict
from webapp.guards import requires
from webapp.state import me, parts
from webapp.texts import language, t

imports_api = APIBlueprint("api_imports", __name__, tag="imports")

Text = Annotated[str, Field(max_length=200)]


def _all_of_the_form(_first: Any) -> list[str]:
    # What is validated holds only the first of a field's repetitions.
    return request.form.getlist("map")


class ImportForm(Query):
    """The file and how to read it; layer, encoding, crs, map and repair are for villages."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: Annotated[FileStorage, WithJsonSchema({"type": "string", "format": "binary"})]
    dry_run: bool = Field(default=False, description="Say what would happen, write nothing.")
    skip_bad: bool = Field(default=False, description="Take the good rows, list the rest.")
    update: bool = Field(default=False, description="Replace rows whose id exists with other content.")
    repair: bool = Field(default=False, description="Make borders valid, close overlaps and narrow gaps.")
    encoding: Text | None = Field(default=None, description=f"One of {', '.join(ENCODINGS)}.")
    crs: Text | None = Field(default=None, description="Such as EPSG:4490, or a datum such as gcj02.")
    layer: Text | None = Field(default=None, description="Layer to read where the file has several.")
    map: Annotated[list[str], BeforeValidator(_all_of_the_form)] = Field(
        default=[], description="target=source, target==value or target=; repeat it for several fields."
    )


class RepairOut(Answer):
    """A village whose border was changed; square metres."""

    code: str
    area_before_m2: float
    area_after_m2: float
    what: str


class ImportReportOut(Answer):
    """What an import did, or with `dry_run` would do."""

    kind: str
    read: int
    imported: int
    unchanged: int
    rejected: list[Problem]
    repaired: list[RepairOut]
    warnings: list[str]
    unknown_columns: list[str]
    dry_run: bool
    adjacent_pairs: int | None = None


@imports_api.post("/imports/<kind>")
@imports_api.input(ImportForm, location="form_and_files", arg_name="form")
@imports_api.output(ImportReportOut)
@requires("admin")
def post_import(kind: str, form: ImportForm) -> dict[str, Any] | Response:
    """Import a file of villages, roads or one of the office's tables.

    Bad rows keep the whole file out unless `skip_bad` is set; they are the `problems` of a 422, whose
    `fields` hold the report. The same file again changes nothing.
    """
    options = _options(kind, form)
    uploads = Uploads(parts().upload_folder, user_name=me().name)
    upload = uploads.keep(form.file)
    try:
        report = run_import(upload, options, dry_run=form.dry_run)
    finally:
        uploads.discard(upload.token)
    values = report.to_json(language())
    if not report.refused:
        return values
    problems = [problem_dict(problem) for problem in report.rejected]
    return make_response(answer(422, t("error.http_422"), problems=problems, fields=values))


def _options(kind: str, form: ImportForm) -> Options:
    if kind not in KINDS:
        raise BadInput("import.unknown_kind", kind=kind, known=", ".join(KINDS))
    if form.encoding and form.encoding not in ENCODINGS:
        raise BadInput("geo.encoding_unknown_name", encoding=form.encoding)
    return Options(
        kind=kind,
        layer=form.layer or None,
        encoding=form.encoding or None,
        crs=form.crs or None,
        mapping=parse_mapping(form.map),
        repair=form.repair,
        skip_bad=form.skip_bad,
        update=form.update,
    )
