"""The coverage gap report on miniature worlds in a real database: each cause, each figure, each period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from sqlalchemy import event

from gridmgr.clock import Clock, fixed_clock
from gridmgr.config import Config
from gridmgr.domain.assignments import OwnershipPlan, Responsibility, Uncovered
from gridmgr.domain.coverage_report import CoverageReport, Gap
from gridmgr.domain.patrols import CheckIn, DayPlan, Squad, StopInfo, Unassigned, Visit
from gridmgr.domain.people import Agency, Attendance, Officer
from gridmgr.domain.places import Place, Township, Village
from gridmgr.errors import BadInput, NotFound
from gridmgr.services.context import Context
from gridmgr.services.reporting import coverage_report
from gridmgr.storage import Storage, open_storage
from gridmgr.texts import LANGUAGES, Message, catalogue

#: A Friday; the week reported on is Monday to Friday.
FRIDAY = date(2026, 3, 27)
MONDAY = FRIDAY - timedelta(days=4)
NOON = datetime(2026, 3, 27, 4, tzinfo=UTC)
TOWN = "410"
NO_TIME = Message("reason.shift_full", {"squad": "410-1", "minutes": 10})


def no_router() -> object:
    """Reports need no roads."""
    raise AssertionError("a report asked for a router")


def village(code: str, *, required: int = 1, risk: str = "C", town: str = TOWN) -> Village:
    """A square village; codes end in its column."""
    lon = 114 + int(code[-1]) * 0.01
    return Village(
        code=code,
        name=f"村{code}",
        township_code=town,
        township_name=f"乡{town}",
        county_code="41",
        county_name="甲县",
        risk=risk,
        required_visits_per_week=required,
        geometry=shapely.box(lon, 34, lon + 0.01, 34.01),
    )


def stop(stop_id: str, village_code: str | None = None) -> StopInfo:
    """A stop; ``village:CODE`` stands for the village itself."""
    code = village_code or (stop_id.removeprefix("village:") if stop_id.startswith("village:") else None)
    kind = "village" if stop_id.startswith("village:") else "place"
    return StopInfo(id=stop_id, kind=kind, name=stop_id, lon=114, lat=34, village_code=code)


@dataclass
class World:
    """A township of one officer in a real database."""

    storage: Storage
    clock: Clock
    ids: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))

    def ctx(self) -> Context:
        """What services are handed."""
        return Context(config=Config(), clock=self.clock, storage=self.storage, router=no_router)  # type: ignore[arg-type]

    def report(self, first: date = MONDAY, last: date = FRIDAY, town: str | None = None) -> CoverageReport:
        """The report of the week."""
        return coverage_report(self.ctx(), first=first, last=last, township_code=town)

    def gap(self, kind: str, subject: str, **period: date) -> Gap:
        """The one gap of that kind and subject."""
        (found,) = [g for g in self.report(**period).gaps if (g.kind, g.subject_id) == (kind, subject)]
        return found

    def add_villages(self, *villages: Village) -> None:
        """Villages and their townships."""
        towns = {v.township_code: v.township_name for v in villages}
        with self.storage.write("test") as uow:
            for code, name in towns.items():
                if uow.townships.get(code) is None:
                    uow.townships.add(Township(code=code, name=name, county_code="41", county_name="甲县"))
            uow.villages.add_many(villages)
            uow.record("villages.import", "village", "*")
            uow.commit()

    def add_officer(self, officer: str = "o1", *, valid_to: date | None = None, town: str = TOWN) -> None:
        """A certified officer."""
        with self.storage.write("test") as uow:
            if uow.agencies.get(f"a{town}") is None:
                uow.agencies.add(Agency(code=f"a{town}", name="站", department="局", township_code=town))
            person = Officer(
                id=officer,
                name=f"张{officer}",
                agency_code=f"a{town}",
                township_code=town,
                certificate_no="C1",
                certificate_valid_to=valid_to,
            )
            uow.officers.add(person)
            uow.record("officers.import", "officer", officer)
            uow.commit()

    def add_place(self, place_id: str, village_code: str, *, priority: int = 10) -> None:
        """A market."""
        with self.storage.write("test") as uow:
            place = Place(
                id=place_id,
                name="集市",
                kind="market",
                lon=114.015,
                lat=34.005,
                priority=priority,
                village_code=village_code,
                township_code=TOWN,
            )
            uow.places.add(place)
            uow.record("places.import", "place", place_id)
            uow.commit()

    def attend(self, day: date, status: str, officer: str = "o1") -> None:
        """An attendance row."""
        with self.storage.write("test") as uow:
            uow.attendance.save([Attendance(day=day, officer_id=officer, status=status)])
            uow.record("attendance.import", "attendance", day.isoformat())
            uow.commit()

    def own(
        self,
        leads: dict[str, str],
        *,
        uncovered: Sequence[Uncovered] = (),
        missing: int = 0,
        published_at: datetime | None = NOON,
    ) -> None:
        """An ownership plan; a draft with ``published_at=None``."""
        plan = OwnershipPlan(
            id=f"own{next(self.ids)}",
            township_code=TOWN,
            created_at=NOON,
            created_by="test",
            status="OPTIMAL",
            responsibilities=tuple(Responsibility(officer_id=o, village_code=v) for v, o in leads.items()),
            uncovered=tuple(uncovered),
            missing_officers=missing,
        )
        with self.storage.write("test") as uow:
            uow.ownership.add(plan)
            head = uow.ownership.head(TOWN)
            published = plan.id if published_at else None
            moved = replace(head, draft_id=plan.id, published_id=published, published_at=published_at)
            uow.ownership.move_head(moved, expected_version=head.version)
            uow.record("ownership.publish", "township", TOWN)
            uow.commit()

    def publish(
        self, day: date, *stops: StopInfo, left: Sequence[Unassigned] = (), squads: bool = True
    ) -> None:
        """A published day with one squad that visits the stops."""
        start = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        visits = tuple(
            Visit(
                stop=s,
                arrive=start + timedelta(hours=n),
                start=start + timedelta(hours=n),
                leave=start + timedelta(hours=n, minutes=20),
            )
            for n, s in enumerate(stops)
        )
        squad = Squad(
            id=f"{TOWN}-{day}-1",
            number=1,
            leader="o1",
            members=("o1",),
            shift_start=start,
            shift_end=start + timedelta(hours=8),
            visits=visits,
        )
        plan = DayPlan(
            id=f"day{next(self.ids)}",
            township_code=TOWN,
            day=day,
            stage="routes",
            created_at=NOON,
            created_by="test",
            change=Message("desk.planned"),
            squads=(squad,) if squads else (),
            unassigned=tuple(left),
        )
        with self.storage.write("test") as uow:
            uow.days.add(plan)
            head = uow.days.head(TOWN, day)
            moved = replace(head, draft_id=plan.id, published_id=plan.id, published_at=NOON)
            uow.days.move_head(moved, expected_version=head.version)
            uow.record("day_plan.publish", "day_plan", plan.id)
            uow.commit()

    def check_in(self, day: date, stop_id: str, village_code: str | None = None) -> None:
        """A check-in at ten."""
        with self.storage.write("test") as uow:
            was_there = CheckIn(
                id=f"c{next(self.ids)}",
                day=day,
                township_code=TOWN,
                squad_id=None,
                officer_id="o1",
                stop_id=stop_id,
                village_code=village_code,
                arrived_at=datetime(day.year, day.month, day.day, 2, tzinfo=UTC),
            )
            uow.check_ins.add(was_there)
            uow.record("check_in.add", "check_in", was_there.id)
            uow.commit()


def week() -> list[date]:
    """Monday to Friday."""
    return [MONDAY + timedelta(days=n) for n in range(5)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Villages V1 and V2 (one visit a week each) and officer o1 of township 410, nothing else."""
    clock = fixed_clock(NOON)
    storage = open_storage(str(tmp_path / "grid.db"), clock)
    storage.migrate()
    built = World(storage=storage, clock=clock)
    built.add_villages(village("V1"), village("V2"))
    built.add_officer()
    yield built
    storage.close()


