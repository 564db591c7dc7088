"""Case files and lists of cases: the whole trail in PDF, Word, workbook and points, for its readers."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from case_world import MARKET, WATER, file, fill, incident, step
from click.testing import CliRunner
from conftest import EAST, TODAY
from field_world import jpeg
from flask.testing import FlaskClient
from lxml import etree
from pdf_text import page_count, pdf_text

from gridmgr.cli.main import main
from gridmgr.domain.cases import Actor, Step
from gridmgr.services.cases import act
from gridmgr.services.context import Context
from gridmgr.services.documents import cjk_font
from gridmgr.services.photos import read_photo

AsUser = Callable[[str], FlaskClient]
NOTE = '已责令改正 #panic("x") <b>&amp; =1+1 {{7*7}} \u202e@ref'
PRINTED = '已责令改正#panic("x")<b>&amp;=1+1{{7*7}}@ref'
LIST = f"?from={TODAY}&to={TODAY}"
needs_font = pytest.mark.skipif(
    cjk_font() is None, reason="no Chinese font for PDF on this machine: install fonts-wqy-microhei"
)


@pytest.fixture
def case(ctx: Context, as_user: AsUser) -> str:
    """A case that was escalated, handled with a photo, reworked and handled again."""
    fill(ctx)
    planner, market = as_user("planner"), as_user("department")
    number = file(planner)
    step(planner, number, "escalate", note="请办理", body=MARKET)
    step(market, number, "accept")
    with ctx.storage.read() as uow:
        user = uow.users.get("department")
    act(ctx, number, Step(action="handle", note=NOTE), user=user, photos=[read_photo(jpeg((300, 200)))])
    return number


def word_text(data: bytes) -> str:
    """Text of a Word file."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return "\n".join(etree.fromstring(file.read("word/document.xml")).itertext("{*}t"))


def sha_of(ctx: Context, number: str) -> str:
    """Hash of the photo the department handed in."""
    with ctx.storage.read() as uow:
        (evidence,) = [item for taken in uow.case_steps.of_case(number) for item in taken.evidence]
    return evidence.sha256


@needs_font
def test_the_pdf_holds_the_whole_trail(ctx: Context, as_user: AsUser, case: str) -> None:
    """Report, each step with actor, time and words, the photo's hash and its check, signature lines."""
    answer = as_user("planner").get(f"/cases/{case}/file.pdf")
    assert answer.mimetype == "application/pdf"
    assert f"filename=case-{case}.pdf" in answer.headers["Content-Disposition"]
    printed = re.sub(r"[\s\u200b]", "", pdf_text(answer.data))
    for words in (
        "部分商品未标价",
        "立案",
        "上报",
        f"转{MARKET}",
        "请办理",
        "接收",
        "办结反馈",
        "县直部门",
        "2026-03-0210:00",
    ):
        assert words in printed, words
    assert PRINTED in printed
    assert sha_of(ctx, case) in printed
    assert "哈希一致" in printed
    assert "《价格法》第四十二条" in printed
    assert all(name in printed for name in ("承办人：", "审核人：", "负责人："))
    assert f"案件编号：{case}" in printed


def test_the_word_file_holds_the_same(ctx: Context, as_user: AsUser, case: str) -> None:
    """With the photo in it."""
    answer = as_user("planner").get(f"/cases/{case}/file.docx?lang=en")
    read = word_text(answer.data)
    assert NOTE.replace("\u202e", "") in read
    assert "Course of the case" in read
    assert sha_of(ctx, case) in read.replace(" ", "")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as kept:
        assert [name for name in kept.namelist() if name.startswith("word/media/")] == [
            "word/media/image1.jpg"
        ]


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_a_file_is_given_to_those_who_may_read_the_case(as_user: AsUser, case: str, form: str) -> None:
    """Another township's planner and a department that never had it are refused."""
    if form == "pdf" and cjk_font() is None:
        pytest.skip("no Chinese font for PDF on this machine: install fonts-wqy-microhei")
    address = f"/cases/{case}/file.{form}"
    got = {
        n: as_user(n).get(address).status_code for n in ("planner", "department", "lead", "officer", "admin")
    }
    assert set(got.values()) == {200}
    assert as_user("planner_west").get(address).status_code == 403
    assert as_user("water").get(address).status_code == 403
    assert as_user("admin").get(f"/cases/none/file.{form}").status_code == 404


def test_an_altered_photo_shows_in_the_file(ctx: Context, as_user: AsUser, case: str) -> None:
    """Hashes are checked when the file is made, not copied from the trail."""
    with ctx.storage.engine.begin() as connection:
        connection.exec_driver_sql("update attachment set content = x'00' where subject_kind = 'case_step'")
        connection.exec_driver_sql(
            "update attachment set mime = 'text/plain' where subject_kind = 'case_step'"
        )
    assert "内容已被改动" in word_text(as_user("planner").get(f"/cases/{case}/file.docx").data)


