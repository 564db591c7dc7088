"""The coverage report over the API: same scope, same figures, strict about what is asked."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import EAST, TODAY, WEST, Browsers

from gridmgr.services.reporting import coverage_report

PATH = "/api/v1/reports/coverage"
WEEK = "from=2026-02-24&to=2026-03-02"


def test_the_report_tells_what_the_service_found(browsers: Browsers) -> None:
    """Figures, rows and gaps are the service's own, in words of the user's language."""
    body = browsers("lead").get(f"{PATH}?{WEEK}").json
    ctx = browsers.app.extensions["gridmgr"].ctx
    report = coverage_report(ctx, first=TODAY.replace(month=2, day=24), last=TODAY)
    assert [row["code"] for row in body["villages"]] == [row.coverage.village_code for row in report.villages]
    assert body["headline"]["lead_share"]["value"] == report.headline.lead_share.value == 0
    assert [(g["kind"], g["id"]) for g in body["gaps"]] == [(g.kind, g.subject_id) for g in report.gaps]
    assert len(body["gaps"]) >= 4
    first = body["gaps"][0]
    assert report.gaps[0].cause.key == f"reason.{first['cause_code']}"
    assert first["cause"] == report.gaps[0].cause.render("zh")
    assert body["generated_at"].endswith("+08:00")
    assert {row["code"]: row["villages"] for row in body["townships"]} == {EAST: 2, WEST: 2}


def test_a_planner_gets_the_own_township(browsers: Browsers) -> None:
    """And is refused any other."""
    body = browsers("planner").get(f"{PATH}?{WEEK}").json
    assert {row["township"] for row in body["villages"]} == {EAST}
    assert {gap["township"] for gap in body["gaps"]} == {EAST}
    assert browsers("planner").get(f"{PATH}?{WEEK}&township={WEST}").status_code == 403


def test_departments_read_it_and_officers_do_not(browsers: Browsers) -> None:
    """As on the pages."""
    assert browsers("department").get(f"{PATH}?{WEEK}").status_code == 200
    assert browsers("officer").get(f"{PATH}?{WEEK}").status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("from=2026-03-01", 422),
        ("from=2026-02-30&to=2026-03-01", 422),
        ("from=soon&to=2026-03-01", 422),
        ("from=1772415000&to=2026-03-01", 422),
        (f"{WEEK}&townshp=1", 422),
        ("from=2026-03-02&to=2026-03-01", 400),
        ("from=2026-03-03&to=2026-03-04", 400),
        ("from=2020-01-01&to=2026-03-01", 400),
        ("from=1985-01-01&to=1985-01-03", 400),
        (f"{WEEK}&township=nowhere", 404),
    ],
)
def test_bad_questions_are_refused_in_words(browsers: Browsers, query: str, status: int) -> None:
    """Dates that are none, turned round, too long ago or to come; unknown townships and parameters."""
    answer = browsers("lead").get(f"{PATH}?{query}")
    assert answer.status_code == status
    assert answer.json["error"]["message"]


def test_the_document_describes_the_report(browsers: Browsers) -> None:
    """With its parameters by the names they are sent under."""
    document: dict[str, Any] = browsers("lead").get("/openapi.json").json
    operation = document["paths"][PATH]["get"]
    assert {p["name"] for p in operation["parameters"]} == {"from", "to", "township"}
    content = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert "gaps" in document["components"]["schemas"][content["$ref"].rsplit("/", 1)[1]]["properties"]
