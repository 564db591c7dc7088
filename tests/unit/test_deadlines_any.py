"""Over twelve thousand random deadlines against a clock that looks at every minute or day in turn."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from slow_clock import SlowClock

from gridmgr.domain.calendar import CalendarDay, OfficeHours, WorkCalendar
from gridmgr.domain.deadlines import CaseClock, DeadlineRule, Pause, Thresholds, due_at, standing
from gridmgr.services.deadlines.calendars import shipped_days

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2025, 1, 1)  # noqa: DTZ001  wall clock
#: Starts lie in these years; counting may go on beyond them.
START_MINUTES = 3 * 365 * 24 * 60
#: Where the slow clock gives up; all cases below end long before.
UNTIL = datetime(2034, 1, 1)  # noqa: DTZ001
ALL_HOURS = (
    "08:30-12:00,14:00-17:30",
    "09:00-17:00",
    "00:00-11:59,13:01-23:59",
    "08:00-11:30,14:30-18:00,19:00-20:00",
)


@cache
def calendars() -> list[tuple[WorkCalendar, SlowClock]]:
    """The real calendar with the usual hours, and eleven with holidays and make-up days at random."""
    made = []
    for number in range(12):
        random = Random(number)
        hours = ALL_HOURS[number % len(ALL_HOURS)]
        days = shipped_days() if number == 0 else random_days(random)
        marks = {item.day: item.kind for item in days}
        known: dict[date, bool] = {}

        def works(day: date, marks=marks, known=known) -> bool:
            if day not in known:
                known[day] = {"holiday": False, "makeup": True}.get(marks.get(day, ""), day.weekday() < 5)
            return known[day]

        periods = [
            tuple(int(part[:2]) * 60 + int(part[3:]) for part in period.split("-"))
            for period in hours.split(",")
        ]
        calendar = WorkCalendar(days, hours=OfficeHours.of(hours), zone=ZONE)
        made.append((calendar, SlowClock(works, periods, UNTIL)))
    return made


def random_days(random: Random) -> list[CalendarDay]:
    """Stretches of up to ten days off, and weekends worked."""
    days: dict[date, CalendarDay] = {}
    for _ in range(random.randrange(0, 90)):
        first = date(2025, 1, 1) + timedelta(days=random.randrange(0, 4 * 365))
        for n in range(random.randrange(1, 11)):
            day = first + timedelta(days=n)
            days[day] = CalendarDay(day=day, kind="holiday", name="假")
    for _ in range(random.randrange(0, 60)):
        day = date(2025, 1, 1) + timedelta(days=random.randrange(0, 4 * 365))
        if day.weekday() > 4:
            days[day] = CalendarDay(day=day, kind="makeup")
    return list(days.values())


which = st.integers(0, 11)
starts = st.integers(0, START_MINUTES).map(lambda minutes: FIRST + timedelta(minutes=minutes))


@st.composite
def pauses(draw: st.DrawFn, longest: int = 20 * 24 * 60) -> list[tuple[int, int]]:
    """Up to four pauses: minutes from the period's start, and lengths; some overlap or begin before."""
    many = draw(st.integers(0, 4))
    return [(draw(st.integers(-600, 30_000)), draw(st.integers(0, longest))) for _ in range(many)]


def spans(start: datetime, shifts: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
    """Pauses on the wall clock."""
    begun = [(start + timedelta(minutes=shift), length) for shift, length in shifts]
    return [(since, since + timedelta(minutes=length)) for since, length in begun]


def aware(wall: datetime) -> datetime:
    """A moment of the wall clock."""
    return wall.replace(tzinfo=ZONE)


def stored(found: list[tuple[datetime, datetime]]) -> list[Pause]:
    """Pauses as clocks keep them."""
    return [Pause(since=aware(since), until=aware(until)) for since, until in found]


def many(count: int) -> settings:
    """So many cases, however busy the machine is."""
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))


@many(2500)
@given(which, starts, st.integers(1, 24), pauses())
@example(0, datetime(2026, 2, 13, 17, 29), 8, [])  # noqa: DTZ001  into the Spring Festival with its worked Saturday
@example(0, datetime(2026, 4, 30, 12, 0), 4, [(0, 60)])  # noqa: DTZ001
def test_working_hours(number: int, start: datetime, amount: int, shifts: list[tuple[int, int]]) -> None:
    """Minute by minute through nights, weekends, holidays, make-up days and pauses."""
    calendar, slow = calendars()[number]
    away = spans(start, shifts)
    rule = DeadlineRule(amount=amount, unit="working_hour")
    found = due_at(rule, aware(start), calendar, pauses=stored(away))
    assert found == aware(slow.hours(amount, start, away, office=True))


@many(1200)
@given(which, starts, st.integers(1, 72), pauses(longest=3000))
def test_plain_hours(number: int, start: datetime, amount: int, shifts: list[tuple[int, int]]) -> None:
    """Round the clock, but for pauses."""
    calendar, slow = calendars()[number]
    away = spans(start, shifts)
    found = due_at(DeadlineRule(amount=amount, unit="hour"), aware(start), calendar, pauses=stored(away))
    assert found == aware(slow.hours(amount, start, away, office=False))