@pytest.fixture
def patrolled(world: World) -> World:
    """The same, owned, with records since four weeks and V1 visited as required."""
    world.own({"V1": "o1", "V2": "o1"}, published_at=NOON - timedelta(days=60))
    for weeks in range(4):
        world.check_in(MONDAY - timedelta(weeks=weeks), "village:V1", "V1")
    return world


# -- who answers for a village -------------------------------------------------------------------------


def test_without_any_ownership_plan_the_cause_is_that_none_was_published(world: World) -> None:
    """The fix is to assign and publish."""
    gap = world.gap("ownership", "V1")
    assert gap.cause.key == "reason.cover_no_ownership"
    assert gap.fix is not None
    assert gap.fix.key == "reason.cover_fix_assign"
    assert world.report().headline.lead_share.value == 0


def test_a_draft_of_ownership_has_to_be_published(world: World) -> None:
    """A draft is not in force."""
    world.own({"V1": "o1"}, published_at=None)
    assert world.gap("ownership", "V1").cause.key == "reason.cover_ownership_draft"


def test_a_township_without_officers_says_so(world: World) -> None:
    """Before anything about plans."""
    world.add_villages(village("W1", town="411"))
    assert world.gap("ownership", "W1").cause.key == "reason.cover_no_officers_at_all"


