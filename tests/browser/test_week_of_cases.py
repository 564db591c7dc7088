"""A week of the demo county in the browser: a villager's message, a squad sent anew, a case that ran over.

Everybody sees their own page: the desk, the officer's phone, the departments' queues, the county's lead, the
villager's status page. The clock is moved by hand; what the worker does by itself is done when its time has
come. Nobody stays logged in from one scene to the next.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from gridmgr.bootstrap import build_context
from gridmgr.clock import DEFAULT_ZONE, Clock
from gridmgr.config import Config
from gridmgr.demo.accounts import DEMO_PASSWORD
from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.users import User
from gridmgr.geo.datum import from_wgs84
from gridmgr.services.accounts import add_user
from gridmgr.services.cases import departments
from gridmgr.services.fieldwork import Arrival, check_in, leave
from gridmgr.services.periodic import Chores
from gridmgr.services.planning import plan_routes, publish_day
from tests.browser.browser_site import DESK_SCREEN, NOW, Site, served
from tests.web.wechat_world import PLAIN, WeChatServer

pytestmark = pytest.mark.browser

MONDAY = date(2026, 3, 2)
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
#: How far a mark may stand from its place: marks are set to whole pixels, at the desk's nearest zoom.
METRES = 5.0
#: What the map reports where a mark is drawn, and how far that is from a place.
OFF_BY = """async ([id, lon, lat]) => {
  const { map } = await import("/static/js/desk/basemap.js");
  const place = L.latLng(lat, lon);
  map.setView(place, map.getMaxZoom(), { animate: false });
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const mark = document.querySelector(`.map-mark[data-incident="${id}"]`).getBoundingClientRect();
  const frame = map.getContainer().getBoundingClientRect();
  const at = [mark.x + mark.width / 2 - frame.x, mark.y + mark.height / 2 - frame.y];
  return map.distance(map.containerPointToLatLng(at), place);
}"""
Enter = Callable[..., Page]


@dataclass
class Watch:
    """The office's clock, set by hand."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def to(self, day: date, hour: int, minute: int = 0) -> None:
        """Set it to a time of the office's day; it never goes back."""
        moment = datetime.combine(day, time(hour, minute), ZoneInfo(DEFAULT_ZONE)).astimezone(UTC)
        assert moment >= self.moment
        self.moment = moment


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came over the wire."""

    status_code: int
    body: bytes

    def get_data(self, as_text: bool = False) -> Any:
        """The body."""
        return self.body.decode() if as_text else self.body


@dataclass(frozen=True, kw_only=True)
class Wire:
    """Sends WeChat's messages over HTTP."""

    url: str

    def post(self, path: str, *, query_string: dict[str, str], data: bytes) -> Answer:
        """Post a message."""
        request = Request(f"{self.url}{path}?{urlencode(query_string)}", data=data, method="POST")
        request.add_header("Content-Type", "text/xml")
        try:
            with urlopen(request, timeout=30) as answer:
                return Answer(status_code=answer.status, body=answer.read())
        except HTTPError as error:
            return Answer(status_code=error.code, body=error.read())


@pytest.fixture(scope="module")
def watch() -> Watch:
    """The clock of the module."""
    return Watch()


@pytest.fixture(scope="module")
def site(demo_database: Path, tmp_path_factory: pytest.TempPathFactory, watch: Watch) -> Iterator[Site]:
    """The county with a WeChat account and a clock that moves."""
    folder = tmp_path_factory.mktemp("week")
    for file in demo_database.parent.iterdir():
        shutil.copy(file, folder / file.name)
    config = Config(database=str(folder / demo_database.name), wechat=PLAIN)
    ctx = build_context(config, clock=Clock(utc_now=watch), must_exist=False)
    with served(ctx, folder, {}) as running:
        yield running


