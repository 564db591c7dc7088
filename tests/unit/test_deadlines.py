"""Deadlines one by one: words, laws, pauses that last, warnings."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gridmgr.data import load
from gridmgr.domain.calendar import OfficeHours, WorkCalendar
from gridmgr.domain.deadlines import (
    CaseClock,
    DeadlineRule,
    Extension,
    Pause,
    RuleTextError,
    Thresholds,
    due_at,
    is_meant_as_rule,
    parse_rule,
    standing,
)
from gridmgr.domain.deadlines.book import DeadlineSettings, rule_book
from gridmgr.services.deadlines.calendars import shipped_days

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    shipped_days(), hours=OfficeHours.of("08:30-12:00,14:00-17:30"), zone=ZONE, settled_years=(2025, 2026)
)
BOOK = rule_book(load("deadlines"), DeadlineSettings())


def at(words: str) -> datetime:
    """A moment in the office."""
    return datetime.fromisoformat(words).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("words", "amount", "unit"),
    [
        ("4工作小时", 4, "working_hour"),
        ("4个工作时", 4, "working_hour"),
        ("2个工作日", 2, "working_day"),
        ("五个工作日内", 5, "working_day"),
        ("90日", 90, "day"),
        ("九十日", 90, "day"),
        ("一百二十天", 120, "day"),
        ("20 天", 20, "day"),
        ("24小时", 24, "hour"),
        ("3个月", 3, "month"),
        ("两年", 2, "year"),
        ("２年", 2, "year"),
        ("4 working hours", 4, "working_hour"),
        ("5 working days", 5, "working_day"),
        ("Within 5 Working Days", 5, "working_day"),
        ("30 days", 30, "day"),
        ("1 day", 1, "day"),
        ("4wh", 4, "working_hour"),
        ("2wd", 2, "working_day"),
        ("7d", 7, "day"),
    ],
)
def test_words_are_read(words: str, amount: int, unit: str) -> None:
    """Chinese and English, digits and numerals, full width too."""
    assert parse_rule(words) == DeadlineRule(amount=amount, unit=unit)


def test_words_carry_their_start_and_law() -> None:
    """As laws and lists write them."""
    assert parse_rule("自立案之日起九十日内") == DeadlineRule(amount=90, unit="day", starts="filed")
    assert parse_rule("within 5 working days of acceptance").starts == "accepted"
    rule = parse_rule("7日（《行政处罚法》第六十一条）")
    assert (rule.law, rule.article, rule.amount) == ("penalty", 61, 7)
    assert parse_rule("10 days (Administrative Coercion Law, Art. 25)").article == 25


@pytest.mark.parametrize(
    "words",
    [
        "",
        "0日",
        "-3天",
        "5.5个工作日",
        "5 parsecs",
        "3工作",
        "999999日",
        "十百日",
        "7日（民法典第三条）",
        "尽快",
    ],
)
def test_other_words_are_refused(words: str) -> None:
    """With the words in the message."""
    with pytest.raises(RuleTextError) as caught:
        parse_rule(words)
    assert repr(words) in str(caught.value)


def test_only_what_begins_with_a_number_is_meant_as_a_rule() -> None:
    """Prose about the law is an office's good right, a slip in a number is not."""
    assert all(is_meant_as_rule(words) for words in ("0日", "-3天", "5.5个工作日", "５ parsecs"))
    assert not any(is_meant_as_rule(words) for words in ("", "依法办理", "按照第三十条执行", "immediately"))


@pytest.mark.parametrize(
    ("words", "unit", "article"),
    [
        ("2日（行政处罚法）", "working_day", 85),
        ("3日（行政处罚法）", "working_day", 85),
        ("5日（行政处罚法第六十四条）", "working_day", 85),
        ("7日（行政处罚法第六十一条）", "working_day", 85),
        ("10日（行政处罚法）", "day", 0),
        ("90日（行政处罚法第六十条）", "day", 0),
        ("10日（行政强制法）", "working_day", 69),
        ("1日（行政强制法）", "working_day", 69),
        ("11日（行政强制法）", "day", 0),
        ("30日（行政强制法第二十五条）", "day", 0),
        ("7日", "day", 0),
    ],
)
def test_laws_count_their_own_days(words: str, unit: str, article: int) -> None:
    """行政处罚法第八十五条 lists four numbers of days, 行政强制法第六十九条 takes all up to ten."""
    rule = BOOK.read(words)
    assert (rule.unit, rule.counted_by) == (unit, article)


