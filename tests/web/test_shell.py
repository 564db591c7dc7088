"""What every page has in common: good HTML, headers, languages, errors in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import html5lib
import pytest
from apiflask import APIFlask
from conftest import Browsers
from flask.testing import FlaskClient
from test_routes import ROUTES

from gridmgr.domain.users import ROLES
from gridmgr.services import accounts
from gridmgr.services.context import Context
from webapp.blueprints import PROGRAMS
from webapp.guards import guard_of, public, requires

#: What other programs ask is no page: it speaks their language, and answers 404 while it is switched off.
_OF_PROGRAMS = {blueprint.name for blueprint in PROGRAMS}
#: Every page a user can fetch without arguments.
PAGES = [
    (name.split(" ", 1)[1], rule.endpoint)
    for name, rule in ROUTES
    if name.startswith("GET ")
    and not rule.arguments
    and not rule.rule.startswith("/api/")
    and rule.endpoint.split(".")[0] not in _OF_PROGRAMS
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("path", "endpoint"), PAGES, ids=[path for path, _ in PAGES])
def test_every_page_is_good_html_for_every_role(
    browsers: Browsers, path: str, endpoint: str, language: str
) -> None:
    """A strict parser accepts it, no key stands in place of words, and ids are unique."""
    guard = guard_of(browsers.app, endpoint)
    assert guard is not None
    for role in sorted(guard.roles or ROLES):
        accounts.set_language(browsers.app.extensions["gridmgr"].ctx, role, language)
        answer = browsers(role).get(path)
        assert answer.status_code in (200, 302), f"{path} as {role}: {answer.status_code}"
        if answer.status_code == 200 and answer.mimetype == "text/html":
            check_page(answer.get_data(as_text=True), language)


def check_page(page: str, language: str) -> None:
    """Hold a page to what all pages promise."""
    html5lib.HTMLParser(strict=True).parse(page)
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)
    unresolved = re.findall(
        r"\b(?:web|account|admin|error|desk|field|report|reason|import)\.[a-z_]+\b", words
    )
    assert not unresolved, unresolved
    assert not re.search(r"<[^>]+\son[a-z]+=", page), "inline event handlers are blocked by the policy"
    for script in re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page):
        assert "nonce=" in script


def test_headers_of_a_page(as_user: Callable[[str], FlaskClient]) -> None:
    """What browsers are told to refuse (ASVS 3.2.2, 3.4.1, 14.3.1)."""
    answer = as_user("admin").get("/account")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.replace("style-src-attr 'unsafe-inline'", "")
    assert "unsafe-eval" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_each_answer_has_its_own_nonce(client: FlaskClient) -> None:
    """A nonce that repeats protects nothing."""
    policies = {client.get("/login").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_the_session_cookie_is_out_of_reach_of_scripts(client: FlaskClient) -> None:
    """HttpOnly and SameSite (ASVS 3.3)."""
    cookie = client.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_static_files_may_be_kept_when_their_address_names_their_content(client: FlaskClient) -> None:
    """Versioned addresses are kept for long, others are asked for again."""
    page = client.get("/login").get_data(as_text=True)
    versioned = re.search(r'href="(/static/css/app.css\?v=[0-9a-f]{12})"', page)
    assert versioned is not None
    assert "immutable" in client.get(versioned.group(1)).headers["Cache-Control"]
    assert "no-cache" in client.get("/static/js/app.js").headers["Cache-Control"]


def test_pages_are_chinese_whatever_the_browser_is_set_to(client: FlaskClient) -> None:
    """English is a switch away; a machine set up in English by accident changes nothing."""
    assert "登录" in client.get("/login").get_data(as_text=True)
    english = client.get("/login", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "登录" in english.get_data(as_text=True)


def test_a_stranger_can_switch_the_language(client: FlaskClient) -> None:
    """The choice is kept in the browser."""
    assert client.get("/language/en").status_code == 303
    assert "Log in" in client.get("/login").get_data(as_text=True)
    client.get("/language/zh")
    assert "登录" in client.get("/login").get_data(as_text=True)
    assert client.get("/language/fr").status_code == 404


def test_a_users_language_is_remembered_with_the_account(
    as_user: Callable[[str], FlaskClient], app: APIFlask
) -> None:
    """It follows the user to another browser."""
    as_user("lead").get("/language/en")
    assert "My account" in as_user("lead").get("/account").get_data(as_text=True)


def test_switching_the_language_does_not_lead_to_another_server(client: FlaskClient) -> None:
    """The page before is only gone back to when it is ours."""
    answer = client.get("/language/en", headers={"Referer": "https://evil.example/x"})
    assert answer.headers["Location"] == "/"
    answer = client.get("/language/en", headers={"Referer": "http://localhost/login"})
    assert answer.headers["Location"] == "http://localhost/login"


def test_a_page_carries_the_words_its_scripts_need(client: FlaskClient) -> None:
    """As JSON that cannot end its own element."""
    page = client.get("/login").get_data(as_text=True)
    body = page.split('id="page-texts">')[1].split("</script>")[0]
    assert "<" not in body
    words = json.loads(body)
    assert words["web.close"] == "关闭"
    assert not any(key.startswith("admin.") for key in words)


@pytest.mark.parametrize(("path", "status"), [("/nothing-here", 404), ("/api/v1/nothing-here", 404)])
def test_what_is_not_there_is_said_in_the_users_language(
    as_user: Callable[[str], FlaskClient], path: str, status: int
) -> None:
    """JSON for programs, a page for people."""
    answer = as_user("lead").get(path)
    assert answer.status_code == status
    if path.startswith("/api/"):
        assert answer.json["error"]["code"] == "not_found"
        assert answer.json["error"]["message"] == "没有找到您要的页面或记录。"
    else:
        check_page(answer.get_data(as_text=True), "zh")
        assert "没有找到您要的页面或记录。" in answer.get_data(as_text=True)


def test_a_wrong_method_is_405(as_user: Callable[[str], FlaskClient]) -> None:
    """And says which are allowed."""
    answer = as_user("lead").get("/logout")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_unexpected_error_shows_its_number_and_nothing_else(app: APIFlask, ctx: Context) -> None:
    """No trace, no words of the inside; and the page works with the database gone."""

    @public
    def broken() -> str:
        ctx.storage.close()
        raise RuntimeError("secret detail")

    app.add_url_rule("/broken", "broken", broken)
    app.add_url_rule("/api/v1/broken", "broken_api", broken)
    client = app.test_client()
    answer = client.get("/broken")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in page
    assert "secret" not in page
    assert "Traceback" not in page
    html5lib.HTMLParser(strict=True).parse(page)
    body = client.get("/api/v1/broken")
    assert body.status_code == 500
    assert body.json["error"]["code"] == "internal_error"


def test_a_body_that_is_too_large_is_refused(app: APIFlask, as_user: Callable[[str], FlaskClient]) -> None:
    """413 in words, before it is read."""
    app.config["MAX_CONTENT_LENGTH"] = 1000
    client = as_user("planner")
    answer = client.post("/api/v1/incidents", json={"lon": 1.0, "lat": 1.0, "description": "x" * 2000})
    assert answer.status_code == 413
    assert answer.json["error"]["code"] == "too_large"


def test_the_server_says_that_it_lives_and_whether_it_is_ready(client: FlaskClient, ctx: Context) -> None:
    """/readyz turns red when the schema is not this version's."""
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    with ctx.storage.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "needs_migration"})


def test_requires_refuses_roles_that_do_not_exist() -> None:
    """A slip in a guard shows when the module is imported."""
    with pytest.raises(ValueError, match="planer"):
        requires("planer")
    with pytest.raises(ValueError, match="needs roles"):
        requires()


def test_switching_the_language_on_an_answer_to_a_form_leads_to_the_start_page(client: FlaskClient) -> None:
    """That address only takes forms; a page that can be asked for is gone back to."""
    back = {"Referer": "http://localhost/logout"}
    assert client.get("/language/en", headers=back).headers["Location"] == "/"
    back = {"Referer": "http://localhost/login?next=/desk/"}
    assert client.get("/language/en", headers=back).headers["Location"].endswith("/login?next=/desk/")
    back = {"Referer": "http://elsewhere.example/login"}
    assert client.get("/language/en", headers=back).headers["Location"] == "/"
