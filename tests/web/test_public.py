"""Pages for everybody: they open without an account and speak both languages."""

from __future__ import annotations

from flask.testing import FlaskClient


def test_a_stranger_reads_what_becomes_of_their_data(client: FlaskClient) -> None:
    """In Chinese, without a cookie being set."""
    answer = client.get("/privacy")
    assert answer.status_code == 200
    assert "您的信息怎样被使用" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_a_stranger_switches_the_language_and_comes_back(client: FlaskClient) -> None:
    """The link leads back to the page it stands on, now in English."""
    switched = client.get("/language/en", headers={"Referer": "http://localhost/privacy"})
    assert switched.headers["Location"].endswith("/privacy")
    page = client.get("/privacy").get_data(as_text=True)
    assert "How your information is used" in page
    assert "中文" in page
