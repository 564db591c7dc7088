"""The chain in a browser on real land: Legazpi's 70 barangays, from the upload screen to the phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from examples.legazpi import write_tables
from gridmgr.domain.users import User
from gridmgr.geo.villages import read_villages
from gridmgr.services.accounts import add_user
from tests.browser.browser_site import Site, served, site_context
from webapp import CHEAP_HASHER

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "legazpi"
DAY = date(2026, 3, 2)
PASSWORD = "walk-real-land-2468"
PHONE = {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="real data of Legazpi is not beside the project"),
]

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An empty database with an administrator, served."""
    folder = tmp_path_factory.mktemp("legazpi")
    ctx = site_context(folder / "city.db")
    ctx.storage.migrate()
    admin = User(name="admin", display_name="管理员", role="admin")
    add_user(ctx, admin, PASSWORD, actor="test", hasher=CHEAP_HASHER)
    with served(ctx, folder, {"admin": PASSWORD, "walker": PASSWORD}) as running:
        yield running


def upload(page: Page, kind: str, file: Path) -> None:
    """Choose a file, look at the preview, import it."""
    page.goto(f"/admin/import/?kind={kind}")
    page.set_input_files("#file", file)
    page.click("#preview")
    page.click("#commit")
    expect(page.locator(".alert-success").first).to_be_visible(timeout=60_000)


def test_from_uploaded_polygons_to_the_officers_phone(page_of: Open, site: Any, tmp_path: Path) -> None:
    """Import, assign, squads, routes, publish, the officer's next stop, the gap report; all on real land."""
    villages = read_villages(SHARED / "barangays.geojson").villages
    page = page_of("admin")
    upload(page, "villages", SHARED / "barangays.geojson")
    upload(page, "roads", SHARED / "roads.osm.pbf")
    for table in write_tables(villages, tmp_path, day=DAY):
        upload(page, table.stem, table)

    page.goto(f"/desk/?township={villages[0].township_code}&date={DAY.isoformat()}")
    page.click("#open-ownership")
    page.click("#do-assign")
    page.click("#do-publish-ownership", timeout=60_000)
    expect(page.locator("#ownership-state.dot-good")).to_be_visible()
    page.click("#do-squads")
    page.click("#do-routes", timeout=60_000)
    page.click("#do-publish", timeout=90_000)
    expect(page.locator("#step-publish.step-good")).to_be_visible(timeout=30_000)

    with site.ctx.storage.read() as uow:
        published = uow.days.published(villages[0].township_code, DAY)
        owners = uow.ownership.published(villages[0].township_code)
    assert published is not None
    assert published.travel_method == "embedded"
    assert owners is not None
    assert len([r for r in owners.responsibilities if r.role == "lead"]) == 70
    squad = published.squads[0]
    visits = [visit for other in published.squads for visit in other.visits]
    expect(page.locator(".map-stop")).to_have_count(len(visits))

    walker = User(
        name="walker",
        display_name="Walker",
        role="officer",
        township_code=villages[0].township_code,
        officer_id=squad.leader,
    )
    add_user(site.ctx, walker, PASSWORD, actor="test", hasher=CHEAP_HASHER)
    phone = page_of("walker", viewport=PHONE, is_mobile=True, has_touch=True)
    phone.goto("/m/")
    expect(phone.locator("h1, h2").filter(has_text=squad.visits[0].stop.name).first).to_be_visible()

    page.goto(f"/reports/coverage?from=2026-02-23&to={DAY.isoformat()}")
    expect(page.get_by_text(villages[0].name, exact=False).first).to_be_attached()
