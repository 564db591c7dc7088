"""The upload screen: look first, import then, and leave nothing behind."""

from __future__ import annotations

import io
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from apiflask import APIFlask
from conftest import EAST, post_form, token_of
from flask.testing import FlaskClient
from test_shell import check_page
from werkzeug.test import TestResponse

from gridmgr.services.context import Context
from webapp.admin.uploads import KEEP_SECONDS, safe_name

AsUser = Callable[[str], FlaskClient]
HEADERS = "编号,名称,类型,经度,纬度,停留分钟\n"
GOOD = HEADERS + "n1,新市场,market,113.005,34.005,20\n"
MIXED = GOOD + "n2,海里,market,0,0,20\n"


def send(client: FlaskClient, kind: str, name: str, content: str | bytes, **options: str) -> TestResponse:
    """Upload a file for preview."""
    data = content.encode() if isinstance(content, str) else content
    form = {"kind": kind, "csrf_token": token_of(client, "/admin/import/"), **options}
    return client.post("/admin/import/preview", data={**form, "file": (io.BytesIO(data), name)})


def token_in(page: str) -> str:
    """The waiting file's number."""
    found = re.search(r'name="token" value="([0-9a-f]{32})"', page)
    assert found is not None, page
    return found.group(1)


def place_ids(ctx: Context) -> list[str]:
    """Ids of all places."""
    with ctx.storage.read() as uow:
        return [place.id for place in uow.places.find()]


def waiting(tmp_path: Path) -> list[str]:
    """Names of the files that wait."""
    return [path.name for path in (tmp_path / "up").glob("*/*/*")]


def test_a_preview_writes_nothing(as_user: AsUser, ctx: Context) -> None:
    """It says how many rows there would be and shows the first."""
    answer = send(as_user("admin"), "places", "点位.csv", GOOD)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    check_page(page, "zh")
    assert "可以导入 1 条" in page
    assert "新市场" in page
    assert "点位.csv" in page
    assert place_ids(ctx) == ["p1", "p2"]


def test_what_was_previewed_can_be_imported_once(as_user: AsUser, ctx: Context, tmp_path: Path) -> None:
    """Then the file is gone, and the audit trail names it as the user did."""
    admin = as_user("admin")
    page = send(admin, "places", "点位.csv", GOOD).get_data(as_text=True)
    assert waiting(tmp_path) == ["点位.csv"]
    form = {"token": token_in(page), "kind": "places"}
    done = post_form(admin, "/admin/import/commit", page="/admin/import/", **form)
    assert "已导入 1 条" in done.get_data(as_text=True)
    check_page(done.get_data(as_text=True), "zh")
    assert place_ids(ctx) == ["n1", "p1", "p2"]
    assert waiting(tmp_path) == []
    with ctx.storage.read() as uow:
        event = uow.audit.find(subject_kind="places")[0]
    assert (event.actor, event.subject_id) == ("admin", "点位.csv")
    again = post_form(admin, "/admin/import/commit", page="/admin/import/", **form)
    assert again.status_code == 400
    assert "重新上传" in again.get_data(as_text=True)


def test_one_bad_row_keeps_the_file_out_until_it_is_skipped(as_user: AsUser, ctx: Context) -> None:
    """The row is named with its reason; the same file is previewed again with the option."""
    admin = as_user("admin")
    page = send(admin, "places", "点位.csv", MIXED).get_data(as_text=True)
    assert "有 1 行不正确" in page
    assert 'id="commit"' not in page
    row = page.split("<tbody>")[1].split("</tbody>")[0]
    assert "n2" in row
    form = {"token": token_in(page), "kind": "places", "skip_bad": "1"}
    page = post_form(admin, "/admin/import/again", page="/admin/import/", **form).get_data(as_text=True)
    assert "可以导入 1 条" in page
    assert '<input type="hidden" name="skip_bad" value="1">' in page
    post_form(admin, "/admin/import/commit", page="/admin/import/", **form)
    assert place_ids(ctx) == ["n1", "p1", "p2"]


def test_a_file_of_bad_rows_is_refused_even_when_sent_straight_to_commit(
    as_user: AsUser, ctx: Context
) -> None:
    """All or nothing is the importer's rule, not the page's."""
    admin = as_user("admin")
    page = send(admin, "places", "点位.csv", MIXED).get_data(as_text=True)
    form = {"token": token_in(page), "kind": "places"}
    answer = post_form(admin, "/admin/import/commit", page="/admin/import/", **form)
    assert answer.status_code == 422
    assert "没有写入任何数据" in answer.get_data(as_text=True)
    assert place_ids(ctx) == ["p1", "p2"]


def test_villages_are_previewed_with_names_and_imported(as_user: AsUser, ctx: Context) -> None:
    """A GeoJSON file through the screen to the database."""
    ring = [[113.02, 34.0], [113.03, 34.0], [113.03, 34.01], [113.02, 34.01], [113.02, 34.0]]
    properties = {"村代码": f"{EAST}009", "村名称": "新村", "乡镇代码": EAST, "乡镇名称": "东乡"}
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    admin = as_user("admin")
    page = send(admin, "villages", "villages.geojson", text).get_data(as_text=True)
    check_page(page, "zh")
    assert "新村" in page
    form = {"token": token_in(page), "kind": "villages", "encoding": "", "crs": ""}
    post_form(admin, "/admin/import/commit", page="/admin/import/", **form)
    with ctx.storage.read() as uow:
        village = uow.villages.get(f"{EAST}009")
    assert village is not None
    assert village.name == "新村"


