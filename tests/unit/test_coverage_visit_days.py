"""What the coverage report asks the storage: first days, days of visits, last days before a period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from gridmgr.clock import fixed_clock
from gridmgr.domain.patrols import CheckIn, DayPlan
from gridmgr.storage import Storage, open_storage
from gridmgr.texts import Message

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = date(2026, 3, 2)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """An empty, migrated database."""
    opened = open_storage(str(tmp_path / "grid.db"), fixed_clock(NOON))
    opened.migrate()
    yield opened
    opened.close()


def was_there(storage: Storage, *visits: tuple[str | None, str, int]) -> None:
    """Store check-ins: village, stop, days after `DAY`."""
    with storage.write("test") as uow:
        for number, (village, stop, later) in enumerate(visits):
            check_in = CheckIn(
                id=f"c{number}",
                day=DAY + timedelta(days=later),
                township_code="410",
                squad_id=None,
                officer_id="o1",
                stop_id=stop,
                village_code=village,
                arrived_at=NOON + timedelta(days=later),
            )
            uow.check_ins.add(check_in)
        uow.record("check_in.import", "check_in", "*")
        uow.commit()


def test_nothing_on_record_has_no_first_day(storage: Storage) -> None:
    """So that a report can say that records have not begun."""
    with storage.read() as uow:
        assert uow.check_ins.first_day() is None
        assert uow.days.first_published_day() is None
        assert uow.ownership.heads() == {}


def test_check_ins_of_one_day_at_one_stop_are_one_visit(storage: Storage) -> None:
    """Two squads at the same stop on one day are listed once, another day again."""
    was_there(storage, ("V1", "s", 0), ("V1", "s", 0), ("V1", "s", 2), (None, "t", 9))
    with storage.read() as uow:
        assert uow.check_ins.first_day() == DAY
        found = sorted(uow.check_ins.visit_days(DAY, DAY + timedelta(days=2)))
    assert found == [("V1", "s", DAY), ("V1", "s", DAY + timedelta(days=2))]


def test_last_days_are_those_before_the_period(storage: Storage) -> None:
    """The latest of each village and stop, the given day not included."""
    was_there(storage, ("V1", "s", 0), ("V1", "s", 2), ("V1", "s", 5), ("V2", "t", 1))
    with storage.read() as uow:
        found = sorted(uow.check_ins.last_days(before=DAY + timedelta(days=5)))
    assert found == [("V1", "s", DAY + timedelta(days=2)), ("V2", "t", DAY + timedelta(days=1))]


def test_a_draft_is_no_published_day(storage: Storage) -> None:
    """Only what officers saw counts."""
    plan = DayPlan(
        id="r1", township_code="410", day=DAY, created_at=NOON, created_by="t", change=Message("desk.x")
    )
    with storage.write("test") as uow:
        uow.days.add(plan)
        head = replace(uow.days.head("410", DAY), draft_id="r1")
        uow.days.move_head(head, expected_version=0)
        assert uow.days.first_published_day() is None
        uow.days.move_head(replace(head, published_id="r1", published_at=NOON), expected_version=1)
        assert uow.days.first_published_day() == DAY
