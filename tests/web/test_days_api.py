"""The day over the API: looked at, changed by hand, published, compared; ownership and jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from conftest import EAST, TODAY, WEST
from field_world import FIRST, MATTER, SECOND, STOPS, add_matter, day_plan, publish
from flask.testing import FlaskClient

from gridmgr.domain.people import Agency, Officer
from gridmgr.domain.settings import OfficeSettings
from gridmgr.services import jobs
from gridmgr.services.context import Context
from gridmgr.services.planning import plan_routes

AsUser = Callable[[str], FlaskClient]
DAY = f"/api/v1/days/{EAST}/{TODAY}"
#: By which the only squad of the day sets out later.
SECRET = "ab" * 32


@pytest.fixture
def planner(ctx: Context, as_user: AsUser) -> FlaskClient:
    """The planner's browser, on a day planned but not published."""
    with ctx.storage.write("test") as uow:
        uow.settings.save_office(OfficeSettings(pair_rule="pooled", plan_seconds=0.3))
        # Each agency sends one person, so that a squad of three needs three agencies.
        for number in (4, 5):
            agency = Agency(code=f"b{number}", name=f"b{number}所", department="城管局", township_code=EAST)
            uow.agencies.add(agency)
            officer = Officer(
                id=f"o{number}",
                name=f"执法员{number}",
                agency_code=agency.code,
                township_code=EAST,
                certificate_no=f"B{number}",
                skills=("market",),
            )
            uow.officers.add(officer)
        uow.record("test.rules", "settings", "office")
        uow.commit()
    add_matter(ctx)
    plan_routes(ctx, township_code=EAST, day=TODAY, actor="planner", seconds=1)
    return as_user("planner")


def day_of(client: FlaskClient) -> dict:
    """The day as the desk gets it."""
    answer = client.get(DAY)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def move(stop_id: str, squad_id: str, position: int | None = None) -> dict:
    """A change: the stop to that squad."""
    return {"action": "move", "stop_id": stop_id, "squad_id": squad_id, "position": position}


def order(day: dict) -> list[str]:
    """Stop ids of the first squad."""
    return [visit["stop"]["id"] for visit in day["draft"]["squads"][0]["visits"]]


def test_a_day_nobody_planned_is_empty_but_names_its_people(as_user: AsUser) -> None:
    """What the desk shows first."""
    day = day_of(as_user("planner"))
    assert (day["state"], day["state_text"], day["version"], day["draft"]) == ("empty", "尚未编排", 0, None)
    assert day["people"]["o1"] == {
        "name": "执法员1",
        "agency": "a1",
        "agency_name": "a1所",
        "is_office": False,
        "certified": True,
        "certificate_valid_to": None,
        "skills": ["market"],
        "status": "on_duty",
        "status_text": "在岗",
    }
    assert set(day["people"]) == {"o1", "o2", "o3"}
    assert day["roads"] == {
        "method": "straight",
        "imported": False,
        "text": "未导入路网，按直线距离估算",
    }
    assert not day["depot"]["on_record"]


def test_a_planned_day_tells_squads_visits_and_reasons_in_words(planner: FlaskClient) -> None:
    """Names and sentences, no keys."""
    day = day_of(planner)
    assert day["state"] == "routes"
    (squad,) = day["draft"]["squads"]
    assert {"o4", "o5"} < set(squad["members"])
    assert 0 < squad["load"] < 1
    assert {FIRST, SECOND} <= set(order(day))
    (first,) = (visit for visit in squad["visits"] if visit["stop"]["id"] == FIRST)
    assert first["arrive"].endswith("+08:00")
    assert first["stop"]["village_name"] == "东乡0村"
    assert all("purpose." not in text for text in first["stop"]["purpose"])
    assert day["draft"]["travel_method_text"] == "未导入路网，按直线距离估算"


def test_the_day_is_shown_to_those_in_scope_only(as_user: AsUser) -> None:
    """Planner of the township, county lead, administrator."""
    for name, status in (("lead", 200), ("admin", 200), ("planner_west", 403), ("officer", 403)):
        assert as_user(name).get(DAY).status_code == status, name
    assert as_user("admin").get(f"/api/v1/days/nowhere/{TODAY}").status_code == 404
    answer = as_user("planner").get(f"/api/v1/days/{EAST}/2026-02-30")
    assert answer.status_code == 400
    assert "2026-02-30" in answer.json["error"]["message"]


def test_the_county_sees_where_every_township_stands(planner: FlaskClient, as_user: AsUser) -> None:
    """A planner sees the own one."""
    rows = as_user("lead").get(f"/api/v1/days?date={TODAY}").json["townships"]
    assert [(row["code"], row["state"]) for row in rows] == [(EAST, "routes"), (WEST, "empty")]
    assert rows[0]["visits"] >= 2
    assert [row["code"] for row in planner.get("/api/v1/days").json["townships"]] == [EAST]