def test_an_uncovered_village_names_the_plans_reason_and_the_missing_officers(world: World) -> None:
    """In both languages, with the number."""
    reason = Message("reason.own_no_officer_left", {"officers": 1, "capacity": 1, "villages": 2})
    world.own({"V1": "o1"}, uncovered=[Uncovered(village_code="V2", reason=reason)], missing=1)
    gap = world.gap("ownership", "V2")
    assert gap.cause.key == "reason.cover_short_of_staff"
    assert gap.cause.params["missing"] == 1
    assert "人手不足" in gap.cause.render("zh")
    assert world.report().headline.lead_share.value == 0.5


def test_a_village_that_came_after_the_plan_says_so(world: World) -> None:
    """The plan neither gives it a lead nor lists it as uncovered."""
    world.own({"V1": "o1"})
    assert world.gap("ownership", "V2").cause.key == "reason.cover_added_later"


def test_a_lead_officer_who_has_left_is_no_lead_officer(world: World) -> None:
    """The plan still names a number nobody has."""
    world.own({"V1": "o1", "V2": "gone"})
    gap = world.gap("ownership", "V2")
    assert gap.cause.key == "reason.cover_lead_left"
    assert gap.cause.params["officer"] == "gone"


def test_a_lapsed_certificate_of_the_lead_is_a_gap_of_its_own(world: World) -> None:
    """Named with the day it ran out; ownership itself holds."""
    world.add_officer("o2", valid_to=MONDAY)
    world.own({"V1": "o1", "V2": "o2"})
    gap = world.gap("certificate", "V2")
    assert gap.cause.params["until"] == MONDAY.isoformat()
    assert not [g for g in world.report().gaps if g.kind == "ownership"]


# -- why a village was not reached ---------------------------------------------------------------------


def test_a_village_visited_as_required_is_no_gap(patrolled: World) -> None:
    """V1 is not listed, V2 is."""
    kinds = {(gap.kind, gap.subject_id) for gap in patrolled.report().gaps}
    assert ("visits", "V1") not in kinds
    assert ("visits", "V2") in kinds


def test_a_village_left_out_of_every_plan_has_the_plans_latest_reason(patrolled: World) -> None:
    """With the number of days it was left out."""
    old = Unassigned(stop=stop("village:V2"), reason=Message("reason.no_gap", {"squads": 1}))
    new = Unassigned(stop=stop("village:V2"), reason=NO_TIME)
    for day in week():
        patrolled.publish(day, stop("village:V1"), left=[new if day == FRIDAY else old])
    gap = patrolled.gap("visits", "V2")
    assert gap.cause.key == "reason.cover_unassigned"
    assert gap.cause.params["reason"] == NO_TIME
    assert "需延长至少10分钟" in gap.cause.render("zh")
    assert gap.cause.params["days"] == 5
    assert gap.also == ()