def test_the_limits_of_the_law_stand_in_the_book() -> None:
    """With their articles; 30 and 90 days are plain days."""
    found = {
        name: (limit.rule.law, limit.rule.article, limit.rule.amount, limit.rule.unit)
        for name, limit in BOOK.limits.items()
        if limit.rule is not None
    }
    assert found == {
        "decide": ("penalty", 60, 90, "day"),
        "serve": ("penalty", 61, 7, "working_day"),
        "hearing": ("penalty", 64, 5, "working_day"),
        "seizure": ("coercion", 25, 30, "day"),
        "past": ("penalty", 36, 2, "year"),
        "past_serious": ("penalty", 36, 5, "year"),
        "hotline": ("", 0, 5, "working_day"),
        "objection": ("", 0, 5, "working_day"),
    }
    assert BOOK.limits["seizure"].extension == DeadlineRule(amount=30, unit="day")


def test_an_office_sets_its_own_lengths() -> None:
    """As data; the law and article stay, and Art 85 counts the new length as the law would."""
    book = rule_book(
        load("deadlines"), DeadlineSettings(rules={"serve": "10日", "verify": "", "check": "3工作小时"})
    )
    serve = book.limits["serve"].rule
    assert serve is not None
    assert (serve.amount, serve.unit, serve.law, serve.article) == (10, "day", "penalty", 61)
    assert book.phases["verify"].rule is None
    assert book.phases["check"].rule == DeadlineRule(amount=3, unit="working_hour")
    with pytest.raises(ValueError, match=r"check.*'soon'"):
        DeadlineSettings(rules={"check": "soon"})


@pytest.mark.parametrize(
    ("words", "start", "due"),
    [
        # Friday late afternoon: one hour today, three on Monday.
        ("4工作小时", "2026-03-06T16:30", "2026-03-09T11:30"),
        # A period that is just full ends at closing, not at the next opening.
        ("1工作小时", "2026-03-06T16:30", "2026-03-06T17:30"),
        # Out of hours it starts with the next opening.
        ("1工作小时", "2026-03-07T03:00", "2026-03-09T09:30"),
        # The Saturday after the Spring Festival is worked.
        ("2个工作日", "2026-02-27T10:00", "2026-03-02T17:30"),
        # 90 days from 3 July 2026 end on 1 October; National Day's week is over on the 8th.
        ("90日", "2026-07-03T10:00", "2026-10-08T17:30"),
        # A last day on a Saturday that is worked stands.
        ("9日", "2026-04-30T10:00", "2026-05-09T17:30"),
        ("1个月", "2025-01-31T10:00", "2025-02-28T17:30"),
        ("24小时", "2026-03-07T03:00", "2026-03-08T03:00"),
    ],
)
def test_due_by_hand(words: str, start: str, due: str) -> None:
    """Reckoned on paper with the calendar beside it."""
    assert due_at(BOOK.read(words), at(start), CALENDAR) == at(due)


def test_a_citizens_last_day_ends_at_midnight() -> None:
    """Who may ask for a hearing has the whole fifth working day."""
    rule = BOOK.limits["hearing"].rule
    assert rule is not None
    assert due_at(rule, at("2026-03-02T10:00"), CALENDAR) == at("2026-03-10T00:00")


def test_a_pause_that_lasts_leaves_the_end_open_unless_time_was_up_before() -> None:
    """Nobody knows when it goes on; what was overdue stays so."""
    lasting = [Pause(since=at("2026-03-03T10:00"))]
    for words in ("14工作小时", "24小时", "1个工作日", "1日", "3个月"):
        assert due_at(BOOK.read(words), at("2026-03-02T15:00"), CALENDAR, pauses=lasting) is None
    assert due_at(BOOK.read("2工作小时"), at("2026-03-02T15:00"), CALENDAR, pauses=lasting) == at(
        "2026-03-02T17:00"
    )
    # The last day is a Saturday; the pause begins on Sunday, so the working day after is not reached.
    sunday = [Pause(since=at("2026-03-08T10:00"))]
    assert due_at(BOOK.read("5日"), at("2026-03-02T15:00"), CALENDAR, pauses=sunday) is None


