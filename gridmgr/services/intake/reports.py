"""The one way in for what comes from outside: form, WeChat, Open311, hotline.

A report with a point inside a village becomes an incident at once. One with words only, or a point outside
all villages, is taken just the same and waits until the office gives it a place. Either way its sender gets
a receipt code. Report, incident, contact, photos, receipt and audit event are one transaction.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from gridmgr.domain.incidents import Incident
from gridmgr.domain.places import Village
from gridmgr.domain.receipts import new_code
from gridmgr.domain.tips import TIP_SOURCES, Contact, Tip
from gridmgr.domain.validate import require_choice, require_text
from gridmgr.errors import BadInput, Conflict
from gridmgr.geo.datum import to_wgs84
from gridmgr.services.asking import new_number
from gridmgr.services.context import Context
from gridmgr.services.incidents import CLOCK_TOLERANCE
from gridmgr.services.intake.vault import Vault, vault_of
from gridmgr.services.photos import Photo, store_photo
from gridmgr.storage import UnitOfWork

#: Longest texts, characters (Open311 allows descriptions of 4,000).
MOST_DESCRIPTION, MOST_WORDS, MOST_CATEGORY, MOST_CONTACT = 4000, 300, 100, 120
MOST_PHOTOS = 6
#: Of keyed hashes; see `Vault.lookup`.
RECEIPT_PURPOSE = "receipt"
#: Kinds of subject photos belong to, before and after a report is an incident.
PENDING_SUBJECT, INCIDENT_SUBJECT = "tip", "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a description of a place leads to: a township, a village of it, a point in that.

    Parameters
    ----------
    township_code, village_code
        As far as the words go.
    lon, lat
        WGS84 degrees of the place on record that the words name; both or neither.
    place
        Its name.
    """

    township_code: str | None = None
    village_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What somebody tells.

    Parameters
    ----------
    source
        ``tip`` (form), ``wechat``, ``open311`` or ``hotline``.
    sender_key
        The sender's own key, unique within the source (a message id, a work order's number, a form's
        nonce): the same again is stored once.
    category, description
        What is wrong; category in the office's words.
    item_code
        Catalogue item, where the sender names one.
    urgent
        Told to be.
    lon, lat, datum
        Where, in degrees of ``datum``; converted here, once.
    place_words
        Where, in words.
    village_code, township_code
        Where, as chosen; both may be unknown.
    reported_at
        Aware; None for now.
    contact
        Stored encrypted only.
    photos
        Read by `gridmgr.services.photos.read_photo`. A position in them serves where none is given.
    language
        ``zh`` or ``en``.
    sender_address
        Network address, to count what one sends; never stored as it is.
    due_at
        Until when whoever passes it on wants it done; aware.
    spot
        Where the words of the place are known to lie; serves where no point was told.
    told_hash
        SHA-256 of the sender's own record, by which the same is known again; of the fields here by default.
    """

    source: str
    sender_key: str
    category: str = ""
    description: str = ""
    item_code: str | None = None
    urgent: bool = False
    lon: float | None = None
    lat: float | None = None
    datum: str = "wgs84"
    place_words: str = ""
    village_code: str | None = None
    township_code: str | None = None
    reported_at: datetime | None = None
    contact: Contact | None = None
    photos: tuple[Photo, ...] = ()
    language: str = "zh"
    sender_address: str | None = None
    due_at: datetime | None = None
    spot: Spot | None = None
    told_hash: str | None = None

    def __post_init__(self) -> None:
        require_choice("Report", "source", self.source, TIP_SOURCES)
        require_text("Report", "sender_key", self.sender_key)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A report that was taken.

    Parameters
    ----------
    tip
        As stored.
    receipt
        The code its sender keeps; None where a repeated report's code is erased.
    new
        Whether it was not there before.
    """

    tip: Tip
    receipt: str | None
    new: bool


def take_report(ctx: Context, report: Report, *, actor: str | None = None) -> Taken:
    """Store a report in a transaction of its own.

    Parameters
    ----------
    report
        What was told.
    actor
        Who brings it in, for the audit trail; by default ``public:<source>``.

    Raises
    ------
    BadInput
        If nothing tells what is wrong, a text is too long, there are too many photos, the point is none, the
        time in the future, or village, township or item are unknown.
    Conflict
        If the sender's key is taken by a report of other content.
    """
    vault = vault_of(ctx)
    with ctx.storage.write(actor or f"public:{report.source}") as uow:
        taken = take_within(ctx, uow, report, vault=vault)
        if taken.new:
            uow.commit()
    return taken


