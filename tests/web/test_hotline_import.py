"""Work orders of the 12345 hotline: read as counties export them, placed by their words, protected, once."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from conftest import EAST, WEST, MovableNow, post_form, token_of
from flask.testing import FlaskClient

from gridmgr.domain.cases import Step
from gridmgr.domain.deadlines import DeadlineRule, Extension, Thresholds, end_of, standing
from gridmgr.domain.users import User
from gridmgr.errors import Conflict
from gridmgr.services.cases.acting import act
from gridmgr.services.context import Context
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.services.deadlines.working import pause_clock
from gridmgr.services.importing import ImportReport, import_table
from gridmgr.services.intake import inbox
from gridmgr.services.intake.erasing import erase
from gridmgr.services.intake.reports import Report, take_report

AsUser = Callable[[str], FlaskClient]
PLANNER = User(name="planner", display_name="计划员", role="planner", township_code=EAST)
HEAD = "工单编号,来电时间,诉求人,联系电话,诉求内容,诉求地址,诉求类型,办理时限,承办单位\n"
ROW = (
    "GD001,2026-03-01 09:20,王秀英,13800001234,路边烧烤店半夜油烟很大,东乡p1市场门口,油烟扰民,"
    "2026-03-09 17:00,东乡人民政府\n"
)


def bring(ctx: Context, words: str, folder: Path, **options: bool) -> ImportReport:
    """Import csv words."""
    path = folder / "hotline.csv"
    path.write_text(words, encoding="utf-8")
    return import_table(ctx, "hotline", path, actor="admin", **options)


def tips_of(ctx: Context):
    """Reports of the hotline, by their order."""
    with ctx.storage.read() as uow:
        return {tip.sender_key: tip for tip in uow.tips.find(source="hotline")}


def notes(report: ImportReport) -> str:
    """What the report says besides."""
    return " ".join(message.render("en") for message in report.warnings)


@pytest.fixture(autouse=True)
def _places_have_villages(ctx: Context) -> None:
    """The markets lie in the first village of their township, as an import would say."""
    with ctx.storage.write("test") as uow:
        for place in uow.places.find():
            uow.places.replace(replace(place, village_code=f"{place.township_code}000"))
        uow.record("test.places", "place", "*")
        uow.commit()


def test_an_order_whose_words_name_a_place_is_an_incident_there(ctx: Context, tmp_path: Path) -> None:
    """With its time, kind and due time, and who called under seal."""
    report = bring(ctx, HEAD + ROW, tmp_path)
    assert (report.imported, report.rejected) == (1, ())
    assert "1 of them with their place" in notes(report)
    tip = tips_of(ctx)["GD001"]
    assert (tip.state, tip.point_from, tip.village_code) == ("taken", "words", f"{EAST}000")
    assert tip.due_at == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert b"13800001234" not in (tip.contact_sealed or b"13800001234")
    with ctx.storage.read() as uow:
        incident = uow.incidents.get(tip.incident_id)
        trail = json.dumps([event.detail for event in uow.audit.find()], ensure_ascii=False)
    assert (incident.source, incident.category) == ("hotline", "油烟扰民")
    assert (incident.lon, incident.lat) == (113.005, 34.005)
    assert incident.reported_at == datetime(2026, 3, 1, 1, 20, tzinfo=UTC)
    assert "13800001234" not in trail
    assert "王秀英" not in trail
    found = inbox.look_at_contact(ctx, tip.id, why="回访", user=PLANNER)
    assert (found.name, found.phone) == ("王秀英", "13800001234")


@pytest.mark.parametrize(
    ("where", "office", "village", "township"),
    [
        ("东乡0村卫生室旁", "", f"{EAST}000", EAST),
        ("0村卫生室旁", "", None, None),
        ("老槐树下", "西乡综合行政执法办公室", None, WEST),
        ("西乡老槐树下", "县城管局", None, WEST),
        ("p1市场和p2市场之间", "", None, None),
    ],
)
def test_an_order_without_a_certain_place_waits_in_the_inbox(
    ctx: Context, tmp_path: Path, where: str, office: str, village: str | None, township: str | None
) -> None:
    """Of the township, or of all where that is not known either."""
    report = bring(ctx, HEAD + f"A1,2026-03-01 09:20,,,垃圾没人清,{where},,,{office}\n", tmp_path)
    assert report.imported == 1
    assert "0 of them with their place" in notes(report)
    assert ("县城管局" in notes(report)) == (office == "县城管局")
    tip = tips_of(ctx)["A1"]
    assert (tip.state, tip.village_code, tip.township_code) == ("pending", village, township)
    assert tip.contact_sealed is None
    shown = {item.tip.id for item in inbox.inbox(ctx, township_code=EAST)}
    assert (tip.id in shown) == (township in (None, EAST))


def test_headers_as_counties_export_them_below_a_title(ctx: Context, tmp_path: Path) -> None:
    """Other names, a title above, numbers kept as text, nobody's name, a length of time for a due time."""
    # As spreadsheets keep it: without a zone.
    eight = datetime(2026, 3, 2, 8)  # noqa: DTZ001
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["12345 政务服务便民热线工单清单（2026 年 3 月）"])
    sheet.append(
        [
            "工单号",
            "工单标题",
            "工单内容",
            "受理时间",
            "来电人",
            "来电号码",
            "事发地址",
            "办结时限",
            "紧急程度",
            "处理状态",
        ]
    )
    sheet.append(
        [
            "'20260301000000001",
            "占道",
            "占道经营堵住校门",
            eight,
            "匿名",
            13800001234,
            "东乡1村",
            "5个工作日",
            "紧急",
            "待办",
        ]
    )
    sheet.append(
        [
            "20260301000000002",
            "噪声",
            "噪声扰民",
            eight,
            "李",
            "0371-12345678",
            "东乡1村",
            "2026-03-04",
            "一般",
            "",
        ]
    )
    path = tmp_path / "export.xlsx"
    book.save(path)
    report = import_table(ctx, "hotline", path, actor="admin")
    assert (report.read, report.imported, report.unknown_columns) == (2, 2, ("处理状态",))
    found = tips_of(ctx)
    first, second = found["20260301000000001"], found["20260301000000002"]
    assert (first.description, second.description) == ("占道经营堵住校门", "噪声扰民")
    assert (first.urgent, second.urgent) == (True, False)
    # Five working days after Monday 2 March, and Wednesday, each at the close of business (17:30).
    assert first.due_at == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)
    assert second.due_at == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    contact = inbox.look_at_contact(ctx, first.id, why="回访", user=PLANNER)
    assert (contact.name, contact.phone) == ("", "13800001234")
    assert "13800001234" not in json.dumps(report.preview, ensure_ascii=False)