def clock(words: str = "10工作小时", start: str = "2026-03-02T08:30", **more: object) -> CaseClock:
    """A clock of the office."""
    return CaseClock(
        **{
            "id": "k", "case_id": "c", "township_code": None, "phase": "handle", "answers": "office",
            "rule": BOOK.read(words), "started_at": at(start), **more,
        }
    )  # fmt: skip


def test_warnings_come_by_the_share_of_time_used() -> None:
    """Ten office hours: yellow after five, red after eight, overdue after ten; the night does not count."""
    levels = [
        standing(clock(), at(moment), CALENDAR, Thresholds(yellow=0.5, red=0.8)).level
        for moment in (
            *("2026-03-02T08:30", "2026-03-02T15:29", "2026-03-02T15:30", "2026-03-02T23:00"),
            *("2026-03-03T09:29", "2026-03-03T09:30", "2026-03-03T11:30", "2026-03-03T11:31"),
        )
    ]
    assert levels == ["green", "green", "yellow", "yellow", "yellow", "red", "red", "overdue"]


def test_left_is_counted_as_the_rule_counts() -> None:
    """Office hours for working rules, negative once overdue; plain time for others."""
    seen = standing(clock(), at("2026-03-02T17:00"), CALENDAR, Thresholds())
    assert seen.left == timedelta(hours=3, minutes=30)
    assert standing(clock(), at("2026-03-03T16:30"), CALENDAR, Thresholds()).left == -timedelta(hours=3)
    days = standing(clock("3日"), at("2026-03-03T08:30"), CALENDAR, Thresholds())
    assert (days.due, days.left) == (at("2026-03-05T17:30"), timedelta(days=2, hours=9))


def test_a_paused_clock_keeps_what_is_left() -> None:
    """However long it stands still."""
    held = clock().paused(Pause(since=at("2026-03-02T10:30"), kind="hearing"))
    seen = [
        standing(held, at(moment), CALENDAR, Thresholds())
        for moment in ("2026-03-02T12:00", "2026-04-20T12:00")
    ]
    assert [(item.level, item.due, item.left) for item in seen] == [("paused", None, timedelta(hours=8))] * 2
    going = held.resumed(at("2026-04-20T14:00"))
    assert standing(going, at("2026-04-20T14:00"), CALENDAR, Thresholds()).due == at("2026-04-21T15:00")


def test_only_approved_extensions_count() -> None:
    """30 days and 30 more; asked for is not granted."""
    seizure = BOOK.limits["seizure"].rule
    assert seizure is not None
    asked = Extension(
        id="e",
        rule=DeadlineRule(amount=30, unit="day"),
        asked_by="a",
        asked_at=at("2026-03-20T10:00"),
        reason="复杂",
    )
    held = clock(rule=seizure).with_extensions([asked])
    assert standing(held, at("2026-03-20T10:00"), CALENDAR, Thresholds()).due == at("2026-04-01T17:30")
    granted = Extension(
        id="e", rule=asked.rule, asked_by="a", asked_at=asked.asked_at, reason="复杂", state="approved",
        decided_by="b", decided_at=at("2026-03-21T10:00"),
    )  # fmt: skip
    # Sixty days from 2 March end on 1 May: Labour Day's days off give way to the 6th.
    assert standing(
        held.with_extensions([granted]), at("2026-03-20T10:00"), CALENDAR, Thresholds()
    ).due == at("2026-05-06T17:30")
    with pytest.raises(ValueError, match="decision"):
        Extension(
            id="e", rule=asked.rule, asked_by="a", asked_at=asked.asked_at, reason="x", state="approved"
        )


def test_what_rests_on_an_unknown_notice_says_so() -> None:
    """A deadline that falls in 2027 may still move."""
    settled = {start: standing(clock("30日", start), at(start), CALENDAR, Thresholds()).settled for start in
               ("2026-11-20T10:00", "2026-12-20T10:00")}  # fmt: skip
    assert settled == {"2026-11-20T10:00": True, "2026-12-20T10:00": False}


def test_a_stopped_clock_is_judged_by_when_it_stopped() -> None:
    """In time, late, or not at all."""
    stops = (("2026-03-03T11:30", "done"), ("2026-03-03T11:31", "done"), ("2026-03-09T10:00", "void"))
    seen = [
        standing(clock().stopped(at(moment), stop), at("2026-06-01T10:00"), CALENDAR, Thresholds()).level
        for moment, stop in stops
    ]
    assert seen == ["met", "late", "void"]
