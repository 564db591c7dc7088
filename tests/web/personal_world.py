"""A county in which people told the office everything about themselves, by every way in and at every step.

`SEALED` was given as contact data, `TOLD` was written into free words. What was done with the reports leads
through cases, departments, plans, merges, deadlines and appeals, so that every page has something to show.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from case_world import ITEM, MARKET, WATER, fill
from conftest import EAST, NOW, TODAY, MovableNow
from field_world import STOPS, day_plan, publish
from PIL import Image
from roster_office import MONTH, staffed

from gridmgr.config import WeChatConfig
from gridmgr.domain.cases import PenaltyGiven, Step
from gridmgr.domain.conversation import Said
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.tips import TIP_SOURCES, Contact, Rating
from gridmgr.domain.users import User
from gridmgr.services import apikeys, fieldwork, jobs
from gridmgr.services.cases import act, file_case
from gridmgr.services.context import Context
from gridmgr.services.deadlines.reading import clocks_of_case
from gridmgr.services.deadlines.working import ask_extension, pause_clock
from gridmgr.services.evaluating import ask_appeal
from gridmgr.services.files import read_document
from gridmgr.services.importing.tables import import_table
from gridmgr.services.intake import following, inbox
from gridmgr.services.intake.reports import Report, take_report
from gridmgr.services.intake.wechat.messages import Inbound
from gridmgr.services.intake.wechat.receiving import receive
from gridmgr.services.open311.posting import post_request
from gridmgr.services.photos import read_photo
from gridmgr.services.planning.candidates import incident_stop
from gridmgr.services.rosters import ask, make_month, publish_month, ways_out
from gridmgr.services.rosters.mine import my_month
from gridmgr.services.routing import duplicates
from gridmgr.services.routing.repeated import look_everywhere

#: What was given as contact data only.
SEALED = {
    "name": "尉迟静姝",
    "phone": "13912340001",
    "e-mail": "yuchi.jingshu@example.com",
    "openid": "oGZUI0egBJY1zhBYw2KhdUfwVJJE",
    "hotline name": "淳于海棠",
    "hotline phone": "13712340002",
    "account": "citizen-account-77",
}
#: What was written into words.
TOLD = {
    "name": "诸葛婉清",
    "phone": "15812340003",
    "id number": "410105199003072419",
    "plate": "豫A8K6P2",
    "house": "17号楼3单元502室",
    "door": "幸福路218号",
    "e-mail": "zhuge.wanqing@example.com",
    "wechat": "zgwq_1990",
}
#: Who was fined, as the fine names them.
PARTY = {"party": "赫连无忌"}
STORY = (
    "楼道堆物。我叫诸葛婉清，电话15812340003，身份证410105199003072419，住幸福路218号院里17号楼3单元502室，"
    "邮箱zhuge.wanqing@example.com，微信zgwq_1990，那人的车是豫A8K6P2"
)
WECHAT = WeChatConfig(token="gridmgrtoken", app_id="wx0123456789abcdef")
HOTLINE = "工单编号,来电时间,诉求人,联系电话,诉求内容,诉求地址,诉求类型,经度,纬度\n"


@dataclass(frozen=True, kw_only=True)
class PersonalWorld:
    """What came of it: ids to build addresses with, and a receipt code."""

    receipt: str
    job: str
    duty_day: str
    swap: str


def users(ctx: Context) -> dict[str, User]:
    """Everybody with an account, by name."""
    with ctx.storage.read() as uow:
        return {user.name: user for user in uow.users.find()}


def picture() -> bytes:
    """A small photo."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "brown").save(made, "JPEG")
    return made.getvalue()


def told(key: str, **values: object) -> Report:
    """A report over the form, with everything in it."""
    contact = Contact(name=SEALED["name"], phone=SEALED["phone"], email=SEALED["e-mail"])
    made = Report(
        source="tip",
        sender_key=key,
        category="乱堆乱放",
        description=STORY,
        place_words=STORY,
        contact=contact,
        sender_address="203.0.113.77",
        lon=113.005,
        lat=34.005,
    )
    return replace(made, **values)  # type: ignore[arg-type]


def build(ctx: Context, now: MovableNow, folder: Path) -> PersonalWorld:
    """Tell everything, and let the office work on it."""
    fill(ctx)
    _publish_everything(ctx)
    who = users(ctx)
    first = take_report(ctx, told("k1", photos=(read_photo(picture()),), item_code=ITEM.code))
    take_report(ctx, told("k2", lon=None, lat=None, township_code=EAST))
    spam = take_report(ctx, told("k3", lon=None, lat=None, township_code=EAST))
    inbox.mark_spam(ctx, spam.tip.id, why=STORY, user=who["planner"])
    again = take_report(ctx, told("k4"))
    _by_other_ways(ctx, folder)
    assert first.receipt is not None
    case = inbox.decide(ctx, first.tip.id, action="file", note=STORY, user=who["planner"]).case
    assert case is not None
    assert again.tip.incident_id is not None
    assert first.tip.incident_id is not None
    duplicates.merge(ctx, again.tip.incident_id, into=first.tip.incident_id, user=who["planner"], note=STORY)
    _department_works(ctx, now, case.id, who)
    following.rate(ctx, first.receipt, Rating(solved=True, score=4, words=STORY))
    _officer_works(ctx, who)
    file_case(ctx, "i2", user=who["planner"], step=Step(action="file", note=STORY))
    look_everywhere(ctx)
    job = jobs.enqueue(ctx, "squads", township_code=EAST, actor="planner", day=str(TODAY))
    duty_day, swap = _duty_is_exchanged(ctx, now, officer=who["officer"])
    return PersonalWorld(receipt=first.receipt, job=job.id, duty_day=duty_day, swap=swap)