def test_a_change_is_looked_at_before_it_is_kept(planner: FlaskClient) -> None:
    """The preview changes nothing."""
    before = day_of(planner)
    edit = move(order(before)[0], before["draft"]["squads"][0]["id"], position=1)
    tried = planner.post(f"{DAY}/edits/preview", json={"edit": edit}).json
    squads = tried["plan"]["squads"]
    assert squads[0]["visits"][1]["stop"]["id"] == order(before)[0]
    assert tried["prize_change"] == 0
    assert order(day_of(planner)) == order(before)
    kept = planner.post(f"{DAY}/edits", json={"version": before["version"], "edit": edit}).json
    assert order(kept)[1] == order(before)[0]
    assert kept["version"] == before["version"] + 1


def test_who_looked_at_an_old_draft_gets_a_conflict_and_nothing_is_lost(planner: FlaskClient) -> None:
    """Two planners save the same draft."""
    day = day_of(planner)
    body = {"version": day["version"], "edit": {"action": "forbid", "stop_id": SECOND}}
    assert planner.post(f"{DAY}/edits", json=body).status_code == 200
    other = {"version": day["version"], "edit": {"action": "forbid", "stop_id": FIRST}}
    assert planner.post(f"{DAY}/edits", json=other).status_code == 409
    now = day_of(planner)
    assert [item["stop"]["id"] for item in now["draft"]["unassigned"] if item["forbidden"]] == [SECOND]


def test_a_change_can_be_taken_back(planner: FlaskClient) -> None:
    """To the revision before."""
    day = day_of(planner)
    body = {"version": day["version"], "edit": {"action": "remove", "stop_id": SECOND}}
    changed = planner.post(f"{DAY}/edits", json=body).json
    assert SECOND not in order(changed)
    back = planner.post(f"{DAY}/undo", json={"version": changed["version"]}).json
    assert order(back) == order(day)


def test_a_stop_put_on_the_map_joins_a_squad(planner: FlaskClient) -> None:
    """By hand, with its village found."""
    day = day_of(planner)
    added = {"name": "新开工地", "lon": 113.012, "lat": 34.004, "minutes": 15}
    edit = {"action": "add", "squad_id": day["draft"]["squads"][0]["id"], "added": added}
    kept = planner.post(f"{DAY}/edits", json={"version": day["version"], "edit": edit}).json
    (stop,) = (v["stop"] for v in kept["draft"]["squads"][0]["visits"] if v["stop"]["kind"] == "manual")
    assert (stop["name"], stop["village_code"]) == ("新开工地", f"{EAST}001")


@pytest.mark.parametrize(
    "edit",
    [
        {"action": "move", "stop_id": FIRST},
        {"action": "add"},
        {"action": "forbid"},
        {"action": "burn", "stop_id": FIRST},
    ],
)
def test_a_change_that_makes_no_sense_is_refused_before_anything_is_read(as_user: AsUser, edit: dict) -> None:
    """422 names the field."""
    assert as_user("planner").post(f"{DAY}/edits", json={"version": 0, "edit": edit}).status_code == 422


def test_publishing_shows_the_draft_and_later_changes_are_told(planner: FlaskClient) -> None:
    """The difference names stops in words."""
    day = day_of(planner)
    shown = planner.post(f"{DAY}/publish", json={"version": day["version"]}).json
    assert (shown["state"], shown["published_same"], shown["published"]) == ("published", True, None)
    assert planner.get(f"{DAY}/difference").json["changes"] == []
    body = {"version": shown["version"], "edit": {"action": "remove", "stop_id": SECOND}}
    changed = planner.post(f"{DAY}/edits", json=body).json
    assert (changed["state"], changed["published"]["id"]) == ("changed", shown["published_id"])
    difference = planner.get(f"{DAY}/difference").json
    dropped = [item for item in difference["changes"] if item["kind"] == "dropped"]
    assert [item["text"] for item in dropped] == ["取消东乡1村（原第1小队）"]
    assert difference["visits"] == -1


def test_a_draft_that_breaks_hard_rules_is_not_published(planner: FlaskClient, ctx: Context) -> None:
    """Certificates ran out after planning; the answer lists what is wrong."""
    with ctx.storage.write("test") as uow:
        for officer in uow.officers.find(township_code=EAST):
            uow.officers.replace(replace(officer, certificate_valid_to=date(2026, 1, 1)))
        uow.record("test.expire", "officer", "*")
        uow.commit()
    assert any(finding["hard"] for finding in planner.get(f"{DAY}/findings").json)
    answer = planner.post(f"{DAY}/publish", json={"version": day_of(planner)["version"]})
    assert answer.status_code == 422
    findings = answer.json["error"]["fields"]["findings"]
    assert findings
    assert all(finding["hard"] for finding in findings)
    assert day_of(planner)["published_id"] is None


