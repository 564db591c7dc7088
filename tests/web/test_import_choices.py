"""Village files no rule understands: layers and columns chosen on the screen, the file sent once."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import shapely
from conftest import EAST, post_form
from flask.testing import FlaskClient
from pyogrio.raw import write
from test_import_screen import send, token_in, waiting
from test_shell import check_page

from gridmgr.domain.places import Village
from gridmgr.services import accounts
from gridmgr.services.context import Context
from webapp.admin.import_options import FIXED_FIELDS, Options

AsUser = Callable[[str], FlaskClient]
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
#: Two villages west to east, headers that mean nothing to us.
STRANGE = {"甲": ["V1", "V2"], "乙": ["上湾", "下湾"], "a<b>&\"c'": ["x", "y"]}
KNOWN = {"村代码": [f"{EAST}008", f"{EAST}009"], "村名称": ["上湾", "下湾"]}
BOXES = [shapely.box(113.02 + n / 100, 34.0, 113.03 + n / 100, 34.01) for n in range(2)]


def geojson(columns: Mapping[str, list[str]]) -> str:
    """The two villages with these columns."""
    features = [
        {
            "type": "Feature",
            "properties": {name: values[n] for name, values in columns.items()},
            "geometry": shapely.geometry.mapping(box),
        }
        for n, box in enumerate(BOXES)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def two_layers(folder: Path) -> bytes:
    """A GeoPackage whose layers both hold villages, the second under other names."""
    path = folder / "two.gpkg"
    for layer, names in (("村界2024", ["旧上", "旧下"]), ("村界2025", ["上湾", "下湾"])):
        columns = {**KNOWN, "村名称": names}
        write(
            path,
            np.array([shapely.to_wkb(box) for box in BOXES], dtype=object),
            [np.array(values, dtype=object) for values in columns.values()],
            list(columns),
            driver="GPKG",
            geometry_type="Polygon",
            crs="EPSG:4326",
            layer=layer,
            append=path.exists(),
        )
    return path.read_bytes()


def options_of(page: str, name: str) -> list[str]:
    """What a drop-down offers."""
    found = re.search(rf'<select[^>]* name="{name}".*?</select>', page, flags=re.DOTALL)
    assert found is not None, f"no drop-down {name}"
    return [html.unescape(words) for words in re.findall(r"<option[^>]*>(.*?)</option>", found.group())]


def chosen_in(page: str, name: str) -> str:
    """Value of the option that is chosen, empty where none is."""
    found = re.search(rf'<select[^>]* name="{name}".*?</select>', page, flags=re.DOTALL)
    assert found is not None, f"no drop-down {name}"
    chosen = re.search(r'<option value="([^"]*)" selected', found.group())
    return html.unescape(chosen.group(1)) if chosen else ""


def hidden_of(page: str) -> dict[str, str]:
    """Everything the button that imports would send, but for the page's own proof."""
    form = page.split('action="/admin/import/commit"')[1].split("</form>")[0]
    pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in pairs if name != "csrf_token"}


def page_of(client: FlaskClient, path: str, form: Mapping[str, str]) -> str:
    """The answer to a form of the import pages."""
    page: str = post_form(client, path, page="/admin/import/", **form).get_data(as_text=True)
    return page


def again(client: FlaskClient, page: str, **options: str) -> str:
    """Try the waiting file with other options."""
    form = {"token": token_in(page), "kind": "villages", **options}
    return page_of(client, "/admin/import/again", form)


def commit(client: FlaskClient, page: str) -> str:
    """Press the button of a preview."""
    return page_of(client, "/admin/import/commit", hidden_of(page))


def village(ctx: Context, code: str) -> Village:
    """A stored village."""
    with ctx.storage.read() as uow:
        found = uow.villages.get(code)
    assert found is not None
    return found


def test_a_layer_can_be_named_before_any_preview(as_user: AsUser) -> None:
    """In a text field; there is nothing to choose columns from yet."""
    page = as_user("admin").get("/admin/import/?kind=villages").get_data(as_text=True)
    assert re.search(r'<input[^>]* name="layer"', page)
    assert 'name="column_code"' not in page


