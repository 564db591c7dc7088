"""The desk's page: who gets it, for which township, and what its scripts are told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from gridmgr.services.context import Context
from gridmgr.services.importing import import_villages
from gridmgr.texts import LANGUAGES, catalogue

EAST, WEST = "410101001", "410101002"
SCRIPTS = Path(__file__).resolve().parents[2] / "webapp" / "static" / "js" / "desk"
AsUser = Callable[[str], FlaskClient]


def config_of(page: str) -> dict[str, Any]:
    """What the page tells its scripts."""
    found = re.search(r'id="desk-config">(.*?)</script>', page)
    assert found is not None
    told: dict[str, Any] = json.loads(found.group(1))
    return told


def desk(client: FlaskClient, query: str = "") -> str:
    """The page as text."""
    answer = client.get(f"/desk/{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_a_planner_starts_at_the_own_township_and_today(as_user: AsUser) -> None:
    """Nothing has to be chosen first."""
    told = config_of(desk(as_user("planner")))
    assert told["township"] == EAST
    assert told["date"] == told["today"] == "2026-03-02"
    assert told["can_edit"] is True
    assert told["villages"] == 2
    assert told["has_roads"] is False


def test_lead_and_administrator_start_with_the_whole_county(as_user: AsUser) -> None:
    """The lead looks, the administrator may also change."""
    for name, edits in (("lead", False), ("admin", True)):
        page = desk(as_user(name))
        told = config_of(page)
        assert told["township"] == ""
        assert told["can_edit"] is edits
        assert ('id="add-stop"' in page) is edits


def test_the_address_names_township_and_day(as_user: AsUser) -> None:
    """So that a desk can be bookmarked and sent to a colleague."""
    told = config_of(desk(as_user("lead"), f"?township={WEST}&date=2026-03-05"))
    assert (told["township"], told["date"]) == (WEST, "2026-03-05")


def test_a_day_that_is_none_shows_today(as_user: AsUser) -> None:
    """A mistyped address is no reason for an error page."""
    assert config_of(desk(as_user("planner"), "?date=tomorrow"))["date"] == "2026-03-02"


@pytest.mark.parametrize(
    ("name", "query"), [("planner", f"?township={WEST}"), ("officer", ""), ("department", "")]
)
def test_the_desk_is_refused_to_others_and_for_other_townships(
    as_user: AsUser, name: str, query: str
) -> None:
    """A planner stays in the own township; officers have the phone, departments their queue."""
    assert as_user(name).get(f"/desk/{query}").status_code == 403


def test_a_stranger_is_sent_to_log_in_and_comes_back(client: FlaskClient) -> None:
    """With the asked-for day kept."""
    answer = client.get("/desk/?date=2026-03-05")
    assert answer.status_code == 302
    assert "/login?next=/desk/?date" in answer.location.replace("%2F", "/").replace("%3F", "?").replace(
        "%3D", "="
    )


def test_a_county_without_villages_is_taught_to_import_them(as_user: AsUser, ctx: Context) -> None:
    """The administrator gets the way there, sample and template; a planner is sent to the administrator."""
    admin, planner = as_user("admin"), as_user("planner")
    with ctx.storage.write("test") as uow:
        for village in uow.villages.find():
            uow.villages.delete(village.code)
        uow.record("test.empty", "county", "*")
        uow.commit()
    page = desk(admin)
    assert "/admin/import/?kind=villages" in page
    sample = re.search(r'href="(/static/samples/[^"]+)"', page)
    assert sample is not None
    assert admin.get(sample.group(1)).json["features"][0]["properties"]["村代码"]
    template = re.search(r'href="(/admin/import/templates/[^"]+)"', page)
    assert template is not None
    assert admin.get(template.group(1)).status_code == 200
    assert "/admin/import/" not in desk(planner)


def test_the_sample_of_villages_can_be_imported(ctx: Context) -> None:
    """What is offered as an example has to work."""
    sample = SCRIPTS.parents[1] / "samples" / "villages.geojson"
    report = import_villages(ctx, sample, actor="test")
    assert report.imported == 3
    assert not report.rejected


def test_every_script_of_the_desk_is_fetched_at_once_and_kept(as_user: AsUser) -> None:
    """Imports that wait for one another, or are asked for again each time, would cost a round trip each."""
    client = as_user("planner")
    page = desk(client)
    found = re.search(r'<script type="importmap" nonce="[^"]+">(.*?)</script>', page)
    assert found is not None
    mapped = json.loads(found.group(1))["imports"]
    for script in SCRIPTS.glob("*.js"):
        address = mapped[f"/static/js/desk/{script.name}"]
        assert f'rel="modulepreload" href="{address}"' in page
        headers = client.get(address).headers
        assert "immutable" in headers["Cache-Control"]
        # Varying by cookie, a kept answer would count for one page only.
        assert "Cookie" not in headers.get("Vary", "")
        assert "Set-Cookie" not in headers


def test_the_first_data_is_fetched_while_the_scripts_are_read(as_user: AsUser) -> None:
    """The very addresses the scripts ask for: another order of their parts would fetch everything twice."""
    page = desk(as_user("planner"), "?date=2026-03-05")
    assert f'href="/api/v1/map/villages.geojson?township={EAST}&amp;date=2026-03-05" crossorigin' in page
    source = (SCRIPTS / "data.js").read_text(encoding="utf-8")
    assert "const dated = { ...here, date: state.date };" in source


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_the_scripts_ask_for_exists(lang: str) -> None:
    """Keys in full are looked up; of keys put together from parts at least one of the family exists."""
    known = catalogue(lang)
    asked = {
        key
        for script in SCRIPTS.glob("*.js")
        for key in re.findall(
            r'["`]((?:desk|day|web|error)\.[\w.]+(?:\$\{)?)', script.read_text(encoding="utf-8")
        )
        if not key.endswith((".js", ".layers"))
    }
    assert len(asked) > 100
    whole = {key for key in asked if not key.endswith("${")}
    assert whole - set(known) == set()
    families = {key.removesuffix("${") for key in asked if key.endswith("${")}
    assert {family for family in families if not any(key.startswith(family) for key in known)} == set()


def test_the_page_has_no_script_in_its_attributes(as_user: AsUser) -> None:
    """The content security policy would refuse it anyway."""
    assert not re.search(r"\son\w+=", desk(as_user("planner")))
