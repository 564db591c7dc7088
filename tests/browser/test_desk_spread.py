"""Incidents over time on the desk: clusters, filters, the slider, heat, and one of them in the pane."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gridmgr.domain.incidents import Incident

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
NOW = datetime(2026, 3, 1, 23, 55, tzinfo=UTC)
NASTY = "<img src=x onerror=alert(1)>"
MANY = 400
#: Sum of the clusters' numbers and of the marks that stand alone.
DRAWN = """() => [...document.querySelectorAll(".map-cluster")]
  .reduce((sum, one) => sum + parseInt(one.textContent), 0)
  + document.querySelectorAll(".map-mark[data-incident]").length"""


@pytest.fixture(scope="module")
def many(site: Any) -> int:
    """Incidents of the last 80 days around the planner's villages; how many there are then."""
    rnd = random.Random(1)
    code = site.township_of("planner")
    with site.ctx.storage.write("test") as uow:
        villages = uow.villages.find(township_code=code)
        for number in range(MANY):
            village = rnd.choice(villages)
            at = village.geometry.representative_point()
            reported = NOW - timedelta(minutes=rnd.randrange(80 * 1440))
            state = rnd.choice(["reported", "escalated", "settled", "closed"])
            over = state in ("settled", "closed")
            uow.incidents.add(
                Incident(
                    id=f"many-{number}",
                    reported_at=reported,
                    category=NASTY if number % 2 else "占道经营",
                    lon=at.x + rnd.gauss(0, 0.001),
                    lat=at.y + rnd.gauss(0, 0.001),
                    description=f"第{number}件",
                    village_code=village.code,
                    township_code=code,
                    state=state,
                    settled_at=min(NOW, reported + timedelta(days=2)) if over else None,
                )
            )
        uow.record("test.many", "incident", "*")
        uow.commit()
        first = NOW - timedelta(days=89, hours=8)
        return len(uow.incidents.search(township_code=code, since=first))


def opened(page_of: Open) -> Page:
    """The planner's desk with the incidents of the last ninety days."""
    page = page_of("planner")
    page.goto("/desk/?date=2026-03-02")
    page.wait_for_selector("html[data-desk=ready]")
    page.click("#open-spread")
    page.wait_for_selector(".map-cluster")
    return page


def shown(page: Page) -> int:
    """How many the strip says are shown."""
    found = re.search(r"显示 (\d+) 件", page.locator(".spread-count").inner_text())
    assert found is not None
    return int(found.group(1))


def test_clusters_filters_and_the_slider_agree_with_what_is_stored(
    page_of: Open, site: Any, many: int
) -> None:
    """Numbers on the map always add up to the number shown; legend and timeline follow."""
    page = opened(page_of)
    assert shown(page) == page.evaluate(DRAWN) == many
    expect(page.locator("#timeline")).to_be_hidden()
    expect(page.locator("#legend")).to_contain_text("未结且超过 7 天")
    assert NASTY in page.locator("[data-key=spread-category]").inner_text()

    page.click("[data-key=spread-state-closed]")
    with site.ctx.storage.read() as uow:
        rest = uow.incidents.search(
            township_code=site.township_of("planner"), since=NOW - timedelta(days=89, hours=8)
        )
    assert shown(page) == page.evaluate(DRAWN) == sum(item.state != "closed" for item in rest)
    page.locator("[data-key=spread-category]").select_option("占道经营")
    kept = [item for item in rest if item.state != "closed" and item.category == "占道经营"]
    assert shown(page) == page.evaluate(DRAWN) == len(kept)

    slider = page.locator(".spread-slider")
    slider.focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("output.spread-day")).to_have_text("2026年1月31日")
    until = datetime(2026, 1, 31, 16, tzinfo=UTC)
    assert shown(page) == page.evaluate(DRAWN) == sum(item.reported_at < until for item in kept)
    page.locator(".spread-window").select_option("open")
    still = [
        item
        for item in kept
        if item.reported_at < until and (item.settled_at is None or item.settled_at >= until)
    ]
    assert shown(page) == len(still)

    page.click(".spread-play")
    expect(page.locator("output.spread-day")).not_to_have_text("2026年1月31日")
    page.click(".spread-play")
    expect(page.locator(".spread-play")).to_have_text("播放")

    page.click("[data-key=spread-close]")
    expect(page.locator("#timeline")).to_be_visible()
    expect(page.locator("#spread")).to_be_hidden()


def test_a_click_opens_the_incident_and_heat_is_painted(page_of: Open, site: Any, many: int) -> None:
    """An old incident the day's layer does not hold; its words come as text only."""
    page = opened(page_of)
    page.click("[data-key=spread-state-reported]")
    page.click("[data-key=spread-state-escalated]")
    page.click("[data-key=spread-state-settled]")
    page.locator("[data-key=spread-category]").select_option(NASTY)
    for _ in range(12):
        if page.locator(".map-mark[data-incident]").count():
            break
        page.locator(".map-cluster").first.dispatch_event("click")
        page.wait_for_timeout(150)
    one = page.locator(".map-mark[data-incident]").first
    chosen = one.get_attribute("data-incident")
    one.dispatch_event("click")
    with site.ctx.storage.read() as uow:
        incident = uow.incidents.get(chosen)
    expect(page.locator("#detail h2")).to_have_text(NASTY)
    expect(page.locator("#detail .description")).to_have_text(incident.description)
    assert page.locator("#detail img, .leaflet-tooltip img").count() == 0

    page.click("[data-key=spread-heat]")
    expect(page.locator(".map-cluster, .map-mark[data-incident]")).to_have_count(0)
    page.wait_for_function(
        """() => { const c = document.querySelector("canvas.leaflet-heatmap-layer");
          if (!c?.width) return false;
          return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v) => v) }"""
    )
    expect(page.locator("#legend")).to_contain_text("上报密度")


def test_the_county_is_looked_at_as_a_whole(page_of: Open, site: Any, many: int) -> None:
    """Lead: all townships, none chosen."""
    with site.ctx.storage.read() as uow:
        everything = len(uow.incidents.search(since=NOW - timedelta(days=89, hours=8)))
    assert everything > many
    page = page_of("lead")
    page.goto("/desk/?date=2026-03-02")
    page.wait_for_selector("html[data-desk=ready]")
    page.click("#open-spread")
    page.wait_for_selector(".map-cluster")
    assert shown(page) == page.evaluate(DRAWN) == everything
