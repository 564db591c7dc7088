"""A villager's report from the form to the rating, on phones with and without scripts, and the desk inbox."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shapely
from PIL import Image
from playwright.sync_api import Page, expect

from gridmgr.domain.cases import Step
from gridmgr.domain.places import Village
from gridmgr.domain.receipts import read_code
from gridmgr.domain.tips import Tip
from gridmgr.domain.users import User
from gridmgr.services.cases import act
from gridmgr.services.intake import inbox
from webapp.public import tipform

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
#: An old phone, or a reader who lets no scripts run.
PLAIN = PHONE | {"java_script_enabled": False}
WORDS = "路边倒了一大堆建筑垃圾，我叫欧阳婉清，电话13800001234"
#: A thumb hits nothing smaller, pixels.
THUMB = 44


@pytest.fixture(scope="module", autouse=True)
def _no_waiting() -> Iterator[None]:
    """Tests fill in forms faster than people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tipform, "MIN_SECONDS", 0)
        yield


@pytest.fixture(scope="module")
def village(site: Any) -> Village:
    """A village of the planner's whose middle on the map lies within it."""
    with site.ctx.storage.read() as uow:
        found = uow.villages.find(township_code=site.township_of("planner"))
    return next(item for item in found if item.geometry.contains(shapely.box(*item.geometry.bounds).centroid))


def picture() -> dict[str, Any]:
    """A photo as a phone gives it."""
    made = io.BytesIO()
    Image.new("RGB", (800, 600), "brown").save(made, "JPEG")
    return {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def user(site: Any, name: str) -> User:
    """An account."""
    with site.ctx.storage.read() as uow:
        found = uow.users.get(name)
    assert found is not None
    return found


def fits(page: Page) -> None:
    """Nothing runs off the side, and a thumb finds every button and link of the content."""
    width, inner = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= inner
    for button in page.locator("main .button:visible, main label.kind:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= THUMB, button.inner_text()


def fill_in(page: Page, village: Village, *, description: str = WORDS) -> None:
    """Everything but a point; the photo with it."""
    page.locator("label.kind").nth(2).click()
    page.select_option("#village", village.code)
    page.fill("#place", "小学东边")
    page.fill("#description", description)
    page.set_input_files("#photo", picture())
    page.fill("#name", "欧阳婉清")
    page.fill("#phone", "13800001234")


def receipt(page: Page) -> str:
    """The code of the receipt, large and in groups."""
    shown = page.locator("#receipt-code")
    expect(shown).to_have_text(re.compile(r"^(\d{4} ?){4}$"))
    code = read_code(shown.inner_text())
    assert code is not None
    return code


def tip_of(site: Any, description: str = WORDS) -> Tip:
    """The report as stored."""
    with site.ctx.storage.read() as uow:
        found = [tip for tip in uow.tips.find(source="tip") if tip.description == description]
    assert len(found) == 1
    return found[0]


def close(site: Any, case_id: str) -> None:
    """Send a case to the department and have it dealt with and closed."""
    clerk, planner = user(site, "department"), user(site, "planner")
    for who, step in (
        (planner, Step(action="escalate", note="请办理", body=clerk.department, cooperating=())),
        (clerk, Step(action="accept")),
        (clerk, Step(action="handle", note="已清运")),
        (planner, Step(action="check", note="已到现场查看")),
        (planner, Step(action="close")),
    ):
        act(site.ctx, case_id, step, user=who)


def look(page: Page, code: str) -> None:
    """Ask for the report with its code, typed in groups."""
    page.goto("/tip/status")
    page.fill("#code", " ".join(re.findall(r"\d{4}", code)))
    page.click("main form button")
    expect(page.locator(".facts")).to_be_visible()


def test_a_report_with_photo_and_point_goes_all_the_way(new_page: Open, site: Any, village: Village) -> None:
    """Told on the phone with a point on the map, followed, closed by the office, rated."""
    page = new_page(**PHONE)
    page.goto("/tip")
    expect(page.locator("#photo-button")).to_be_visible()
    fits(page)
    page.fill("#village-search", village.name)
    expect(page.locator("#village")).to_have_value(village.code)
    page.fill("#village-search", "")
    fill_in(page, village)
    expect(page.locator("#shots img")).to_have_count(1)
    page.click("#on-map")
    expect(page.locator("#map path:not([d='M0 0'])").first).to_be_visible()
    page.locator("#map").click()
    expect(page.locator("#spot-words")).to_contain_text(village.name)
    expect(page.locator("#map .pin")).to_be_visible()
    fits(page)
    page.click("#send")
    code = receipt(page)
    fits(page)

    tip = tip_of(site)
    assert (tip.state, tip.point_from, tip.village_code) == ("taken", "given", village.code)
    assert b"13800001234" not in (tip.contact_sealed or b"13800001234")
    with site.ctx.storage.read() as uow:
        assert len(uow.attachments.find("incident", tip.incident_id)) == 1

    page.get_by_role("button", name="查看进度").click()
    expect(page.locator("h1")).to_have_text("已受理，等待核实")
    expect(page.locator("[aria-current=step]")).to_have_text("受理")
    told = page.locator(".facts .words")
    expect(told).to_have_text("路边倒了一大堆建筑垃圾，我叫***，电话***")
    fits(page)

    case = inbox.decide(site.ctx, tip.id, action="file", user=user(site, "planner")).case
    assert case is not None
    close(site, case.id)
    look(page, code)
    expect(page.locator("h1")).to_have_text("已办结")
    page.get_by_label("解决了", exact=True).check()
    page.get_by_label("很满意", exact=True).check()
    page.fill("#words", "谢谢")
    fits(page)
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_role("heading", name="您的评价")).to_be_visible()
    expect(page.locator("#rate")).to_have_count(0)
    with site.ctx.storage.read() as uow:
        assert uow.tips.get(tip.id).score == 5
        assert uow.cases.get(case.id).rating == 5


def test_without_scripts_the_office_finds_the_place_and_hears_that_it_is_not_solved(
    new_page: Open, page_of: Open, site: Any, village: Village
) -> None:
    """The inbox places the report, files it as a case, and takes it up again when its sender says so."""
    words = "渠边堆了秸秆，没人管"
    phone = new_page(**PLAIN)
    phone.goto("/tip")
    expect(phone.locator("#photo-button")).to_be_hidden()
    expect(phone.locator("#spot")).to_be_hidden()
    phone.click("#send")
    expect(phone.locator("#summary")).to_contain_text("请说说发生了什么")
    fill_in(phone, village, description=words)
    phone.click("#send")
    code = receipt(phone)
    phone.get_by_role("button", name="查看进度").click()
    expect(phone.locator("h1")).to_have_text("已收到，正在核对地点")

    desk = page_of("planner")
    desk.goto("/desk/inbox/")
    item = desk.locator(".inbox-item", has_text=words)
    expect(item).to_contain_text("待定位")
    item.click()
    detail = desk.locator("#detail")
    expect(detail.locator(".told")).to_have_text(words)
    expect(detail.locator(".inbox-photos img")).to_have_count(1)
    place = detail.get_by_role("button", name="定位并受理")
    expect(place).to_be_disabled()
    desk.locator("#map").click()
    expect(place).to_be_enabled()
    place.click()
    detail.get_by_role("button", name="立案").click()
    expect(desk.locator(".inbox-item", has_text=words)).to_have_count(0)
    desk.get_by_role("tab", name="已转办").click()
    desk.locator(".inbox-item", has_text=words).click()
    expect(detail).to_contain_text("正在办理")
    tip = tip_of(site, words)
    assert (tip.state, tip.point_from, tip.checked_by) == ("taken", "office", "planner")
    detail.get_by_role("button", name="查看联系方式").click()
    desk.fill("#why", "核实地点")
    desk.get_by_role("button", name="确定").click()
    expect(detail.locator(".inbox-contact")).to_contain_text("13800001234")

    with site.ctx.storage.read() as uow:
        case_id = uow.incidents.get(tip.incident_id).case_id
    look(phone, code)
    expect(phone.locator("h1")).to_have_text("正在办理")
    close(site, case_id)
    look(phone, code)
    phone.get_by_label("没有解决", exact=True).check()
    phone.get_by_label("不满意", exact=True).check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.locator("[role=status]")).to_contain_text("谢谢您的评价")

    desk.goto("/desk/inbox/")
    desk.get_by_role("tab", name="未解决").click()
    unsolved = desk.locator(".inbox-item", has_text=words)
    expect(unsolved).to_contain_text("没有解决")
    unsolved.click()
    desk.get_by_role("button", name="重新办理").click()
    desk.fill("#why", "反映人称未清理")
    desk.get_by_role("button", name="确定").click()
    expect(desk.locator(".inbox-item", has_text=words)).to_have_count(0)
    with site.ctx.storage.read() as uow:
        assert uow.cases.get(case_id).is_open
    look(phone, code)
    expect(phone.locator("h1")).to_have_text("正在办理")