def take_within(ctx: Context, uow: UnitOfWork, report: Report, *, vault: Vault) -> Taken:
    """As `take_report`, within a transaction that the caller commits."""
    _check(ctx, uow, report)
    known = uow.tips.by_sender_key(report.source, report.sender_key)
    content = _content_hash(report)
    if known is not None:
        if known.content_hash != content:
            raise Conflict("intake.key_taken", key=report.sender_key)
        return Taken(tip=known, receipt=_receipt_of(known, vault), new=False)
    code = _free_code(uow, vault)
    tip = placed(uow, report, _bare_tip(ctx, report, vault=vault, code=code, content=content))
    if is_placed(tip):
        tip = _with_incident(ctx, uow, tip)
    uow.tips.add(tip)
    subject = (PENDING_SUBJECT, tip.id) if tip.incident_id is None else (INCIDENT_SUBJECT, tip.incident_id)
    for photo in report.photos:
        store_photo(ctx, uow, photo, subject_kind=subject[0], subject_id=subject[1])
    uow.record(
        "tip.take",
        "tip",
        tip.id,
        source=tip.source,
        state=tip.state,
        incident=tip.incident_id,
        photos=len(report.photos),
        contact=tip.contact_sealed is not None,
    )
    return Taken(tip=tip, receipt=code, new=True)


def become_incident(ctx: Context, uow: UnitOfWork, tip: Tip) -> Tip:
    """Make a stored report, which has village and point, an incident; the caller records and commits."""
    taken = _with_incident(ctx, uow, tip)
    uow.tips.replace(taken)
    assert taken.incident_id is not None
    uow.attachments.move((PENDING_SUBJECT, tip.id), (INCIDENT_SUBJECT, taken.incident_id))
    return taken


def is_placed(tip: Tip) -> bool:
    """Whether a report's place is known well enough to be an incident."""
    return tip.village_code is not None and tip.point_from in ("given", "words")


def text_hash(description: str) -> str:
    """SHA-256 of a description's letters and digits: blanks and stops make no difference; "" of none."""
    folded = unicodedata.normalize("NFKC", description).casefold()
    bare = "".join(sign for sign in folded if sign.isalnum())
    return hashlib.sha256(bare.encode()).hexdigest() if bare else ""


def _check(ctx: Context, uow: UnitOfWork, report: Report) -> None:
    if not (report.description.strip() or report.photos):
        raise BadInput("intake.nothing_told")
    contact = asdict(report.contact or Contact())
    limits = (
        ("description", report.description, MOST_DESCRIPTION),
        ("place_words", report.place_words, MOST_WORDS),
        ("category", report.category, MOST_CATEGORY),
        *((f"contact_{name}", value, MOST_CONTACT) for name, value in contact.items()),
    )
    for name, value, most in limits:
        if len(value) > most:
            raise BadInput("intake.too_long", field=name, most=most)
    if len(report.photos) > MOST_PHOTOS:
        raise BadInput("field.too_many_photos", most=MOST_PHOTOS)
    if report.reported_at is not None and report.reported_at > ctx.clock.utc_now() + CLOCK_TOLERANCE:
        raise BadInput("error.incident_in_future", at=report.reported_at.isoformat())
    if report.item_code is not None and uow.catalogue.get(report.item_code) is None:
        raise BadInput("error.no_such_item", item=report.item_code)
    if report.township_code is not None and uow.townships.get(report.township_code) is None:
        raise BadInput("intake.unknown_township", township=report.township_code)


def _bare_tip(ctx: Context, report: Report, *, vault: Vault, code: str, content: str) -> Tip:
    """The report as stored, without its place."""
    now = ctx.clock.utc_now()
    address = report.sender_address
    return Tip(
        id=f"T{ctx.clock.today():%Y%m%d}-{secrets.token_hex(4)}",
        source=report.source,
        sender_key=report.sender_key,
        received_at=now,
        reported_at=(report.reported_at or now).astimezone(UTC),
        category=report.category.strip(),
        description=clean(report.description),
        item_code=report.item_code,
        urgent=report.urgent,
        place_words=clean(report.place_words),
        township_code=report.township_code,
        receipt_lookup=vault.lookup(RECEIPT_PURPOSE, code),
        receipt_sealed=vault.seal({"code": code}),
        contact_sealed=vault.seal(asdict(report.contact)) if report.contact else None,
        language=report.language,
        content_hash=content,
        text_hash=text_hash(report.description),
        due_at=report.due_at,
        sender_hash=None if address is None else sender_hash(ctx, vault, address),
    )