def test_villages_that_cannot_be_read_may_be_tried_with_other_options(
    as_user: AsUser, tmp_path: Path
) -> None:
    """The file stays; the problem is said in words."""
    answer = send(as_user("admin"), "villages", "villages.geojson", "no json at all")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    check_page(page, "zh")
    assert 'role="alert"' in page
    assert 'id="again"' in page
    assert waiting(tmp_path) == ["villages.geojson"]


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("places", "点位.csv", b""),
        ("places", "点位.csv", HEADERS.encode()),
        ("places", "点位.pdf", b"%PDF"),
        ("places", "点位.xlsx", b"no workbook"),
        ("places", "", b""),
        ("places", "name-without-ending", b"x"),
        ("roads", "roads.osm", b"<osm"),
        ("nonsense", "x.csv", b"x"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words_and_not_kept(
    as_user: AsUser, tmp_path: Path, kind: str, name: str, content: bytes
) -> None:
    """Empty, headers only, of the wrong kind, broken, none at all."""
    answer = send(as_user("admin"), kind, name, content)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'role="alert"' in page
    check_page(page, "zh")
    assert waiting(tmp_path) == []


def test_another_users_file_cannot_be_reached(as_user: AsUser, ctx: Context, app: APIFlask) -> None:
    """Knowing the number is not enough (ASVS 8.2.1)."""
    page = send(as_user("admin"), "places", "点位.csv", GOOD).get_data(as_text=True)
    with ctx.storage.write("test") as uow:
        other = uow.users.get("admin")
        assert other is not None
        hashed = uow.users.password_hash("admin") or ""
        uow.users.add(type(other)(name="admin2", display_name="二", role="admin"), password_hash=hashed)
        uow.record("test.user", "user", "admin2")
        uow.commit()
    form = {"token": token_in(page), "kind": "places"}
    answer = post_form(as_user("admin2"), "/admin/import/commit", page="/admin/import/", **form)
    assert answer.status_code == 400
    assert place_ids(ctx) == ["p1", "p2"]


@pytest.mark.parametrize("token", ["", "..", "../../x", "0" * 32, "a" * 31])
def test_a_number_that_is_none_reaches_nothing(as_user: AsUser, token: str) -> None:
    """Neither outside the folder nor inside (ASVS 5.3.2)."""
    form = {"token": token, "kind": "places"}
    admin = as_user("admin")
    assert post_form(admin, "/admin/import/commit", page="/admin/import/", **form).status_code == 400
    assert post_form(admin, "/admin/import/discard", page="/admin/import/", **form).status_code == 303


def test_a_waiting_file_can_be_thrown_away(as_user: AsUser, tmp_path: Path) -> None:
    """At once."""
    admin = as_user("admin")
    page = send(admin, "places", "点位.csv", GOOD).get_data(as_text=True)
    form = {"token": token_in(page), "kind": "places"}
    assert post_form(admin, "/admin/import/discard", page="/admin/import/", **form).status_code == 303
    assert waiting(tmp_path) == []


def test_files_left_behind_go_with_the_next_upload(as_user: AsUser, tmp_path: Path) -> None:
    """After an hour."""
    admin = as_user("admin")
    send(admin, "places", "old.csv", GOOD)
    folder = next((tmp_path / "up").glob("*/*"))
    long_ago = time.time() - KEEP_SECONDS - 60
    os.utime(folder, (long_ago, long_ago))
    send(admin, "places", "new.csv", GOOD)
    assert waiting(tmp_path) == ["new.csv"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("点位.csv", "点位.csv"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\王\\村界.zip", "村界.zip"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("x.osm.pbf", "x.osm.pbf"),
        (".csv", ""),
        ("noending", ""),
        ("", ""),
    ],
)
def test_file_names_lose_paths_and_dangerous_signs(given: str, kept: str) -> None:
    """Chinese stays."""
    assert safe_name(given) == kept


def test_the_template_of_a_table_is_a_workbook_with_chinese_headers(as_user: AsUser) -> None:
    """To fill in and upload."""
    answer = as_user("admin").get("/admin/import/templates/officers.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:2] == ["工号", "姓名"]
    assert as_user("admin").get("/admin/import/templates/villages.xlsx").status_code == 404


def test_uploads_may_be_larger_than_other_bodies(app: APIFlask, as_user: AsUser, ctx: Context) -> None:
    """The limit of forms does not hold for files to import."""
    app.config["MAX_CONTENT_LENGTH"] = 2000
    admin = as_user("admin")
    answer = send(admin, "places", "点位.csv", GOOD + "\n" * 5000)
    assert answer.status_code == 200
    assert "可以导入 1 条" in answer.get_data(as_text=True)
