"""The form of a report: what was typed, what is wrong with it, and the report it makes.

Instead of a puzzle three things keep programs out: a signed token that tells when the form was fetched, a
field people do not see, and the limits of `gridmgr.services.intake.limits`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage, MultiDict

from gridmgr.domain.tips import Contact
from gridmgr.errors import BadInput
from gridmgr.services.fieldwork import FINDING_KINDS
from gridmgr.services.intake.reports import MOST_DESCRIPTION, MOST_WORDS, Report
from gridmgr.services.photos import MAX_BYTES, Photo, read_photo
from gridmgr.texts import text
from webapp.texts import language, t

#: Photos taken with one report.
MAX_PHOTOS = 3
#: Nobody fills in the form faster, seconds; a form older than a day is fetched anew.
MIN_SECONDS, MAX_SECONDS = 3, 24 * 3600
#: The field people do not see.
TRAP = "homepage"
#: Longest name and telephone number.
MOST_NAME, MOST_PHONE = 30, 40
_PHONE_DIGITS = range(7, 16)
_FIELDS = ("kind", "village", "place", "description", "name", "phone", "lon", "lat", "township")


@dataclass
class Typed:
    """The form's fields as they came, and what is wrong with them.

    Parameters
    ----------
    values
        Texts by field.
    problems
        Words by field, in the form's order.
    """

    values: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)

    def blame(self, name: str, key: str, **params: object) -> None:
        """Note what is wrong with a field; the first word stands."""
        self.problems.setdefault(name, t(key, **params))

    @property
    def point(self) -> tuple[float, float] | None:
        """The point the page's script put in, where it is one."""
        try:
            lon, lat = float(self.values["lon"]), float(self.values["lat"])
        except ValueError:
            return None
        return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None


def blank(township: str = "") -> Typed:
    """An empty form."""
    return Typed(values=dict.fromkeys(_FIELDS, "") | {"township": township})


def typed(form: Mapping[str, str]) -> Typed:
    """The fields of a form that was sent, unchecked."""
    return Typed(values={name: form.get(name, "").strip() for name in _FIELDS})


def new_token() -> str:
    """A token for a fresh form."""
    return _signer().dumps(secrets.token_hex(16))


def check_form(filled: Typed, form: MultiDict[str, str]) -> None:
    """Note everything that is wrong, photos apart."""
    values = filled.values
    if values["kind"] and values["kind"] not in FINDING_KINDS:
        filled.blame("kind", "tip.bad_kind")
    if len(values["place"]) > MOST_WORDS:
        filled.blame("place", "tip.too_long", most=MOST_WORDS)
    if not (values["place"] or values["village"] or filled.point):
        filled.blame("village", "tip.need_place")
    if len(values["description"]) > MOST_DESCRIPTION:
        filled.blame("description", "tip.too_long", most=MOST_DESCRIPTION)
    if not values["description"] and not _photo_files():
        filled.blame("description", "tip.need_words")
    if len(values["name"]) > MOST_NAME:
        filled.blame("name", "tip.too_long", most=MOST_NAME)
    digits = re.sub(r"\D", "", values["phone"])
    if values["phone"] and (len(values["phone"]) > MOST_PHONE or len(digits) not in _PHONE_DIGITS):
        filled.blame("phone", "tip.bad_phone")
    if filled.problems:
        # Whoever mends these takes long enough, and gets a fresh token with the page.
        return
    key = "tip.trapped" if form.get(TRAP) else _token_problem(form.get("token", ""))
    if key is not None:
        filled.blame("form", key)


def read_photos(filled: Typed) -> tuple[Photo, ...]:
    """The photos of the form, renewed; a bad one is noted."""
    files = _photo_files()
    if len(files) > MAX_PHOTOS:
        filled.blame("photo", "field.too_many_photos", most=MAX_PHOTOS)
        return ()
    photos = []
    for number, file in enumerate(files, start=1):
        try:
            # One byte more than allowed is enough to see that it is too much.
            photos.append(read_photo(file.stream.read(MAX_BYTES + 1)))
        except BadInput as error:
            filled.blame("photo", "tip.bad_photo", number=number, reason=error.render(language()))
    return tuple(photos)


def report_of(filled: Typed, photos: tuple[Photo, ...], form: Mapping[str, str], address: str) -> Report:
    """The report of a form in which nothing is wrong.

    Its key is the form's token and what it says: pressing the button twice is one report, going back and
    writing of something else is another.
    """
    values, point = filled.values, filled.point
    told = hashlib.sha256("\0".join(values[name] for name in _FIELDS).encode()).hexdigest()[:16]
    contact = Contact(name=values["name"], phone=values["phone"])
    return Report(
        source="tip",
        sender_key=f"{_signer().loads(form['token'])}-{told}",
        # Kept in the words of the office's own list, whatever language the reporter reads.
        category=text(f"field.kind.{values['kind'] or 'other'}", "zh"),
        description=values["description"],
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        place_words=values["place"],
        village_code=values["village"] or None,
        township_code=values["township"] or None,
        contact=contact or None,
        photos=photos,
        language=language(),
        sender_address=address,
    )


def _token_problem(token: str) -> str | None:
    try:
        _, fetched = _signer().loads(token, max_age=MAX_SECONDS, return_timestamp=True)
    except BadData:
        return "tip.stale"
    return "tip.too_fast" if time.time() - fetched.timestamp() < MIN_SECONDS else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="tip-form")


def _photo_files() -> list[FileStorage]:
    return [item for item in request.files.getlist("photo") if item.filename]