def test_numbers_kept_as_text_by_a_formula_are_numbers(ctx: Context, tmp_path: Path) -> None:
    """What exports write into csv so that spreadsheets leave long numbers alone."""
    row = '="20260301000000002",2026-03-01 09:20,,="13800001234",垃圾,东乡1村,,,\n'
    assert bring(ctx, HEAD + row, tmp_path).imported == 1
    tip = tips_of(ctx)["20260301000000002"]
    assert inbox.look_at_contact(ctx, tip.id, why="回访", user=PLANNER).phone == "13800001234"


def test_the_same_file_again_changes_nothing(ctx: Context, tmp_path: Path) -> None:
    """Also after somebody acted on an order, and after its contact was deleted."""
    other = "GD002,2026-03-01 10:00,,,垃圾没人清,老槐树下,,,\n"
    bring(ctx, HEAD + ROW + other, tmp_path)
    tip = tips_of(ctx)["GD001"]
    inbox.decide(ctx, tip.id, action="file", user=PLANNER)
    with ctx.storage.write("test") as uow:
        erase(ctx, uow, uow.tips.get(tip.id), why="request", photos=True)
        uow.commit()
    with ctx.storage.read() as uow:
        before = len(uow.audit.find())
    report = bring(ctx, HEAD + ROW + other, tmp_path)
    assert (report.imported, report.unchanged, report.rejected) == (0, 2, ())
    with ctx.storage.read() as uow:
        assert len(uow.audit.find()) == before


