"""The roster of a month and requests to exchange duties over the API."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
from conftest import EAST, WEST, MovableNow
from flask.testing import FlaskClient
from roster_office import DAYS, MONTH, staffed

from gridmgr.services import jobs
from gridmgr.services.context import Context
from gridmgr.services.rosters import make_month, publish_month

AsUser = Callable[[str], FlaskClient]
ROSTER = f"/api/v1/rosters/{EAST}"


@pytest.fixture
def office(ctx: Context, now: MovableNow) -> Context:
    """Three agencies of three in the east township, six days before the month's end, nothing rostered."""
    staffed(ctx, now)
    return ctx


@pytest.fixture
def rostered(office: Context) -> Context:
    """The same, its month published."""
    make_month(office, township_code=EAST, month=MONTH, actor="planner")
    publish_month(office, township_code=EAST, month=MONTH, actor="planner")
    return office


def shown(client: FlaskClient, **query: str) -> dict:
    """The month."""
    answer = client.get(ROSTER, query_string=query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def duties(month: dict, officer: str) -> list[str]:
    """Days on which somebody serves."""
    return [
        day["date"]
        for day in month["days"]
        if officer in day["reserve"] or any(officer in squad["members"] for squad in day["squads"])
    ]


def test_a_month_is_made_by_a_job_and_published(office: Context, as_user: AsUser) -> None:
    """Nothing; a draft with shares and pairs; in force."""
    planner = as_user("planner")
    empty = shown(planner)
    assert (empty["state"], empty["made"], empty["version"]) == ("none", False, 0)
    body = {"kind": "roster", "township": EAST, "date": str(MONTH), "version": 0}
    job_id = planner.post("/api/v1/jobs", json=body).json["id"]
    jobs.run_next(office)
    job = planner.get(f"/api/v1/jobs/{job_id}").json
    assert (job["state"], job["result"]["days"]) == ("done", len(DAYS))
    month = shown(planner)
    assert (month["state"], month["view"], month["broken"]) == ("draft", "draft", [])
    assert [day["date"] for day in month["days"] if day["rostered"]] == [str(day) for day in DAYS]
    assert {day["kind"] for day in month["days"]} == {"working", "weekend"}
    for person in month["people"]:
        assert person["share"]["days"] == len(duties(month, person["id"]))
    published = planner.post(f"{ROSTER}/publish", json={"month": str(MONTH), "version": month["version"]})
    assert published.json["state"] == "published"
    assert shown(planner, view="published")["view"] == "published"


def test_a_cell_is_looked_at_and_decided(rostered: Context, as_user: AsUser) -> None:
    """The ways are lawful exchanges; the chosen one is made; the roster in force stays until published."""
    planner = as_user("planner")
    month = shown(planner)
    day = next(day for day in duties(month, "o1") if day > str(DAYS[0]))
    ways = planner.get(f"{ROSTER}/cell", query_string={"day": day, "officer": "o1"}).json
    assert ways["on_duty"]
    option = next(one for one in ways["options"] if one["lawful"])
    asked = {"day": day, "officer": "o1", "kind": "free", "other": option["taker"], "back": option["back"]}
    changed = planner.put(f"{ROSTER}/cell", json={**asked, "version": month["version"]}).json
    assert changed["state"] == "changed"
    assert day not in duties(changed, "o1")
    assert {"day": day, "officer": "o1", "kind": "free", "source": "hand"} in changed["locks"]
    assert day in duties(shown(planner, view="published"), "o1")
    again = planner.put(f"{ROSTER}/cell", json={**asked, "version": month["version"]})
    assert again.status_code == 409


def test_absence_is_registered_and_the_draft_says_what_it_breaks(rostered: Context, as_user: AsUser) -> None:
    """Training on a day of duty is listed, publishing refused; taken back nothing is broken."""
    planner = as_user("planner")
    day = next(day for day in duties(shown(planner), "o1") if day > str(DAYS[0]))
    asked = {"officer": "o1", "first": day, "last": day, "status": "training"}
    month = planner.put(f"{ROSTER}/absence", json=asked).json
    assert any("执法员1" in words for words in month["broken"])
    assert next(p for p in month["people"] if p["id"] == "o1")["away"] == {day: "training"}
    assert planner.post(f"{ROSTER}/publish", json={"month": str(MONTH)}).status_code == 422
    back = planner.put(f"{ROSTER}/absence", json={**asked, "status": None}).json
    assert back["broken"] == []
    with rostered.storage.read() as uow:
        assert uow.attendance.find(DAYS[0], DAYS[-1], township_code=EAST) == []


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"kind": "perhaps"}, 422, "kind"),
        ({"alone": True, "other": "o2"}, 422, "other"),
        ({"back": str(DAYS[1])}, 422, "back"),
        ({"officer": "ghost"}, 404, "ghost"),
        ({"day": "2026-02-02"}, 422, "2026-02"),
        ({"day": "soon"}, 422, "day"),
    ],
)
def test_bad_cells_are_named(
    rostered: Context, as_user: AsUser, change: dict, status: int, field: str
) -> None:
    """Field and value; nothing is stored."""
    body = {"day": str(DAYS[2]), "officer": "o1", "kind": "free", **change}
    answer = as_user("planner").put(f"{ROSTER}/cell", json=body)
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert field in answer.get_data(as_text=True)
    assert shown(as_user("planner"))["state"] == "published"