def sender_hash(ctx: Context, vault: Vault, address: str) -> str:
    """Keyed hash of a network address on this day: enough to count, not to follow anybody over the days."""
    return vault.lookup("sender", f"{ctx.clock.today().isoformat()} {address}")


def placed(uow: UnitOfWork, report: Report, tip: Tip) -> Tip:
    """The report with what is known of its place.

    A point that contradicts the chosen village is kept for the office to judge: people often write from home.
    A photo's own position only counts where the reporter chose the same village.
    """
    spot = report.spot or Spot()
    chosen = _chosen_village(uow, report.village_code or spot.village_code)
    point, origin = _point(report)
    here = uow.villages.at(*point) if point is not None else None
    settled = here is not None and (chosen is None or chosen.code == here.code)
    if origin == "photo" and settled and chosen is not None:
        origin = "given"
    elif origin in ("given", "words") and not settled:
        origin = "doubtful"
    village = chosen or (here if origin in ("given", "words") else None)
    return replace(
        tip,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        point_from=origin,
        village_code=village.code if village else None,
        township_code=village.township_code if village else tip.township_code or spot.township_code,
    )


def _chosen_village(uow: UnitOfWork, code: str | None) -> Village | None:
    if code is None:
        return None
    found = uow.villages.get(code)
    if found is None:
        raise BadInput("intake.unknown_village", village=code)
    return found


def _point(report: Report) -> tuple[tuple[float, float] | None, str | None]:
    """WGS84 degrees and where they come from."""
    if report.lon is not None and report.lat is not None:
        if not (-180 <= report.lon <= 180 and -90 <= report.lat <= 90):
            raise BadInput("intake.no_point", lon=report.lon, lat=report.lat)
        lon, lat = to_wgs84(report.lon, report.lat, report.datum)
        return (float(lon), float(lat)), "given"
    if report.spot is not None and report.spot.lon is not None and report.spot.lat is not None:
        return (report.spot.lon, report.spot.lat), "words"
    hint = next((photo.lon_lat for photo in report.photos if photo.lon_lat is not None), None)
    return hint, None if hint is None else "photo"


def _with_incident(ctx: Context, uow: UnitOfWork, tip: Tip) -> Tip:
    """Add the incident of a report that has its place."""
    if tip.lon is None or tip.lat is None:
        raise ValueError(f"tip {tip.id} has no point yet")
    incident = Incident(
        id=new_number(ctx),
        reported_at=tip.reported_at,
        source=tip.source,
        category=tip.category,
        item_code=tip.item_code,
        lon=tip.lon,
        lat=tip.lat,
        description=tip.description,
        village_code=tip.village_code,
        township_code=tip.township_code,
        urgent=tip.urgent,
    )
    uow.incidents.add(incident)
    uow.record(
        "incident.report", "incident", incident.id, category=incident.category, village=incident.village_code
    )
    return replace(tip, state="taken", incident_id=incident.id)


def _free_code(uow: UnitOfWork, vault: Vault) -> str:
    while True:
        code = new_code()
        if uow.tips.by_lookup(vault.lookups(RECEIPT_PURPOSE, code)) is None:
            return code


def _receipt_of(tip: Tip, vault: Vault) -> str | None:
    return None if tip.receipt_sealed is None else str(vault.unseal(tip.receipt_sealed)["code"])


def _content_hash(report: Report) -> str:
    if report.told_hash is not None:
        return report.told_hash
    told = [
        *(report.category.strip(), clean(report.description), report.item_code, report.urgent),
        *(report.lon, report.lat, report.datum, clean(report.place_words), report.village_code),
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def clean(words: str) -> str:
    """Without control characters, which no sentence needs and which break other people's files."""
    shown = "".join(sign for sign in words if sign.isprintable() or sign.isspace())
    return re.sub(r"[^\S\n]+", " ", shown).strip()