@pytest.mark.parametrize(
    ("old", "new", "field", "value"),
    [
        ("油烟很大", "油烟极大", "诉求内容", "路边烧烤店半夜油烟极大"),
        ("2026-03-09 17:00", "2026-03-10 17:00", "办理时限", "2026-03-10"),
        ("油烟扰民", "噪声", "诉求类型", "噪声"),
        ("13800001234", "13900005678", "联系电话", None),
    ],
)
def test_other_content_is_a_conflict_that_names_the_field(
    ctx: Context, tmp_path: Path, old: str, new: str, field: str, value: str | None
) -> None:
    """Nothing else of the file is taken; asked for, it corrects what nobody acted on."""
    bring(ctx, HEAD + ROW, tmp_path)
    changed = HEAD + ROW.replace(old, new)
    report = bring(ctx, changed + "GD009,2026-03-01 10:00,,,垃圾,老槐树下,,,\n", tmp_path)
    assert report.refused
    problem = report.rejected[0]
    assert (problem.row, problem.code, problem.field) == (1, "GD001", field)
    assert (problem.value is None) == (value is None)
    assert (problem.value or "").startswith(value or "")
    assert set(tips_of(ctx)) == {"GD001"}
    assert bring(ctx, changed, tmp_path, update=True).imported == 1
    assert bring(ctx, changed, tmp_path).unchanged == 1
    tip = tips_of(ctx)["GD001"]
    with ctx.storage.read() as uow:
        assert uow.incidents.get(tip.incident_id).description == tip.description


def test_what_somebody_acted_on_is_not_replaced(ctx: Context, tmp_path: Path) -> None:
    """Not even when asked for."""
    bring(ctx, HEAD + ROW, tmp_path)
    inbox.decide(ctx, tips_of(ctx)["GD001"].id, action="file", user=PLANNER)
    report = bring(ctx, HEAD + ROW.replace("油烟很大", "油烟极大"), tmp_path, update=True)
    assert report.refused
    assert "acted on" in report.rejected[0].render("en")


def test_new_words_may_give_a_waiting_order_its_place(ctx: Context, tmp_path: Path) -> None:
    """The correction makes it an incident like a first import would have."""
    bring(ctx, HEAD + ROW.replace("东乡p1市场门口", "市场门口"), tmp_path)
    assert tips_of(ctx)["GD001"].state == "pending"
    assert bring(ctx, HEAD + ROW, tmp_path, update=True).imported == 1
    assert tips_of(ctx)["GD001"].state == "taken"


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ("A1,2026-03-01 09:20,,,,东乡,,,\n", "诉求内容", "must not be blank"),
        ("A1,明天,,,垃圾,东乡,,,\n", "来电时间", "明天"),
        ("A1,2026-03-05 09:20,,,垃圾,东乡,,,\n", "来电时间", "in the future"),
        ("A1,2026-03-01 09:20,,,垃圾,东乡,,很快,\n", "办理时限", "很快"),
        ("A1,2026-03-01 09:20,,,垃圾,东乡,,2026-02-20,\n", "办理时限", "before the call"),
        (f"A1,2026-03-01 09:20,{'王' * 200},,垃圾,东乡,,,\n", "诉求人", "too long"),
    ],
)
def test_a_bad_row_is_named_and_keeps_all_out(
    ctx: Context, tmp_path: Path, row: str, field: str, words: str
) -> None:
    """Row, field and value; a dry run says the same and neither writes anything."""
    for dry_run in (True, False):
        report = bring(ctx, HEAD + ROW + row, tmp_path, dry_run=dry_run)
        assert report.refused
        assert report.rejected[0].row == 2
        assert report.rejected[0].field == field
        assert words in report.rejected[0].render("en")
    assert tips_of(ctx) == {}
    assert bring(ctx, HEAD + ROW + row, tmp_path, skip_bad=True).imported == 1


def test_a_dry_run_leaves_no_trace(ctx: Context, tmp_path: Path) -> None:
    """No report, no event, no key."""
    report = bring(ctx, HEAD + ROW, tmp_path, dry_run=True)
    assert (report.imported, report.dry_run) == (1, True)
    assert tips_of(ctx) == {}
    assert not ctx.config.contact_key_file.exists()


def test_what_may_be_told_twice_is_said(ctx: Context, tmp_path: Path) -> None:
    """Against what is on record and within the file; far away or of other words it is not."""
    told = Report(
        source="tip",
        sender_key="k",
        category="油烟扰民",
        description="烧烤店半夜油烟很大",
        lon=113.0051,
        lat=34.0051,
    )
    known = take_report(ctx, told).tip
    again = ROW.replace("GD001", "GD002")
    elsewhere = ROW.replace("GD001", "GD003").replace("东乡p1", "西乡p2").replace("东乡", "西乡")
    other = (
        ROW.replace("GD001", "GD004")
        .replace("路边烧烤店半夜油烟很大", "垃圾没人清")
        .replace("油烟扰民", "乱堆乱放")
    )
    said = notes(bring(ctx, HEAD + ROW + again + elsewhere + other, tmp_path))
    assert f"GD001 and {known.incident_id}" in said
    assert "GD002 and GD001" in said
    assert "GD003" not in said
    assert "GD004" not in said


