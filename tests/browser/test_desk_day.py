"""The desk in a real browser: a newcomer's day, changing the plan by hand, two people at once, languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gridmgr.domain.patrols import DayPlan
from gridmgr.services.planning import plan_routes

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
TODAY = date(2026, 3, 2)
MOST_CLICKS = 8
COUNT_CLICKS = """
addEventListener("click", (event) => {
  if (event.isTrusted) countClick(event.target.id || event.target.textContent);
}, true);
"""


def planned(site: Any, day: date) -> DayPlan:
    """Routes of the planner's township on a day of its own, so that tests do not meet."""
    code = site.township_of("planner")
    return plan_routes(site.ctx, township_code=code, day=day, actor="planner", seconds=0.5)


def draft(site: Any, day: date) -> DayPlan:
    """The draft as it is stored now."""
    with site.ctx.storage.read() as uow:
        found = uow.days.draft(site.township_of("planner"), day)
    assert found is not None
    return found


def orders(plan: DayPlan) -> dict[str, list[str]]:
    """Stops of each squad, in order."""
    return {squad.id: [visit.stop.id for visit in squad.visits] for squad in plan.squads}


def open_desk(page: Page, day: date) -> Page:
    """The desk of a day that has routes, everything loaded."""
    page.goto(f"/desk/?date={day.isoformat()}")
    expect(page.locator("path[data-squad]").first).to_be_attached()
    expect(page.locator("#do-publish, #do-routes").first).to_be_enabled()
    return page


def only_primary(page: Page) -> str:
    """Id of the one primary button of the day's steps."""
    buttons = page.locator(".desk-bar .btn-primary:visible")
    expect(buttons).to_have_count(1)
    return str(buttons.first.get_attribute("id"))


def test_a_newcomer_gets_from_login_to_published_routes_within_eight_clicks(
    new_page: Open, site: Any
) -> None:
    """Every click the browser really gets is counted, that on "log in" too."""
    page = new_page()
    clicks: list[str] = []

    def count(what: str) -> None:
        clicks.append(what)

    page.expose_function("countClick", count)
    page.add_init_script(COUNT_CLICKS)
    page.goto("/login")
    page.fill("#name", "planner")
    page.fill("#password", site.passwords["planner"])
    page.click("#login")

    expect(page.locator("#do-squads")).to_be_enabled()
    assert only_primary(page) == "do-squads"
    page.click("#do-squads")
    expect(page.locator("#do-routes")).to_be_enabled()
    assert only_primary(page) == "do-routes"
    page.click("#do-routes")
    expect(page.locator("#do-publish")).to_be_enabled(timeout=60_000)
    assert only_primary(page) == "do-publish"
    page.click("#do-publish")
    expect(page.locator("#step-publish.step-good")).to_be_visible()

    assert 0 < len(clicks) <= MOST_CLICKS, clicks
    with site.ctx.storage.read() as uow:
        published = uow.days.published(site.township_of("planner"), TODAY)
    assert published is not None
    assert published.stage == "routes"
    visits = len(list(published.visits()))
    assert visits > 0
    expect(page.locator(".map-stop")).to_have_count(visits)
    expect(page.locator(".squad-card li.stop")).to_have_count(visits)
    expect(page.locator(".bar-visit")).to_have_count(visits)
    expect(page.locator("path[data-squad]").first).to_be_attached()