def test_a_file_of_unknown_columns_is_imported_by_choosing_them(
    as_user: AsUser, ctx: Context, tmp_path: Path
) -> None:
    """Refused with its columns to choose from, then previewed and imported, sent but once."""
    admin = as_user("admin")
    answer = send(admin, "villages", "未知.geojson", geojson(STRANGE))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    check_page(page, "zh")
    assert "村代码、村名称" in page
    assert "列对应" in page
    assert '<details class="mb-3" id="columns" open>' in page
    assert options_of(page, "column_code") == ["自动（未找到）", "不读取", *STRANGE]
    assert waiting(tmp_path) == ["未知.geojson"]

    page = again(admin, page, column_code="column:甲", column_name="column:乙")
    assert "看不出每个村属于哪个乡镇" in page
    assert chosen_in(page, "column_code") == "column:甲"

    fixed = {"fixed_township_code": EAST, "fixed_township_name": "东乡", "fixed_county_name": "甲县"}
    page = again(admin, page, column_code="column:甲", column_name="column:乙", **fixed)
    check_page(page, "zh")
    assert "可以导入 2 条" in page
    assert hidden_of(page).items() >= {"column_code": "column:甲", **fixed}.items()
    assert "已导入 2 条" in commit(admin, page)
    stored = village(ctx, "V1")
    assert (stored.name, stored.township_code, stored.county_name) == ("上湾", EAST, "甲县")
    assert waiting(tmp_path) == []


def test_a_preview_tells_which_columns_were_found_and_lets_them_be_changed(as_user: AsUser) -> None:
    """Also where nothing went wrong."""
    admin = as_user("admin")
    page = send(admin, "villages", "v.geojson", geojson({**KNOWN, "别名": ["甲湾", "乙湾"]})).get_data(
        as_text=True
    )
    assert options_of(page, "column_name")[0] == "自动（村名称）"
    assert options_of(page, "column_risk")[0] == "自动（未找到）"
    page = again(admin, page, column_name="column:别名")
    assert "甲湾" in page.split('id="columns"')[0]
    assert chosen_in(page, "column_name") == "column:别名"


def test_a_column_can_be_left_out(as_user: AsUser) -> None:
    """Its name says risk, its values do not."""
    admin = as_user("admin")
    columns = {**KNOWN, "风险等级": ["?", "!"]}
    page = send(admin, "villages", "v.geojson", geojson(columns)).get_data(as_text=True)
    assert "有 2 行不正确" in page
    page = again(admin, page, column_risk="none")
    assert "可以导入 2 条" in page
    assert hidden_of(page)["column_risk"] == "none"


def test_a_fixed_value_wins_over_a_column(as_user: AsUser, ctx: Context) -> None:
    """As the hint beside it says."""
    admin = as_user("admin")
    columns = {**KNOWN, "乡镇名称": ["一镇", "二镇"]}
    page = send(admin, "villages", "v.geojson", geojson(columns)).get_data(as_text=True)
    page = again(admin, page, column_township_name="column:乡镇名称", fixed_township_name="三镇")
    commit(admin, page)
    assert village(ctx, f"{EAST}008").township_name == "三镇"


@pytest.mark.parametrize("field", ["code", "name", "kind", "risk", "required_visits_per_week"])
def test_only_parents_may_have_a_fixed_value(field: str) -> None:
    """All villages under one code would be one village."""
    assert field not in FIXED_FIELDS
    assert Options.of_form({"kind": "villages", f"fixed_{field}": "A"}).mapping == {}


def test_a_column_whose_name_is_another_choice_can_be_chosen(as_user: AsUser) -> None:
    """A column called none is a column; one with signs of HTML stays whole."""
    admin = as_user("admin")
    columns = {"none": ["V1", "V2"], "a<b>&\"c'": ["上湾", "下湾"], "乡镇名称": ["一镇", "一镇"]}
    page = send(admin, "villages", "v.geojson", geojson(columns)).get_data(as_text=True)
    page = again(admin, page, column_code="column:none", column_name="column:a<b>&\"c'")
    check_page(page, "zh")
    assert "可以导入 2 条" in page
    assert hidden_of(page)["column_name"] == "column:a<b>&\"c'"


def test_a_column_is_never_taken_for_a_constant(as_user: AsUser) -> None:
    """One whose name starts like one is not offered, and choosing it all the same chooses nothing."""
    columns = {**KNOWN, "=1": ["x", "y"]}
    page = send(as_user("admin"), "villages", "v.geojson", geojson(columns)).get_data(as_text=True)
    assert options_of(page, "column_code")[2:] == list(KNOWN)
    assert Options.of_form({"kind": "villages", "column_code": "column:=1"}).mapping == {}


