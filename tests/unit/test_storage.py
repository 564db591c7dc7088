"""Storage keeps what it is given: zones, geometry, revisions, and an audit trail that cannot be edited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from gridmgr.clock import fixed_clock
from gridmgr.domain.patrols import DayPlan, Squad, StopInfo, Visit
from gridmgr.domain.people import Agency, Attendance, Officer
from gridmgr.domain.places import Township, Village
from gridmgr.domain.settings import OfficeSettings
from gridmgr.errors import BadInput, Conflict
from gridmgr.storage import Storage, open_storage
from gridmgr.storage.schema import metadata
from gridmgr.storage.spatial import SHADOW_TABLES
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


def square(code: str, lon: float, lat: float = 34.0) -> Village:
    """A village of a hundredth of a degree, south-west corner at (lon, lat)."""
    return Village(
        code=code,
        name=f"村{code}",
        township_code="410",
        township_name="东乡",
        county_code="41",
        county_name="甲县",
        geometry=shapely.box(lon, lat, lon + 0.01, lat + 0.01),
    )


def save_villages(storage: Storage, *villages: Village) -> None:
    """Store the township and its villages."""
    with storage.write("test") as uow:
        uow.townships.add(Township(code="410", name="东乡", county_code="41", county_name="甲县"))
        uow.villages.add_many(villages)
        uow.record("villages.import", "village", "*")
        uow.commit()


def day_plan(revision: str, parent: str | None = None, *, visits: tuple[Visit, ...] = ()) -> DayPlan:
    """A day plan of one squad."""
    squad = Squad(
        id="410-2026-03-02-1",
        number=1,
        leader="o1",
        members=("o1", "o2"),
        shift_start=NOON,
        shift_end=NOON + timedelta(hours=8),
        visits=visits,
    )
    return DayPlan(
        id=revision,
        parent_id=parent,
        township_code="410",
        day=DAY,
        created_at=NOON,
        created_by="test",
        change=Message("desk.planned", {"stops": 3}),
        squads=(squad,),
    )


def test_migrations_make_exactly_the_schema(storage: Storage) -> None:
    """Comparing the migrated database with the declared tables finds no difference."""

    def include(_item: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name not in SHADOW_TABLES

    with storage.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": include})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing_and_is_current(storage: Storage) -> None:
    """`gridmgr init` may be run again."""
    assert storage.is_current()
    storage.migrate()
    assert storage.is_current()


def test_a_database_without_tables_is_not_current(tmp_path: Path) -> None:
    """So that commands can tell the user to run init."""
    assert not open_storage(str(tmp_path / "none.db"), fixed_clock(NOON)).is_current()


@pytest.mark.parametrize("url", ["mysql://somewhere/x", "::://"])
def test_a_database_of_another_kind_is_refused(url: str) -> None:
    """The message names the address."""
    with pytest.raises(BadInput, match="cannot be used"):
        open_storage(url, fixed_clock(NOON))


def test_nothing_is_kept_without_commit(storage: Storage) -> None:
    """Leaving the block without commit rolls back."""
    with storage.write("test") as uow:
        uow.townships.add(Township(code="1", name="甲", county_code="0", county_name="县"))
        uow.record("township.add", "township", "1")
    with storage.read() as uow:
        assert uow.townships.find() == []


def test_an_error_inside_the_block_rolls_back(storage: Storage) -> None:
    """Even after commit() was called, an error later in the block loses everything."""

    def failing_write() -> None:
        with storage.write("test") as uow:
            uow.townships.add(Township(code="1", name="甲", county_code="0", county_name="县"))
            uow.record("township.add", "township", "1")
            uow.commit()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing_write()
    with storage.read() as uow:
        assert uow.townships.find() == []


def test_a_change_cannot_be_committed_without_an_audit_event(storage: Storage) -> None:
    """Rule 4 of the house."""
    with storage.write("test") as uow:
        uow.townships.add(Township(code="1", name="甲", county_code="0", county_name="县"))
        with pytest.raises(RuntimeError, match="audit event"):
            uow.commit()


def test_a_read_only_unit_cannot_commit_or_record(storage: Storage) -> None:
    """Reads have no actor."""
    with storage.read() as uow:
        with pytest.raises(RuntimeError, match="read-only"):
            uow.commit()
        with pytest.raises(RuntimeError, match="no actor"):
            uow.record("x.y", "x", "1")


def test_villages_come_back_with_their_geometry(storage: Storage) -> None:
    """Every field survives."""
    village = replace(square("001", 113.0), kind="community", risk="A", required_visits_per_week=3)
    save_villages(storage, village)
    with storage.read() as uow:
        assert uow.villages.get("001") == village
        assert uow.villages.get("999") is None
        assert uow.villages.find(township_code="410") == [village]
        assert uow.villages.count(township_code="411") == 0


def test_the_box_search_follows_insert_update_and_delete(storage: Storage) -> None:
    """The R*Tree's triggers keep it in step with the table."""
    save_villages(storage, square("001", 113.0), square("002", 114.0))
    box = (112.99, 33.99, 113.02, 34.02)
    with storage.write("test") as uow:
        assert [v.code for v in uow.villages.in_box(box)] == ["001"]
        uow.villages.replace(square("002", 113.01))
        assert [v.code for v in uow.villages.in_box(box)] == ["001", "002"]
        uow.villages.delete("001")
        assert [v.code for v in uow.villages.in_box(box)] == ["002"]


