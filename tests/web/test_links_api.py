"""Links of a day over the API: asked for, listed, taken back; refused in words; told in the plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import EAST, TODAY
from field_world import FIRST, MATTER, SECOND, add_matter, day_plan, publish
from flask.testing import FlaskClient

from gridmgr.domain.links import StopLink
from gridmgr.domain.patrols import DayPlan
from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]
DAY = f"/api/v1/days/{EAST}/{TODAY}"


def two_squads() -> DayPlan:
    """The published day with a second squad, o3 alone, that meets the first one at its first stop."""
    plan = day_plan("met")
    (squad,) = plan.squads
    other = replace(
        squad, id=f"{EAST}-2", number=2, leader="o3", members=("o3",), vehicle=None, visits=squad.visits[:1]
    )
    link = StopLink(id="L1", kind="meet", stops=(FIRST,), squads_needed=2)
    return replace(plan, squads=(squad, other), links=(link,))


@pytest.fixture
def planner(ctx: Context, as_user: AsUser) -> FlaskClient:
    """The planner's browser, on a day of two squads."""
    add_matter(ctx)
    publish(ctx, two_squads())
    return as_user("planner")


def body(client: FlaskClient, **link: object) -> dict[str, object]:
    """A link to ask for, on the day's present version."""
    return {"version": client.get(DAY).json["version"], **link}


def test_a_meeting_tells_who_comes_when(planner: FlaskClient) -> None:
    """With both squads' times, in words, in the plan and in the list."""
    (link,) = planner.get(f"{DAY}/links").json["links"]
    assert link["text"] == "2 支小队在“东乡0村”同时到场"
    assert (link["state"], link["state_text"]) == ("kept", "已安排")
    assert [item["squad"] for item in link["coming"]] == [1, 2]
    assert {item["start"] for item in link["coming"]} == {f"{TODAY}T10:00:00+08:00"}
    assert planner.get(DAY).json["draft"]["links"] == [link]


def test_an_order_is_kept_with_the_draft_and_taken_back(planner: FlaskClient) -> None:
    """The answer is the day as it stands then."""
    asked = body(planner, kind="before", stops=[MATTER, SECOND], why="先处置")
    answer = planner.post(f"{DAY}/links", json=asked)
    assert answer.status_code == 201, answer.json
    _, link = answer.json["draft"]["links"]
    assert (link["kind"], link["stops"], link["state"]) == ("before", [MATTER, SECOND], "broken")
    assert answer.json["draft"]["change_text"] == "设定先后顺序：围墙倾斜、东乡1村"
    findings = planner.get(f"{DAY}/findings").json
    assert any(finding["hard"] and finding["stop_id"] in (SECOND, MATTER) for finding in findings)
    version = answer.json["version"]
    back = planner.post(f"{DAY}/links/{link['id']}/remove", json={"version": version})
    assert [item["id"] for item in back.json["draft"]["links"]] == ["L1"]
    assert planner.post(f"{DAY}/links/L7/remove", json={"version": version + 1}).status_code == 404


@pytest.mark.parametrize(
    ("link", "status", "words"),
    [
        ({"kind": "meet", "stops": [FIRST]}, 400, "东乡0村 已安排会合"),
        ({"kind": "meet", "stops": [SECOND], "squads_needed": 3}, 400, "当日共有 2 支小队"),
        ({"kind": "meet", "stops": [SECOND], "squads": ["1", "5"]}, 404, "5"),
        ({"kind": "before", "stops": [SECOND]}, 400, "两个停靠点"),
        ({"kind": "one_of", "stops": [SECOND, "nowhere"]}, 404, "nowhere"),
        ({"kind": "swap", "stops": [SECOND]}, 422, ""),
        ({"kind": "meet", "stops": []}, 422, ""),
        ({"kind": "meet", "stops": [SECOND], "squads_needed": 99}, 422, ""),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    planner: FlaskClient, link: dict[str, object], status: int, words: str
) -> None:
    """And changes nothing."""
    before = planner.get(DAY).json["version"]
    answer = planner.post(f"{DAY}/links", json=body(planner, **link))
    assert answer.status_code == status, answer.json
    assert words in answer.json["error"]["message"]
    assert planner.get(DAY).json["version"] == before


def test_an_older_version_is_a_conflict(planner: FlaskClient) -> None:
    """Somebody else changed the day meanwhile."""
    asked = body(planner, kind="before", stops=[FIRST, SECOND])
    asked["version"] = 0
    assert planner.post(f"{DAY}/links", json=asked).status_code == 409


def test_only_planners_ask_and_only_in_their_township(planner: FlaskClient, as_user: AsUser) -> None:
    """The lead may look."""
    asked = body(planner, kind="before", stops=[FIRST, SECOND])
    for name, look, ask in (("lead", 200, 403), ("planner_west", 403, 403), ("officer", 403, 403)):
        client = as_user(name)
        assert client.get(f"{DAY}/links").status_code == look, name
        assert client.post(f"{DAY}/links", json=asked).status_code == ask, name
        assert client.post(f"{DAY}/links/L1/remove", json={"version": 1}).status_code == ask, name


def test_a_move_says_whose_visit_it_is_about(planner: FlaskClient) -> None:
    """Taking one squad out of the meeting leaves the other one and is named as a breach."""
    edit = {"action": "remove", "stop_id": FIRST, "from_squad_id": f"{EAST}-2"}
    tried = planner.post(f"{DAY}/edits/preview", json={"edit": edit}).json
    assert [s["number"] for s in tried["plan"]["squads"] if FIRST in str(s["visits"])] == [1]
    assert any("需要2支小队同时到场，安排了1支" in finding["text"] for finding in tried["new_findings"])


def test_who_arrived_at_a_meeting_is_told_by_squad(
    ctx: Context, planner: FlaskClient, as_user: AsUser
) -> None:
    """The first squad there does not make the other one's visit done."""
    as_user("officer").post("/api/v1/check-ins", json={"id": "arrived-1", "stop_id": FIRST})
    one, other = planner.get(DAY).json["draft"]["squads"]
    assert [one["visits"][0]["done"], other["visits"][0]["done"]] == [True, False]
