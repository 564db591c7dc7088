"""Clocks on cases: started and stopped by steps, paused, extended by approval, escalated when overdue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from case_world import ITEM, MARKET, WATER, fill, incident
from conftest import EAST, NOW, MovableNow
from flask.testing import FlaskClient

from gridmgr.domain.cases import Actor, Step
from gridmgr.domain.deadlines import CaseClock
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden
from gridmgr.services.cases import act, file_case
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import save_settings
from gridmgr.services.deadlines.escalating import check_deadlines
from gridmgr.services.deadlines.reading import ClockView, clocks_of_case, running_clocks
from gridmgr.services.deadlines.working import (
    ask_extension,
    decide_extension,
    pause_clock,
    resume_clock,
    start_limit,
    stop_limit,
)
from gridmgr.services.periodic import Chore, Chores

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def world(ctx: Context) -> None:
    """Incidents, an item, two departments."""
    fill(ctx)


def at(words: str) -> datetime:
    """A moment in the office."""
    return datetime.fromisoformat(words).replace(tzinfo=ZONE)


def user(ctx: Context, name: str) -> User:
    """A user by name."""
    with ctx.storage.read() as uow:
        found = uow.users.get(name)
    assert found is not None
    return found


def file(ctx: Context, incident_id: str = "i1") -> str:
    """File an incident; the case's number."""
    return file_case(ctx, incident_id, user=user(ctx, "planner")).case.id


def take(ctx: Context, case: str, action: str, name: str = "planner", /, **fields: Any) -> None:
    """Take a step."""
    act(ctx, case, Step(action=action, **fields), user=user(ctx, name))


def views(ctx: Context, case: str) -> dict[str, ClockView]:
    """A case's clocks by phase, the last of each."""
    found = clocks_of_case(ctx, case, user=user(ctx, "admin"))
    return {view.clock.phase: view for view in sorted(found, key=lambda view: view.clock.started_at)}


def levels(ctx: Context, case: str) -> dict[str, str]:
    """How each phase stands."""
    return {phase: view.standing.level for phase, view in views(ctx, case).items()}


def trail(ctx: Context, case: str) -> list[tuple[str, str]]:
    """Steps by the system: what, and to whom."""
    with ctx.storage.read() as uow:
        steps = uow.case_steps.of_case(case)
    return [(step.action, str(step.detail["told"])) for step in steps if step.actor == "system"]


def test_steps_start_and_stop_clocks(ctx: Context, now: MovableNow) -> None:
    """Through a department and back, each phase with its own clock, judged by its own end."""
    case = file(ctx)
    # Reported at ten and filed at once; the clocks of what comes next run.
    assert levels(ctx, case) == {
        "verify": "met", "dispatch": "green", "handle": "green", "decide": "green",
    }  # fmt: skip
    now.moment = at("2026-03-02T15:00")
    take(ctx, case, "escalate", note="涉水", body=WATER)
    # Two office hours were over at noon.
    assert levels(ctx, case)["dispatch"] == "late"
    assert views(ctx, case)["respond"].standing.due == at("2026-03-03T17:30")
    now.moment = at("2026-03-03T09:00")
    take(ctx, case, "object", "water", note="不归我局")
    assert levels(ctx, case)["respond"] == "met"
    assert levels(ctx, case)["dispatch"] == "green"
    take(ctx, case, "escalate", note="改派", body=MARKET)
    take(ctx, case, "accept", "department")
    now.moment = at("2026-03-04T09:00")
    take(ctx, case, "handle", "department", note="已整改")
    assert levels(ctx, case) == {
        "verify": "met", "dispatch": "met", "handle": "met", "decide": "met", "respond": "met",
        "solve": "met", "check": "green",
    }  # fmt: skip
    take(ctx, case, "check")
    take(ctx, case, "close")
    assert not [view for view in views(ctx, case).values() if view.clock.is_running]


def test_the_item_of_the_catalogue_has_its_own_time(ctx: Context) -> None:
    """Where its words can be read; else the phase's own rule holds."""
    with ctx.storage.write("test") as uow:
        uow.catalogue.replace(replace(ITEM, deadline_rule="4工作小时"))
        uow.record("test.change", "catalogue", ITEM.code)
        uow.commit()
    assert views(ctx, file(ctx))["handle"].standing.due == at("2026-03-02T15:30") + timedelta(minutes=30)
    with ctx.storage.write("test") as uow:
        uow.catalogue.replace(replace(ITEM, deadline_rule="依法办理"))
        uow.record("test.change", "catalogue", ITEM.code)
        uow.commit()
    assert views(ctx, file(ctx, "i2"))["handle"].standing.due == at("2026-03-09T17:30")