def test_a_column_the_file_lacks_is_refused_with_those_it_has(as_user: AsUser) -> None:
    """Left over from another layer; the field is found by itself again."""
    admin = as_user("admin")
    page = send(admin, "villages", "v.geojson", geojson(KNOWN)).get_data(as_text=True)
    page = again(admin, page, column_name="column:不在")
    assert "“不在”不在文件里" in page
    assert chosen_in(page, "column_name") == ""
    assert "村名称" in options_of(page, "column_name")


def test_one_of_several_layers_is_chosen_from_a_list(as_user: AsUser, ctx: Context, tmp_path: Path) -> None:
    """Nothing is guessed between equals, and the file stays."""
    admin = as_user("admin")
    answer = send(admin, "villages", "two.gpkg", two_layers(tmp_path))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    check_page(page, "zh")
    assert "请在“图层”中选一个" in page
    assert options_of(page, "layer") == ["自动选择", "村界2024", "村界2025"]
    page = again(admin, page, layer="村界2025")
    assert "可以导入 2 条" in page
    assert chosen_in(page, "layer") == "村界2025"
    commit(admin, page)
    assert village(ctx, f"{EAST}008").name == "上湾"


def test_a_layer_that_is_not_there_is_refused_with_those_that_are(as_user: AsUser) -> None:
    """A name typed wrongly before the first preview."""
    answer = send(as_user("admin"), "villages", "v.geojson", geojson(KNOWN), layer="cun")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "没有图层“cun”" in page
    assert options_of(page, "layer") == ["自动选择", "v"]


def test_a_field_without_a_column_is_called_by_its_chinese_name(as_user: AsUser) -> None:
    """In the list of bad rows; a column keeps the file's own name."""
    columns = {"村代码": [f"{EAST}008", "9"], "村名称": ["上湾", ""]}
    page = send(as_user("admin"), "villages", "v.geojson", geojson(columns)).get_data(as_text=True)
    rows = page.split("<tbody>")[1].split("</tbody>")[0]
    assert "<td>乡镇代码</td>" in rows
    assert "<td>村名称</td>" in rows
    assert "缺少 村名称" in rows
    assert "township_code" not in rows


def test_the_english_screen_says_the_same(as_user: AsUser, ctx: Context) -> None:
    """With the command line's flags beside the options' names."""
    accounts.set_language(ctx, "admin", "en")
    page = send(as_user("admin"), "villages", "v.geojson", geojson(STRANGE)).get_data(as_text=True)
    check_page(page, "en")
    assert "Choose it under Columns (--map" in page
    assert options_of(page, "column_code")[:2] == ["By itself (none found)", "Do not read"]


@pytest.mark.parametrize("page", ["preview", "again", "commit"])
def test_the_language_can_be_switched_on_a_preview(as_user: AsUser, page: str) -> None:
    """It leads back to the form, not to an error."""
    admin = as_user("admin")
    referrer = {"Referer": f"http://localhost/admin/import/{page}"}
    answer = admin.get("/language/en", headers=referrer, follow_redirects=True)
    assert answer.status_code == 200
    assert 'id="preview"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("kind", ["places", "roads"])
def test_other_files_have_no_layers_or_columns_to_choose(as_user: AsUser, kind: str) -> None:
    """Their headers are fixed."""
    page = as_user("admin").get(f"/admin/import/?kind={kind}").get_data(as_text=True)
    assert 'name="layer"' not in page


def test_options_come_back_from_the_forms_they_make() -> None:
    """Whatever was chosen is what is imported."""
    form = {
        "kind": "villages",
        "layer": "村界",
        "encoding": "GB18030",
        "crs": "EPSG:4490",
        "column_code": "column:甲",
        "column_name": "column:名 称 ",
        "column_kind": "none",
        "fixed_county_code": "410101",
        "repair": "1",
        "update": "1",
    }
    options = Options.of_form(form)
    again_options = Options.of_form(dict(options.form_fields()))
    assert again_options == options


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside the project")
def test_a_real_shapefile_in_gbk_is_previewed_with_its_columns(as_user: AsUser) -> None:
    """Zipped, as a bureau sends it."""
    content = (SHARED / "data" / "village_shapefile_gbk.zip").read_bytes()
    answer = send(as_user("admin"), "villages", "村界.zip", content)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    check_page(page, "zh")
    assert options_of(page, "column_code")[0].startswith("自动（")
    assert "未找到" not in options_of(page, "column_name")[0]
