"""Remaining time where cases are shown: the list by what is left, what a limit rests on, the phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from case_world import file, fill, step
from conftest import EAST, MovableNow
from flask.testing import FlaskClient

from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def world(ctx: Context) -> None:
    """Incidents, an item, two departments."""
    fill(ctx)


def listed(client: FlaskClient, township: str = EAST) -> list[dict[str, Any]]:
    """Open cases as the list gives them."""
    answer = client.get(f"/api/v1/cases/by-remaining?township={township}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: list[dict[str, Any]] = answer.json["cases"]
    return found


def test_open_cases_come_by_what_is_left(as_user: AsUser, now: MovableNow) -> None:
    """The one whose clock falls first stands first; what stands still comes after; closed ones are gone."""
    planner = as_user("planner")
    first = file(planner, "i1")
    now.advance(timedelta(hours=1))
    second = file(planner, "i2")
    rows = listed(planner)
    assert [row["case"]["id"] for row in rows] == [first, second]
    assert [row["clock"]["phase"] for row in rows] == ["dispatch", "dispatch"]
    # 10:00 and 11:00 of a day with a break from 12:00 to 14:00: two office hours on.
    assert [row["clock"]["due_at"][11:16] for row in rows] == ["12:00", "15:00"]
    now.advance(timedelta(minutes=30))
    rows = listed(planner)
    assert [row["clock"]["level"] for row in rows] == ["yellow", "green"]
    assert [row["clock"]["left_text"] for row in rows] == ["剩余 0 工作小时 30 分", "剩余 1 工作小时 30 分"]
    step(planner, first, "suspend", note="等待鉴定")
    rows = listed(planner)
    assert [row["case"]["id"] for row in rows] == [second, first]
    assert rows[1]["clock"]["level"] == "paused"
    assert rows[1]["item_name"] == "不按规定明码标价"
    step(planner, second, "cancel", note="误报")
    assert [row["case"]["id"] for row in listed(planner)] == [first]


def test_the_list_keeps_to_the_users_scope(as_user: AsUser) -> None:
    """Other townships' planners are refused; a department sees what it had to do with."""
    planner = as_user("planner")
    case = file(planner, "i1")
    assert as_user("planner_west").get(f"/api/v1/cases/by-remaining?township={EAST}").status_code == 403
    assert as_user("planner_west").get("/api/v1/cases/by-remaining").json["cases"] == []
    assert as_user("department").get("/api/v1/cases/by-remaining").json["cases"] == []
    step(planner, case, "escalate", note="请办理", body="市监局")
    (row,) = as_user("department").get("/api/v1/cases/by-remaining").json["cases"]
    assert (row["case"]["id"], row["clock"]["phase"]) == (case, "respond")


def test_a_clock_says_what_its_limit_rests_on(as_user: AsUser) -> None:
    """The law's article, or the office's own limit; and how its time is counted."""
    planner = as_user("planner")
    case = file(planner)
    found = {c["phase"]: c for c in planner.get(f"/api/v1/cases/{case}/deadlines").json["clocks"]}
    assert "《行政处罚法》第 60 条" in found["decide"]["basis_text"]
    assert "含休息日" in found["decide"]["basis_text"]
    assert "本单位设定的环节时限" in found["handle"]["basis_text"]
    assert "只计办公时间" in found["dispatch"]["basis_text"]
    assert found["dispatch"]["started_at"].endswith("+08:00")


def test_the_items_own_limit_is_named_as_such(ctx: Context, as_user: AsUser) -> None:
    """Where the catalogue says how long an item may take."""
    with ctx.storage.write("test") as uow:
        item = uow.catalogue.get("SC007")
        assert item is not None
        uow.catalogue.replace(replace(item, deadline_rule="2个工作日"))
        uow.record("test.item", "catalogue", item.code)
        uow.commit()
    planner = as_user("planner")
    case = file(planner)
    found = {c["phase"]: c for c in planner.get(f"/api/v1/cases/{case}/deadlines").json["clocks"]}
    assert found["handle"]["basis_text"].startswith("2 个工作日（执法事项目录规定的办理时限）")


def test_the_phone_shows_what_is_left(as_user: AsUser, now: MovableNow) -> None:
    """In words, in the case and in the list; overdue once time is up."""
    planner, officer = as_user("planner"), as_user("officer")
    case = file(planner)
    step(planner, case, "dispatch", officer_id="o1")
    page = officer.get(f"/m/cases/{case}").get_data(as_text=True)
    assert "办理时限" in page
    assert 'data-clock="on_scene"' in page
    assert "剩余 4 工作小时 0 分" in page
    assert "2026-03-02 16:00" in page
    now.advance(timedelta(hours=7))
    rows = officer.get("/m/cases/").get_data(as_text=True)
    assert "light-overdue" in rows
    assert "超时 1 工作小时 0 分" in rows
