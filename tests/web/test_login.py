"""Sessions, lockout, form tokens: what ASVS 5.0 asks of logging in (6.3.1, 7.2.4, 7.4.1, 3.5.1-3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask
from conftest import PASSWORD, MovableNow, login, post_form, token_of
from flask.testing import FlaskClient

from gridmgr.services import accounts
from gridmgr.services.context import Context
from webapp import create_app
from webapp.auth.views import is_local


def test_the_right_password_opens_a_session(client: FlaskClient) -> None:
    """After login the start page leads to work instead of to the login page."""
    assert client.get("/").headers["Location"].startswith("/login")
    login(client, "admin")
    assert client.get("/").headers["Location"] == "/admin/"


def test_wrong_name_and_wrong_password_read_the_same(client: FlaskClient) -> None:
    """Nobody learns which names exist."""
    pages = []
    for name in ("admin", "nobody"):
        answer = post_form(client, "/login", name=name, password="wrong", next="")
        assert answer.status_code == 403
        pages.append(answer.get_data(as_text=True).split('role="alert">')[1].split("<")[0])
    assert pages[0] == pages[1]
    assert "用户名或密码不正确" in pages[0]


def test_a_copied_cookie_is_worth_nothing_after_logout(app: APIFlask, client: FlaskClient) -> None:
    """Replaying the session cookie after logout gives no access (ASVS 7.4.1)."""
    login(client, "admin")
    copied = client.get_cookie("gridmgr")
    assert copied is not None
    thief = app.test_client()
    thief.set_cookie("gridmgr", copied.value)
    assert thief.get("/account").status_code == 200
    goodbye = post_form(client, "/logout", page="/account")
    assert (goodbye.status_code, goodbye.headers["Clear-Site-Data"]) == (303, '"cache"')
    assert thief.get("/account").status_code == 302
    assert thief.get("/api/v1/me").status_code == 401


def test_a_login_gives_a_fresh_session(app: APIFlask, client: FlaskClient) -> None:
    """A second login does not go on with the first one's token (ASVS 7.2.4)."""
    login(client, "admin")
    first = client.get_cookie("gridmgr")
    other = login(app.test_client(), "admin").get_cookie("gridmgr")
    assert first is not None
    assert other is not None
    assert first.value != other.value


def test_a_session_ends_when_it_is_not_used(client: FlaskClient, now: MovableNow) -> None:
    """The idle limit counts from the last use."""
    login(client, "admin")
    now.advance(timedelta(hours=7))
    assert client.get("/account").status_code == 200
    now.advance(timedelta(hours=7))
    assert client.get("/account").status_code == 200
    now.advance(timedelta(hours=8, minutes=1))
    assert client.get("/account").status_code == 302


def test_a_session_ends_however_often_it_is_used(client: FlaskClient, now: MovableNow) -> None:
    """The absolute limit counts from the login."""
    login(client, "admin")
    for _ in range(24):
        now.advance(timedelta(hours=7))
        assert client.get("/account").status_code == 200
    now.advance(timedelta(minutes=1))
    assert client.get("/account").status_code == 302


def test_five_wrong_passwords_lock_the_account_for_a_while(client: FlaskClient, now: MovableNow) -> None:
    """Then even the right one is refused, in the same words, until the lockout is over (ASVS 6.3.1)."""
    for _ in range(5):
        post_form(client, "/login", name="lead", password="wrong", next="")
    refused = post_form(client, "/login", name="lead", password=PASSWORD, next="")
    assert refused.status_code == 403
    now.advance(timedelta(minutes=16))
    login(client, "lead")


def test_a_deactivated_user_is_out_at_once(client: FlaskClient, ctx: Context) -> None:
    """Sessions do not outlive the account."""
    login(client, "lead")
    accounts.change_user(ctx, "lead", actor="admin", active=False)
    assert client.get("/account").status_code == 302
    assert post_form(client, "/login", name="lead", password=PASSWORD, next="").status_code == 403


