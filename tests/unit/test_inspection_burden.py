"""Cap, spacing and joint visits hold for any history and any wishes."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmgr.domain.burden import (
    BurdenRule,
    burden_on,
    joint_minutes,
    joint_visits,
    needs_lawful_squad,
    next_day,
    rule_for,
    same_premises,
)
from gridmgr.domain.inspections import Inspection, InspectionLimit, InspectionRequest
from gridmgr.domain.places import Place
from gridmgr.domain.settings import OfficeSettings

START = date(2025, 11, 1)
DAYS = st.integers(0, 500).map(lambda n: START + timedelta(days=n))
RULES = st.builds(BurdenRule, yearly_cap=st.integers(0, 5), spacing_days=st.integers(0, 60))


def firm(**changes: object) -> Place:
    """An enterprise."""
    values = {"id": "E1", "name": "鑫达食品有限公司", "kind": "enterprise", "lon": 113.6, "lat": 34.3}
    return Place(**(values | changes))  # type: ignore[arg-type]


@st.composite
def wishes(draw: st.DrawFn) -> list[InspectionRequest]:
    """Wishes of a few agencies for a few places."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        first = draw(DAYS)
        found.append(
            InspectionRequest(
                id=f"R{number}",
                place_id=draw(st.sampled_from(["E1", "E2"])),
                agency_code=draw(st.sampled_from(["A", "B", "C"])),
                matter="事项",
                skills=tuple(draw(st.sets(st.sampled_from(["市场", "应急", "环保"])))),
                not_before=first,
                deadline=first + timedelta(days=draw(st.integers(0, 60))),
            )
        )
    return found


@given(RULES, st.lists(DAYS, max_size=60))
def test_accepting_what_is_allowed_never_breaks_cap_or_spacing(rule: BurdenRule, tried: list[date]) -> None:
    """In whatever order days are asked for."""
    taken: set[date] = set()
    for day in tried:
        if burden_on(rule, taken, day).breach is None:
            taken.add(day)
    years = [day.year for day in taken]
    assert all(years.count(year) <= rule.yearly_cap for year in years)
    assert all((b - a).days >= rule.spacing_days for a, b in pairwise(sorted(taken)))


@given(RULES, st.lists(DAYS, max_size=12), DAYS)
def test_the_next_day_is_allowed_and_none_before_it_is(rule: BurdenRule, days: list[date], day: date) -> None:
    """Found by trying every day one by one."""
    found = next_day(rule, days, day)
    free = (
        tried
        for tried in (day + timedelta(days=n) for n in range(1200))
        if tried not in days and burden_on(rule, days, tried).breach is None
    )
    assert found == next(free, None)


@given(wishes(), DAYS)
def test_no_wish_is_lost_and_each_visit_suits_all_its_wishes(
    asked: list[InspectionRequest], day: date
) -> None:
    """Each wish is in one visit of its own place, with all its skills, in its period unless late already."""
    visits = joint_visits(asked, day=day)
    assert sorted(w.id for visit in visits for w in visit.requests) == sorted(w.id for w in asked)
    for visit in visits:
        assert day <= visit.first <= visit.last
        assert set(visit.skills) == {skill for w in visit.requests for skill in w.skills}
        for wish in visit.requests:
            assert wish.place_id == visit.place_id
            assert wish.not_before <= visit.first
            assert visit.last <= max(wish.deadline, day)


@given(wishes(), DAYS)
def test_there_are_as_few_visits_as_wishes_that_share_no_day(
    asked: list[InspectionRequest], day: date
) -> None:
    """As many wishes as visits, no two of which could be joined: fewer visits are impossible."""
    visits = [visit for visit in joint_visits(asked, day=day) if visit.place_id == "E1"]
    mine = [w for w in asked if w.place_id == "E1"]
    apart = 0
    end: date | None = None
    for wish in sorted(mine, key=lambda w: max(w.deadline, day, w.not_before)):
        if end is None or wish.not_before > end:
            apart, end = apart + 1, max(wish.deadline, day, wish.not_before)
    assert len(visits) == apart


@given(st.lists(st.integers(1, 120), min_size=1), st.integers(0, 100))
def test_a_joint_visit_is_never_longer_than_its_parts_nor_shorter_than_the_longest(
    minutes: list[int], share: int
) -> None:
    """Between the longest matter and all of them one after another."""
    assert max(minutes) <= joint_minutes(minutes, share_percent=share) <= sum(minutes)


def test_an_own_rule_goes_before_a_key_place_s_and_the_office_s() -> None:
    """Each number by itself."""
    office = OfficeSettings(inspection_cap=2, inspection_key_cap=6, inspection_key_priority=7)
    assert rule_for(firm(priority=6), office).yearly_cap == 2
    assert rule_for(firm(priority=7), office).yearly_cap == 6
    own = InspectionLimit(place_id="E1", yearly_cap=1)
    assert rule_for(firm(priority=7), office, own) == BurdenRule(yearly_cap=1, spacing_days=30)


def test_premises_need_a_lawful_squad_and_streets_do_not() -> None:
    """Also without any professional field on record."""
    office = OfficeSettings(inspection_kinds=("enterprise", "school"))
    lawful = {kind: needs_lawful_squad(firm(kind=kind), office) for kind in ("market", "school", "hotspot")}
    assert lawful == {"market": True, "school": True, "hotspot": False}
    assert not needs_lawful_squad(firm(kind="school"), OfficeSettings())


def test_a_stop_on_the_premises_is_the_premises_whatever_it_is_called() -> None:
    """The same point, or the same name nearby; not the neighbour."""
    places = [firm(), firm(id="E2", name="恒源超市", lon=113.601)]
    assert same_premises("随便看看", 113.60001, 34.3, places) == places[0]
    assert same_premises("鑫达 食品有限公司", 113.6005, 34.3, places) == places[0]
    assert same_premises("随便看看", 113.6005, 34.3, places) is None


def test_an_exception_needs_its_reason() -> None:
    """Nothing is taken off an enterprise's account without words."""
    with pytest.raises(ValueError, match="reason"):
        Inspection(id="1", place_id="E1", day=START, exception="complaint")
    with pytest.raises(ValueError, match="deadline"):
        InspectionRequest(
            id="1", place_id="E", agency_code="A", matter="m", not_before=START, deadline=date(2025, 1, 1)
        )
