"""Imports by upload: choose a file, see what would happen and every bad row, then import."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from gridmgr.errors import BadInput
from gridmgr.services import importing
from gridmgr.services.importing import VILLAGE_FIELDS, FileContents, ImportReport
from gridmgr.services.importing.kinds import table_kinds
from webapp.admin.import_options import (
    COLUMN_PREFIX,
    CONSTANT_SIGN,
    ENCODINGS,
    FIXED_FIELDS,
    KINDS,
    NO_COLUMN,
    Options,
)
from webapp.admin.uploads import Upload, Uploads
from webapp.errors import problem_dict
from webapp.guards import requires
from webapp.state import ctx, me, parts
from webapp.texts import language, t

imports = Blueprint("imports", __name__, url_prefix="/admin/import")

#: Bad rows shown; the rest is counted.
PROBLEMS_SHOWN = 200
#: File name endings a kind is read from.
ENDINGS = {
    "villages": ".geojson,.json,.topojson,.gpkg,.zip,.kml",
    "roads": ".pbf,.osm,.gz",
}
TABLE_ENDINGS = ".csv,.xlsx"
#: Problems that choosing other columns solves.
ABOUT_COLUMNS = frozenset({"geo.no_columns", "geo.no_township_column", "geo.map_source"})


@imports.get("/")
@requires("admin")
def index() -> str:
    """Show what can be imported, and the form."""
    kind = request.args.get("kind", "")
    return _form_page(kind=kind if kind in KINDS else KINDS[0])


@imports.post("/preview")
@requires("admin")
def preview() -> str | tuple[str, int]:
    """Keep the file and say what importing it would do; nothing is written."""
    uploads = _uploads()
    file = request.files.get("file")
    try:
        options = Options.of_form(request.form)
        if file is None:
            raise BadInput("error.no_upload")
        upload = uploads.keep(file)
    except BadInput as error:
        kind = request.form.get("kind", "")
        known = kind if kind in KINDS else KINDS[0]
        return _form_page(kind=known, problem=error.render(language())), 400
    return _preview_page(uploads, upload, options)


@imports.post("/again")
@requires("admin")
def preview_again() -> str | tuple[str, int]:
    """Preview a waiting file with other options."""
    uploads = _uploads()
    upload = uploads.find(request.form.get("token", ""))
    return _preview_page(uploads, upload, Options.of_form(request.form))


@imports.post("/commit")
@requires("admin")
def commit() -> str | tuple[str, int]:
    """Import a waiting file and remove it."""
    uploads = _uploads()
    upload = uploads.find(request.form.get("token", ""))
    options = Options.of_form(request.form)
    try:
        report = run_import(upload, options, dry_run=False)
    finally:
        uploads.discard(upload.token)
    page = render_template("admin/imported.html", **_shown(report, upload, options))
    return (page, 422) if report.refused else page


@imports.post("/discard")
@requires("admin")
def discard() -> Response:
    """Remove a waiting file."""
    _uploads().discard(request.form.get("token", ""))
    return redirect(url_for("imports.index", kind=request.form.get("kind", "")), code=303)


@imports.get("/preview")
@imports.get("/again")
@imports.get("/commit")
@requires("admin")
def back_to_form() -> Response:
    """Go back to the form: whoever switches the language on a preview comes here, without the form's data."""
    return redirect(url_for("imports.index"))


@imports.get("/templates/<kind>.xlsx")
@requires("admin")
def template(kind: str) -> Response:
    """Give the empty workbook of a table, with headers, notes and drop-downs."""
    if kind not in importing.TABLE_KINDS:
        abort(404)
    with tempfile.TemporaryDirectory() as folder:
        paths = importing.write_templates(Path(folder), ctx().clock, language=language())
        content = next(path for path in paths if path.stem == kind).read_bytes()
    name = f"{t(f'import.kind.{kind}')}.xlsx"
    return send_file(BytesIO(content), download_name=name, as_attachment=True)


