"""The administrator's page of deadlines: what is provisional, what can be changed, what is refused."""

from __future__ import annotations

from collections.abc import Callable

from conftest import post_form
from flask.testing import FlaskClient

from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import rule_book_now, shipped_words

AsUser = Callable[[str], FlaskClient]
PAGE = "/admin/deadlines/"


def form(**changes: str) -> dict[str, str]:
    """The form as it stands, with changes."""
    rules = {f"rule_{name}": words for name, words in shipped_words().items()}
    plain = {"hours": "08:30-12:00,14:00-17:30", "yellow": "50", "red": "80", "escalate_after": "1个工作日"}
    return {**plain, **rules, **changes}


def test_the_page_says_what_is_known_of_each_year(as_user: AsUser) -> None:
    """With the notice, and 2027 marked as provisional."""
    page = as_user("admin").get(PAGE).get_data(as_text=True)
    assert "国办发明电〔2025〕7号" in page
    assert "2027 年的放假调休通知尚未录入" in page
    assert "7 个工作日（《行政处罚法》第 61 条；按第 85 条计为工作日）" in page
    assert as_user("planner").get(PAGE).status_code == 403


def test_reckoning_on_the_page(as_user: AsUser) -> None:
    """A sentence, provisional or not; what cannot be read is said."""
    client = as_user("admin")
    found = client.get(PAGE, query_string={"rule": "90日", "start": "2026-07-03T10:00"}).get_data(
        as_text=True
    )
    assert "至 2026-10-08 17:30 届满" in found
    refused = client.get(PAGE, query_string={"rule": "<b>soon", "start": "2026-07-03T10:00"})
    assert "&lt;b&gt;soon" in refused.get_data(as_text=True)
    for start in ("0001-01-01T00:00", "9999-12-31T10:00", "x", "2190-01-01T00:00"):
        answer = client.get(PAGE, query_string={"rule": "90日", "start": start})
        assert answer.status_code == 200
        assert "不是时间" in answer.get_data(as_text=True)


def test_rules_are_changed_and_turned_off(ctx: Context, as_user: AsUser) -> None:
    """Only what differs is kept."""
    changed = form(rule_check="3工作小时", rule_verify="", yellow="60")
    done = post_form(as_user("admin"), PAGE, **changed)
    assert done.status_code == 303
    book = rule_book_now(ctx)
    assert dict(book.settings.rules) == {"check": "3工作小时", "verify": ""}
    assert book.settings.yellow == 0.6
    assert book.phases["verify"].rule is None


def test_every_bad_field_is_named_and_nothing_is_kept(ctx: Context, as_user: AsUser) -> None:
    """In the page's own words, with what was typed still there."""
    bad = form(rule_check="很快", hours="全天", red="40")
    answer = post_form(as_user("admin"), PAGE, **bad)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in ("核查: 很快", "办公时间: 全天", "50%, 40%"):
        assert words in page
    assert 'value="很快"' in page
    assert rule_book_now(ctx).settings.rules == {}
    for nonsense in ("abc", "nan", "inf", ""):
        assert post_form(as_user("admin"), PAGE, **form(yellow=nonsense)).status_code == 422