def test_a_hotline_matter_has_the_hotlines_days(ctx: Context) -> None:
    """Others do not."""
    with ctx.storage.write("test") as uow:
        uow.incidents.add(incident(7, source="hotline"))
        uow.record("test.add", "incident", "i7")
        uow.commit()
    assert "hotline" not in views(ctx, file(ctx))
    assert views(ctx, file(ctx, "i7"))["hotline"].standing.due == at("2026-03-09T17:30")


def test_a_suspended_case_stands_still(ctx: Context, now: MovableNow) -> None:
    """All its clocks, with what is left; a month later they go on from there."""
    case = file(ctx)
    take(ctx, case, "escalate", note="涉水", body=WATER)
    now.moment = at("2026-03-02T16:00")
    take(ctx, case, "suspend", note="等待检测")
    held = views(ctx, case)
    assert {held[phase].standing.level for phase in ("handle", "respond", "decide")} == {"paused"}
    now.moment = at("2026-04-02T10:00")
    assert check_deadlines(ctx).told == ()
    take(ctx, case, "resume")
    going = views(ctx, case)
    # None of the five working days had gone by; Thursday counts, 清明节 does not.
    assert going["handle"].standing.due == at("2026-04-09T17:30")
    assert going["respond"].standing.due == at("2026-04-02T17:30")


def test_rework_lets_the_same_clock_run_on(ctx: Context, now: MovableNow) -> None:
    """Without the time it waited to be checked and without a new start: failing gains nobody time."""
    case = file(ctx)
    take(ctx, case, "escalate", note="涉水", body=WATER)
    take(ctx, case, "accept", "water")
    now.moment = at("2026-03-04T10:00")
    take(ctx, case, "handle", "water", note="已整改")
    before = views(ctx, case)["solve"]
    now.moment = at("2026-03-06T10:00")
    take(ctx, case, "rework", note="未到位")
    after = views(ctx, case)["solve"]
    assert after.clock.id == before.clock.id
    assert after.standing.due is not None
    assert before.standing.due is not None
    assert after.standing.left == before.standing.left
    # The ninety days of the law go on all the while.
    assert views(ctx, case)["decide"].standing.due == at("2026-06-01T17:30")
    with ctx.storage.read() as uow:
        assert sum(clock.phase == "solve" for clock in uow.clocks.of_case(case)) == 1


def test_a_cancelled_case_is_judged_by_nothing(ctx: Context) -> None:
    """What was overdue by then neither."""
    case = file(ctx)
    take(ctx, case, "cancel", note="误报")
    assert {levels(ctx, case)[phase] for phase in ("dispatch", "handle", "decide")} == {"void"}


def test_overdue_goes_up_level_by_level_once_each(ctx: Context, now: MovableNow) -> None:
    """The department does not answer within a working day: the county lead is told, once."""
    case = file(ctx)
    take(ctx, case, "escalate", note="涉水", body=WATER)
    now.moment = at("2026-03-03T17:30")
    assert check_deadlines(ctx).told == ()
    now.advance(timedelta(minutes=1))
    told = check_deadlines(ctx).told
    assert [(item.phase, item.escalation.level) for item in told] == [("respond", "lead")]
    assert check_deadlines(ctx).told == ()
    assert trail(ctx, case) == [("supervise", "lead")]
    with ctx.storage.read() as uow:
        found = uow.cases.get(case)
    assert found is not None
    assert found.supervised == 3


