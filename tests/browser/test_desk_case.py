"""The case behind an incident on the desk: filed as urgent, its cost for the squads seen, and sent out."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from test_desk_replan import DAY, Open, under_way

pytestmark = pytest.mark.browser


def test_an_urgent_case_is_filed_and_a_squad_is_sent_after_its_cost_was_seen(
    page_of: Open, site: Any
) -> None:
    """Steps as the table allows them, the trail, the offer with squad and time, and the kept plan."""
    under_way(site)
    page = page_of("planner")
    page.goto(f"/desk/?date={DAY.isoformat()}")
    count = page.locator("#tab-cases-count")
    expect(count).not_to_be_empty()
    before = int(count.inner_text())
    page.locator(".map-mark[data-incident=hole]").dispatch_event("click")
    page.click("[data-case-action=file]")
    page.check("[data-key=case-field-urgent]")
    page.fill("[data-key=case-field-note]", "塌陷<b>很深</b>")
    page.click("[data-key=case-send]")
    expect(page.locator("[data-case=state]")).to_have_text("已立案")
    expect(page.locator("[data-step=file] p")).to_have_text("塌陷<b>很深</b>")
    expect(page.locator("[data-case-action=dispatch]")).to_be_visible()
    expect(page.locator("[data-case-action=file]")).to_have_count(0)
    # Filed at 07:55, before the office opens: the whole first day is left besides the five that count.
    handle = page.locator("[data-clock=handle]")
    expect(handle.locator("[data-level]")).to_have_text("正常")
    expect(handle.locator(".clock-left")).to_have_text("剩余 6 个工作日 0 小时")
    expect(handle.locator("summary")).to_contain_text("3月9日周一 17:30 到期")
    handle.locator("summary").click()
    expect(handle.locator(".detail-facts")).to_contain_text("本单位设定的环节时限")
    page.click("#tab-cases")
    line = page.locator("[data-open-case=AJ-hole]")
    expect(line.locator(".clock-left")).to_have_text("派遣 剩余 2 工作小时 0 分")
    expect(count).to_have_text(str(before + 1))
    expect(page.locator(".case-offer li").first).to_contain_text("小队")
    page.click("[data-key=offer-look]")
    page.click("#keep")
    expect(page.locator("#do-publish")).to_be_enabled()
    with site.ctx.storage.read() as uow:
        draft = uow.days.draft(site.township_of("planner"), DAY)
        (case,) = uow.cases.find(incident_id="hole")
    assert (case.state, case.urgent) == ("filed", True)
    assert draft is not None
    assert "incident:hole" in {visit.stop.id for visit in draft.visits()}
