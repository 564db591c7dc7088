"""What the phone's forms carry, read with their limits."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import FileStorage

from gridmgr.errors import BadInput
from gridmgr.services.photos import MAX_BYTES

#: Photos taken with one finding or step.
MAX_PHOTOS = 4


def photo_files() -> list[bytes]:
    """The photos of the form.

    Raises
    ------
    BadInput
        If there are too many.
    """
    files: list[FileStorage] = [item for item in request.files.getlist("photo") if item.filename]
    if len(files) > MAX_PHOTOS:
        raise BadInput("field.too_many_photos", most=MAX_PHOTOS)
    # One byte more than allowed is enough to see that it is too much.
    return [item.stream.read(MAX_BYTES + 1) for item in files]


def text_of(name: str, most: int) -> str:
    """A field's text without blanks around it, cut to ``most`` signs."""
    return request.form.get(name, "").strip()[:most]