def test_the_sender_has_contact_and_photos_deleted(new_page: Open, site: Any, village: Village) -> None:
    """On a phone without scripts, before anybody acted on it."""
    words = "桥头有人占道摆摊"
    phone = new_page(**PLAIN)
    phone.goto("/tip")
    fill_in(phone, village, description=words)
    phone.click("#send")
    code = receipt(phone)
    look(phone, code)
    phone.locator("details.erase summary").click()
    phone.check("[name=sure]")
    phone.locator("details.erase button").click()
    expect(phone.locator("[role=status]")).to_be_visible()
    expect(phone.locator("details.erase")).to_have_count(0)
    tip = tip_of(site, words)
    assert tip.contact_sealed is None
    with site.ctx.storage.read() as uow:
        assert uow.attachments.find("tip", tip.id) == []


def test_where_the_phone_stands_is_shown_on_the_map(new_page: Open, village: Village) -> None:
    """The map goes there, also where another village had been chosen."""
    point = village.geometry.representative_point()
    here = {"longitude": point.x, "latitude": point.y}
    page = new_page(**PHONE, geolocation=here, permissions=["geolocation"])
    page.goto("/tip")
    other = page.locator("#village option").last.get_attribute("value")
    page.select_option("#village", other)
    page.click("#on-map")
    expect(page.locator("#map path:not([d='M0 0'])").first).to_be_visible()
    page.click("#here")
    expect(page.locator("#spot-words")).to_contain_text("已标出您的位置")
    page.locator("#map").scroll_into_view_if_needed()
    expect(page.locator("#map .pin")).to_be_in_viewport()
    page.get_by_role("button", name="去掉").click()
    expect(page.locator("#map .pin")).to_have_count(0)
