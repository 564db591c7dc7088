"""The day's page: nothing from outside, no name that runs, every squad and stop in the list."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import html5lib
import pytest
import shapely

from gridmgr.domain.coverage import VillageCoverage
from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import DayPlan, Squad, StopInfo, Unassigned, Visit
from gridmgr.domain.places import Place, Village
from gridmgr.errors import BadInput
from gridmgr.texts import Message
from maps.folium_page import Day, Leaflet, day_map, read_leaflet
from maps.layers.extras import script_json

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 27, 0, 30, tzinfo=UTC)
NASTY = "<script>alert(1)</script>${alert(1)}`{{ 7*7 }}"
LEAFLET = Leaflet(
    js="var L = {}; /* ${stand-in} {{ x }} </script */", css=".a{background:url(images/layers.png)}"
)


def village(number: int, name: str) -> Village:
    """A square village."""
    return Village(
        code=f"V{number}",
        name=name,
        township_code="410",
        township_name=name,
        county_code="41",
        county_name="甲县",
        geometry=shapely.box(114 + number * 0.01, 34, 114.01 + number * 0.01, 34.01),
    )


def plan(name: str, township: str = "410") -> DayPlan:
    """One squad that visits one stop at 8:30 local time, and one stop left out."""
    visit = Visit(
        stop=StopInfo(id="village:V0", kind="village", name=name, lon=114.005, lat=34.005),
        arrive=START,
        start=START,
        leave=START + timedelta(minutes=25),
        travel_seconds=600,
        travel_metres=4200,
    )
    squad = Squad(
        id=f"{township}-1",
        number=1,
        leader="o1",
        members=("o1", "o2"),
        vehicle=name,
        patrol_only=True,
        reason=Message("reason.cover_no_plan", {"days": 1, "of": 2}),
        shift_start=START,
        shift_end=START + timedelta(hours=8),
        visits=(visit,),
    )
    left = StopInfo(id="village:V1", kind="village", name=name, lon=114.015, lat=34.005)
    return DayPlan(
        id="r1",
        township_code=township,
        day=date(2026, 3, 27),
        stage="routes",
        created_at=START,
        created_by="test",
        change=Message("plan.x"),
        squads=(squad,),
        unassigned=(Unassigned(stop=left, reason=Message("reason.cover_no_plan", {"days": 5, "of": 7})),),
    )


def day(name: str = "东村", **changes: object) -> Day:
    """A day of one township in which everything is called ``name``."""
    coverage = VillageCoverage(
        village_code="V0",
        required_per_week=2,
        visits_last_7_days=0,
        last_visit=None,
        days_since=None,
        overdue_days=3,
        debt=2.5,
    )
    incident = Incident(
        id="i1",
        reported_at=START,
        lon=114.002,
        lat=34.002,
        category=name,
        description=name,
        state="escalated",
    )
    values: dict[str, object] = {
        "day": date(2026, 3, 27),
        "area": name,
        "plans": [plan(name)],
        "villages": [village(0, name), village(1, name)],
        "coverage": {"V0": coverage},
        "places": [
            Place(id="d", name=name, kind="depot", lon=114.001, lat=34.001, township_code="410"),
            Place(id="m", name=name, kind="market", lon=114.003, lat=34.003),
        ],
        "incidents": [incident],
        "officers": {"o1": name},
        "roads": shapely.MultiLineString([[(114, 34), (114.01, 34.01)]]),
        "generated_at": START,
        "zone": SHANGHAI,
    }
    return Day(**(values | changes))  # type: ignore[arg-type]


def data_of(html: str) -> dict[str, object]:
    """The JSON block of a page."""
    found = re.search(r'<script type="application/json" id="day">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    loaded: dict[str, object] = json.loads(found[1])
    return loaded


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_makes_no_request(lang: str) -> None:
    """No address in any attribute or style; the only http in it is the name of the SVG namespace."""
    html = day_map(day(), leaflet=LEAFLET, lang=lang)
    assert not re.search(r"""(?:src|href|action|data)\s*=\s*['"]?\s*(?:https?:)?//""", html)
    assert not re.search(r"url\((?!['\"]?data:)", html)
    assert "@import" not in html
    addresses = set(re.findall(r"https?://[^\s\"'\\<]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}


def test_a_name_runs_nowhere() -> None:
    """In scripts it stands only as escaped JSON, outside of them only as escaped text."""
    html = day_map(day(NASTY), leaflet=LEAFLET)
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL)
    assert not [script for script in scripts if "alert" in script and "${alert" in script]
    assert "<script>alert" not in html
    for script in scripts:
        if "alert(1)" in script:
            json.loads(script)  # nothing but the data block holds it
    assert "{{ 7*7 }}" in html  # shown as it is, not worked out
    marks = data_of(html)["marks"]
    assert isinstance(marks, dict)
    assert any(NASTY in lines[0] for lines in marks.values())


def test_json_in_a_script_is_inert_and_says_the_same() -> None:
    """Nothing that ends an element, a line or a template field is left."""
    value = {"a": "</script><!-- ${x} ` & \u2028\u2029"}
    words = script_json(value)
    assert not set(words) & set("<>&$`\u2028\u2029")
    assert json.loads(words) == value


def test_the_list_names_squads_stops_times_and_reasons_without_scripts() -> None:
    """Times of the office's zone; officers by name where known, else by number."""
    html = day_map(day(), leaflet=LEAFLET)
    body = html5lib.parse(html, namespaceHTMLElements=False).find("body")
    assert body is not None
    section = next(item for item in body.iter("section") if item.get("class") == "side")
    words = " ".join("".join(section.itertext()).split())
    for part in ("第 1 小队", "带队：东村", "成员：东村、o2", "08:30", "08:55", "4.2 公里 10 分钟", "仅巡查"):
        assert part in words
    assert "7 个工作日中有 5 天" in words


def test_every_marker_and_village_has_its_lines() -> None:
    """One stop, two places, one incident; two villages, of which one has a measured debt."""
    data = data_of(day_map(day(), leaflet=LEAFLET))
    marks, shapes = data["marks"], data["shapes"]
    assert isinstance(marks, dict)
    assert isinstance(shapes, dict)
    assert len(marks) == 4
    (lines,) = shapes.values()
    assert len(lines) == 2
    assert "巡查欠账 2.5 次" in lines[0]
    assert len(lines[1]) == 1


def test_villages_are_filled_by_their_debt() -> None:
    """2.5 visits have the colour of 2 to 4; not measured is grey."""
    html = day_map(day(), leaflet=LEAFLET)
    assert '"fill": "#f28c28", "i": 0' in html
    assert '"fill": "#e3e6e8", "i": 1' in html


def test_the_route_follows_the_given_way_else_straight_lines_and_says_so() -> None:
    """From the depot and back, where there is one."""
    html = day_map(day(), leaflet=LEAFLET)
    assert "[[34.001, 114.001], [34.005, 114.005], [34.001, 114.001]]" in html
    assert "路线以直线示意" in html
    way = [(114.001, 34.001), (114.0033, 34.0044)]
    html = day_map(day(lines={"410-1": way}), leaflet=LEAFLET)
    assert "[[34.001, 114.001], [34.0044, 114.0033]]" in html
    assert "路线以直线示意" not in html


def test_a_day_without_plans_shows_the_villages_and_says_so() -> None:
    """Nothing at all works too."""
    assert "当日没有巡查计划" in day_map(day(plans=[]), leaflet=LEAFLET)
    nothing = day(plans=[], villages=[], places=[], incidents=[], roads=None)
    assert data_of(day_map(nothing, leaflet=LEAFLET))["bounds"] == [[18.0, 73.0], [54.0, 135.0]]


def test_townships_of_a_county_are_told_apart_by_number() -> None:
    """The layers' names, which pass through folium, hold no names."""
    html = day_map(day(plans=[plan("甲"), plan("乙", "411")]), leaflet=LEAFLET)
    assert html.count("1 · ") >= 1
    assert "2 · 411" in html


def test_a_page_of_many_places_draws_only_depots() -> None:
    """Thousands of markers would make it too heavy to share."""
    many = [Place(id=f"p{n}", name="店", kind="enterprise", lon=114, lat=34) for n in range(1001)]
    depot = Place(id="d", name="驻地", kind="depot", lon=114, lat=34)
    marks = data_of(day_map(day(places=[*many, depot], plans=[], incidents=[]), leaflet=LEAFLET))["marks"]
    assert isinstance(marks, dict)
    assert list(marks.values()) == [["驻地", "出发点"]]


def test_a_missing_map_component_is_named(tmp_path: Path) -> None:
    """With the folder, and what to run."""
    with pytest.raises(BadInput, match="make setup"):
        read_leaflet(tmp_path)
