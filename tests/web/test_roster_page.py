"""The page of a month's roster: sound, for its readers only, and the way to it."""

from __future__ import annotations

import json
from collections.abc import Callable

import html5lib
import pytest
from conftest import EAST, TODAY, WEST
from flask.testing import FlaskClient

AsUser = Callable[[str], FlaskClient]


def shown(client: FlaskClient, address: str) -> str:
    """The page, which has to be sound HTML."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    text = answer.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(text)
    return text


def config_of(page: str) -> dict:
    """What the page tells its script."""
    return json.loads(page.split('id="roster-config">', 1)[1].split("<", 1)[0])


@pytest.mark.parametrize(("user", "can_edit"), [("planner", True), ("lead", False), ("admin", True)])
def test_who_may_look_and_who_may_change(as_user: AsUser, user: str, can_edit: bool) -> None:
    """A county lead looks; the month is the one that holds the day."""
    page = shown(as_user(user), f"/desk/roster/?township={EAST}&date={TODAY}")
    assert config_of(page) | {"workbook": ""} == {
        "township": EAST,
        "month": "2026-03-01",
        "can_edit": can_edit,
        "workbook": "",
    }


def test_officers_and_other_townships_are_refused(as_user: AsUser) -> None:
    """The page and the workbook."""
    assert as_user("officer").get("/desk/roster/").status_code == 403
    planner = as_user("planner")
    for address in (f"/desk/roster/?township={WEST}", f"/desk/roster/month.xlsx?township={WEST}"):
        assert planner.get(address).status_code == 403
    nothing = planner.get(f"/desk/roster/month.xlsx?township={EAST}")
    assert nothing.status_code == 302
    assert "2026-03 尚无排班" in shown(planner, nothing.location)


def test_an_old_link_shows_this_month(as_user: AsUser) -> None:
    """A month that is none is no error; the desk leads here."""
    planner = as_user("planner")
    assert config_of(shown(planner, "/desk/roster/?month=soon"))["month"] == "2026-03-01"
    assert 'href="/desk/roster/"' in shown(planner, "/desk/")