@many(3000)
@given(which, starts, st.integers(1, 60), pauses(), st.booleans())
@example(0, datetime(2025, 9, 27, 9, 0), 5, [], False)  # noqa: DTZ001  Sunday worked, then eight days off
def test_working_days(
    number: int, start: datetime, amount: int, shifts: list[tuple[int, int]], midnight: bool
) -> None:
    """The first day does not count, days off do not, days on whose end it stands still do not."""
    calendar, slow = calendars()[number]
    away = spans(start, shifts)
    rule = DeadlineRule(amount=amount, unit="working_day", ends="midnight" if midnight else "office")
    found = due_at(rule, aware(start), calendar, pauses=stored(away))
    last = slow.days(amount, start.date(), away, office=True)
    assert found == aware(slow.end(last, away, midnight=midnight))


@many(3000)
@given(which, starts, st.integers(1, 120), pauses(), st.booleans())
@example(0, datetime(2026, 7, 3, 9, 0), 90, [], False)  # noqa: DTZ001  ends on the first day of National Day's week
def test_calendar_days(
    number: int, start: datetime, amount: int, shifts: list[tuple[int, int]], midnight: bool
) -> None:
    """Every day counts but the first; a last day of rest gives way to the next working day."""
    calendar, slow = calendars()[number]
    away = spans(start, shifts)
    rule = DeadlineRule(amount=amount, unit="day", ends="midnight" if midnight else "office")
    found = due_at(rule, aware(start), calendar, pauses=stored(away))
    last = slow.days(amount, start.date(), away, office=False)
    assert found == aware(slow.end(last, away, midnight=midnight))


@many(1000)
@given(which, starts, st.integers(1, 24), pauses(), st.booleans())
@example(0, datetime(2025, 1, 31, 9, 0), 1, [], False)  # noqa: DTZ001  there is no 31 February
@example(0, datetime(2026, 2, 28, 9, 0), 24, [], True)  # noqa: DTZ001
def test_months_and_years(
    number: int, start: datetime, amount: int, shifts: list[tuple[int, int]], years: bool
) -> None:
    """To the day of the same number, or the month's last."""
    calendar, slow = calendars()[number]
    away = spans(start, shifts)
    length = max(1, amount // 8) if years else amount
    rule = DeadlineRule(amount=length, unit="year" if years else "month")
    found = due_at(rule, aware(start), calendar, pauses=stored(away))
    last = slow.months(length * 12 if years else length, start.date(), away)
    assert found == aware(slow.end(last, away, midnight=False))


PARTS = st.tuples(st.sampled_from(("working_hour", "working_day", "day", "month")), st.integers(1, 9))


@many(1500)
@given(which, starts, st.lists(PARTS, min_size=2, max_size=4), pauses(longest=5000))
def test_extensions_count_on_from_where_the_time_before_ends(
    number: int, start: datetime, parts: list[tuple[str, int]], shifts: list[tuple[int, int]]
) -> None:
    """Days go on from the last day, rest or not; only the very last gives way. Hours go on at once."""
    calendar, slow = calendars()[number]
    away = spans(start, shifts)
    rules = [DeadlineRule(amount=amount, unit=unit) for unit, amount in parts]
    found = due_at(rules[0], aware(start), calendar, pauses=stored(away), extensions=rules[1:])
    moment, day = start, None
    for unit, amount in parts:
        if unit == "working_hour":
            moment = slow.end(day, away, midnight=False) if day else moment
            moment, day = slow.hours(amount, moment, away, office=True), None
        elif unit == "month":
            day = slow.months(amount, day or moment.date(), away)
        else:
            day = slow.days(amount, day or moment.date(), away, office=unit == "working_day")
    assert found == aware(slow.end(day, away, midnight=False) if day else moment)


@many(600)
@given(which, starts, PARTS, pauses(longest=3000), st.integers(0, 20_000))
def test_what_is_used_and_what_is_left_make_up_the_whole(
    number: int, start: datetime, part: tuple[str, int], shifts: list[tuple[int, int]], later: int
) -> None:
    """Counted minute by minute from the start to the end; nothing is left exactly when it falls due."""
    calendar, slow = calendars()[number]
    unit, amount = part
    rule = DeadlineRule(amount=amount, unit=unit)
    now = start + timedelta(minutes=later)
    away = [(since, until) for since, until in spans(start, shifts) if until <= now]
    clock = CaseClock(
        id="k", case_id="c", township_code=None, phase="handle", answers="office",
        rule=rule, started_at=aware(start), pauses=tuple(stored(away)),
    )  # fmt: skip
    seen = standing(clock, aware(now), calendar, Thresholds())
    assert seen.due is not None
    due = seen.due.replace(tzinfo=None)
    assert (seen.level == "overdue") == (now > due)
    office = unit in ("working_hour", "working_day")
    # The whole in minutes is only walked where that is short enough to be worth it.
    if (due - start) < timedelta(days=12) and now <= due:
        walked = [start + timedelta(minutes=n) for n in range(int((due - start) / timedelta(minutes=1)))]
        counted = [
            at for at in walked
            if (not office or slow.open_in(at)) and not any(a <= at < b for a, b in away)
        ]  # fmt: skip
        used = sum(at < now for at in counted)
        assert seen.left == timedelta(minutes=len(counted) - used)
        assert abs(seen.used - used / len(counted)) < 1e-9 if counted else True
    at_end = standing(clock, aware(max(due, now)), calendar, Thresholds())
    if now <= due:
        assert at_end.left == timedelta()
        assert at_end.level == "red"