def test_routes_are_drawn_leg_by_leg_from_the_depot_and_back(planner: FlaskClient) -> None:
    """One line a visit and one home; without roads each says that it is straight."""
    day = day_of(planner)
    features = planner.get(f"{DAY}/routes.geojson?which=draft").json["features"]
    assert [item["properties"]["to"] for item in features] == [*order(day), None]
    depot = [day["depot"]["lon"], day["depot"]["lat"]]
    assert features[0]["geometry"]["coordinates"][0] == pytest.approx(depot, abs=1e-5)
    assert features[-1]["geometry"]["coordinates"][-1] == pytest.approx(depot, abs=1e-5)
    assert not any(item["properties"]["on_roads"] for item in features)
    assert planner.get(f"{DAY}/routes.geojson?which=published").json["features"] == []


def test_what_squads_did_shows_on_the_day(ctx: Context, as_user: AsUser) -> None:
    """A check-in marks the visit as done."""
    add_matter(ctx)
    publish(ctx, day_plan("d1"))
    as_user("officer").post("/api/v1/check-ins", json={"id": "phone-0001", "stop_id": MATTER})
    visits = day_of(as_user("planner"))["draft"]["squads"][0]["visits"]
    assert [visit["done"] for visit in visits] == [False, False, True]
    assert visits[2]["arrived_at"] == "2026-03-02T10:00:00+08:00"
    assert [visit["stop"]["name"] for visit in visits] == [stop.name for stop in STOPS]


def test_scenarios_are_compared_by_a_job_and_the_one_picked_becomes_the_draft(
    ctx: Context, as_user: AsUser
) -> None:
    """Comparing saves nothing; assigning by a scenario does, and an unknown one is refused."""
    planner = as_user("planner")
    job = planner.post("/api/v1/jobs", json={"kind": "scenarios", "township": EAST})
    jobs.run_next(ctx)
    done = planner.get(f"/api/v1/jobs/{job.json['id']}").json
    assert [(row["scenario"], row["led"]) for row in done["result"]["scenarios"]] == [
        (name, 2) for name in ("usual", "even", "stable", "near")
    ]
    path = f"/api/v1/ownership/{EAST}"
    assert planner.get(path).json["state"] == "none"
    body = {"kind": "assign", "township": EAST, "version": 0, "scenario": "even"}
    planner.post("/api/v1/jobs", json=body)
    jobs.run_next(ctx)
    assert planner.get(path).json["state"] == "draft"
    assert planner.post("/api/v1/jobs", json=body | {"scenario": "best"}).status_code == 422


def test_ownership_is_worked_out_by_a_job_published_and_changed_by_hand(
    ctx: Context, as_user: AsUser
) -> None:
    """From nothing to a published plan, then another lead."""
    planner = as_user("planner")
    path = f"/api/v1/ownership/{EAST}"
    assert planner.get(path).json["state"] == "none"
    job = planner.post("/api/v1/jobs", json={"kind": "assign", "township": EAST, "version": 0})
    assert (job.status_code, job.json["state"]) == (202, "queued")
    jobs.run_next(ctx)
    done = planner.get(f"/api/v1/jobs/{job.json['id']}").json
    assert (done["state"], done["error_text"]) == ("done", None)
    drafted = planner.get(path).json
    assert (drafted["state"], drafted["published"]) == ("draft", None)
    leads = {r["village"]: r for r in drafted["draft"]["responsibilities"] if r["role"] == "lead"}
    assert set(leads) == {f"{EAST}000", f"{EAST}001"}
    published = planner.post(f"{path}/publish", json={"version": drafted["version"]}).json
    assert (published["state"], published["published_same"]) == ("published", True)
    spare = ({"o1", "o2", "o3"} - {r["officer"] for r in leads.values()}).pop()
    body = {"village_code": f"{EAST}000", "officer_id": spare, "why": "熟悉", "version": published["version"]}
    changed = planner.post(f"{path}/lead", json=body).json
    (lead,) = (
        r
        for r in changed["draft"]["responsibilities"]
        if r["village"] == f"{EAST}000" and r["role"] == "lead"
    )
    assert (lead["officer"], lead["officer_name"]) == (spare, f"执法员{spare[1:]}")
    assert "熟悉" in lead["why"][0]
    assert planner.post(f"{path}/lead", json=body).status_code == 409