def _publish_everything(ctx: Context) -> None:
    """The office gives out over Open311 whatever it has."""
    with ctx.storage.write("test") as uow:
        uow.settings.save_office(OfficeSettings(open311_sources=tuple(sorted(TIP_SOURCES))))
        uow.record("test.settings", "settings", "office")
        uow.commit()


def _by_other_ways(ctx: Context, folder: Path) -> None:
    """WeChat, with a conversation that goes on; another program; the hotline's sheet."""
    office = replace(ctx, config=replace(ctx.config, wechat=WECHAT))
    follower = SEALED["openid"]
    place = Said(kind="place", text=STORY, lon=113.005, lat=34.005)
    words = Said(kind="text", text=STORY)
    said = (words, place, Said(kind="text", text="确认"), words)
    for number, one in enumerate(said):
        receive(office, Inbound(key=f"m{number}", follower=follower, account="gh_office", said=one))
    shown = apikeys.add_key(ctx, "随手拍", actor="admin")
    key = apikeys.check_key(ctx, shown.text)
    form = {
        "service_code": ITEM.code,
        "description": STORY,
        "address_string": STORY,
        "lat": "34.005",
        "long": "113.005",
        "last_name": SEALED["name"],
        "phone": SEALED["phone"],
        "email": SEALED["e-mail"],
        "account_id": SEALED["account"],
    }
    post_request(ctx, form, key=key, language="zh")
    path = folder / "hotline.csv"
    row = f"GD1,2026-03-01 09:20,{SEALED['hotline name']},{SEALED['hotline phone']},{STORY},{STORY},占道,"
    path.write_text(f"{HOTLINE}{row}113.005,34.005\n", encoding="utf-8")
    assert import_table(ctx, "hotline", path, actor="admin").imported == 1


def _department_works(ctx: Context, now: MovableNow, case: str, who: dict[str, User]) -> None:
    """It takes the case late, with a document, asks for help and time, and appeals."""
    clerk, planner = who["department"], who["planner"]
    paper = read_document(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n", "答复.pdf")
    sent = Step(action="escalate", note=STORY, body=MARKET, cooperating=(WATER,))
    act(ctx, case, sent, user=planner)
    act(ctx, case, Step(action="accept", note=STORY), user=clerk)
    act(ctx, case, Step(action="ask_help", note=STORY), user=clerk)
    clock = next(
        item.clock
        for item in clocks_of_case(ctx, case, user=clerk)
        if item.clock.is_running and item.clock.answers == "department"
    )
    ask_extension(ctx, clock.id, words="3个工作日", reason=STORY, user=clerk)
    pause_clock(ctx, clock.id, kind="hearing", note=STORY, user=clerk)
    now.advance(timedelta(days=29))
    act(ctx, case, Step(action="release", body=WATER, note=STORY), user=clerk)
    act(ctx, case, Step(action="handle", note=STORY), user=clerk, documents=[paper])
    ask_appeal(
        ctx,
        subject=case,
        group="department",
        body=MARKET,
        index="on_time",
        ground="not_responsible",
        reason=STORY,
        user=clerk,
    )
    act(ctx, case, Step(action="check", note=STORY), user=planner)
    act(ctx, case, Step(action="close", note=STORY), user=planner)
    now.moment = NOW + timedelta(hours=1)


def _officer_works(ctx: Context, who: dict[str, User]) -> None:
    """A report is a stop of the day's plan; there the officer notes, finds and fines."""
    officer = who["officer"]
    with ctx.storage.read() as uow:
        hotline = uow.tips.by_sender_key("hotline", "GD1")
        assert hotline is not None
        incident = uow.incidents.get(hotline.incident_id or "")
    assert incident is not None
    publish(ctx, day_plan("d1", stops=(incident_stop(replace(incident, category="")), *STOPS[:2])))
    filed = Step(action="file", note=STORY)
    file_case(ctx, incident.id, user=who["planner"], step=filed, item_code=ITEM.code)
    stop = f"incident:{incident.id}"
    fieldwork.check_in(ctx, fieldwork.Arrival(id="c" * 16, stop_id=stop, note=STORY), user=officer)
    with ctx.storage.read() as uow:
        known = uow.incidents.get(incident.id)
    assert known is not None
    assert known.case_id is not None
    fine = PenaltyGiven(
        kind="fine",
        party="citizen",
        party_name=PARTY["party"],
        amount_yuan=50,
        officers=("o1", "o2"),
        certificates_shown=True,
        rights_told=True,
    )
    act(ctx, known.case_id, Step(action="settle", note=STORY, penalty=fine), user=officer)
    finding = fieldwork.FieldFinding(
        kind="dumping",
        outcome="passed_on",
        description=STORY,
        position=fieldwork.Position(lon=113.006, lat=34.006),
    )
    fieldwork.record_finding(ctx, finding, user=officer)


def _duty_is_exchanged(ctx: Context, now: MovableNow, *, officer: User) -> tuple[str, str]:
    """The rest of the month is rostered, and the officer asks a colleague to take a day."""
    staffed(ctx, now)
    make_month(ctx, township_code=EAST, month=MONTH, actor="planner")
    publish_month(ctx, township_code=EAST, month=MONTH, actor="planner")
    with ctx.storage.read() as uow:
        person = uow.officers.get(officer.officer_id or "")
    assert person is not None
    duties = [duty.day for duty in my_month(ctx, user=officer, month=MONTH).duties]
    found = (
        (day, option)
        for day in duties
        for option in ways_out(ctx, officer=person, day=day).options
        if option.lawful
    )
    day, option = next(found)
    asked = ask(ctx, user=officer, taker=option.swap.taker, day=day, back=option.swap.back, why="家中有事")
    now.moment = NOW + timedelta(hours=1)
    return str(day), asked.id
