"""Indices of the flow on the web: who sees whose, the matters behind a figure, appeals, files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from case_world import WATER, file, fill, step
from conftest import EAST, MovableNow, post_form
from flask.testing import FlaskClient
from openpyxl import load_workbook

from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]
PERIOD = "from=2026-02-01&to=2026-03-31"


@pytest.fixture(autouse=True)
def world(ctx: Context) -> None:
    """Incidents, an item, two departments."""
    fill(ctx)


@pytest.fixture
def late_case(as_user: AsUser, now: MovableNow) -> str:
    """A case the water department accepted, and handled a month after it was due."""
    planner, water = as_user("planner"), as_user("water")
    case = file(planner)
    assert step(planner, case, "escalate", note="请办理", body=WATER).status_code == 201
    assert step(water, case, "accept").status_code == 201
    now.advance(timedelta(days=29))
    assert step(as_user("water"), case, "handle", note="已整改").status_code == 201
    return case


def figures(client: FlaskClient, by: str, **query: str) -> dict[str, dict[str, Any]]:
    """Scores by body and index over the API."""
    more = "".join(f"&{name}={value}" for name, value in query.items())
    answer = client.get(f"/api/v1/evaluation?{PERIOD}&by={by}{more}")
    assert answer.status_code == 200, answer.json
    return {row["body"]: {score["index"]: score for score in row["scores"]} for row in answer.json["bodies"]}


def test_a_late_reply_counts_against_the_department_and_not_the_township(
    as_user: AsUser, late_case: str
) -> None:
    """The response was in time, the solution was not; the township's time is not judged by it."""
    lead = as_user("lead")
    water = figures(lead, "department")[WATER]
    assert (water["response"]["hits"], water["response"]["of"]) == (1, 1)
    assert (water["on_time"]["hits"], water["on_time"]["of"]) == (0, 1)
    assert (water["disposal"]["hits"], water["disposal"]["of"]) == (1, 1)
    assert water["on_time"]["standing"] == "few"
    assert water["on_time"]["low"] == 0
    assert 0.7 < water["on_time"]["high"] < 0.8
    (township,) = figures(lead, "township", township=EAST).values()
    assert township["on_time"]["of"] == 0
    assert township["filing"]["hits"] == 1


def test_the_page_shows_definitions_and_leads_to_the_matters(as_user: AsUser, late_case: str) -> None:
    """Both languages' words come from the texts; the case is behind its figure."""
    lead = as_user("lead")
    page = lead.get(f"/reports/evaluation/?{PERIOD}&by=department").get_data(as_text=True)
    assert "按期处置率" in page
    assert "置信区间" in page
    behind = lead.get(
        f"/reports/evaluation/matters?{PERIOD}&by=department&body={WATER}&index=on_time&part=denominator"
    )
    assert late_case in behind.get_data(as_text=True)
    none = lead.get(
        f"/reports/evaluation/matters?{PERIOD}&by=department&body={WATER}&index=on_time&part=numerator"
    )
    assert late_case not in none.get_data(as_text=True)


def test_everybody_sees_only_what_is_theirs_to_see(as_user: AsUser, late_case: str) -> None:
    """Persons are for the lead and themselves, departments for their own, townships for the office."""
    assert set(figures(as_user("water"), "department")) == {WATER}
    assert set(figures(as_user("department"), "department")) == set()
    assert set(figures(as_user("planner"), "township")) == {EAST}
    assert set(figures(as_user("officer"), "officer")) <= {"o1"}
    refused = {"planner": "officer", "officer": "township", "water": "agency", "department": "officer"}
    for name, by in refused.items():
        for path in ("/api/v1/evaluation", "/reports/evaluation/", "/reports/evaluation/table.csv"):
            answer = as_user(name).get(f"{path}?{PERIOD}&by={by}")
            assert answer.status_code == 403, (name, path)
    other = as_user("department").get(
        f"/api/v1/evaluation/matters?{PERIOD}&by=department&body={WATER}&index=on_time"
    )
    assert late_case not in other.get_data(as_text=True)