def test_absence_days_in_the_wrong_order_are_refused(office: Context, as_user: AsUser) -> None:
    """And so is somebody of another township."""
    planner = as_user("planner")
    asked = {"officer": "o1", "first": str(DAYS[2]), "last": str(DAYS[1]), "status": "leave"}
    assert planner.put(f"{ROSTER}/absence", json=asked).status_code == 400
    asked |= {"officer": "o11", "last": str(DAYS[2])}
    assert planner.put(f"{ROSTER}/absence", json=asked).status_code == 404


def test_from_the_phone_to_the_desk(rostered: Context, as_user: AsUser) -> None:
    """Asked by one officer, consented by another, approved by the office."""
    giver, desk = as_user("officer"), as_user("planner")
    mine = giver.get("/api/v1/my/roster").json
    assert mine["published"]
    day = next(duty["date"] for duty in mine["duties"] if duty["open"])
    ways = giver.get("/api/v1/my/ways", query_string={"day": day}).json
    option = next(one for one in ways["options"] if one["lawful"] and one["taker"] == "o2")
    body = {"day": day, "taker": "o2", "back": option["back"], "why": "家中有事"}
    made = giver.post("/api/v1/my/swaps", json=body)
    assert made.status_code == 201, made.get_data(as_text=True)
    swap = made.json["id"]
    assert giver.post(f"/api/v1/my/swaps/{swap}/consent").status_code == 403
    assert desk.post(f"/api/v1/swaps/{swap}/approve", json={}).status_code == 409
    taker = as_user("officer_two")
    assert [item["id"] for item in taker.get("/api/v1/my/roster").json["swaps"]] == [swap]
    assert taker.post(f"/api/v1/my/swaps/{swap}/consent").json["state"] == "consented"
    listed = desk.get("/api/v1/swaps").json["swaps"]
    assert [(item["id"], item["verdict"]) for item in listed] == [(swap, None)]
    seen = desk.get(f"/api/v1/swaps/{swap}").json
    assert seen["decidable"]
    assert seen["verdict"]["lawful"]
    assert {effect["officer"] for effect in seen["verdict"]["effects"]} == {"o1", "o2"}
    done = desk.post(f"/api/v1/swaps/{swap}/approve", json={"answer": "同意"}).json
    assert (done["state"], done["answer"]) == ("approved", "同意")
    assert day not in duties(shown(desk), "o1")
    assert day in duties(shown(desk), "o2")
    assert desk.get("/api/v1/swaps").json["swaps"] == []
    assert [item["id"] for item in desk.get("/api/v1/swaps?every=true").json["swaps"]] == [swap]


def test_an_unlawful_request_is_refused_with_what_it_breaks(rostered: Context, as_user: AsUser) -> None:
    """Another agency's officer; a day of no duty; a reason that is not needed is not asked for."""
    giver = as_user("officer")
    day = next(duty["date"] for duty in giver.get("/api/v1/my/roster").json["duties"] if duty["open"])
    other = giver.post("/api/v1/my/swaps", json={"day": day, "taker": "o21"})
    assert other.status_code == 400
    assert "执法员21" in other.json["error"]["message"]
    missing = giver.post("/api/v1/my/swaps", json={"day": day})
    assert missing.status_code == 422
    assert "taker" in str(missing.json["error"]["fields"])