def test_the_village_at_a_point_is_the_one_that_covers_it(storage: Storage) -> None:
    """A point on a shared border goes to the smaller code; outside of all there is none."""
    save_villages(storage, square("002", 113.0), square("001", 113.01))
    with storage.read() as uow:
        found = [uow.villages.at(lon, 34.005) for lon in (113.005, 113.01, 113.015, 113.5)]
    assert [v.code if v else None for v in found] == ["002", "001", "001", None]


def test_adjacency_can_be_read_by_township(storage: Storage) -> None:
    """Pairs are stored once, in order, and replaced as a whole."""
    save_villages(storage, square("001", 113.0), square("002", 113.01))
    with storage.write("test") as uow:
        uow.villages.save_adjacency([("002", "001", 900.0)])
        assert uow.villages.adjacency("410") == [("001", "002", 900.0)]
        assert uow.villages.adjacency("411") == []
        uow.villages.save_adjacency([])
        assert uow.villages.adjacency() == []


def test_attendance_of_a_day_replaces_the_row_before(storage: Storage) -> None:
    """The last word on an officer's day counts."""
    with storage.write("test") as uow:
        uow.agencies.add(Agency(code="a", name="甲所", department="局", township_code="410"))
        uow.officers.add(Officer(id="o1", name="王", agency_code="a", township_code="410", skills=("城管",)))
        uow.attendance.save([Attendance(day=DAY, officer_id="o1")])
        uow.attendance.save([Attendance(day=DAY, officer_id="o1", status="sick")])
        assert uow.attendance.find(DAY, DAY, township_code="410") == [
            Attendance(day=DAY, officer_id="o1", status="sick")
        ]
        assert uow.officers.get_many(["o1", "o9"])["o1"].skills == ("城管",)


def test_times_keep_their_zone_and_naive_ones_are_refused(storage: Storage) -> None:
    """Stored in UTC, aware on the way back."""
    with storage.write("test") as uow:
        uow.roads.save(name="x", content_hash="h", imported_at=NOON, data=b"1")
        info = uow.roads.info()
        assert info is not None
        assert info.imported_at == NOON
        assert info.imported_at.tzinfo is not None
        with pytest.raises(Exception, match="without a zone"):
            uow.roads.save(name="x", content_hash="i", imported_at=datetime(2026, 1, 1), data=b"1")  # noqa: DTZ001


def test_a_day_plan_comes_back_equal(storage: Storage) -> None:
    """Nested squads, visits, messages and times survive the JSON body."""
    stop = StopInfo(
        id="p1", kind="place", name="集市", lon=113.0, lat=34.0, purpose=(Message("a", {"n": 1}),)
    )
    visit = Visit(stop=stop, arrive=NOON, start=NOON, leave=NOON + timedelta(minutes=15), pinned=True)
    plan = day_plan("r1", visits=(visit,))
    with storage.write("test") as uow:
        uow.days.add(plan)
        assert uow.days.get("r1") == plan


def test_two_people_saving_the_same_draft_conflict(storage: Storage) -> None:
    """The second one is told; the first one's revision stays."""
    with storage.write("first") as uow:
        uow.days.add(day_plan("r1"))
        head = uow.days.head("410", DAY)
        uow.days.move_head(replace(head, draft_id="r1"), expected_version=head.version)
        uow.record("day_plan.save", "day_plan", "r1")
        uow.commit()
    with storage.write("second") as uow:
        uow.days.add(day_plan("r2"))
        with pytest.raises(Conflict, match="Somebody else"):
            uow.days.move_head(replace(head, draft_id="r2"), expected_version=head.version)
    with storage.read() as uow:
        draft = uow.days.draft("410", DAY)
        assert draft is not None
        assert draft.id == "r1"
        assert uow.days.get("r2") is None


def test_only_published_days_are_listed_between_dates(storage: Storage) -> None:
    """Drafts are nobody else's business."""
    with storage.write("test") as uow:
        uow.days.add(day_plan("r1"))
        uow.days.add(day_plan("r2", "r1"))
        head = uow.days.move_head(replace(uow.days.head("410", DAY), draft_id="r1"), expected_version=0)
        assert uow.days.published_between(DAY, DAY) == []
        uow.days.move_head(replace(head, draft_id="r2", published_id="r1"), expected_version=head.version)
        assert [plan.id for plan in uow.days.published_between(DAY, DAY, township_code="410")] == ["r1"]


def test_settings_survive_and_default(storage: Storage) -> None:
    """An office that set nothing works by the defaults."""
    with storage.write("test") as uow:
        assert uow.settings.office() == OfficeSettings()
        uow.settings.save_office(OfficeSettings(max_squads=7, pair_rule="pooled"))
        assert uow.settings.office() == OfficeSettings(max_squads=7, pair_rule="pooled")


def test_an_edited_audit_event_is_found(storage: Storage) -> None:
    """The chain of hashes tells which event was altered."""
    for number in range(3):
        with storage.write("test") as uow:
            uow.record("thing.change", "thing", str(number), why="因为", count=number)
            uow.commit()
    with storage.read() as uow:
        assert uow.audit.first_broken() is None
        assert [event.subject_id for event in uow.audit.find()] == ["2", "1", "0"]
    with storage.engine.begin() as connection:
        connection.execute(text("UPDATE audit_event SET why = '别的' WHERE subject_id = '1'"))
    with storage.read() as uow:
        assert uow.audit.first_broken() == 1
