"""Inspections in the desk's detail pane: how premises stand, and a permit recorded for a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gridmgr.domain.inspections import InspectionRequest
from gridmgr.domain.places import Place
from gridmgr.services.planning import plan_routes

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
TODAY = date(2026, 3, 2)
NASTY = "<img src=x onerror=alert(1)>"


def capped(site: Any) -> Place:
    """The planner's township's enterprise whose cap is reached; an agency's wish for it is on record."""
    code = site.township_of("planner")
    with site.ctx.storage.write("test") as uow:
        full = {limit.place_id for limit in uow.inspection_limits.find()}
        place: Place = next(p for p in uow.places.find(township_code=code) if p.id in full)
        agency = next(a for a in uow.agencies.find(township_code=code) if not a.is_office)
        wish = InspectionRequest(
            id="T1",
            place_id=place.id,
            agency_code=agency.code,
            matter=NASTY,
            not_before=TODAY,
            deadline=TODAY + timedelta(days=20),
        )
        uow.inspection_requests.add(wish)
        uow.record("test.wish", "place", place.id)
        uow.commit()
    return place


def test_the_pane_shows_cap_and_wishes_and_a_permit_lifts_the_refusal(page_of: Open, site: Any) -> None:
    """What is typed outlives a redraw; the permit is stored with kind, days and reason."""
    place = capped(site)
    plan_routes(site.ctx, township_code=site.township_of("planner"), day=TODAY, actor="planner", seconds=0.5)
    page = page_of("planner")
    page.goto(f"/desk/?date={TODAY.isoformat()}")
    expect(page.locator("#do-publish")).to_be_enabled()
    page.locator(f'.left-out [data-select="stop|{place.id}"]').first.click()

    pane = page.locator("#detail .burden")
    expect(pane.locator('[data-burden="count"]')).to_have_text(re.compile(r"1 / 1 次\s*已达上限"))
    expect(pane.locator('[data-burden="next"]')).to_have_text("2027年1月1日")
    expect(pane.locator('[data-burden="refusal"]')).to_contain_text("年度上限 1 次")
    expect(pane.locator("li", has_text=NASTY)).to_be_visible()

    pane.locator("summary").click()
    pane.locator('[data-key="permit-kind"]').select_option("accident")
    reason = pane.locator('[data-key="permit-reason"]')
    reason.fill("3月1日仓库起火")
    page.locator("#detail [data-key='close-detail']").click()
    page.locator(f'.left-out [data-select="stop|{place.id}"]').first.click()
    expect(reason).to_have_value("3月1日仓库起火")
    pane.locator('[data-key="permit-save"]').click()

    expect(pane.locator('[data-burden="refusal"]')).to_have_count(0)
    expect(pane.locator('[data-burden="next"]')).to_have_text("当日即可（例外许可）")
    expect(pane.locator("li", has_text="3月1日仓库起火")).to_contain_text("事故处置")
    with site.ctx.storage.read() as uow:
        (permit,) = [item for item in uow.inspection_permits.find() if item.place_id == place.id]
    assert (permit.kind, permit.reason, permit.granted_by) == ("accident", "3月1日仓库起火", "planner")
    assert (permit.first, permit.last) == (TODAY, TODAY)


def test_who_may_not_plan_sees_how_premises_stand_without_the_form(page_of: Open, site: Any) -> None:
    """The county's lead."""
    code = site.township_of("planner")
    with site.ctx.storage.read() as uow:
        place = next(p for p in uow.places.find(township_code=code) if p.kind == "enterprise")
    day = TODAY + timedelta(days=1)
    plan_routes(site.ctx, township_code=code, day=day, actor="planner", seconds=0.5)
    page = page_of("lead")
    page.goto(f"/desk/?township={code}&date={day.isoformat()}")
    page.locator(f'[data-select="stop|{place.id}"]').first.click()
    expect(page.locator('#detail [data-burden="count"]')).to_be_visible()
    expect(page.locator("#detail .permit-box")).to_have_count(0)
