"""Ownership scenarios in a browser: compared, looked at on two maps, adopted, published on the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]


def leads(plan: Any) -> dict[str, str]:
    """Officers by village."""
    return {r.village_code: r.officer_id for r in plan.responsibilities if r.role == "lead"}


def shown_leads(page: Page, side: str) -> dict[str, str]:
    """Officers by village as a map shows them."""
    pairs = page.eval_on_selector_all(
        f"#map-{side} path[data-village]", "all => all.map(one => [one.dataset.village, one.dataset.officer])"
    )
    return {village: officer for village, officer in pairs if officer}


def test_scenarios_are_compared_one_is_adopted_and_published(page_of: Open, site: Any) -> None:
    """From the desk and back: what the right map shows of the picked point is what comes into force."""
    township = site.township_of("planner")
    with site.ctx.storage.read() as uow:
        before = uow.ownership.published(township)
    page = page_of("planner")
    page.goto("/desk/")
    page.click("#open-ownership")
    page.click("a[href^='/desk/scenarios/']")
    expect(page.locator("#compare")).to_be_enabled()
    page.click("#compare")
    expect(page.locator("#comparison")).to_be_visible(timeout=60_000)
    expect(page.locator("#compare")).to_be_enabled()

    with site.ctx.storage.read() as uow:
        found = uow.comparisons.newest(township)
    expect(page.locator(".plot-point[data-point]")).to_have_count(len(found.points))
    assert shown_leads(page, "left") == leads(before)
    point = next(p for p in reversed(found.points) if p.result.changes)
    page.locator(f".plot-point[data-point='{point.id}']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#points tr[data-row='{point.id}']")).to_have_class(re.compile("is-chosen"))
    expect(page.locator("#difference-table tbody tr")).to_have_count(point.result.changes)
    expect(page.locator("#map-right path.is-changed")).to_have_count(point.result.changes)
    assert shown_leads(page, "right") == leads(point.plan)

    page.fill("#adopt-why", "负荷更均衡")
    page.click("#adopt-point")
    expect(page.locator("#notice-success")).to_be_visible()
    page.click("#to-publish")
    expect(page.locator("#do-publish-ownership")).to_be_enabled()
    page.click("#do-publish-ownership")
    expect(page.locator("#ownership-state")).to_have_class(re.compile("dot-good"))
    with site.ctx.storage.read() as uow:
        assert leads(uow.ownership.published(township)) == leads(point.plan)


def test_a_county_lead_looks_and_finds_nothing_to_press(page_of: Open, site: Any) -> None:
    """The comparison made before is there, and says that another plan has come into force since."""
    page = page_of("lead")
    page.goto(f"/desk/scenarios/?township={site.township_of('planner')}")
    expect(page.locator("#comparison")).to_be_visible()
    expect(page.locator("#made.text-danger")).to_be_visible()
    expect(page.locator("#adopt-point, #compare")).to_have_count(0)
