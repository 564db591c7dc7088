"""The desk on a day under way: something happens, the rest of the day is planned anew and looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import CheckIn, DayPlan, Squad
from gridmgr.services.planning import plan_routes, publish_day

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
DAY = date(2026, 3, 2)


def busiest(plan: DayPlan) -> Squad:
    """The squad with most stops."""
    return max(plan.squads, key=lambda squad: len(squad.visits))


def under_way(site: Any) -> DayPlan:
    """Published routes; the first squad has made its first stop, and a matter came in after that."""
    code = site.township_of("planner")
    plan_routes(site.ctx, township_code=code, day=DAY, actor="planner", seconds=0.5)
    plan = publish_day(site.ctx, township_code=code, day=DAY, actor="planner")
    squad = busiest(plan)
    visit, last = squad.visits[0], squad.visits[-1].stop
    matter = Incident(
        id="hole",
        reported_at=site.ctx.clock.utc_now(),
        category="路面塌陷",
        lon=last.lon + 0.002,
        lat=last.lat,
        village_code=last.village_code,
        township_code=code,
    )
    arrival = CheckIn(
        id="first-stop",
        day=DAY,
        township_code=code,
        squad_id=squad.id,
        officer_id=squad.leader,
        stop_id=visit.stop.id,
        village_code=visit.stop.village_code,
        arrived_at=visit.start,
        left_at=visit.leave,
    )
    with site.ctx.storage.write("test") as uow:
        uow.incidents.add(matter)
        uow.check_ins.add(arrival)
        uow.record("test.matter", "incident", "hole")
        uow.commit()
    return plan


def test_an_incident_and_a_late_squad_are_answered_looked_at_and_kept(page_of: Open, site: Any) -> None:
    """From the button to the published plan; nothing is stored before it is kept."""
    plan = under_way(site)
    code = site.township_of("planner")
    page = page_of("planner")
    page.goto(f"/desk/?date={DAY.isoformat()}")
    expect(page.locator("#open-replan")).to_be_enabled()
    page.click("#open-replan")
    page.check("[data-choose=hole]")
    page.fill("[data-late='2']", "45")
    page.fill("#replan-now", "10:00")
    page.click("#look-replan")
    expect(page.locator("#keep")).to_be_visible()
    expect(page.locator("#detail li[data-change=added]")).to_contain_text("路面塌陷")
    expect(page.locator(".map-stop.is-added")).to_have_count(1)
    with site.ctx.storage.read() as uow:
        assert uow.days.head(code, DAY).draft_id == plan.id

    page.click("#cancel")
    expect(page.locator("#look-replan")).to_be_visible()
    expect(page.locator("[data-choose=hole]")).to_be_checked()
    page.click("#look-replan")
    expect(page.locator("#keep")).to_be_visible()
    page.click("#keep")
    expect(page.locator("#do-publish")).to_be_enabled()
    with site.ctx.storage.read() as uow:
        draft = uow.days.draft(code, DAY)
    assert draft is not None
    assert "incident:hole" in {visit.stop.id for visit in draft.visits()}
    first = draft.squad(busiest(plan).id)
    assert first is not None
    assert first.done_visits[0].stop.id == busiest(plan).visits[0].stop.id
    page.click("#do-publish")
    expect(page.locator("#step-publish")).to_contain_text("已发布")


def test_a_road_closed_by_a_click_is_planned_around_and_opened_again(page_of: Open, site: Any) -> None:
    """Chosen on the map, looked at with the plan, noted when that is kept."""
    page = page_of("planner")
    page.goto(f"/desk/?date={DAY.isoformat()}")
    expect(page.locator("#open-replan")).to_be_enabled()
    page.click("#open-replan")
    page.click("#pick-closure")
    expect(page.locator("#notices")).to_contain_text("请点击地图上被封闭的道路")
    # In the middle of the first leg that the map shows.
    expect(page.locator("path[data-squad]").first).to_be_attached()
    spot = page.evaluate(
        """() => {
          const path = document.querySelector("path[data-squad]");
          const at = path.getPointAtLength(path.getTotalLength() / 2);
          const { x, y } = at.matrixTransform(path.getScreenCTM());
          return { x, y };
        }"""
    )
    page.mouse.click(spot["x"], spot["y"])
    expect(page.locator(".closed-row.is-new")).to_have_count(1)
    page.fill("[data-closed-why]", "桥梁检修")
    page.fill("#replan-now", "11:00")
    page.click("#look-replan")
    expect(page.locator("#keep")).to_be_visible()
    expect(page.locator(".map-closed")).to_have_count(1)
    with site.ctx.storage.read() as uow:
        assert uow.closures.count() == 0
    # Whoever is fast opens the form again while the kept plan's parts are still on their way.
    held: list[Any] = []
    page.route("**/findings", lambda request: held.append(request))
    page.click("#keep")
    expect(page.locator("#preview")).to_be_hidden()
    with site.ctx.storage.read() as uow:
        (closure,) = uow.closures.find()
    assert closure.reason == "桥梁检修"
    page.click("#open-replan")
    expect(page.locator(".closed-row")).to_contain_text("桥梁检修")
    for request in held:
        request.continue_()
    page.unroute("**/findings")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".closed-row")).to_contain_text("桥梁检修")
    page.click(".closed-row button")
    expect(page.locator(".closed-row")).to_contain_text("至 ")
    with site.ctx.storage.read() as uow:
        assert uow.closures.find()[0].ends_at is not None


def test_on_a_day_not_published_closed_roads_are_noted_for_the_plan_to_come(page_of: Open, site: Any) -> None:
    """There is nothing to plan anew yet; a line across the town closes what it crosses."""
    del site
    page = page_of("planner")
    page.goto(f"/desk/?date={(DAY + timedelta(days=1)).isoformat()}")
    expect(page.locator("#do-squads")).to_be_enabled()
    page.click("#open-replan")
    expect(page.locator("#detail")).to_contain_text("路线发布后才能重排剩余行程")
    expect(page.locator("#look-replan")).to_have_count(0)
    page.click("#draw-closure")
    page.mouse.click(560, 270)
    page.mouse.click(1020, 300)
    page.click("#finish-closure")
    expect(page.locator(".closed-row.is-new")).to_have_count(1)
    page.click("#note-closure")
    expect(page.locator(".closed-row:not(.is-new)")).to_contain_text("恢复时间未定")