def test_the_list_is_a_document_with_our_policy_and_no_foreign_markup(
    ctx: Context, as_user: AsUser, case: str
) -> None:
    """A category that looks like markup is text."""
    with ctx.storage.write("test") as uow:
        uow.incidents.add(incident(7, category="<script>alert(1)</script>"))
        uow.record("test.add", "incident", "i7")
        uow.commit()
    file(as_user("planner"), "i7")
    answer = as_user("planner").get(f"/reports/cases{LIST}")
    page = answer.get_data(as_text=True)
    assert case in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_workbook_holds_cases_and_steps_and_no_formula(ctx: Context, as_user: AsUser, case: str) -> None:
    """A note that begins like a formula stays words."""
    step(as_user("planner"), case, "comment", note='=HYPERLINK("http://a","b")')
    book = openpyxl.load_workbook(io.BytesIO(as_user("planner").get(f"/reports/cases.xlsx{LIST}").data))
    cases, steps = book.worksheets
    assert [row[0].value for row in cases.iter_rows(min_row=2)] == [case]
    notes = [row[6] for row in steps.iter_rows(min_row=2)]
    assert [cell.value for cell in notes][-1] == '=HYPERLINK("http://a","b")'
    assert {cell.data_type for cell in notes} <= {"s", "n"}
    assert [row[3].value for row in steps.iter_rows(min_row=2)] == [
        "立案",
        "上报",
        "接收",
        "办结反馈",
        "补充说明",
    ]


def test_lists_hold_what_the_reader_may_see(as_user: AsUser, case: str) -> None:
    """The west's planner none, a department its own, a lead the county's; another period none."""

    def listed(name: str, query: str = LIST) -> list[str]:
        answer = as_user(name).get(f"/reports/cases.geojson{query}")
        return [feature["id"] for feature in json.loads(answer.data)["features"]]

    assert listed("planner") == listed("department") == listed("lead") == [case]
    assert listed("planner_west") == listed("water") == []
    assert listed("lead", "?from=2026-02-01&to=2026-02-28") == []
    assert as_user("planner").get("/reports/cases.geojson?from=2026-03-02&to=2026-03-01").status_code == 400
    assert as_user("planner_west").get(f"/reports/cases.xlsx{LIST}&township={EAST}").status_code == 403
    assert as_user("officer").get(f"/reports/cases{LIST}").status_code == 403


def run(ctx: Context, *words: str) -> Any:
    """The program over the same database."""
    return CliRunner().invoke(main, ["--db", ctx.config.database, "report", "cases", *words])


def test_the_command_writes_every_form(ctx: Context, case: str, tmp_path: Path) -> None:
    """List and files in one document; what is wrong is said."""
    days = ["--from", "2020-01-01", "--to", "2190-01-01"]
    forms = ["html", "docx", "xlsx", "geojson", *(["pdf"] if cjk_font() else [])]
    for form in forms:
        out = tmp_path / f"cases.{form}"
        done = run(ctx, *days, "--out", str(out))
        assert done.exit_code == 0, done.output
        assert "1 cases from" in done.output
        assert out.stat().st_size > 500
    page = (tmp_path / "cases.html").read_text(encoding="utf-8")
    assert page.count("<article") == 2
    assert "data:image/jpeg;base64," in page
    assert sha_of(ctx, case) in page.replace(" ", "")
    if cjk_font():
        whole, short = (tmp_path / "cases.pdf").read_bytes(), tmp_path / "short.pdf"
        run(ctx, *days, "--list-only", "--out", str(short))
        assert page_count(short.read_bytes()) == 1 < page_count(whole)
    one = run(ctx, *days, "--case", case, "--out", str(tmp_path / "one.docx"))
    assert one.exit_code == 0, one.output
    assert PRINTED in re.sub(r"\s", "", word_text((tmp_path / "one.docx").read_bytes()))
    assert run(ctx, *days, "--out", str(tmp_path / "cases.txt")).exit_code == 1
    assert run(ctx, *days, "--case", "none", "--out", str(tmp_path / "x.docx")).exit_code == 1
    backwards = run(ctx, "--from", "2026-03-02", "--to", "2026-03-01", "--out", str(tmp_path / "y.html"))
    assert backwards.exit_code == 1


def test_a_departments_reader_sees_the_party_masked(ctx: Context, as_user: AsUser, case: str) -> None:
    """As on the screen: whoever need not know does not learn it from the file."""
    fine = {
        "kind": "fine",
        "party": "citizen",
        "party_name": "张某某",
        "amount_yuan": 100,
        "officers": ["o1", "o2"],
        "certificates_shown": True,
        "rights_told": True,
    }
    planner, officer = as_user("planner"), as_user("officer")
    number = file(planner, "i2")
    step(planner, number, "dispatch", officer_id="o1")
    step(officer, number, "arrive")
    assert step(officer, number, "settle", note="当场改正", penalty=fine).status_code == 201
    own = word_text(planner.get(f"/cases/{number}/file.docx").data)
    lead = word_text(as_user("lead").get(f"/cases/{number}/file.docx").data)
    assert "张某某" in own
    assert "100" in own
    assert "张某某" not in lead
    assert "张**" in lead


def test_water_is_no_reader(ctx: Context, as_user: AsUser, case: str) -> None:
    """Until the case is theirs."""
    with ctx.storage.read() as uow:
        assert uow.users.get("water").department == WATER  # type: ignore[union-attr]
    act(ctx, case, Step(action="rework", note="未改"), user=Actor(name="admin", role="admin"))
    assert as_user("water").get(f"/cases/{case}/file.docx").status_code == 403
