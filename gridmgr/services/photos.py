"""Photos from phones: checked, turned upright, made small, stripped of everything but the picture.

What a file claims to be is not believed: Pillow reads it and writes it anew as JPEG, so that nothing hidden
in a file is ever served, and no camera tells where its owner lives. A position in the photo is read before it
is thrown away.
"""

from __future__ import annotations

import hashlib
import io
import math
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, ImageOps

from gridmgr.domain.incidents import Attachment
from gridmgr.errors import BadInput, NotFound
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: Largest file taken, bytes, and largest picture, pixels: phones make 12 to 50 megapixels.
MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 110_000_000
#: Longer side of what is kept, pixels; enough to read a shop's sign.
KEPT_SIDE = 1600
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")
_UNREADABLE = (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError)


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo fit to be kept.

    Parameters
    ----------
    content
        JPEG.
    lon_lat
        Where it was taken, WGS84 degrees, where the camera said.
    """

    content: bytes
    lon_lat: tuple[float, float] | None


def read_photo(data: bytes) -> Photo:
    """Check and renew a photo.

    Raises
    ------
    BadInput
        If it is too large, or no picture of a known format.
    """
    if len(data) > MAX_BYTES:
        raise BadInput("field.photo_too_large", most=MAX_BYTES // 2**20)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BadInput("field.photo_too_large", most=MAX_BYTES // 2**20)
            position = _position(image.getexif().get_ifd(ExifTags.IFD.GPSInfo))
            # A JPEG is decoded at a fraction of its size right away: a quarter of the time and memory.
            image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except _UNREADABLE as error:
        raise BadInput("field.photo_unreadable") from error
    upright.thumbnail((KEPT_SIDE, KEPT_SIDE))
    # Pixels only: exif, comments and colour profiles stay behind.
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    kept = io.BytesIO()
    bare.save(kept, "JPEG", quality=_QUALITY, optimize=True)
    return Photo(content=kept.getvalue(), lon_lat=position)


def _position(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    tags = ExifTags.GPS
    try:
        lon = _degrees(gps[tags.GPSLongitude]) * (-1 if gps.get(tags.GPSLongitudeRef) == "W" else 1)
        lat = _degrees(gps[tags.GPSLatitude]) * (-1 if gps.get(tags.GPSLatitudeRef) == "S" else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    sound = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90
    # Cameras without a fix write zeros.
    return (lon, lat) if sound and (lon, lat) != (0.0, 0.0) else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


def store_photo(
    ctx: Context, uow: UnitOfWork, photo: Photo, *, subject_kind: str, subject_id: str
) -> Attachment:
    """Keep a photo with what it belongs to, within a transaction."""
    item = Attachment(
        id=secrets.token_hex(16),
        subject_kind=subject_kind,
        subject_id=subject_id,
        filename=f"{subject_kind}-{subject_id}.jpg",
        mime="image/jpeg",
        sha256=hashlib.sha256(photo.content).hexdigest(),
        created_at=ctx.clock.utc_now(),
        created_by=uow.actor,
    )
    uow.attachments.add(item, photo.content)
    return item


@dataclass(frozen=True, kw_only=True)
class StoredPhoto:
    """A kept photo.

    Parameters
    ----------
    attachment, content
        The file.
    township_code
        Whose it is, None where that is not known.
    case_id
        The case it belongs to, None for an incident that has none.
    nobodys
        It came with a report that no township's office has taken yet: all of them look at it.
    """

    attachment: Attachment
    content: bytes
    township_code: str | None
    case_id: str | None = None
    nobodys: bool = False


def find_photo(ctx: Context, photo_id: str) -> StoredPhoto:
    """A kept photo and the township of what it belongs to.

    Raises
    ------
    NotFound
        If there is none.
    """
    with ctx.storage.read() as uow:
        found = uow.attachments.get(photo_id)
        if found is None or not found[0].mime.startswith("image/"):
            raise NotFound("error.not_found", kind=Message("field.photo"), id=photo_id)
        attachment, content = found
        incident = uow.incidents.get(attachment.subject_id) if attachment.subject_kind == "incident" else None
        case_id = incident.case_id if incident else None
        if attachment.subject_kind == "case_step":
            case_id = attachment.subject_id.rpartition(":")[0]
        case = uow.cases.get(case_id) if case_id else None
        tip = uow.tips.get(attachment.subject_id) if attachment.subject_kind == "tip" else None
    owner = incident or case or tip
    return StoredPhoto(
        attachment=attachment,
        content=content,
        township_code=owner.township_code if owner else None,
        case_id=case_id,
        nobodys=tip is not None and tip.township_code is None,
    )
