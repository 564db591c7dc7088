"""What a list of requests is asked for with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from gridmgr.errors import BadInput
from gridmgr.services.open311.listing import MOST_REQUESTS, STATUSES, Search

#: Most codes or ids in one question, and the highest page that can be meant.
_MOST_PARTS, _MOST_PAGE = 1000, 100_000
#: A plus sign that was sent as it is arrives as a blank.
_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")


def search_of(args: Mapping[str, str], zone: tzinfo) -> Search:
    """Read the query; empty values count as not given.

    Raises
    ------
    BadInput
        Naming the field.
    """
    statuses = _parts(args, "status")
    if not statuses <= set(STATUSES):
        raise BadInput("open311.bad_value", field="status")
    return Search(
        ids=_parts(args, "service_request_id"),
        service_codes=_parts(args, "service_code"),
        start=_moment(args, "start_date", zone),
        end=_moment(args, "end_date", zone),
        statuses=statuses,
        page=_number(args, "page", 1, _MOST_PAGE),
        page_size=_number(args, "page_size", MOST_REQUESTS, MOST_REQUESTS),
    )


def _parts(args: Mapping[str, str], field: str) -> frozenset[str]:
    parts = frozenset(part.strip() for part in args.get(field, "").split(",") if part.strip())
    if len(parts) > _MOST_PARTS or not all(part.isprintable() for part in parts):
        raise BadInput("open311.bad_value", field=field)
    return parts


def _moment(args: Mapping[str, str], field: str, zone: tzinfo) -> datetime | None:
    text = args.get(field, "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text))
        if len(text) == len("2010-01-01"):
            moment = moment.replace(tzinfo=zone)
        if moment.tzinfo is None or not 1900 <= moment.year < 2200:
            raise ValueError("no zone, or no year that can be meant")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput("open311.bad_date", field=field) from error


def _number(args: Mapping[str, str], field: str, usual: int, most: int) -> int:
    text = args.get(field, "").strip()
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
        raise BadInput("open311.bad_value", field=field)
    return int(text)