def test_a_plans_reason_speaks_of_squads_by_number(patrolled: World) -> None:
    """Not by the ids it is stored with."""
    for day in week():
        reason = Message("reason.shift_full", {"squad": f"{TOWN}-{day}-1", "minutes": 10})
        patrolled.publish(day, stop("village:V1"), left=[Unassigned(stop=stop("village:V2"), reason=reason)])
    assert "小队1需延长" in patrolled.gap("visits", "V2").cause.render("zh")


def test_a_village_without_a_road_has_that_as_its_cause(patrolled: World) -> None:
    """Its own cause and its own fix."""
    reason = Message("reason.snapped_too_far", {"metres": 2300, "limit": 1000})
    for day in week():
        patrolled.publish(day, stop("village:V1"), left=[Unassigned(stop=stop("village:V2"), reason=reason)])
    gap = patrolled.gap("visits", "V2")
    assert gap.cause.key == "reason.cover_no_road"
    assert "2300" in gap.cause.render("en")
    assert gap.fix is not None
    assert gap.fix.key == "reason.cover_fix_road"


def test_a_village_the_planner_took_out_by_hand_says_so(patrolled: World) -> None:
    """Not the solver's reason."""
    left = Unassigned(stop=stop("village:V2"), reason=NO_TIME, forbidden=True)
    for day in week():
        patrolled.publish(day, stop("village:V1"), left=[left])
    assert patrolled.gap("visits", "V2").cause.key == "reason.cover_forbidden"


def test_days_without_a_published_plan_are_counted_over_working_days(patrolled: World) -> None:
    """Plans on Monday and Tuesday only; today may still get one and does not count."""
    for day in week()[:2]:
        patrolled.publish(day, stop("village:V1"))
    gap = patrolled.gap("visits", "V2")
    assert gap.cause == Message("reason.cover_no_plan", {"days": 2, "of": 4})
    assert gap.also == (Message("reason.cover_not_offered", {"days": 2}),)


def test_one_day_without_a_plan_does_not_excuse_the_days_that_had_one(patrolled: World) -> None:
    """Three plans of four never knew of the village: that comes first."""
    for day in week()[:3]:
        patrolled.publish(day, stop("village:V1"))
    gap = patrolled.gap("visits", "V2")
    assert gap.cause == Message("reason.cover_not_offered", {"days": 3})
    assert gap.also == (Message("reason.cover_no_plan", {"days": 1, "of": 4}),)


def test_days_nobody_was_on_duty_are_told_from_days_nobody_planned(patrolled: World) -> None:
    """Four of five days the only officer was on leave."""
    patrolled.publish(FRIDAY, stop("village:V1"))
    for day in week()[:4]:
        patrolled.attend(day, "leave")
    assert patrolled.gap("visits", "V2").cause == Message("reason.cover_no_staff", {"days": 4, "of": 5})


def test_days_without_a_squad_are_told_too(patrolled: World) -> None:
    """Plans were published, but with nobody in them."""
    for day in week():
        patrolled.publish(day, squads=False)
    assert patrolled.gap("visits", "V2").cause == Message("reason.cover_no_squads", {"days": 4, "of": 4})


def test_a_saturday_on_which_somebody_is_on_duty_is_a_working_day(patrolled: World) -> None:
    """Moved working days count, other weekends do not."""
    saturday = MONDAY - timedelta(days=2)
    patrolled.attend(saturday, "on_duty")
    gap = patrolled.gap("visits", "V2", first=MONDAY - timedelta(days=3))
    assert gap.cause.params == {"days": 6, "of": 6}  # Friday, Saturday, Monday to Thursday


def test_planned_but_not_visited_names_dates_and_squad(patrolled: World) -> None:
    """Two days planned, nobody came; the rest of the plans went elsewhere."""
    for day in week():
        stops = [stop("village:V1")] + ([stop("village:V2")] if day in week()[1:3] else [])
        patrolled.publish(day, *stops)
    gap = patrolled.gap("visits", "V2")
    assert gap.cause == Message("reason.cover_missed", {"days": 2, "dates": "03-24、03-25", "squads": "1"})