def test_an_upheld_appeal_takes_the_case_out_and_says_so(
    ctx: Context, as_user: AsUser, late_case: str
) -> None:
    """Asked by the department on the page, decided by the lead with words; both on record."""
    water, lead = as_user("water"), as_user("lead")
    page = f"/reports/evaluation/matters?{PERIOD}&by=department&body={WATER}&index=on_time&part=denominator"
    asked = post_form(water, page, subject=late_case, ground="not_responsible", reason="<b>等待</b>鉴定")
    assert asked.status_code == 303, asked.get_data(as_text=True)
    again = post_form(water, page, subject=late_case, ground="other", reason="再次申诉")
    assert again.status_code == 409
    listed = lead.get("/reports/evaluation/appeals").get_data(as_text=True)
    assert "&lt;b&gt;等待&lt;/b&gt;鉴定" in listed
    (appeal,) = lead.get("/api/v1/evaluation/appeals").json["appeals"]
    address = f"/reports/evaluation/appeals/{appeal['id']}/decision"
    wordless = post_form(lead, address, page="/reports/evaluation/appeals", uphold="1", note="")
    assert wordless.status_code == 400
    assert figures(lead, "department")[WATER]["on_time"]["of"] == 1
    done = post_form(lead, address, page="/reports/evaluation/appeals", uphold="1", note="情况属实")
    assert done.status_code == 303
    after = figures(lead, "department")[WATER]
    assert (after["on_time"]["of"], after["disposal"]["of"]) == (0, 1)
    shown = lead.get(f"/reports/evaluation/?{PERIOD}&by=department").get_data(as_text=True)
    assert "申诉成立" in shown
    with ctx.storage.read() as uow:
        events = uow.audit.find(subject_kind="appeal", subject_id=appeal["id"], limit=9)
    assert {event.action for event in events} == {"appeal.ask", "appeal.uphold"}
    late = lead.post(
        f"/api/v1/evaluation/appeals/{appeal['id']}/decision", json={"uphold": False, "note": "改判"}
    )
    assert late.status_code == 409


def test_who_is_not_judged_cannot_appeal_and_who_asks_cannot_decide(as_user: AsUser, late_case: str) -> None:
    """Another department, the other township's office, and a case that counts for nothing."""
    body = {
        "subject": late_case,
        "by": "department",
        "body": WATER,
        "index": "on_time",
        "ground": "other",
        "reason": "理由",
    }
    post = "/api/v1/evaluation/appeals"
    assert as_user("department").post(post, json=body).status_code == 403
    assert as_user("planner").post(post, json=body).status_code == 403
    assert as_user("lead").post(post, json=body).status_code == 403
    nothing = {**body, "index": "satisfaction"}
    assert as_user("water").post(post, json=nothing).status_code == 404
    assert as_user("water").post(post, json={**body, "ground": "luck"}).status_code in (400, 422)
    assert as_user("water").post(post, json=body).status_code == 201
    (appeal,) = as_user("water").get(post).json["appeals"]
    verdict = {"uphold": True, "note": "同意"}
    assert as_user("water").post(f"{post}/{appeal['id']}/decision", json=verdict).status_code == 403
    assert as_user("department").get(post).json["appeals"] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_files_carry_the_same_figures(as_user: AsUser, late_case: str, lang: str) -> None:
    """CSV, workbook, PDF and the page to print."""
    lead = as_user("lead")
    query = f"?{PERIOD}&by=department&lang={lang}"
    told = lead.get(f"/reports/evaluation/table.csv{query}").get_data().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(told)))
    late = [line for line in lines if line[1] == WATER and line[4:6] == ["0", "1"]]
    assert len(late) == 1
    book = load_workbook(io.BytesIO(lead.get(f"/reports/evaluation/table.xlsx{query}").get_data()))
    assert len(book.worksheets) == 5
    found = [row for row in book.worksheets[0].iter_rows(values_only=True) if row[4:6] == (0, 1)]
    assert WATER in [row[1] for row in found]
    months = list(book.worksheets[4].iter_rows(values_only=True))
    assert [row[0] for row in months[1:]][-1] == "2026-03"
    pdf = lead.get(f"/reports/evaluation/document.pdf{query}")
    assert pdf.get_data().startswith(b"%PDF")
    assert WATER in lead.get(f"/reports/evaluation/document{query}").get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    ["from=2026-03-31&to=2026-03-01", "from=soon&to=2026-03-01", "from=2026-03-01", "by=planet", "sort=luck"],
)
def test_what_cannot_be_read_is_refused_with_words(as_user: AsUser, query: str) -> None:
    """No page of figures for a period or grouping there is not."""
    assert as_user("lead").get(f"/reports/evaluation/?{query}").status_code == 400