def test_the_order_s_due_time_is_the_case_s(ctx: Context, tmp_path: Path, now: MovableNow) -> None:
    """Not the usual five days; suspending the case does not move it, and nobody pauses it."""
    bring(ctx, HEAD + ROW, tmp_path)
    filed = inbox.decide(ctx, tips_of(ctx)["GD001"].id, action="file", user=PLANNER)
    with ctx.storage.read() as uow:
        clock = next(item for item in uow.clocks.of_case(filed.case.id) if item.phase == "hotline")
        calendar = calendar_of(uow, ctx.clock.zone)
    assert clock.due_at == datetime(2026, 3, 9, 9, tzinfo=UTC)
    now.advance(timedelta(hours=1))
    with pytest.raises(Conflict, match="ordered"):
        pause_clock(ctx, clock.id, kind="other", note="x", user=PLANNER)
    act(ctx, filed.case.id, Step(action="suspend", note="等待配件"), user=PLANNER)
    with ctx.storage.read() as uow:
        suspended = next(item for item in uow.clocks.of_case(filed.case.id) if item.phase == "hotline")
    assert (suspended.is_paused, suspended.due_at) == (False, clock.due_at)
    assert standing(suspended, ctx.clock.utc_now(), calendar, Thresholds()).due == clock.due_at
    late = standing(suspended, datetime(2026, 3, 9, 9, 1, tzinfo=UTC), calendar, Thresholds())
    assert (late.level, late.used) == ("overdue", 1.0)
    more = Extension(
        id="x",
        rule=DeadlineRule(amount=2, unit="working_day"),
        asked_by="planner",
        asked_at=ctx.clock.utc_now(),
        reason="等待配件",
        state="approved",
        decided_by="lead",
        decided_at=ctx.clock.utc_now(),
    )
    assert end_of(suspended.with_extensions([more]), calendar) == datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


def test_the_admin_previews_and_takes_a_file_and_its_template(as_user: AsUser, ctx: Context) -> None:
    """Over the import screen, as every other table."""
    admin = as_user("admin")
    page = admin.get("/admin/import/?kind=hotline")
    assert "12345" in page.get_data(as_text=True)
    template = admin.get("/admin/import/templates/hotline.xlsx")
    headers = next(openpyxl.load_workbook(io.BytesIO(template.data)).active.iter_rows(values_only=True))
    assert headers[:5] == ("工单编号", "来电时间", "诉求内容", "诉求标题", "诉求人")
    data = {
        "kind": "hotline",
        "file": (io.BytesIO((HEAD + ROW).encode()), "工单.csv"),
        "csrf_token": token_of(admin, "/admin/import/"),
    }
    preview = admin.post("/admin/import/preview", data=data, content_type="multipart/form-data")
    words = preview.get_data(as_text=True)
    assert preview.status_code == 200
    assert "GD001" in words
    assert "13800001234" not in words
    assert "王秀英" not in words
    token = words.split('name="token" value="', 1)[1].split('"', 1)[0]
    done = post_form(admin, "/admin/import/commit", page="/admin/import/", token=token, kind="hotline")
    assert done.status_code == 200
    assert set(tips_of(ctx)) == {"GD001"}


def test_the_inbox_shows_order_and_due_time_and_the_api_takes_files(as_user: AsUser, ctx: Context) -> None:
    """For whoever has to answer the hotline."""
    data = {"file": (io.BytesIO((HEAD + ROW).encode()), "工单.csv")}
    taken = as_user("admin").post("/api/v1/imports/hotline", data=data, content_type="multipart/form-data")
    assert (taken.status_code, taken.json["imported"]) == (200, 1)
    tip = as_user("planner").get("/api/v1/tips").json["tips"][0]
    assert (tip["order_no"], tip["due_at"], tip["source"]) == (
        "GD001",
        "2026-03-09T09:00:00Z",
        "hotline",
    )
    assert "13800001234" not in json.dumps(tip, ensure_ascii=False)