def test_todays_plan_is_not_missed_before_the_day_is_over(patrolled: World) -> None:
    """Planned today only: planned too seldom, but not missed."""
    for day in week():
        patrolled.publish(day, stop("village:V2") if day == FRIDAY else stop("village:V1"))
    assert patrolled.gap("visits", "V2").cause.key == "reason.cover_too_seldom"


def test_of_several_causes_the_one_of_most_days_comes_first(patrolled: World) -> None:
    """Missed once, left out twice, no routes on three days."""
    days = week()
    patrolled.publish(days[0], stop("village:V2"))
    for day in days[1:3]:
        patrolled.publish(day, left=[Unassigned(stop=stop("village:V2"), reason=NO_TIME)])
    gap = patrolled.gap("visits", "V2")
    assert gap.cause == Message("reason.cover_no_plan", {"days": 3, "of": 4})
    assert [cause.key for cause in gap.also] == ["reason.cover_unassigned", "reason.cover_missed"]


def test_a_village_no_plan_ever_considered_says_so(patrolled: World) -> None:
    """Plans every day, the village neither in nor left out."""
    for day in week():
        patrolled.publish(day, stop("village:V1"))
    assert patrolled.gap("visits", "V2").cause == Message("reason.cover_not_offered", {"days": 5})


def test_a_check_in_at_a_shop_counts_for_its_village(patrolled: World) -> None:
    """Any stop within the village is a visit of it."""
    patrolled.check_in(FRIDAY, "shop-1", "V2")
    report = patrolled.report()
    row = next(row for row in report.villages if row.coverage.village_code == "V2")
    assert row.visit_days == (FRIDAY,)
    assert row.coverage.days_since == 0
    assert not [gap for gap in report.gaps if gap.kind == "visits"]


def test_a_place_beyond_its_interval_is_a_gap_with_the_same_causes(patrolled: World) -> None:
    """Priority 10 is due every 7 days; last visit 18 days ago; left out since."""
    patrolled.add_place("m1", "V1")
    patrolled.check_in(MONDAY - timedelta(weeks=2), "m1", "V1")
    for day in week():
        left = [Unassigned(stop=stop("m1", "V1"), reason=NO_TIME)]
        patrolled.publish(day, stop("village:V1"), left=left)
    gap = patrolled.gap("place", "m1")
    assert gap.days == 18 - 7
    assert gap.cause.key == "reason.cover_unassigned"
    assert gap.village_code == "V1"


def test_a_place_within_its_interval_is_no_gap(patrolled: World) -> None:
    """Priority 2 waits 35 days."""
    patrolled.add_place("m1", "V1", priority=2)
    assert not [gap for gap in patrolled.report().gaps if gap.kind == "place"]
    (row,) = patrolled.report().places
    assert (row.interval_days, row.last_visit, row.overdue_days) == (35, None, 0)


# -- figures and periods -------------------------------------------------------------------------------


def test_figures_compare_with_the_period_before_of_equal_length(patrolled: World) -> None:
    """Two weeks, each V1 once: one of two visits; V2 overdue since records began four weeks ago."""
    report = patrolled.report(first=MONDAY - timedelta(days=9), last=FRIDAY)
    headline = report.headline
    assert headline.visit_share.value == pytest.approx(0.5)
    assert headline.visit_share.before == pytest.approx(0.5)
    assert headline.overdue.value == 1
    assert headline.overdue_mean_days == 25 - 7
    assert headline.overdue.before == 1
    assert (headline.lead_share.value, headline.lead_share.change) == (1, 0)


def test_a_period_before_records_began_gives_no_change(world: World) -> None:
    """Nothing is compared with nothing."""
    world.own({"V1": "o1", "V2": "o1"}, published_at=NOON)
    world.check_in(MONDAY, "village:V1", "V1")
    headline = world.report().headline
    assert headline.visit_share.before is None
    assert headline.overdue.change is None
    assert headline.lead_share.before is None


