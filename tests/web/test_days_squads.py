"""Squads changed by hand over the API: looked at, kept, taken back, refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import EAST, TODAY, WEST
from field_world import add_matter, day_plan, publish
from flask.testing import FlaskClient

from gridmgr.domain.places import Vehicle
from gridmgr.domain.settings import OfficeSettings
from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]
DAY = f"/api/v1/days/{EAST}/{TODAY}"


@pytest.fixture
def planner(ctx: Context, as_user: AsUser) -> FlaskClient:
    """The planner's browser, on a day with one squad, published."""
    with ctx.storage.write("test") as uow:
        uow.settings.save_office(OfficeSettings(pair_rule="pooled", squad_min=1))
        uow.vehicles.add(Vehicle(id="甲A007", township_code=EAST, seats=5))
        uow.record("test.rules", "settings", "office")
        uow.commit()
    add_matter(ctx)
    publish(ctx, day_plan("d1"))
    return as_user("planner")


def day_of(client: FlaskClient) -> dict:
    """The day as the desk gets it."""
    return client.get(DAY).json


def squad_of(day: dict) -> dict:
    """The day's squad."""
    (squad,) = day["draft"]["squads"]
    return squad


def spare(day: dict) -> str:
    """An officer in no squad."""
    return min(set(day["people"]) - set(squad_of(day)["members"]))


def joining(day: dict) -> dict:
    """The change that takes the spare officer along."""
    return {"action": "move_member", "officer_id": spare(day), "squad_id": squad_of(day)["id"]}


def keep(client: FlaskClient, day: dict, change: dict) -> dict:
    """Make the change on that version of the day."""
    answer = client.post(f"{DAY}/squads", json={"version": day["version"], "change": change})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def test_a_change_of_squads_is_looked_at_kept_and_taken_back(planner: FlaskClient) -> None:
    """The preview changes nothing; undo gives the squad back."""
    before = day_of(planner)
    tried = planner.post(f"{DAY}/squads/preview", json={"change": joining(before)})
    assert tried.status_code == 200, tried.get_data(as_text=True)
    assert set(tried.json) == {"findings", "new_findings", "plan"}
    assert spare(before) in tried.json["plan"]["squads"][0]["members"]
    assert day_of(planner) == before

    kept = keep(planner, before, joining(before))
    assert spare(before) in squad_of(kept)["members"]
    assert (kept["version"], kept["state"]) == (before["version"] + 1, "changed")
    assert kept["draft"]["change_text"] == f"将{before['people'][spare(before)]['name']}编入第1小队"

    back = planner.post(f"{DAY}/undo", json={"version": kept["version"]}).json
    assert squad_of(back) == squad_of(before)


def test_leader_and_vehicle_are_chosen(planner: FlaskClient) -> None:
    """One after the other."""
    day = day_of(planner)
    day = keep(planner, day, joining(day))
    squad = squad_of(day)
    other = next(name for name in squad["members"] if name != squad["leader"])
    day = keep(planner, day, {"action": "set_leader", "officer_id": other, "squad_id": squad["id"]})
    day = keep(planner, day, {"action": "set_vehicle", "squad_id": squad["id"], "vehicle": "甲A007"})
    assert (squad_of(day)["leader"], squad_of(day)["vehicle"]) == (other, "甲A007")


def test_who_looked_at_an_old_draft_gets_a_conflict(planner: FlaskClient) -> None:
    """And the first change stands."""
    day = day_of(planner)
    kept = keep(planner, day, joining(day))
    body = {"version": day["version"], "change": {"action": "set_vehicle", "squad_id": squad_of(day)["id"]}}
    assert planner.post(f"{DAY}/squads", json=body).status_code == 409
    assert squad_of(day_of(planner)) == squad_of(kept)


@pytest.mark.parametrize("path", ["squads", "squads/preview"])
def test_only_the_townships_planners_change_squads(planner: FlaskClient, as_user: AsUser, path: str) -> None:
    """Not the county's lead, not an officer, not the neighbours' planner."""
    day = day_of(planner)
    body = {"change": joining(day)} | ({"version": day["version"]} if path == "squads" else {})
    for name in ("lead", "officer", "planner_west"):
        assert as_user(name).post(f"{DAY}/{path}", json=body).status_code == 403, name
    assert as_user("planner").post(f"/api/v1/days/{WEST}/{TODAY}/{path}", json=body).status_code == 403
    assert as_user("admin").post(f"{DAY}/{path}", json=body).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"action": "burn", "squad_id": "x"},
        {"action": "move_member", "squad_id": "x"},
        {"action": "set_leader", "officer_id": "o1"},
        {"action": "set_vehicle", "vehicle": "甲A007"},
    ],
)
def test_half_a_change_is_refused_before_anything_is_read(planner: FlaskClient, change: dict) -> None:
    """422 names the field."""
    assert planner.post(f"{DAY}/squads/preview", json={"change": change}).status_code == 422


def test_a_change_that_makes_no_sense_is_refused_in_words(planner: FlaskClient) -> None:
    """An officer of the other township; a leader from outside the squad."""
    day = day_of(planner)
    squad = squad_of(day)
    stranger = {"action": "move_member", "officer_id": "o11", "squad_id": squad["id"]}
    assert planner.post(f"{DAY}/squads/preview", json={"change": stranger}).status_code == 404
    outside = {"action": "set_leader", "officer_id": spare(day), "squad_id": squad["id"]}
    answer = planner.post(f"{DAY}/squads/preview", json={"change": outside})
    assert answer.status_code == 400
    assert "不是第1小队成员" in answer.json["error"]["message"]


def test_the_document_describes_both_paths(planner: FlaskClient) -> None:
    """For whoever writes against the API."""
    paths = planner.get("/openapi.json").json["paths"]
    day = "/api/v1/days/{township}/{day}"
    assert {f"{day}/squads", f"{day}/squads/preview"} <= set(paths)