def test_a_worker_that_stood_still_makes_up_for_it(ctx: Context, now: MovableNow) -> None:
    """All levels at once, each with the moment it fell due: the same as looking every hour."""
    late, steady = file(ctx, "i1"), file(ctx, "i2")
    for case in (late, steady):
        take(ctx, case, "dispatch", officer_id="o1")
    fell: dict[str, list[tuple[str, datetime]]] = {}
    with ctx.storage.read() as uow:
        kept = {clock.id: clock for clock in uow.clocks.of_case(late)}
    # Looked at every hour while the other case's clocks are hidden from sight.
    hide(ctx, list(kept.values()))
    while now.moment < at("2026-03-06T12:00"):
        now.advance(timedelta(hours=1))
        check_deadlines(ctx)
    unhide(ctx, list(kept.values()))
    check_deadlines(ctx)
    with ctx.storage.read() as uow:
        for case in (late, steady):
            clock = next(clock for clock in uow.clocks.of_case(case) if clock.phase == "on_scene")
            fell[case] = [(item.level, item.fell_at) for item in clock.escalations]
    assert fell[late] == fell[steady]
    # Four office hours from ten end at four; a working day each from there.
    assert fell[late] == [
        ("office", at("2026-03-02T16:00")),
        ("department", at("2026-03-03T17:30")),
        ("lead", at("2026-03-04T17:30")),
    ]
    assert [who for _, who in trail(ctx, late)] == ["office", "department", "lead"]
    before = trail(ctx, late)
    assert check_deadlines(ctx).told == ()
    assert trail(ctx, late) == before


def hide(ctx: Context, clocks: list[CaseClock]) -> None:
    """Let clocks look as if they were over."""
    with ctx.storage.write("test") as uow:
        for clock in clocks:
            if clock.is_running:
                uow.clocks.replace(clock.stopped(NOW, "void"))
        uow.commit_unaudited()


def unhide(ctx: Context, clocks: list[CaseClock]) -> None:
    """Put clocks back as they were."""
    with ctx.storage.write("test") as uow:
        for clock in clocks:
            uow.clocks.replace(clock)
        uow.commit_unaudited()


def test_a_case_supervised_higher_is_not_lowered(ctx: Context, now: MovableNow) -> None:
    """The lead has taken it up; the office's level only goes on the trail."""
    case = file(ctx)
    take(ctx, case, "supervise", "lead", note="重点", level=3)
    take(ctx, case, "dispatch", officer_id="o1")
    now.moment = at("2026-03-02T16:01")
    check_deadlines(ctx)
    assert trail(ctx, case) == [("comment", "office")]


def test_a_new_calendar_moves_the_ends(ctx: Context, now: MovableNow) -> None:
    """Other office hours too; the next look keeps it, with an audit event."""
    case = file(ctx)
    save_settings(ctx, {"hours": "09:00-17:00"}, actor="admin")
    moved = check_deadlines(ctx)
    # Two office hours from ten end at noon either way.
    assert moved.moved == 2
    with ctx.storage.read() as uow:
        kept = {clock.phase: clock.due_at for clock in uow.clocks.of_case(case)}
        events = [e.action for e in uow.audit.find(subject_kind="case", subject_id=case)]
    assert kept["handle"] == at("2026-03-09T17:00")
    assert events.count("clock.move") == 2
    assert check_deadlines(ctx).moved == 0
    with pytest.raises(BadInput) as caught:
        save_settings(ctx, {"hours": "whenever", "yellow": 0.9, "rules": {"check": "soon"}}, actor="admin")
    assert [(item.field, item.value) for item in caught.value.problems] == [
        ("hours", "whenever"), ("yellow", "90%, 80%"), ("check", "soon"),
    ]  # fmt: skip


def test_more_time_is_asked_for_and_decided_one_level_up(ctx: Context, now: MovableNow) -> None:
    """The department asks, the lead grants; what was asked for does not count before."""
    case = file(ctx)
    take(ctx, case, "escalate", note="涉水", body=WATER)
    take(ctx, case, "accept", "water")
    clock = views(ctx, case)["solve"].clock
    assert clock.due_at == at("2026-03-16T17:30")
    water, planner, lead = (user(ctx, name) for name in ("water", "planner", "lead"))
    with pytest.raises(Forbidden):
        ask_extension(ctx, clock.id, words="5个工作日", reason="代部门申请", user=planner)
    with pytest.raises(BadInput, match="parsecs"):
        ask_extension(ctx, clock.id, words="5 parsecs", reason="远", user=water)
    asked = ask_extension(ctx, clock.id, words="5个工作日", reason="需要专家论证", user=water)
    with pytest.raises(Conflict):
        ask_extension(ctx, clock.id, words="9个工作日", reason="再来一次", user=water)
    assert views(ctx, case)["solve"].standing.due == at("2026-03-16T17:30")
    with pytest.raises(Forbidden):
        decide_extension(ctx, clock.id, asked.id, approve=True, note="同意", user=planner)
    decide_extension(ctx, clock.id, asked.id, approve=True, note="同意", user=lead)
    assert views(ctx, case)["solve"].standing.due == at("2026-03-23T17:30")
    with pytest.raises(Conflict):
        decide_extension(ctx, clock.id, asked.id, approve=False, note="反悔", user=lead)
    second = ask_extension(ctx, clock.id, words="30日", reason="仍在论证", user=water)
    decide_extension(ctx, clock.id, second.id, approve=False, note="不再延长", user=lead)
    assert views(ctx, case)["solve"].standing.due == at("2026-03-23T17:30")
    now.moment = at("2026-03-23T17:31")
    with pytest.raises(Conflict):
        ask_extension(ctx, clock.id, words="1日", reason="来不及", user=water)
    with ctx.storage.read() as uow:
        notes = [step.note for step in uow.case_steps.of_case(case) if step.action == "comment"]
    assert "同意将“部门办理”延长5 个工作日：同意" in notes


