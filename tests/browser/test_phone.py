"""The officer's phone in a real browser: next stop first, checked in, a finding with a photo."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from gridmgr.domain.patrols import Squad
from gridmgr.services.planning import plan_routes, publish_day

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
TODAY = date(2026, 3, 2)
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def squad(site: Any) -> Squad:
    """The published squad of the demo's officer."""
    code = site.township_of("officer")
    plan_routes(site.ctx, township_code=code, day=TODAY, actor="planner", seconds=1.0)
    plan = publish_day(site.ctx, township_code=code, day=TODAY, actor="planner")
    with site.ctx.storage.read() as uow:
        officer_id = uow.users.get("officer").officer_id
    found = plan.squad_of(officer_id)
    assert found is not None, "the demo's officer is sent today"
    return found


def phone(page_of: Open) -> Page:
    """The officer's start page."""
    page = page_of("officer", **PHONE)
    page.goto("/m/")
    return page


def test_the_next_stop_comes_first_with_big_buttons(page_of: Open, squad: Squad) -> None:
    """Name and time are seen without scrolling, fingers find the buttons, nothing runs off the side."""
    page = phone(page_of)
    name = page.get_by_role("heading", name=squad.visits[0].stop.name).first
    expect(name).to_be_in_viewport()
    buttons = page.locator("a.button:visible, button.button:visible")
    heights = [box["height"] for box in (button.bounding_box() for button in buttons.all()) if box]
    assert heights
    assert min(heights) >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    link = page.locator("a[href*='uri.amap.com']").first
    assert "coordinate=gaode" in str(link.get_attribute("href"))


def test_arriving_is_kept_and_the_stop_after_comes_up(page_of: Open, squad: Squad, site: Any) -> None:
    """One tap on arrived, one on leaving; the server has it."""
    page = phone(page_of)
    page.get_by_role("button", name="到达签到").click()
    expect(page.get_by_role("button", name="离开").first).to_be_visible()
    with site.ctx.storage.read() as uow:
        found = uow.check_ins.between(TODAY, TODAY, township_code=site.township_of("officer"))
    assert [check_in.stop_id for check_in in found] == [squad.visits[0].stop.id]
    page.get_by_role("button", name="离开").first.click()
    expect(page.get_by_role("heading", name=squad.visits[1].stop.name).first).to_be_visible()


def test_a_finding_with_a_photo_reaches_the_office(page_of: Open, squad: Squad, site: Any) -> None:
    """The photo's own position and maker are gone from what is stored."""
    before = {incident.id for incident in _incidents(site)}
    page = phone(page_of)
    page.get_by_role("link", name="上报问题").first.click()
    picture = io.BytesIO()
    Image.new("RGB", (800, 600), "brown").save(picture, "JPEG")
    page.set_input_files(
        "input[type=file]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    page.locator("label.kind").first.click()
    page.locator("button[name=outcome]").first.click()
    page.wait_for_url(lambda address: "find" not in address)
    fresh = [incident for incident in _incidents(site) if incident.id not in before]
    assert len(fresh) == 1
    with site.ctx.storage.read() as uow:
        photos = uow.attachments.find("incident", fresh[0].id)
    assert [photo.mime for photo in photos] == ["image/jpeg"]


def _incidents(site: Any) -> list[Any]:
    with site.ctx.storage.read() as uow:
        return list(uow.incidents.search(township_code=site.township_of("officer")))