def test_logins_failures_and_logouts_are_on_record(client: FlaskClient, ctx: Context) -> None:
    """The audit trail names what happened, and never a password."""
    post_form(client, "/login", name="lead", password="wrong-secret", next="")
    login(client, "lead")
    post_form(client, "/logout", page="/account")
    with ctx.storage.read() as uow:
        events = uow.audit.find(subject_kind="user", subject_id="lead")
        assert [event.action for event in events] == ["user.logout", "user.login", "user.login_refused"]
        assert "wrong-secret" not in repr(uow.audit.find())
        assert uow.audit.first_broken() is None


def test_a_form_without_its_token_is_refused(as_user: Callable[[str], FlaskClient]) -> None:
    """CSRF: a form sent from elsewhere carries no token (ASVS 3.5.1)."""
    client = as_user("admin")
    assert client.post("/logout").status_code == 400
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_write_from_another_site_is_refused(
    as_user: Callable[[str], FlaskClient], headers: dict[str, str]
) -> None:
    """The API has no form tokens; where the request comes from decides (ASVS 3.5.3)."""
    client = as_user("planner")
    body = {"lon": 113.005, "lat": 34.005}
    answer = client.post("/api/v1/incidents", json=body, headers=headers)
    assert answer.status_code == 403
    assert client.get("/api/v1/incidents").json["incidents"] == []


def test_a_write_from_our_own_pages_is_taken(as_user: Callable[[str], FlaskClient]) -> None:
    """Both ways a browser says so, and programs that say nothing."""
    client = as_user("planner")
    body = {"lon": 113.005, "lat": 34.005}
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}):
        assert client.post("/api/v1/incidents", json=body, headers=headers).status_code == 201


def test_too_many_attempts_are_slowed_down(ctx: Context) -> None:
    """The limit counts by name and address and answers 429."""
    app = create_app(ctx, secret_key=b"tests-only-secret-key")
    client = app.test_client()
    token = token_of(client)
    form = {"name": "nobody", "password": "x", "csrf_token": token}
    statuses = [client.post("/login", data=form).status_code for _ in range(21)]
    assert statuses == [403] * 20 + [429]


def test_after_login_one_goes_on_to_the_page_asked_for(client: FlaskClient) -> None:
    """The address survives the login page."""
    assert client.get("/account/password?x=1").headers["Location"] == "/login?next=/account/password?x%3D1"
    answer = post_form(client, "/login", name="lead", password=PASSWORD, next="/account/password?x=1")
    assert answer.headers["Location"] == "/account/password?x=1"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "",
        "/\t/evil",
    ],
)
def test_login_never_leads_to_another_server(client: FlaskClient, address: str) -> None:
    """Open redirects are refused (ASVS 1.2.3)."""
    assert not is_local(address)
    answer = post_form(client, "/login", name="lead", password=PASSWORD, next=address)
    assert answer.headers["Location"] == "/"


def test_ones_own_password_can_be_changed(app: APIFlask, client: FlaskClient) -> None:
    """The new one counts, the old one does not, and other devices are logged out (ASVS 7.4.2)."""
    elsewhere = login(app.test_client(), "lead")
    login(client, "lead")
    new = "Another-horse-8"
    answer = post_form(client, "/account/password", old=PASSWORD, new=new, again=new)
    assert answer.status_code == 303
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert post_form(app.test_client(), "/login", name="lead", password=PASSWORD, next="").status_code == 403
    login(app.test_client(), "lead", new)


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", "Another-horse-8", "Another-horse-8"),
        (PASSWORD, "Another-horse-8", "Another-horse-9"),
        (PASSWORD, "short1", "short1"),
        (PASSWORD, "onlylowercase", "onlylowercase"),
        (PASSWORD, "password123", "password123"),
        (PASSWORD, "My-lead-password", "My-lead-password"),
        (PASSWORD, PASSWORD, PASSWORD),
    ],
)
def test_a_bad_new_password_changes_nothing(
    as_user: Callable[[str], FlaskClient], app: APIFlask, old: str, new: str, again: str
) -> None:
    """Wrong old one, typing slips, and weak ones are refused (ASVS 6.2.4)."""
    client = as_user("lead")
    answer = post_form(client, "/account/password", old=old, new=new, again=again)
    assert answer.status_code == 400
    login(app.test_client(), "lead")
