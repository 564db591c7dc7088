"""Default deny, held over every route there is: who adds a route is held to it without doing anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from conftest import Browsers
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from gridmgr.clock import Clock
from gridmgr.config import Config
from gridmgr.domain.users import ROLES
from gridmgr.geo.routers.straight import StraightLineRouter
from gridmgr.services.context import Context
from gridmgr.storage import open_storage
from webapp import create_app
from webapp.guards import guard_of

#: Routes that need no login, each with its reason. Adding one is a decision, not an accident.
PUBLIC = {
    "static": "style sheets and scripts tell nothing",
    "openapi.spec": "the contract of the API",
    "auth.login": "the way in",
    "auth.log_in": "the way in",
    "auth.choose_language": "strangers read too",
    "healthz": "asked by supervisors of the server",
    "readyz": "asked by supervisors of the server",
    "wechat.echo": "WeChat proves itself by its signature",
    "wechat.receive": "WeChat proves itself by its signature",
    "tips.form": "villagers report without an account",
    "tips.send": "villagers report without an account",
    "tips.villages": "names and borders for the map of that form",
    "status.form": "asks for a receipt code",
    "status.form_again": "the same, after switching the language",
    "status.form_again_too": "the same, after switching the language",
    "status.show": "opened by the receipt code",
    "status.rate": "opened by the receipt code",
    "status.erase": "opened by the receipt code",
    "open311.discovery": "GeoReport v2 is read without a key",
    "open311.discovery_as": "GeoReport v2 is read without a key",
    "open311.services": "GeoReport v2 is read without a key",
    "open311.services_as": "GeoReport v2 is read without a key",
    "open311.service": "GeoReport v2 is read without a key",
    "open311.service_as": "GeoReport v2 is read without a key",
    "open311.requests": "GeoReport v2 is read without a key",
    "open311.requests_as": "GeoReport v2 is read without a key",
    "open311.post_request": "carries a key",
    "open311.post_request_as": "carries a key",
    "open311.one_request": "GeoReport v2 is read without a key",
    "open311.one_request_as": "GeoReport v2 is read without a key",
    "open311.token": "GeoReport v2 is read without a key",
    "open311.token_as": "GeoReport v2 is read without a key",
    "privacy.notice": "people read it before they tell anything",
    "public_catalogue.items": "the catalogue is published in every village",
    "public_catalogue.item": "the catalogue is published in every village",
    "public_catalogue.villages": "who answers for a village is published there",
    "public_catalogue.village": "who answers for a village is published there",
}


def _blank_app() -> APIFlask:
    """An application without data, just to see its routes."""
    clock = Clock()
    context = Context(
        config=Config(), clock=clock, storage=open_storage(":memory:", clock), router=StraightLineRouter
    )
    return create_app(context, secret_key=b"routes-only-secret", testing=True, upload_folder=Path("unused"))


def _rules(app: APIFlask) -> list[tuple[str, Rule]]:
    """Every route as "METHOD /path" with its rule."""
    rules = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            rules.append((f"{method} {rule.rule}", rule))
    return sorted(rules, key=lambda pair: pair[0])


def _roles(rule: Rule) -> frozenset[str]:
    """Roles the route is open to; none for a public one."""
    guard = guard_of(BLANK_APP, rule.endpoint)
    return guard.roles if guard else frozenset()


BLANK_APP = _blank_app()
ROUTES = _rules(BLANK_APP)
GUARDED = [(name, rule) for name, rule in ROUTES if _roles(rule)]
RESTRICTED = [(name, rule) for name, rule in GUARDED if _roles(rule) != frozenset(ROLES)]


def by_name(routes: list[tuple[str, Rule]]) -> pytest.MarkDecorator:
    """Run a test once for each route, named by it."""
    return pytest.mark.parametrize(("name", "rule"), routes, ids=[name for name, _ in routes])


def call(app: APIFlask, client: FlaskClient, name: str, rule: Rule) -> int:
    """Status of a bare request to the route."""
    method = name.split(" ", 1)[0]
    adapter = app.url_map.bind("localhost")
    samples = {"IntegerConverter": 1, "FloatConverter": 1.0, "UUIDConverter": "0" * 32}
    values = {key: samples.get(type(rule._converters[key]).__name__, "x") for key in rule.arguments}
    path = adapter.build(rule.endpoint, values, method=method)
    return client.open(path, method=method).status_code


@by_name(ROUTES)
def test_every_route_has_a_guard(name: str, rule: Rule) -> None:
    """A view without @public, @requires or @signed_in is refused to everybody; none may exist."""
    assert guard_of(BLANK_APP, rule.endpoint) is not None, f"{name} ({rule.endpoint}) has no guard"


@by_name(ROUTES)
def test_only_the_routes_listed_here_are_public(name: str, rule: Rule) -> None:
    """Whoever opens a route to strangers has to write down why."""
    guard = guard_of(BLANK_APP, rule.endpoint)
    assert guard is not None
    assert guard.is_public == (rule.endpoint in PUBLIC), name


@by_name(GUARDED)
def test_a_stranger_is_turned_away_from_every_guarded_route(
    browsers: Browsers, name: str, rule: Rule
) -> None:
    """302/303 to the login page, 401 or 403, whatever the method, and never the content."""
    status = call(browsers.app, browsers.app.test_client(), name, rule)
    expected = (401,) if rule.rule.startswith("/api/") else (302, 303)
    assert status in expected, name


@by_name(RESTRICTED)
def test_a_role_the_guard_does_not_name_is_refused(browsers: Browsers, name: str, rule: Rule) -> None:
    """Every other role gets 403, before the view looks at anything."""
    for role in sorted(set(ROLES) - _roles(rule)):
        assert call(browsers.app, browsers(role), name, rule) == 403, f"{name} as {role}"


def test_a_view_that_was_forgotten_is_refused(app: APIFlask, as_user: Callable[[str], FlaskClient]) -> None:
    """Even an administrator gets nothing from a view without a guard."""
    # Blueprints are registered; Flask only lets routes be added before the first request.
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert as_user("admin").get("/forgotten").status_code == 403