def test_a_job_that_fails_says_why_in_the_users_language(ctx: Context, as_user: AsUser) -> None:
    """Somebody else changed the day before the job ran."""
    planner = as_user("planner")
    body = {"kind": "squads", "township": EAST, "date": str(TODAY), "version": 7}
    job = planner.post("/api/v1/jobs", json=body).json
    jobs.run_next(ctx)
    failed = planner.get(f"/api/v1/jobs/{job['id']}").json
    assert failed["state"] == "failed"
    assert failed["error_text"].startswith("其他人刚刚修改了这份草案")


def test_routes_can_be_varied_on_purpose_by_a_job(ctx: Context, planner: FlaskClient) -> None:
    """The desk gets the note and when each squad sets out; a percentage beyond the bounds is refused."""
    with ctx.storage.write("test") as uow:
        uow.settings.put("unpredictability", SECRET)
        uow.record("test.secret", "settings", "unpredictability")
        uow.commit()
    body = {"kind": "routes", "township": EAST, "date": str(TODAY), "vary": 10}
    assert planner.post("/api/v1/jobs", json=body | {"vary": 11}).status_code == 422
    job = planner.post("/api/v1/jobs", json=body).json
    jobs.run_next(ctx)
    assert planner.get(f"/api/v1/jobs/{job['id']}").json["state"] == "done"
    draft = day_of(planner)["draft"]
    assert any("打乱到访时刻和顺序" in note for note in draft["notes"])
    with ctx.storage.read() as uow:
        stored = uow.days.draft(EAST, TODAY)
    assert stored is not None
    shown = {s["id"]: s["departs"] and datetime.fromisoformat(s["departs"]) for s in draft["squads"]}
    assert shown == {s.id: s.departs for s in stored.squads}
    assert any(shown.values())


def test_jobs_are_for_the_own_township_and_need_a_day(as_user: AsUser) -> None:
    """Only planners and administrators start work."""
    planner = as_user("planner")
    assert planner.post("/api/v1/jobs", json={"kind": "assign", "township": WEST}).status_code == 403
    assert planner.post("/api/v1/jobs", json={"kind": "routes", "township": EAST}).status_code == 422
    assert as_user("lead").post("/api/v1/jobs", json={"kind": "assign", "township": EAST}).status_code == 403


@pytest.mark.parametrize("ending", ["gpx", "kml", "geojson", "gpkg", "ics"])
def test_routes_can_be_taken_away_as_a_file(ctx: Context, as_user: AsUser, ending: str) -> None:
    """With a name of their own."""
    publish(ctx, day_plan("d1"))
    answer = as_user("planner").get(f"{DAY}/export/{ending}")
    assert answer.status_code == 200
    assert f"routes-{EAST}-2026-03-02.{ending}" in answer.headers["Content-Disposition"]
    assert len(answer.data) > 500


def test_an_unknown_kind_of_file_or_a_day_without_routes_is_said(as_user: AsUser) -> None:
    """No server error."""
    assert as_user("planner").get(f"{DAY}/export/doc").status_code == 400
    assert as_user("planner").get(f"{DAY}/export/gpx").status_code == 422
    assert as_user("planner_west").get(f"{DAY}/export/gpx").status_code == 403


class TestScoring:
    """Plan mode: a whole plan scored without being kept."""

    def test_a_plan_made_by_hand_is_scored_with_numbers(self, planner: FlaskClient) -> None:
        """The draft's own orders break nothing; a stop twice does, and the draft stays as it was."""
        before = day_of(planner)
        squads = [
            {"squad_id": squad["id"], "stops": [visit["stop"]["id"] for visit in squad["visits"]]}
            for squad in before["draft"]["squads"]
        ]
        scored = planner.post(f"{DAY}/score", json={"squads": squads}).json
        assert scored["lawful"] is True
        assert scored["prize"] == before["draft"]["prize"]
        assert scored["findings"] == []
        squads[0]["stops"] *= 2
        scored = planner.post(f"{DAY}/score", json={"squads": squads}).json
        assert scored["lawful"] is False
        assert "duplicate_stop" in {finding["code"] for finding in scored["findings"]}
        assert all(finding["text"] for finding in scored["findings"])
        assert day_of(planner)["version"] == before["version"]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"squads": [{"squad_id": "a", "stops": [1]}]},
            {"squads": [{"squad_id": "a", "stops": []}, {"squad_id": "a", "stops": []}]},
        ],
    )
    def test_what_is_no_plan_is_refused(self, planner: FlaskClient, body: dict) -> None:
        """A missing list, a stop that is no id, a squad twice."""
        assert planner.post(f"{DAY}/score", json=body).status_code == 422
