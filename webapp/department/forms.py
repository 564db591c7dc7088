"""What the department's forms carry: a step of a case with its files."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import FileStorage

from gridmgr.domain.cases import Step
from gridmgr.errors import BadInput
from gridmgr.services import files, photos
from gridmgr.services.files import Document, looks_like_document, read_document
from gridmgr.services.photos import Photo, read_photo
from webapp.field.forms import text_of

#: Files handed in with one step.
MOST_FILES = 6
_MOST_BYTES = max(files.MAX_BYTES, photos.MAX_BYTES)


def read_files() -> tuple[list[Photo], list[Document]]:
    """The files of the form: pictures as photos, everything else as documents.

    Raises
    ------
    BadInput
        If there are too many, or one is nothing that is taken.
    """
    given: list[FileStorage] = [item for item in request.files.getlist("files") if item.filename]
    if len(given) > MOST_FILES:
        raise BadInput("file.too_many", most=MOST_FILES)
    pictures: list[Photo] = []
    papers: list[Document] = []
    for item in given:
        # One byte more than allowed is enough to see that it is too much.
        data = item.stream.read(_MOST_BYTES + 1)
        if looks_like_document(data) or not (item.mimetype or "").startswith("image/"):
            papers.append(read_document(data, item.filename or ""))
        else:
            pictures.append(read_photo(data))
    return pictures, papers


def read_step() -> Step:
    """The step the form asks for.

    Raises
    ------
    BadInput
        If it asks for none.
    """
    action = text_of("action", 40)
    if not action:
        raise BadInput("case.refuse_unknown", action="")
    return Step(
        action=action,
        note=text_of("note", 4000),
        device_id=text_of("id", 64) or None,
        body=text_of("body", 200) or None if action in ("involve", "release") else None,
        suggests=text_of("suggests", 200) or None if action == "object" else None,
        unheard=action == "handle" and "unheard" in request.form,
    )


def seen_version() -> int | None:
    """The version of the case that the form was made for."""
    version = text_of("version", 9)
    return int(version) if version.isascii() and version.isdigit() else None
