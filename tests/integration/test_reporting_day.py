"""The day's map from a real database: the demo county, one township, drawn whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gridmgr.bootstrap import build_context
from gridmgr.clock import fixed_clock
from gridmgr.config import Config
from gridmgr.errors import NotFound
from gridmgr.services.context import Context
from gridmgr.services.demoing import load_demo
from gridmgr.services.reporting import DayMaterials, coverage_report, day_materials, report_villages
from maps.folium_page import Day, Leaflet, day_map
from maps.report_page import coverage_page

TODAY = date(2026, 3, 27)
YESTERDAY = date(2026, 3, 26)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """The smallest demo county: twelve villages of one township with four weeks of past."""
    folder: Path = tmp_path_factory.mktemp("demo")
    clock = fixed_clock(datetime(2026, 3, 27, 1, tzinfo=UTC))
    ctx = build_context(Config(database=str(folder / "demo.db")), clock=clock, must_exist=False)
    ctx.storage.migrate()
    load_demo(ctx, seed=1, villages=12, townships=1, today=TODAY)
    yield ctx
    ctx.storage.close()


def page_of(materials: DayMaterials) -> str:
    """The day's page."""
    values = {field.name: getattr(materials, field.name) for field in fields(materials)}
    return day_map(Day(**values), leaflet=Leaflet(js="", css=""))


def test_materials_are_what_the_page_takes() -> None:
    """Every field of the materials is one of the page's day."""
    assert {field.name for field in fields(DayMaterials)} <= {field.name for field in fields(Day)}


def test_a_published_day_is_drawn_along_the_roads(demo: Context) -> None:
    """Every squad with stops has a line of more points than stops, from and to the same depot."""
    materials = day_materials(demo, day=YESTERDAY)
    squads = [squad for plan in materials.plans for squad in plan.squads if squad.visits]
    assert squads
    for squad in squads:
        line = materials.lines[squad.id]
        assert len(line) > len(squad.visits) + 2
        assert line[0] == pytest.approx(line[-1])
    html = page_of(materials)
    assert squads[0].visits[0].stop.name in html
    assert materials.officers[squads[0].leader] in html
    assert squads[0].leader not in html


def test_a_day_without_a_published_plan_says_so(demo: Context) -> None:
    """Drafts are not shared."""
    materials = day_materials(demo, day=date(2027, 1, 1))
    assert materials.plans == []
    assert "当日没有巡查计划" in page_of(materials)


def test_an_unknown_township_is_refused(demo: Context) -> None:
    """As everywhere."""
    with pytest.raises(NotFound):
        day_materials(demo, day=YESTERDAY, township_code="x")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_demo_countys_report_prints_without_a_missing_word(demo: Context, lang: str) -> None:
    """No key shows where words should be."""
    report = coverage_report(demo, first=date(2026, 3, 14), last=TODAY)
    html = coverage_page(report, report_villages(demo), lang=lang)
    assert report.headline.visit_share.before is not None
    for area in ("report.", "reason.", "maps."):
        assert area not in html