def test_on_the_first_day_of_records_unreached_villages_are_listed_with_their_reason(world: World) -> None:
    """Nobody is overdue yet, but who was not reached today and why is what is asked."""
    world.own({"V1": "o1", "V2": "o1"})
    left = [Unassigned(stop=stop("village:V2"), reason=NO_TIME)]
    world.publish(FRIDAY, stop("village:V1"), left=left)
    world.check_in(FRIDAY, "village:V1", "V1")
    gap = world.gap("visits", "V2", first=FRIDAY, last=FRIDAY)
    assert gap.days == 0
    assert gap.cause.key == "reason.cover_unassigned"


def test_without_any_record_nobody_is_behind(world: World) -> None:
    """An empty system reports ownership only, and says that there were no visits."""
    report = world.report()
    assert report.since is None
    assert report.headline.visit_share.value is None
    assert report.headline.overdue.value == 0
    assert {gap.kind for gap in report.gaps} == {"ownership"}
    assert "report.source_no_visits" in [source.key for source in report.sources]


def test_days_still_to_come_are_cut_off(patrolled: World) -> None:
    """A period to the end of the month is reported up to today."""
    assert patrolled.report(last=FRIDAY + timedelta(days=4)).last == FRIDAY


@pytest.mark.parametrize(
    ("first", "last"), [(FRIDAY, MONDAY), (FRIDAY + timedelta(1), FRIDAY + timedelta(2))]
)
def test_a_period_that_is_none_is_refused(world: World, first: date, last: date) -> None:
    """The message names the dates."""
    with pytest.raises(BadInput, match="2026-03"):
        world.report(first=first, last=last)


def test_an_unknown_township_is_refused(world: World) -> None:
    """And known ones are named."""
    with pytest.raises(NotFound, match="410"):
        world.report(town="999")


def test_a_report_of_one_township_knows_nothing_of_others(patrolled: World) -> None:
    """Neither its villages nor its gaps."""
    patrolled.add_villages(village("W1", town="411"))
    report = patrolled.report(town=TOWN)
    assert {row.township_code for row in report.villages} == {TOWN}
    assert {gap.township_code for gap in report.gaps} == {TOWN}
    assert [row.code for row in patrolled.report().townships] == [TOWN, "411"]


def test_township_rows_add_up_their_villages(patrolled: World) -> None:
    """Two weeks: four required, two made, one overdue village, no plan on nine working days."""
    (row,) = patrolled.report(first=MONDAY - timedelta(days=9)).townships
    assert (row.villages, row.with_lead, row.required, row.made) == (2, 2, pytest.approx(4), pytest.approx(2))
    assert (row.overdue, row.working_days, row.planned_days) == (1, 9, 0)


def test_the_number_of_queries_does_not_grow_with_the_villages(patrolled: World) -> None:
    """Forty villages take as many statements as two."""

    def statements() -> int:
        seen: list[str] = []
        event.listen(patrolled.storage.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        patrolled.report()
        return len(seen)

    few = statements()
    patrolled.add_villages(*(village(f"X{n}") for n in range(40)))
    assert statements() == few


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_cause_and_fix_has_words(lang: str, patrolled: World) -> None:
    """No gap of a week without plans shows a key instead of words."""
    patrolled.add_villages(village("W1", town="411"))
    for gap in patrolled.report().gaps:
        for words in (gap.cause, gap.fix, *gap.also):
            assert words is not None
            assert words.key in catalogue(lang)
            assert "{" not in words.render(lang)


def test_the_worst_gaps_stand_for_others_alike(patrolled: World) -> None:
    """Six villages of a township without officers are one line that says five more."""
    patrolled.add_villages(*(village(f"W{n}", town="411") for n in range(6)))
    worst = patrolled.report().worst(3)
    alike = {head.gap.kind: head.alike for head in worst if head.gap.township_code == "411"}
    assert alike["ownership"] == 5
    assert len({id(head.gap) for head in worst}) == 3
