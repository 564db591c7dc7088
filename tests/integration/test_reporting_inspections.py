"""Inspections in the coverage report: the year's count against the cap, the next day, what joining saved."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import shapely

from gridmgr.clock import fixed_clock
from gridmgr.config import Config
from gridmgr.domain.coverage_report import CoverageReport, InspectionRow
from gridmgr.domain.inspections import Inspection, InspectionLimit, InspectionPermit
from gridmgr.domain.patrols import DayPlan, Squad, StopInfo, Visit
from gridmgr.domain.places import Place, Township, Village
from gridmgr.services.context import Context
from gridmgr.services.reporting import coverage_report, coverage_workbook
from gridmgr.storage import open_storage
from gridmgr.texts import Message

NOON = datetime(2026, 3, 27, 4, tzinfo=UTC)
FRIDAY = date(2026, 3, 27)
TOWN = "410"


def no_router() -> object:
    """Reports need no roads."""
    raise AssertionError("a report asked for a router")


@pytest.fixture
def world(tmp_path: Path) -> Context:
    """A township with two enterprises and a market, which no cap holds for."""
    clock = fixed_clock(NOON)
    storage = open_storage(str(tmp_path / "grid.db"), clock)
    storage.migrate()
    land = Village(
        code="0410001",
        name="东村",
        township_code=TOWN,
        township_name="东乡",
        county_code="41",
        county_name="甲县",
        geometry=shapely.box(114, 34, 114.01, 34.01),
    )
    firm = Place(
        id="e1", name="食品厂", kind="enterprise", lon=114.005, lat=34.005, priority=5, village_code=land.code
    )
    with storage.write("test") as uow:
        uow.townships.add(Township(code=TOWN, name="东乡", county_code="41", county_name="甲县"))
        uow.villages.add(land)
        uow.places.add_many(
            [firm, replace(firm, id="e2", name="=化工厂"), replace(firm, id="m1", kind="market")]
        )
        uow.record("demo.load", "county", "41")
        uow.commit()
    return Context(config=Config(), clock=clock, storage=storage, router=no_router)  # type: ignore[arg-type]


def inspect(ctx: Context, day: date, place: str = "e1", **more: object) -> None:
    """An inspection on record."""
    made = Inspection(id=f"{day}/{place}", place_id=place, day=day, township_code=TOWN, **more)  # type: ignore[arg-type]
    with ctx.storage.write("test") as uow:
        uow.inspections.add(made)
        uow.record("inspection.make", "inspection", made.id)
        uow.commit()


def publish(ctx: Context, day: date, place: str = "e1") -> None:
    """A published plan that visits the place."""
    start = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    stop = StopInfo(id=place, kind="place", name=place, lon=114.005, lat=34.005)
    visit = Visit(stop=stop, arrive=start, start=start, leave=start + timedelta(minutes=20))
    squad = Squad(
        id=f"{day}-1",
        number=1,
        leader="o1",
        members=("o1",),
        shift_start=start,
        shift_end=start + timedelta(hours=8),
        visits=(visit,),
    )
    plan = DayPlan(
        id=f"day-{day}",
        township_code=TOWN,
        day=day,
        stage="routes",
        created_at=NOON,
        created_by="test",
        change=Message("desk.planned"),
        squads=(squad,),
    )
    with ctx.storage.write("test") as uow:
        uow.days.add(plan)
        head = uow.days.head(TOWN, day)
        shown = replace(head, draft_id=plan.id, published_id=plan.id, published_at=NOON)
        uow.days.move_head(shown, expected_version=head.version)
        uow.record("day_plan.publish", "day_plan", plan.id)
        uow.commit()


def report(ctx: Context, last: date = FRIDAY, *, town: str | None = None) -> CoverageReport:
    """The report of the week that ends on the day."""
    return coverage_report(ctx, first=last - timedelta(days=6), last=last, township_code=town)


def row(ctx: Context, last: date = FRIDAY, *, town: str | None = None) -> InspectionRow:
    """The first enterprise's row."""
    return next(item for item in report(ctx, last, town=town).inspections if item.id == "e1")