def test_nobody_grants_their_own_request(ctx: Context) -> None:
    """Not even an administrator."""
    case = file(ctx)
    clock, admin = views(ctx, case)["handle"].clock, user(ctx, "admin")
    asked = ask_extension(ctx, clock.id, words="1个工作日", reason="人手不足", user=admin)
    with pytest.raises(Forbidden):
        decide_extension(ctx, clock.id, asked.id, approve=True, note="同意", user=admin)


def test_a_seizure_runs_thirty_days_and_at_most_thirty_more(ctx: Context, now: MovableNow) -> None:
    """行政强制法第二十五条; the time of an appraisal does not count."""
    case = file(ctx)
    planner, lead = user(ctx, "planner"), user(ctx, "lead")
    clock = start_limit(ctx, case, "seizure", at=NOW, note="查封决定书1号", user=planner)
    assert clock.due_at == at("2026-04-01T17:30")
    with pytest.raises(Conflict):
        start_limit(ctx, case, "seizure", at=NOW, note="又一次", user=planner)
    for words in ("31日", "10个工作日"):
        with pytest.raises(BadInput):
            ask_extension(ctx, clock.id, words=words, reason="情况复杂", user=planner)
    asked = ask_extension(ctx, clock.id, words="30日", reason="情况复杂", user=planner)
    decide_extension(ctx, clock.id, asked.id, approve=True, note="经负责人批准", user=lead)
    # The sixtieth day is Labour Day.
    assert views(ctx, case)["seizure"].standing.due == at("2026-05-06T17:30")
    with pytest.raises(BadInput):
        ask_extension(ctx, clock.id, words="1日", reason="还想延长", user=planner)
    pause_clock(ctx, clock.id, kind="appraisal", note="送检", user=planner)
    assert levels(ctx, case)["seizure"] == "paused"
    now.moment = at("2026-03-12T10:00")
    resume_clock(ctx, clock.id, note="检测报告出具", user=planner)
    assert views(ctx, case)["seizure"].standing.due == at("2026-05-11T17:30")
    stop_limit(ctx, clock.id, at=now.moment, note="解除查封", user=planner)
    assert levels(ctx, case)["seizure"] == "met"


def test_what_runs_is_listed_by_urgency_within_the_township(ctx: Context, now: MovableNow) -> None:
    """Overdue first."""
    file(ctx, "i1")
    now.moment = at("2026-03-02T14:30")
    file(ctx, "i2")
    found = running_clocks(ctx, township_code=EAST)
    seen = [item.standing.level for item in found]
    assert seen[0] == "overdue"
    assert seen == sorted(seen, key=["overdue", "red", "yellow", "green", "paused"].index)
    assert running_clocks(ctx, township_code="410101002") == []