def test_declined_withdrawn_refused(rostered: Context, as_user: AsUser) -> None:
    """Each by the one who may, each final."""
    giver, taker, desk = as_user("officer"), as_user("officer_two"), as_user("planner")
    day = next(duty["date"] for duty in giver.get("/api/v1/my/roster").json["duties"] if duty["open"])
    ways = giver.get("/api/v1/my/ways", query_string={"day": day}).json
    option = next(one for one in ways["options"] if one["lawful"] and one["taker"] == "o2")
    body = {"day": day, "taker": "o2", "back": option["back"]}
    for client, step, words, state in (
        (taker, "my/swaps/{}/decline", {"answer": "当天有课"}, "declined"),
        (giver, "my/swaps/{}/withdraw", None, "withdrawn"),
        (desk, "swaps/{}/refuse", {"answer": "人手不足"}, "refused"),
    ):
        swap = giver.post("/api/v1/my/swaps", json=body).json["id"]
        answer = client.post(f"/api/v1/{step.format(swap)}", json=words)
        assert answer.json["state"] == state, answer.get_data(as_text=True)
        assert client.post(f"/api/v1/{step.format(swap)}", json=words).status_code == 409
    silent = giver.post("/api/v1/my/swaps", json=body).json["id"]
    assert desk.post(f"/api/v1/swaps/{silent}/refuse", json={}).status_code == 400


def test_another_townships_months_and_requests_are_refused(rostered: Context, as_user: AsUser) -> None:
    """The month, its cells, absences and requests."""
    west = as_user("planner_west")
    assert west.get(ROSTER).status_code == 403
    assert (
        west.put(f"{ROSTER}/cell", json={"day": str(DAYS[1]), "officer": "o1", "kind": "free"}).status_code
        == 403
    )
    assert west.get("/api/v1/swaps", query_string={"township": EAST}).status_code == 403
    giver = as_user("officer")
    day = next(duty["date"] for duty in giver.get("/api/v1/my/roster").json["duties"] if duty["open"])
    ways = giver.get("/api/v1/my/ways", query_string={"day": day}).json["options"]
    swap = giver.post(
        "/api/v1/my/swaps", json={"day": day, "taker": ways[0]["taker"], "back": ways[0]["back"]}
    ).json["id"]
    assert west.get(f"/api/v1/swaps/{swap}").status_code == 403
    assert west.post(f"/api/v1/swaps/{swap}/approve", json={}).status_code == 403
    assert west.get(f"/api/v1/rosters/{WEST}").json["state"] == "none"


def test_the_workbook_holds_every_duty(rostered: Context, as_user: AsUser) -> None:
    """A cell for each duty, totals as shown, squads and pairs on their own sheets."""
    planner = as_user("planner")
    month = shown(planner)
    answer = planner.get("/desk/roster/month.xlsx", query_string={"township": EAST, "month": str(MONTH)})
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["排班表", "每日小队", "搭档次数"]
    rows = {row[1].value: [cell.value for cell in row] for row in book["排班表"].iter_rows(min_row=5)}
    for person in month["people"]:
        cells = rows[person["name"]]
        marked = [day for day, value in zip(month["days"], cells[2:], strict=False) if value is not None]
        assert [day["date"] for day in marked] == duties(month, person["id"])
        totals = cells[2 + len(month["days"]) :]
        assert totals[:4] == [person["share"][key] for key in ("days", "weekends", "holidays", "led")]
    squads = sum(len(day["squads"]) for day in month["days"])
    reserves = sum(bool(day["reserve"]) for day in month["days"])
    assert book["每日小队"].max_row == 1 + squads + reserves
    assert book["搭档次数"].max_row == 1 + month["company"]["pairs"]


def test_days_beyond_the_month_are_not_open(rostered: Context, as_user: AsUser, now: MovableNow) -> None:
    """Tomorrow becomes today: it can be changed on the desk, and not be handed over any more."""
    now.advance(timedelta(days=1))
    month = shown(as_user("planner"))
    assert [day["date"] for day in month["days"] if day["open"]] == [str(day) for day in DAYS[1:]]
    for duty in as_user("officer").get("/api/v1/my/roster").json["duties"]:
        assert duty["open"] == (duty["date"] > str(DAYS[1]))