def test_only_premises_with_a_cap_are_listed_inspected_or_not(world: Context) -> None:
    """The market is not; who was never inspected may be at once."""
    first, second = report(world, town=TOWN).inspections
    assert (first.id, second.id) == ("e1", "e2")
    assert (first.count, first.yearly_cap, first.last, first.earliest) == (0, 4, None, FRIDAY)
    assert (first.township_code, first.township_name) == (TOWN, "东乡")


def test_the_calendar_year_is_counted_without_exceptions_and_with_what_joining_saved(world: Context) -> None:
    """Last year's does not count, yet may be the latest or too near."""
    inspect(world, date(2025, 12, 20), requests=("r0", "r9"))
    assert (row(world).count, row(world).last, row(world).saved) == (0, date(2025, 12, 20), 0)
    inspect(world, date(2026, 2, 1), requests=("r1", "r2", "r3"))
    inspect(world, date(2026, 3, 20), exception="complaint", reason="12345")
    found = row(world)
    assert (found.count, found.exceptions, found.saved) == (1, 1, 2)
    assert found.last == date(2026, 3, 20)
    assert found.earliest == FRIDAY


@pytest.mark.parametrize("town", [TOWN, None])
def test_the_next_day_keeps_spacing_to_what_was_made_and_what_is_published(
    world: Context, town: str | None
) -> None:
    """For one township and for all; a permit takes a planned day out."""
    inspect(world, date(2026, 3, 10))
    assert row(world, town=town).earliest == date(2026, 4, 9)
    publish(world, date(2026, 4, 20))
    assert row(world, town=town).earliest == date(2026, 5, 20)
    permit = InspectionPermit(
        id="p1",
        place_id="e1",
        first=date(2026, 4, 20),
        last=date(2026, 4, 20),
        kind="accident",
        reason="火灾",
        granted_by="planner",
    )
    with world.storage.write("test") as uow:
        uow.inspection_permits.add(permit)
        uow.record("inspection.permit", "place", "e1")
        uow.commit()
    assert row(world, town=town).earliest == date(2026, 4, 9)


def test_a_report_of_a_past_period_knows_nothing_later(world: Context) -> None:
    """Neither inspections made after it nor plans."""
    inspect(world, date(2026, 1, 5))
    inspect(world, date(2026, 3, 10))
    publish(world, date(2026, 4, 20))
    found = row(world, date(2026, 2, 1))
    assert (found.count, found.last, found.earliest) == (1, date(2026, 1, 5), date(2026, 2, 4))


def test_a_full_cap_waits_for_new_year_and_a_cap_of_none_for_ever(world: Context) -> None:
    """The place's own cap goes before the office's."""
    inspect(world, date(2026, 1, 5))
    with world.storage.write("test") as uow:
        uow.inspection_limits.add(InspectionLimit(place_id="e1", yearly_cap=1))
        uow.inspection_limits.add(InspectionLimit(place_id="e2", yearly_cap=0))
        uow.record("inspection.limit", "place", "e1")
        uow.commit()
    first, second = report(world).inspections
    assert (first.is_full, first.earliest) == (True, date(2027, 1, 1))
    assert (second.is_full, second.earliest) == (True, None)


@pytest.mark.parametrize(
    ("lang", "name", "heads", "full"),
    [
        ("zh", "入企检查情况", ["检查对象", "本年度检查次数", "年度上限", "下次可检查"], "已达上限"),
        (
            "en",
            "Inspections of premises",
            ["Premises", "Inspections this year", "Yearly cap", "Next possible"],
            "Cap reached",
        ),
    ],
)
def test_the_workbook_lists_premises_as_text_numbers_and_dates(
    world: Context, lang: str, name: str, heads: list[str], full: str
) -> None:
    """In both languages; a name that looks like a formula stays one."""
    for day in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 5), date(2026, 3, 6)):
        inspect(world, day, "e2")
    book = openpyxl.load_workbook(io.BytesIO(coverage_workbook(report(world), lang=lang)))
    head, _, line = list(book[name].iter_rows())
    at = [[cell.value for cell in head].index(words) for words in heads]
    cells = [line[column] for column in at]
    assert (cells[0].value, cells[0].data_type) == ("=化工厂", "s")
    assert [cell.value for cell in cells[1:3]] == [4, 4]
    assert cells[3].value.date() == date(2027, 1, 1)
    assert full in [cell.value for cell in line]