def test_the_api_shows_clocks_and_takes_requests(
    ctx: Context, as_user: Callable[[str], FlaskClient], now: MovableNow
) -> None:
    """Words, lights and what each may do."""
    case = file(ctx)
    planner, lead, officer = (as_user(name) for name in ("planner", "lead", "officer"))
    clocks = planner.get(f"/api/v1/cases/{case}/deadlines").json["clocks"]
    handle = next(item for item in clocks if item["phase"] == "handle")
    assert (handle["level"], handle["name"], handle["rule_text"]) == ("green", "处置", "5 个工作日")
    assert handle["due_at"] == "2026-03-09T17:30:00+08:00"
    assert handle["left_text"] == "剩余 5 个工作日 5 小时"
    assert handle["may"] == ["ask", "pause"]
    decide = next(item for item in clocks if item["phase"] == "decide")
    assert decide["rule_text"] == "90 日（《行政处罚法》第 60 条）"
    url = f"/api/v1/deadlines/{handle['id']}/extensions"
    assert officer.post(url, json={"length": "1个工作日", "reason": "忙"}).status_code == 403
    bad = planner.post(url, json={"length": "5 parsecs", "reason": "忙"})
    assert bad.status_code == 400
    assert "5 parsecs" in bad.json["error"]["message"]
    made = planner.post(url, json={"length": "1个工作日", "reason": "人手不足"})
    assert made.status_code == 201
    seen = lead.get(f"/api/v1/cases/{case}/deadlines").json["clocks"]
    assert next(item for item in seen if item["phase"] == "handle")["may"] == ["decide"]
    decided = lead.post(f"{url}/{made.json['id']}/decision", json={"approve": True, "note": "同意"})
    assert decided.status_code == 200
    after = next(item for item in decided.json["clocks"] if item["phase"] == "handle")
    assert after["due_at"] == "2026-03-10T17:30:00+08:00"
    limits = planner.get("/api/v1/deadlines/limits").json["limits"]
    assert [item["id"] for item in limits] == [
        "decide",
        "serve",
        "hearing",
        "seizure",
        "hotline",
        "objection",
    ]
    body = {"limit": "serve", "at": "2026-03-02T09:00:00+08:00", "note": "决定书12号"}
    started = planner.post(f"/api/v1/cases/{case}/deadlines", json=body)
    assert started.status_code == 201
    serve = next(item for item in started.json["clocks"] if item["phase"] == "serve")
    assert serve["due_at"] == "2026-03-11T17:30:00+08:00"
    assert planner.post(f"/api/v1/cases/{case}/deadlines", json={**body, "limit": "past"}).status_code == 404
    running = planner.get("/api/v1/deadlines?level=green").json["clocks"]
    assert {item["case_id"] for item in running} == {case}
    assert as_user("planner_west").get("/api/v1/deadlines").json["clocks"] == []
    assert as_user("planner_west").get(f"/api/v1/cases/{case}/deadlines").status_code == 403


def test_the_calendar_is_read_by_year(as_user: Callable[[str], FlaskClient]) -> None:
    """With its source; what is not known says so."""
    client = as_user("officer")
    days = {item["day"]: item for item in client.get("/api/v1/calendar").json["days"]}
    assert (days["2026-02-28"]["kind_text"], days["2026-02-28"]["provisional"]) == ("上班", False)
    assert "国办发明电〔2025〕7号" in days["2026-02-17"]["source"]
    assert client.get("/api/v1/calendar?year=2027").json["provisional"]
    assert client.get("/api/v1/calendar?year=2031").json == {"year": 2031, "provisional": True, "days": []}


def test_chores_are_done_when_their_time_comes_and_fail_alone(ctx: Context) -> None:
    """The first time at once; one that breaks is tried again and stops no other."""
    done: list[str] = []

    def breaks(_ctx: Context) -> None:
        done.append("bad")
        raise RuntimeError("broken")

    seconds = [0.0]
    chores = Chores(
        chores=(
            Chore(name="bad", seconds=10, run=breaks),
            Chore(name="good", seconds=25, run=lambda _: done.append("good")),
        ),
        now=lambda: seconds[0],
    )
    for moment in range(0, 60, 5):
        seconds[0] = float(moment)
        chores.run_due(ctx)
    assert done.count("bad") == 6
    assert done.count("good") == 3
    assert done[:2] == ["bad", "good"]


def test_chores_are_done_by_a_clock_that_goes_on_between_two_looks(ctx: Context) -> None:
    """The machine's own is never the same twice."""
    done: list[str] = []
    chores = Chores(chores=(Chore(name="one", seconds=3600, run=lambda _: done.append("one")),))
    chores.run_due(ctx)
    assert done == ["one"]
    chores.run_due(ctx)
    assert done == ["one"]


def test_actors_of_other_townships_cannot_touch_a_clock(ctx: Context) -> None:
    """Scope holds for clocks as for cases."""
    clock = views(ctx, file(ctx))["handle"].clock
    west = user(ctx, "planner_west")
    assert Actor.of(west).township_code != EAST
    with pytest.raises(Forbidden):
        pause_clock(ctx, clock.id, kind="other", note="x", user=west)
    with pytest.raises(Forbidden):
        ask_extension(ctx, clock.id, words="1日", reason="x", user=west)