def test_a_move_shows_its_cost_first_and_escape_keeps_nothing(page_of: Open, site: Any) -> None:
    """The menu of a stop is the keyboard's way of dragging."""
    day = TODAY + timedelta(days=1)
    before = orders(planned(site, day))
    page = open_desk(page_of("planner"), day)
    page.locator(".stop-menu").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#preview .figures")).to_be_visible()
    expect(page.locator("#keep")).to_be_enabled()
    expect(page.locator(".desk-bar .btn-primary")).to_have_count(0)
    expect(page.locator("li.stop.is-proposed")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#preview")).to_be_hidden()
    assert orders(draft(site, day)) == before


def test_a_dragged_stop_is_kept_with_enter_and_given_back_by_control_z(page_of: Open, site: Any) -> None:
    """From the board onto the other squad's row of the timeline."""
    day = TODAY + timedelta(days=2)
    plan = planned(site, day)
    before = orders(plan)
    moved, source, target = plan.squads[0].visits[1].stop.id, plan.squads[0].id, plan.squads[1].id
    page = open_desk(page_of("planner"), day)
    row = page.locator(f'.time-track[data-drop-squad="{target}"]')
    page.locator(f'.squad-card li[data-stop="{moved}"]').drag_to(row)
    expect(page.locator("#keep")).to_be_enabled()
    assert orders(draft(site, day)) == before
    page.locator("body").press("Enter")
    expect(page.locator("#preview")).to_be_hidden()
    expect(page.locator(f'.squad-card[data-squad="{target}"] li[data-stop="{moved}"]')).to_be_visible()
    after = orders(draft(site, day))
    assert moved in after[target]
    assert moved not in after[source]
    page.locator("body").press("Control+z")
    expect(page.locator(f'.squad-card[data-squad="{source}"] li[data-stop="{moved}"]')).to_be_visible()
    assert orders(draft(site, day)) == before


def test_the_second_of_two_people_gets_a_conflict_and_loses_nothing(page_of: Open, site: Any) -> None:
    """Both look at a change; the first keeps his, the second is told and looks at hers again."""
    day = TODAY + timedelta(days=3)
    plan = planned(site, day)
    first, second = plan.squads[0].visits[0].stop.id, plan.squads[0].visits[1].stop.id
    pages = [open_desk(page_of(name), day) for name in ("planner", "planner")]
    for page, stop in zip(pages, (first, second), strict=True):
        page.locator(f'.squad-card li[data-stop="{stop}"] .stop-menu').click()
        page.locator(".menu-item").first.click()
        expect(page.locator("#keep")).to_be_enabled()
    pages[0].click("#keep")
    expect(pages[0].locator("#preview")).to_be_hidden()
    kept = orders(draft(site, day))
    pages[1].click("#keep")
    expect(pages[1].locator(".notice-bad")).to_be_visible()
    assert orders(draft(site, day)) == kept
    pages[1].click("#reload")
    expect(pages[1].locator("#keep")).to_be_enabled()
    pages[1].click("#keep")
    expect(pages[1].locator("#preview")).to_be_hidden()
    both = orders(draft(site, day))[plan.squads[1].id]
    assert first in both
    assert second in both


def test_the_chinese_desk_holds_no_english_and_the_switch_changes_it(page_of: Open, site: Any) -> None:
    """Words, hints and labels for screen readers alike; the switch itself names the other language."""
    day = TODAY + timedelta(days=4)
    planned(site, day)
    page = open_desk(page_of("planner"), day)
    page.locator(".squad-title").first.click()
    page.locator("#layers-box summary").click()
    words = page.evaluate(
        """() => {
          const names = ["title", "aria-label", "placeholder"];
          const texts = [document.querySelector("main").innerText];
          for (const element of document.querySelectorAll("main *"))
            for (const name of names) if (element.getAttribute(name)) texts.push(element.getAttribute(name));
          return texts.join("\\n");
        }"""
    )
    without_plates = re.sub(r"豫[A-Z0-9]+", "", words)
    assert set(re.findall(r"[A-Za-z]{3,}", without_plates)) <= {"Ctrl"}
    page.get_by_role("button", name="English").click()
    expect(page.locator("#do-publish")).to_have_text("Publish")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#do-publish")).to_have_text("发布给队员")


def test_the_county_lead_looks_at_all_townships_and_changes_nothing(page_of: Open) -> None:
    """The table leads into a township, whose steps have no buttons."""
    page = page_of("lead")
    page.goto("/desk/")
    rows = page.locator("#county tbody tr")
    expect(rows).to_have_count(2)
    rows.first.locator("button").click()
    expect(page.locator("#stepper .step")).to_have_count(4)
    expect(page.locator("#stepper button")).to_have_count(0)
    expect(page.locator("#undo, #add-stop")).to_have_count(0)


def test_without_attendance_everybody_counts_until_somebody_is_unticked(page_of: Open, site: Any) -> None:
    """The first tick taken away puts everybody else down as on duty."""
    day = TODAY + timedelta(days=60)
    page = page_of("planner")
    page.goto(f"/desk/?date={day.isoformat()}")
    page.click("#tab-attendance")
    boxes = page.locator("#attendance-list input[type=checkbox]")
    expect(boxes.first).to_be_checked()
    everybody = boxes.count()
    officer = boxes.first.get_attribute("data-officer")
    expect(page.locator("#step-attendance.step-warn")).to_be_visible()
    boxes.first.uncheck()
    expect(page.locator("#step-attendance.step-good")).to_be_visible()
    with site.ctx.storage.read() as uow:
        rows = uow.attendance.find(day, day, township_code=site.township_of("planner"))
    status = {row.officer_id: row.status for row in rows}
    assert status.pop(officer) == "leave"
    assert len(status) == everybody - 1
    assert set(status.values()) == {"on_duty"}


def test_ownership_is_assigned_looked_at_and_published_beside_the_day(page_of: Open, site: Any) -> None:
    """Two clicks after opening it; the map shows owners meanwhile."""
    code = site.township_of("planner")
    with site.ctx.storage.read() as uow:
        before = uow.ownership.head(code)
    page = page_of("planner")
    page.goto("/desk/")
    page.click("#open-ownership")
    expect(page.locator("#layers [name=fill][value=owner]")).to_be_checked()
    page.click("#do-assign")
    page.click("#do-publish-ownership", timeout=60_000)
    expect(page.locator("#ownership-state.dot-good")).to_be_visible()
    with site.ctx.storage.read() as uow:
        after = uow.ownership.head(code)
    assert after.published_id == after.draft_id != before.draft_id


def test_a_stop_is_added_by_a_click_on_the_map(page_of: Open, site: Any) -> None:
    """Choose "add", click, name it, look at the cost, keep."""
    day = TODAY + timedelta(days=5)
    planned(site, day)
    page = open_desk(page_of("planner"), day)
    page.click("#add-stop")
    depot = page.locator(".map-depot").bounding_box()
    assert depot is not None
    page.mouse.click(depot["x"] + 40, depot["y"] + 60)
    page.fill("#add-name", "沿河临时摊点")
    page.click("#add-dialog [type=submit]")
    page.click("#keep")
    expect(page.locator("#preview")).to_be_hidden()
    expect(page.locator(".squad-card .stop-name", has_text="沿河临时摊点")).to_be_visible()
    assert any(visit.stop.name == "沿河临时摊点" and visit.pinned for visit in draft(site, day).visits())


def test_long_planning_can_be_stopped_and_keeps_the_best_so_far(page_of: Open, site: Any) -> None:
    """With ten minutes to plan, the test is over in seconds only because stopping works."""
    day = TODAY + timedelta(days=6)
    with site.ctx.storage.write("test") as uow:
        usual = uow.settings.office()
        uow.settings.save_office(replace(usual, plan_seconds=600.0))
        uow.record("test.settings", "settings", "office")
        uow.commit()
    page = page_of("planner")
    page.goto(f"/desk/?date={day.isoformat()}")
    page.click("#do-squads")
    page.click("#do-routes")
    expect(page.locator("#job [role=progressbar]")).to_be_visible()
    expect(page.locator("#job .job-best")).to_contain_text("当前最好结果")
    page.click("#stop-job")
    expect(page.locator("#do-publish")).to_be_enabled(timeout=60_000)
    assert len(list(draft(site, day).visits())) > 0
    with site.ctx.storage.write("test") as uow:
        uow.settings.save_office(usual)
        uow.record("test.settings", "settings", "office")
        uow.commit()
