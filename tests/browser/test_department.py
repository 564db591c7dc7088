"""A department's clerk in the browser: accepts a case, gives another back with its reason."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from test_desk_replan import Open

pytestmark = pytest.mark.browser


def test_a_department_accepts_one_case_and_objects_to_another(page_of: Open, site: Any) -> None:
    """With the map drawn, a text filled in and the right body named; the desk has it on the case's trail."""
    clerk = page_of("department")
    clerk.goto("/dept/?view=to_accept")
    first, second = clerk.locator("[data-case]").evaluate_all(
        "rows => rows.slice(0, 2).map(r => r.dataset.case)"
    )
    clerk.click(f"[data-case='{first}'] .dept-name")
    expect(clerk.locator("#map .pin")).to_be_visible()
    clerk.click("button[value=accept]")
    expect(clerk.locator("[data-step=accept]")).to_be_visible()
    expect(clerk.locator("#form-handle")).to_have_attribute("open", "")
    clerk.goto(f"/dept/cases/{second}")
    clerk.click("#form-object summary")
    clerk.locator("#form-object [data-into]").first.click()
    expect(clerk.locator("#note-object")).to_have_value(re.compile(second))
    clerk.select_option("#suggests", index=2)
    body = clerk.locator("#suggests").input_value()
    clerk.click("button[value=object]")
    expect(clerk.locator("[data-step=object]")).to_contain_text(body)
    clerk.goto("/dept/?view=objected")
    expect(clerk.locator(f"[data-case='{second}']")).to_be_visible()

    with site.ctx.storage.read() as uow:
        taken, back = uow.cases.get(first), uow.cases.get(second)
    assert (taken.state, taken.answerable) == ("accepted", taken.department)
    assert (back.state, back.department) == ("filed", None)
    office = page_of("planner")
    office.goto("/desk/")
    seen = office.evaluate("id => fetch('/api/v1/cases/' + id).then(answer => answer.json())", second)
    assert seen["steps"][-1]["action"] == "object"
    assert body in seen["steps"][-1]["detail_text"]
