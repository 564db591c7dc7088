"""The addresses of GeoReport v2: services, requests, tokens, discovery; each in XML and JSON.

Reading needs no key, as the specification has it; sending does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, request, url_for

from gridmgr.services import apikeys
from gridmgr.services.open311 import listing, posting
from webapp.guards import public
from webapp.limits import count
from webapp.open311.formats import PREFIX, answer
from webapp.open311.query import search_of
from webapp.state import ctx
from webapp.texts import language, t

open311 = Blueprint("open311", __name__, url_prefix=PREFIX.rstrip("/"))

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
#: Questions from one address, and requests of one key.
QUESTIONS, REQUESTS = "300 per minute", "120 per minute"
#: A report is text; the longest fits many times.
MAX_BODY_BYTES = 256 * 1024

View = TypeVar("View", bound=Callable[..., Response])


def _at(rule: str, method: str = "GET") -> Callable[[View], View]:
    """Register a view with the endings .xml and .json, and without an ending."""

    def register(view: View) -> View:
        public(view)
        for ending in (".<any(xml, json):ending>", ""):
            name = f"{view.__name__}_as" if ending else view.__name__
            open311.add_url_rule(rule + ending, name, view, methods=[method])
        return view

    return register


@_at("/discovery")
def discovery(ending: str = "") -> Response:
    """Tell where the endpoint is, what it speaks, and whom to ask."""
    changed = listing.last_change(ctx())
    moment = (
        changed.astimezone(ctx().clock.zone).strftime("%Y-%m-%d %H:%M") if changed else "2026-01-01 00:00"
    )
    endpoint = {
        "specification": SPECIFICATION,
        "url": url_for("open311.services", _external=True).removesuffix("/services"),
        "changeset": moment,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    value = {
        "changeset": moment,
        "contact": t("open311.contact"),
        "key_service": t("open311.key_service"),
        "endpoints": [endpoint],
    }
    return answer("discovery", value)


@_at("/v2/services")
def services(ending: str = "") -> Response:
    """List what can be reported."""
    _county()
    return answer("services", listing.list_services(ctx(), language=language()))


@_at("/v2/services/<code>")
def service(code: str, ending: str = "") -> Response:
    """Say what else one service wants to know."""
    _county()
    return answer("service_definition", listing.define_service(ctx(), code))


@_at("/v2/requests")
def requests(ending: str = "") -> Response:
    """List requests, the newest first."""
    county = _county()
    search = search_of(request.args, ctx().clock.zone)
    return answer(
        "service_requests", listing.list_requests(ctx(), search, county=county, language=language())
    )


@_at("/v2/requests", "POST")
def post_request(ending: str = "") -> Response:
    """Take a request."""
    request.max_content_length = MAX_BODY_BYTES
    key = apikeys.check_key(ctx(), request.form.get("api_key") or request.args.get("api_key") or "")
    count(REQUESTS, by=lambda: f"apikey {key.id}")
    listing.check_jurisdiction(ctx(), request.form.get("jurisdiction_id"))
    form = {name: request.form[name] for name in request.form}
    taken = posting.post_request(ctx(), form, key=key, language=language())
    return answer("service_requests", [taken])


@_at("/v2/requests/<request_id>")
def one_request(request_id: str, ending: str = "") -> Response:
    """Show one request."""
    county = _county()
    found = listing.find_request(ctx(), request_id, county=county, language=language())
    return answer("service_requests", [found])


@_at("/v2/tokens/<token>")
def token(token: str, ending: str = "") -> Response:
    """Tell the request that became of a token."""
    _county()
    return answer("service_requests", [listing.find_token(ctx(), token)])


def _county() -> str | None:
    """The county asked for; every question passes here, and is counted."""
    count(QUESTIONS)
    return listing.check_jurisdiction(ctx(), request.args.get("jurisdiction_id"))
