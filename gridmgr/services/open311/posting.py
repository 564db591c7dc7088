"""Taking a request that another program sends."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from gridmgr.domain.apikeys import ApiKey
from gridmgr.domain.tips import Contact
from gridmgr.errors import BadInput, TooMany
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import MOST_CONTACT, Report, sender_hash, take_within
from gridmgr.services.intake.vault import Vault, vault_of
from gridmgr.services.open311.listing import MEDIA_MARK, MOST_DESCRIPTION, require_service
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

_MOST_URL = 500
_MOST_NAME = MOST_CONTACT // 2 - 1
#: Fields that are no part of what is told.
_ASIDE = frozenset({"api_key", "jurisdiction_id", "device_id"})


def post_request(ctx: Context, form: Mapping[str, str], *, key: ApiKey, language: str) -> dict[str, Any]:
    """Take a request in the specification's fields.

    With a point inside a village it is an incident at once and its id is given; else a token, until the
    office has found the place. The same fields by the same key on the same day are the same request.

    Raises
    ------
    BadInput
        Naming the field that is missing or wrong.
    NotFound
        If there is no such service.
    TooMany
        If the key has brought all it may today.
    """
    told = {name: value.strip() for name, value in form.items() if value.strip()}
    vault = vault_of(ctx)
    with ctx.storage.write(f"apikey:{key.id}") as uow:
        report = _report(ctx, uow, told, key)
        _check_limit(ctx, uow, report, key, vault)
        taken = take_within(ctx, uow, report, vault=vault)
        if taken.new:
            uow.commit()
    if taken.tip.incident_id is not None:
        name, words = {"service_request_id": taken.tip.incident_id}, "open311.notice_taken"
    else:
        name, words = {"token": taken.tip.id}, "open311.notice_place"
    return name | {"service_notice": Message(words).render(language), "account_id": None}


def _report(ctx: Context, uow: UnitOfWork, told: Mapping[str, str], key: ApiKey) -> Report:
    code = told.get("service_code")
    if code is None:
        raise BadInput("open311.missing", field="service_code")
    item = require_service(ctx, uow, code)
    point = _point(told)
    words, village = told.get("address_string", ""), told.get("address_id")
    if point is None and not words and village is None:
        raise BadInput("open311.no_location")
    if village is not None and (not village.isprintable() or uow.villages.get(village) is None):
        raise BadInput("open311.no_address", id=village)
    name = item.name if item else Message("open311.other").render("zh")
    return Report(
        source="open311",
        sender_key=_sender_key(ctx, told, key),
        category=name[:100],
        description=_description(told, name),
        item_code=item.code if item else None,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        place_words=words,
        village_code=village,
        contact=_contact(told) or None,
        sender_address=_address(key),
    )


def _point(told: Mapping[str, str]) -> tuple[float, float] | None:
    if "lat" not in told and "long" not in told:
        return None
    return _degrees(told, "long", 180), _degrees(told, "lat", 90)


def _degrees(told: Mapping[str, str], field: str, most: float) -> float:
    if field not in told:
        raise BadInput("open311.missing", field=field)
    try:
        value = float(told[field])
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        raise BadInput("open311.bad_value", field=field)
    return value


def _description(told: Mapping[str, str], service_name: str) -> str:
    words = told.get("description", service_name)
    if len(words) > MOST_DESCRIPTION:
        raise BadInput("intake.too_long", field="description", most=MOST_DESCRIPTION)
    link = told.get("media_url")
    if link is None:
        return words
    parts = _split(link)
    if parts is None or len(link) > _MOST_URL:
        raise BadInput("open311.bad_value", field="media_url")
    # Nothing is fetched from there: the link is the office's to look at. It never costs a word of the report.
    return (
        words + MEDIA_MARK + link if len(words) + len(MEDIA_MARK) + len(link) <= MOST_DESCRIPTION else words
    )


def _split(link: str) -> object | None:
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.netloc and link.isprintable() else None


def _contact(told: Mapping[str, str]) -> Contact:
    for field, most in (
        ("first_name", _MOST_NAME),
        ("last_name", _MOST_NAME),
        ("phone", MOST_CONTACT),
        ("email", MOST_CONTACT),
        ("account_id", MOST_CONTACT),
    ):
        if len(told.get(field, "")) > most:
            raise BadInput("intake.too_long", field=field, most=most)
    names = (told.get("last_name", ""), told.get("first_name", ""))
    return Contact(
        name=" ".join(name for name in names if name),
        phone=told.get("phone", ""),
        email=told.get("email", ""),
        account=told.get("account_id", ""),
    )


def _check_limit(ctx: Context, uow: UnitOfWork, report: Report, key: ApiKey, vault: Vault) -> None:
    if uow.tips.by_sender_key(report.source, report.sender_key) is not None:
        return
    midnight = ctx.clock.midnight(ctx.clock.today())
    sender = sender_hash(ctx, vault, _address(key))
    if uow.tips.count_since(midnight, sender_hash=sender) >= key.per_day:
        raise TooMany("apikey.day_limit", most=key.per_day)


def _address(key: ApiKey) -> str:
    return f"apikey {key.id}"


def _sender_key(ctx: Context, told: Mapping[str, str], key: ApiKey) -> str:
    """A program that got no answer sends again: that is not a second report."""
    fields = sorted((name, value) for name, value in told.items() if name not in _ASIDE)
    body = json.dumps([key.id, ctx.clock.today().isoformat(), fields], ensure_ascii=False)
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
