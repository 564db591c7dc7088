"""Coverage debt, checked against numbers worked out by hand and against what must hold of any visits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridmgr.domain.coverage import (
    LATE_CAP,
    debts,
    overdue,
    place_interval,
    required_in,
    stretches,
    village_coverage,
    visit_share,
    visited_village,
)
from gridmgr.domain.patrols import CheckIn
from gridmgr.domain.places import Place, Village

SUNDAY = date(2026, 3, 29)
LONG_AGO = date(2026, 1, 1)
DAYS_AGO = st.integers(min_value=-3, max_value=60)


def days_ago(*numbers: int) -> list[date]:
    """Days before the Sunday asked about."""
    return [SUNDAY - timedelta(days=number) for number in numbers]


def village(required: int = 1, code: str = "V1") -> Village:
    """A square village that requires so many visits a week."""
    return Village(
        code=code,
        name="东村",
        township_code="410",
        township_name="东乡",
        county_code="41",
        county_name="甲县",
        required_visits_per_week=required,
        geometry=shapely.box(114, 34, 114.01, 34.01),
    )


def check_in(number: int, *, stop: str, village_code: str | None, day: date = SUNDAY) -> CheckIn:
    """Somebody was there at noon."""
    return CheckIn(
        id=f"c{number}",
        day=day,
        township_code="410",
        squad_id=None,
        officer_id="o1",
        stop_id=stop,
        village_code=village_code,
        arrived_at=datetime(2026, 3, 29, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("required", "visits", "debt", "overdue_days"),
    [
        (1, (0,), 0.0, 0),
        (1, (6,), 0.0, 0),
        (1, (7,), 1.0, 0),  # left the seven days, exactly one interval
        (1, (14,), 2.0, 7),  # one missing, one interval late
        (1, (70,), 5.0, 63),  # one missing, lateness capped at four
        (3, (1, 3, 5), 0.0, 0),
        (3, (3,), 2.0 + 3 * 3 / 7 - 1, 0),
        (3, (0, 0, 0), 2.0, 0),  # three squads on one day are one visit
        (7, (0,), 6.0, 0),
        (0, (), 0.0, 0),
        (0, (50,), 0.0, 0),
        (9, (0, 1, 2, 3, 4, 5, 6), 0.0, 0),  # more than daily is daily
    ],
)
def test_debt_is_what_the_formula_gives_by_hand(
    required: int, visits: tuple[int, ...], debt: float, overdue_days: int
) -> None:
    """Missing visits of seven days plus intervals late."""
    found = village_coverage(village(required), days_ago(*visits), as_of=SUNDAY, since=LONG_AGO)
    assert found.debt == pytest.approx(debt)
    assert found.overdue_days == overdue_days


def test_days_before_records_begin_are_not_held_against_a_village() -> None:
    """Records of four days hold a village of seven visits to four."""
    since = SUNDAY - timedelta(days=3)
    found = village_coverage(village(7), [], as_of=SUNDAY, since=since)
    assert found.debt == pytest.approx(4 + 3 - 1)
    assert found.last_visit is None
    assert found.days_since is None
    assert village_coverage(village(7), [], as_of=SUNDAY, since=SUNDAY + timedelta(days=1)).debt == 0


def test_visits_after_the_day_asked_for_do_not_count() -> None:
    """Tomorrow's visit does not settle today's debt."""
    found = village_coverage(village(), days_ago(-1), as_of=SUNDAY, since=LONG_AGO)
    assert found.last_visit is None
    assert found.debt == pytest.approx(1 + LATE_CAP)


@given(
    required=st.integers(0, 9), before=st.lists(DAYS_AGO, max_size=12), new=DAYS_AGO, begun=st.integers(0, 80)
)
def test_one_more_visit_never_raises_debt(required: int, before: list[int], new: int, begun: int) -> None:
    """Whatever the visits, records and requirement."""
    place, since = village(required), SUNDAY - timedelta(days=begun)
    less = village_coverage(place, days_ago(*before), as_of=SUNDAY, since=since)
    more = village_coverage(place, days_ago(*before, new), as_of=SUNDAY, since=since)
    assert more.debt <= less.debt
    assert more.overdue_days <= less.overdue_days
    assert 0 <= more.debt <= min(required, 7) + LATE_CAP


@given(required=st.integers(0, 7), visits=st.lists(DAYS_AGO, max_size=12))
def test_requiring_more_never_lowers_debt(required: int, visits: list[int]) -> None:
    """A village that needs more visits owes at least as much for the same ones."""
    less = village_coverage(village(required), days_ago(*visits), as_of=SUNDAY, since=LONG_AGO)
    more = village_coverage(village(required + 1), days_ago(*visits), as_of=SUNDAY, since=LONG_AGO)
    assert more.debt >= less.debt - 1e-9


def test_any_stop_within_a_village_is_a_visit_of_it() -> None:
    """By the check-in's own village, else by a village stop's id; other stops count for none."""
    assert visited_village(check_in(1, stop="market-1", village_code="V1")) == "V1"
    assert visited_village(check_in(2, stop="village:V2", village_code=None)) == "V2"
    assert visited_village(check_in(3, stop="market-2", village_code=None)) is None


def test_debts_measures_every_village_also_the_ones_nobody_visited() -> None:
    """By code; check-ins outside villages are passed over."""
    seen = [check_in(1, stop="market-1", village_code="V1"), check_in(2, stop="m", village_code=None)]
    found = debts([village(code="V1"), village(code="V2")], seen, as_of=SUNDAY, since=LONG_AGO)
    assert found["V1"].debt == 0
    assert found["V2"].debt == pytest.approx(1 + LATE_CAP)


@pytest.mark.parametrize(
    ("kind", "priority", "days"),
    [("market", 10, 7), ("market", 5, 14), ("school", 3, 24), ("market", 0, None), ("depot", 9, None)],
)
def test_places_of_lower_priority_wait_longer_in_proportion(
    kind: str, priority: int, days: int | None
) -> None:
    """Priority 0 and depots are never due."""
    place = Place(id="p", name="集市", kind=kind, lon=114, lat=34, priority=priority)
    assert place_interval(place, interval_days=7) == days


def test_stretches_count_the_ends_of_the_period_for_the_longest_only() -> None:
    """Visits 20, 12 and 10 days ago in four weeks: 8 and 2 between them, 10 days at the end."""
    found = stretches(days_ago(20, 12, 10, 40), first=SUNDAY - timedelta(days=27), last=SUNDAY)
    assert found.longest == 10
    assert found.mean == pytest.approx(5)
    assert stretches([], first=SUNDAY - timedelta(days=27), last=SUNDAY).longest == 27
    assert stretches(days_ago(4), first=SUNDAY - timedelta(days=27), last=SUNDAY).mean is None


def test_surplus_visits_to_one_village_do_not_make_up_for_another() -> None:
    """Ten of the two required and none of the other two is half."""
    assert visit_share({"V1": 2, "V2": 2}, {"V1": 10}) == pytest.approx(0.5)
    assert visit_share({}, {}) is None


def test_required_visits_follow_the_days_on_record() -> None:
    """Three a week are twelve in four weeks, six when records cover two."""
    first = SUNDAY - timedelta(days=27)
    assert required_in(village(3), first=first, last=SUNDAY, since=LONG_AGO) == pytest.approx(12)
    half = required_in(village(3), first=first, last=SUNDAY, since=SUNDAY - timedelta(days=13))
    assert half == pytest.approx(6)
    assert required_in(village(3), first=first, last=SUNDAY, since=None) == 0


def test_overdue_counts_and_averages_only_overdue_villages() -> None:
    """One on time, one 7 and one 3 days overdue."""
    rows = [
        village_coverage(village(), days_ago(number), as_of=SUNDAY, since=LONG_AGO) for number in (2, 14, 10)
    ]
    assert overdue(rows) == (2, pytest.approx(5))
    assert overdue([]) == (0, 0.0)
