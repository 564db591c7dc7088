"""What is advised stands beside a report before it is a case; joint matters are decided and taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from test_desk_replan import Open

pytestmark = pytest.mark.browser


def test_a_report_is_filed_and_sent_to_the_first_choice_with_one_click(page_of: Open, site: Any) -> None:
    """Who else is at it is seen before; the trail says that the advice was followed."""
    office = page_of("planner")
    office.goto("/desk/inbox/")
    report = office.locator(".inbox-item", has_text="又有车往坑塘里偷倒渣土")
    report.click()
    expect(office.locator("[data-at-it]")).to_have_count(2)
    expect(office.locator("[data-repeat]")).to_have_count(2)
    first = office.locator("[data-kind=officer].is-top")
    expect(first).to_contain_text("执法证件有效")
    chosen = first.get_attribute("data-advised")
    first.get_by_role("button", name="立案并派遣").click()
    expect(office.locator("[data-view=handled]")).to_have_attribute("aria-selected", "true")
    expect(office.locator("#detail")).to_contain_text("正在办理")
    expect(office.locator("#detail")).not_to_contain_text("null")
    expect(office.locator(".advice")).to_have_count(0)
    number = office.locator("#detail dd", has_text="AJ-").inner_text().split(" ")[0]
    with site.ctx.storage.read() as uow:
        case, steps = uow.cases.get(number), uow.case_steps.of_case(number)
    assert (case.state, case.officer_id) == ("dispatched", chosen)
    assert [step.action for step in steps] == ["file", "dispatch"]
    assert (steps[-1].detail["followed"], steps[-1].detail["advised"]) == (True, chosen)


def test_a_joint_matter_is_taken_back_and_the_department_sees_why(page_of: Open, site: Any) -> None:
    """The demo county has one joined and one to be decided; a case opens on the desk."""
    with site.ctx.storage.read() as uow:
        (known,) = uow.joint.search(township_code=site.township_of("planner"), states={"joined"})
    lead = known.lead
    office = page_of("planner")
    office.goto("/desk/joint/")
    waiting, joined = (office.locator(f".joint-card.is-{state}") for state in ("suggested", "joined"))
    expect(waiting).to_have_count(1)
    expect(joined).to_contain_text(lead)
    joined.get_by_role("button", name="撤销合并").click()
    office.fill("[data-key=joint-why]", "不是同一家店")
    office.click("[data-key=joint-send-undo]")
    expect(joined).to_have_count(0)
    waiting.locator("[data-joint-case] a").first.click()
    office.wait_for_url(re.compile(r"/desk/\?township=\d+&incident="))
    expect(office.locator("#detail .joint-card.is-suggested")).to_be_visible()
    with site.ctx.storage.read() as uow:
        matter = uow.joint.get(known.id)
        (helper,) = matter.cooperating
        (case,) = (item for item in uow.cases.get_many(matter.cases).values() if item.department == lead)
        last = uow.case_steps.of_case(case.id)[-1]
    assert (matter.state, case.cooperating, helper in case.answered) == ("undone", (), True)
    assert (last.action, last.body) == ("release", helper)
    assert "不是同一家店" in last.note