@pytest.fixture
def enter(new_page: Callable[..., Page]) -> Enter:
    """Opens an address in a browser of its own, logging in on the way."""

    def entered(name: str, address: str, **options: Any) -> Page:
        page = new_page(**{"viewport": DESK_SCREEN, **options})
        page.goto(address)
        page.fill("#name", name)
        page.fill("#password", DEMO_PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(lambda reached: "/login" not in reached)
        return page

    return entered


@pytest.fixture(scope="module")
def plan(site: Site, watch: Watch) -> DayPlan:
    """Monday's published routes, each squad through with its first stop."""
    township = site.township_of("planner")
    plan_routes(site.ctx, township_code=township, day=MONDAY, actor="planner", seconds=0.5)
    plan = publish_day(site.ctx, township_code=township, day=MONDAY, actor="planner")
    for squad in sorted(plan.squads, key=lambda squad: squad.visits[0].leave):
        visit, user = squad.visits[0], account_of(site, squad.leader, township)
        watch.moment = max(watch.moment, visit.start)
        check_in(site.ctx, Arrival(id=f"first-{squad.id}", stop_id=visit.stop.id), user=user)
        watch.moment = max(watch.moment, visit.leave)
        leave(site.ctx, stop_id=visit.stop.id, user=user)
    return plan


def account_of(site: Site, officer_id: str, township: str) -> User:
    """The officer's account, made where there is none."""
    with site.ctx.storage.read() as uow:
        found = next((user for user in uow.users.find() if user.officer_id == officer_id), None)
        officer = uow.officers.get(officer_id)
    if found is not None:
        return found
    assert officer is not None
    made = User(
        name=f"leader-{officer_id}",
        display_name=officer.name,
        role="officer",
        township_code=township,
        officer_id=officer_id,
    )
    add_user(site.ctx, made, DEMO_PASSWORD, actor="admin")
    return made


def tell(site: Site, follower: str, words: str, lon: float, lat: float) -> tuple[Incident, str]:
    """A follower tells something at a place, as WeChat passes it on; the incident, and the receipt's code."""
    wechat = WeChatServer(Wire(url=site.url), int(site.ctx.clock.utc_now().timestamp()))  # type: ignore[arg-type]
    with site.ctx.storage.read() as uow:
        before = {incident.id for incident in uow.incidents.find()}
    wechat.say(words, follower)
    x, y = from_wgs84(lon, lat, "gcj02")
    point = wechat.message(
        "location", follower, Location_X=f"{y:.6f}", Location_Y=f"{x:.6f}", Scale="16", Label="村口"
    )
    assert "村口" in wechat.words(wechat.deliver(point))
    receipt = re.search(r"\d{4} \d{4} \d{4} \d{4}", wechat.say("确认", follower))
    assert receipt is not None
    with site.ctx.storage.read() as uow:
        (incident,) = (item for item in uow.incidents.find() if item.id not in before)
    return incident, receipt[0]


def step(desk: Page, action: str, **fields: str) -> None:
    """Take a step of the case shown on the desk; fields by the end of their key."""
    desk.click(f"[data-case-action={action}]")
    form = desk.locator(f"form[data-form={action}]")
    for name, value in fields.items():
        field = form.locator(f"[data-key=case-field-{name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("[data-key=case-send]").click()
    expect(desk.locator(f"[data-step={action}]").first).to_be_visible()


def shows_state(desk: Page, words: str) -> None:
    """The desk tells that the case shown is in a state."""
    expect(desk.locator("[data-case=state]")).to_have_text(words)


def open_case(desk: Page, case_id: str) -> Locator:
    """Open a case from the desk's list; its line."""
    desk.click("#tab-cases")
    line = desk.locator(f"[data-open-case='{case_id}']")
    line.click()
    expect(desk.locator(".case-number")).to_have_text(case_id)
    return line


def progress(new_page: Callable[..., Page], code: str) -> Page:
    """The villager's status page."""
    page = new_page(**PHONE)
    page.goto("/tip/status")
    page.fill("#code", code)
    page.click("main button[type=submit]")
    return page


def photo() -> dict[str, Any]:
    """A picture as a phone sends it."""
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "sienna").save(picture, "JPEG")
    return {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def last_place(site: Site, plan: DayPlan) -> tuple[float, float, str]:
    """A place in the village of the busiest squad's last stop in one, and that village's name."""
    squad = max(plan.squads, key=lambda squad: len(squad.visits))
    code = next(visit.stop.village_code for visit in reversed(squad.visits) if visit.stop.village_code)
    with site.ctx.storage.read() as uow:
        village = uow.villages.get(code)
    assert village is not None
    inside = village.geometry.representative_point()
    return inside.x, inside.y, village.name


def test_a_message_becomes_a_mark_a_squads_stop_and_a_settled_case(
    enter: Enter, new_page: Callable[..., Page], site: Site, watch: Watch, plan: DayPlan
) -> None:
    """Told at a point of a Chinese map, seen where it is, driven to on the same day, settled on the spot."""
    lon, lat, village = last_place(site, plan)
    township = site.township_of("planner")
    watch.moment += timedelta(minutes=5)
    leaders = {squad.id: account_of(site, squad.leader, township).name for squad in plan.squads}
    phones = {squad_id: enter(name, "/m/", **PHONE) for squad_id, name in leaders.items()}
    incident, code = tell(site, "oVillager1", "村口路面塌了一个大坑，车过不去", lon, lat)

    # On the desk: at the place itself, not where the Chinese map draws it.
    desk = enter("planner", f"/desk/?date={MONDAY.isoformat()}")
    mark = desk.locator(f".map-mark[data-incident='{incident.id}']")
    expect(mark).to_be_attached()
    assert desk.evaluate(OFF_BY, [incident.id, lon, lat]) < METRES
    drawn_there = [float(degrees) for degrees in from_wgs84(lon, lat, "gcj02")]
    assert desk.evaluate(OFF_BY, [incident.id, *drawn_there]) > 100
    mark.dispatch_event("click")
    expect(desk.locator("#detail")).to_contain_text("村口路面塌了一个大坑")
    expect(desk.locator("#detail")).to_contain_text(village)

    # Filed as urgent: what sending a squad costs, looked at, kept, published.
    desk.click("[data-case-action=file]")
    desk.check("[data-key=case-field-urgent]")
    desk.click("[data-key=case-send]")
    shows_state(desk, "已立案")
    expect(desk.locator(".case-offer li").first).to_contain_text("小队")
    desk.click("[data-key=offer-look]")
    expect(desk.locator("#detail li[data-change=added]")).to_have_count(1)
    desk.click("#keep")
    expect(desk.locator("#do-publish")).to_be_enabled()
    desk.click("#do-publish")
    expect(desk.locator("#step-publish")).to_contain_text("已发布")
    with site.ctx.storage.read() as uow:
        published = uow.days.published(township, MONDAY)
    assert published is not None
    stop_id = f"incident:{incident.id}"
    (squad,) = (one for one in published.squads if stop_id in {visit.stop.id for visit in one.visits})
    visit = next(visit for visit in squad.visits if visit.stop.id == stop_id)
    desk.context.close()

    # The squad's phone, open since the morning, tells of the new stop; the other squads' do not.
    for squad_id, phone in phones.items():
        phone.reload()
        if squad_id == squad.id:
            expect(phone.locator("#changed")).to_contain_text("新增")
            expect(phone.locator("#changed")).to_contain_text(visit.stop.name)
        expect(phone.locator(f"li.stop input[value='{stop_id}']")).to_have_count(int(squad_id == squad.id))
        phone.context.close()

    # At the place: arrived, a photo, settled.
    watch.moment = max(watch.moment, visit.start)
    here = {"geolocation": {"longitude": lon, "latitude": lat}, "permissions": ["geolocation"]}
    phone = enter(leaders[squad.id], "/m/", **PHONE, **here)
    stop = phone.locator("li.stop", has=phone.locator(f"input[value='{stop_id}']"))
    stop.locator("summary").click()
    stop.get_by_role("button", name="到达签到").click()
    phone.get_by_role("link", name="处置或上报").first.click()
    expect(phone.locator(".pill")).to_have_text("现场处置中")
    phone.set_input_files("input[type=file]", photo())
    phone.fill("textarea[name=note]", "已围挡并填平，恢复通行")
    phone.click("button[value=settle]")
    expect(phone.locator("li.stop-done", has_text=visit.stop.name)).to_have_count(1)
    phone.context.close()

    desk = enter("planner", f"/desk/?date={MONDAY.isoformat()}")
    open_case(desk, f"AJ-{incident.id}")
    shows_state(desk, "现场已处置")
    expect(desk.locator("[data-step=settle] p")).to_have_text("已围挡并填平，恢复通行")
    expect(desk.locator("[data-step=settle] .evidence img")).to_be_visible()
    page = progress(new_page, code)
    expect(page.locator("h1")).to_have_text("已处理，正在核查")


def test_a_case_is_given_back_sent_on_runs_over_and_is_closed_and_rated(
    enter: Enter, new_page: Callable[..., Page], site: Site, watch: Watch, plan: DayPlan
) -> None:
    """Escalated, objected to, sent to the right body, hurried, told to the county when late, done, rated."""
    lon, lat, village = last_place(site, plan)
    tuesday, wednesday, thursday, friday = (MONDAY + timedelta(days=number) for number in range(1, 5))
    with site.ctx.storage.read() as uow:
        first = uow.users.get("department").department
    right = next(name for name in departments(site.ctx) if name != first)
    liaison = User(name="liaison", display_name="第二部门联络员", role="department", department=right)
    add_user(site.ctx, liaison, DEMO_PASSWORD, actor="admin")

    watch.to(tuesday, 9)
    incident, code = tell(site, "oVillager2", "河边有人偷排污水，气味刺鼻", lon + 0.0004, lat)
    case_id = f"AJ-{incident.id}"
    desk = enter("planner", f"/desk/?date={tuesday.isoformat()}")
    mark = desk.locator(f".map-mark[data-incident='{incident.id}']")
    expect(mark).to_be_attached()
    mark.dispatch_event("click")
    step(desk, "file")
    shows_state(desk, "已立案")
    step(desk, "escalate", body=first, note="需要专业检测，请依职责办理")
    shows_state(desk, "已上报待接收")

    # The first department: not its matter.
    clerk = enter("department", "/dept/?view=to_accept")
    row = clerk.locator(f"[data-case='{case_id}']")
    expect(row.locator(".dept-name")).to_have_text("河边有人偷排污水，气味刺鼻")
    expect(row).to_contain_text(village)
    row.locator(".dept-name").click()
    clerk.click("#form-object summary")
    clerk.fill("#note-object", "经核不属我单位职责，建议改派")
    clerk.select_option("#suggests", right)
    clerk.click("button[value=object]")
    expect(clerk.locator("[data-step=object]")).to_contain_text(right)
    clerk.goto("/dept/?view=to_accept")
    expect(clerk.locator(f"[data-case='{case_id}']")).to_have_count(0)
    clerk.context.close()

    # The office sends it to the one named; the form offers that one by itself.
    watch.to(tuesday, 10)
    desk.reload()
    open_case(desk, case_id)
    shows_state(desk, "已立案")
    expect(desk.locator("#detail")).to_contain_text("退回 1 次")
    desk.click("[data-case-action=escalate]")
    expect(desk.locator("[data-key=case-field-body]")).to_have_value(right)
    step(desk, "escalate", note="按异议意见改派，请办理")
    shows_state(desk, "已上报待接收")
    desk.context.close()

    # Hardly any time left: a warning in both queues, and the office presses.
    watch.to(wednesday, 16)
    desk = enter("planner", f"/desk/?date={wednesday.isoformat()}")
    line = open_case(desk, case_id)
    expect(line.locator("[data-level=red]")).to_be_visible()
    step(desk, "supervise", level="1", note="今天下班前必须接收")
    expect(desk.locator("#detail")).to_contain_text("1 级督办")
    desk.context.close()
    other = enter("liaison", "/dept/?view=to_accept")
    row = other.locator(f"[data-case='{case_id}']")
    expect(row).to_contain_text("1 级督办")
    expect(row).not_to_contain_text("超时")
    other.context.close()

    # Too late: the county is told by the worker itself, once.
    watch.to(thursday, 9)
    Chores().run_due(site.ctx)
    Chores().run_due(site.ctx)
    lead = enter("lead", f"/desk/?date={thursday.isoformat()}&township={incident.township_code}")
    line = open_case(lead, case_id)
    expect(line.locator("[data-level=overdue]")).to_be_visible()
    expect(line).to_contain_text("3 级督办")
    expect(lead.locator("#detail")).to_contain_text("3 级督办")
    expect(lead.locator("[data-step=supervise]")).to_have_count(2)
    expect(lead.locator("[data-step=supervise]").first).to_contain_text("县领导")
    lead.context.close()

    # The right department accepts and replies.
    other = enter("liaison", "/dept/?view=overdue")
    other.click(f"[data-case='{case_id}'] .dept-name")
    other.click("button[value=accept]")
    expect(other.locator("[data-step=accept]")).to_be_visible()
    other.context.close()
    watch.to(friday, 10)
    other = enter("liaison", "/dept/?view=in_hand")
    other.click(f"[data-case='{case_id}'] .dept-name")
    other.fill("#note-handle", "已封堵排口，立案处罚")
    other.click("button[value=handle]")
    expect(other.locator("[data-step=handle]")).to_contain_text("已封堵排口")
    other.context.close()

    # Checked and closed by the office, rated by whoever told.
    watch.to(friday, 15)
    desk = enter("planner", f"/desk/?date={friday.isoformat()}")
    open_case(desk, case_id)
    shows_state(desk, "部门已办结")
    step(desk, "check", note="现场复核，已整改")
    step(desk, "close")
    shows_state(desk, "已结案")
    desk.context.close()
    watch.to(friday, 17)
    page = progress(new_page, code)
    expect(page.locator("h1")).to_have_text("已办结")
    rate = page.locator("#rate")
    rate.get_by_label("解决了", exact=True).check()
    rate.get_by_label("很满意", exact=True).check()
    rate.locator("button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("谢谢您的评价")
    expect(page.locator("main")).to_contain_text("解决了 · 5 分（满分 5 分）")
    with site.ctx.storage.read() as uow:
        case = uow.cases.get(case_id)
        (tip,) = uow.tips.of_incident(incident.id)
    assert case is not None
    assert (case.state, case.rating, case.objections, case.supervised) == ("rated", 5, 1, 3)
    assert (tip.solved, tip.score) == (True, 5)