def _preview_page(uploads: Uploads, upload: Upload, options: Options) -> str | tuple[str, int]:
    try:
        report = run_import(upload, options, dry_run=True)
    except BadInput as error:
        # Another encoding or CRS may do: villages keep their file, the rest has no such options.
        if options.kind == "villages":
            shown = {"upload": upload, "options": options, **_choices(_contents(upload, options), options)}
            about_columns = error.message.key in ABOUT_COLUMNS
            page = render_template(
                "admin/unreadable.html", problem=error.render(language()), open=about_columns, **shown
            )
            return page, 400
        uploads.discard(upload.token)
        return _form_page(kind=options.kind, problem=error.render(language())), 400
    contents = _contents(upload, options)
    shown = {**_shown(report, upload, options, contents), **_choices(contents, options)}
    return render_template("admin/preview.html", **shown)


def run_import(upload: Upload, options: Options, *, dry_run: bool) -> ImportReport:
    """Import an uploaded file as its kind is imported, in the user's name."""
    actor = me().name
    if options.kind == "roads":
        return importing.import_roads(ctx(), upload.path, actor=actor, dry_run=dry_run)
    if options.kind == "villages":
        return importing.import_villages(
            ctx(),
            upload.path,
            actor=actor,
            layer=options.layer,
            encoding=options.encoding,
            crs=options.crs,
            mapping=options.mapping,
            repair=options.repair,
            skip_bad=options.skip_bad,
            update=options.update,
            dry_run=dry_run,
        )
    return importing.import_table(
        ctx(),
        options.kind,
        upload.path,
        actor=actor,
        skip_bad=options.skip_bad,
        update=options.update,
        dry_run=dry_run,
    )


def _contents(upload: Upload, options: Options) -> FileContents | None:
    """What a village file offers to choose from; other files offer nothing."""
    if options.kind != "villages":
        return None
    return importing.file_contents(
        upload.path, layer=options.layer, encoding=options.encoding, mapping=options.mapping
    )


def _choices(contents: FileContents | None, options: Options) -> dict[str, Any]:
    """What the options of a file that has been read may be."""
    names = contents.columns if contents else ()
    columns = [name for name in names if not name.startswith(CONSTANT_SIGN)]
    return {
        "encodings": ENCODINGS,
        "layers": contents.layers if contents else (),
        "editor": [_editor_row(field, columns, contents, options) for field in VILLAGE_FIELDS if columns],
    }


def _editor_row(
    field: str, columns: list[str], contents: FileContents | None, options: Options
) -> dict[str, Any]:
    """One field's column as the page offers it: what it may be, what is chosen, and its fixed value."""
    found = contents.found.get(field) if contents else None
    if field in options.mapping:
        automatic = t("admin.choice_back")
    else:
        automatic = t("admin.choice_found", column=found) if found else t("admin.choice_auto")
    named = [(COLUMN_PREFIX + name, name) for name in columns]
    return {
        "field": field,
        "label": t(f"admin.column_{field}"),
        "choices": [("", automatic), (NO_COLUMN, t("admin.choice_none")), *named],
        "chosen": options.choice(field),
        "fixed": options.fixed(field) if field in FIXED_FIELDS else None,
    }


def _shown(
    report: ImportReport, upload: Upload, options: Options, contents: FileContents | None = None
) -> dict[str, Any]:
    labels = _labels(report.kind)
    problems = [problem_dict(problem) for problem in report.rejected[:PROBLEMS_SHOWN]]
    if contents is not None:
        # A field the file has no column for is known by our own name.
        ours = {name: label for name, label in labels.items() if name not in contents.columns}
        problems = [{**item, "field": ours.get(item["field"], item["field"])} for item in problems]
    return {
        "report": report,
        "upload": upload,
        "options": options,
        "problems": problems,
        "columns": list(report.preview[0]) if report.preview else [],
        "labels": labels,
    }


def _labels(kind: str) -> dict[str, str]:
    """Headers of the preview, in the user's language."""
    if kind == "villages":
        return {name: t(f"admin.column_{name}") for name in VILLAGE_FIELDS}
    if kind not in importing.TABLE_KINDS or language() != "zh":
        return {}
    return {column.field: column.chinese for column in table_kinds(ctx().clock)[kind].columns}


def _form_page(*, kind: str, **extra: Any) -> str:
    return render_template(
        "admin/import.html",
        kinds=KINDS,
        kind=kind,
        templates=importing.TABLE_KINDS,
        encodings=ENCODINGS,
        endings=ENDINGS,
        table_endings=TABLE_ENDINGS,
        **extra,
    )


def _uploads() -> Uploads:
    return Uploads(parts().upload_folder, user_name=me().name)
