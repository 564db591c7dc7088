"""The printed pages in a real browser: they ask for nothing, run no name, and draw what they promise."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import shapely

from gridmgr.domain.incidents import Incident
from gridmgr.domain.places import Place, Village
from maps.folium_page import Day, day_map, read_leaflet

pytestmark = pytest.mark.browser

VENDOR = Path(__file__).resolve().parents[2] / "webapp" / "static" / "vendor" / "leaflet"
CHROMIUM = next(
    (p for p in (Path("/usr/bin/chromium"), Path("/usr/bin/chromium-browser")) if p.exists()), None
)
NASTY = (
    '<script>document.title="ran"</script>${document.title="ran"}`<img src=x onerror=document.title="ran">'
)
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]


@pytest.fixture
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip(f"no Chromium on this {sys.platform} machine")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield opened
        opened.close()


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    """A day in which everything has a name that would run, if names ran."""
    if not (VENDOR / "leaflet.js").exists():
        pytest.skip("Leaflet is not in webapp/static/vendor: run make setup")
    moment = datetime(2026, 3, 27, 1, tzinfo=UTC)
    village = Village(
        code="V1",
        name=NASTY,
        township_code="410",
        township_name=NASTY,
        county_code="41",
        county_name="甲县",
        geometry=shapely.box(114, 34, 114.02, 34.02),
    )
    incident = Incident(
        id="i1", reported_at=moment, lon=114.004, lat=34.004, category=NASTY, description=NASTY
    )
    day = Day(
        day=date(2026, 3, 27),
        area="东乡",
        villages=[village],
        places=[Place(id="d", name=NASTY, kind="depot", lon=114.015, lat=34.015)],
        incidents=[incident],
        generated_at=moment,
        zone=ZoneInfo("Asia/Shanghai"),
    )
    file = tmp_path / "day.html"
    file.write_text(day_map(day, leaflet=read_leaflet(VENDOR)), encoding="utf-8")
    return file


def test_the_days_page_asks_for_nothing_and_runs_no_name(browser: Any, page_file: Path) -> None:
    """One request, for the file itself; no error; the name stands in tooltip and label as it is written."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(page_file.as_uri())
    page.wait_for_selector(".leaflet-container path")
    page.locator(".sign").first.hover(force=True)
    page.wait_for_selector(".leaflet-tooltip")
    assert NASTY in page.locator(".leaflet-tooltip").first.inner_text()
    assert page.locator(".name span").first.text_content() == NASTY
    assert page.title() == "东乡 2026-03-27"
    assert errors == []
    assert [url for url in requests if url != page_file.as_uri()] == []


def test_signs_lie_within_the_village_they_belong_to(browser: Any, page_file: Path) -> None:
    """Markers and borders share one projection: styles of ours must not move Leaflet's markers."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(page_file.as_uri())
    page.wait_for_selector(".leaflet-container path")
    border = page.locator(".leaflet-villages-pane path").first.bounding_box()
    signs = page.locator(".sign").all()
    assert len(signs) == 2
    for sign in signs:
        box = sign.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        assert border["x"] < x < border["x"] + border["width"]
        assert border["y"] < y < border["y"] + border["height"]
