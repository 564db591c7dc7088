"""The page and the endpoints of borders: who sees a fault, and who may decide it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import html5lib
import pytest
import shapely
from conftest import EAST, WEST, post_form
from flask.testing import FlaskClient

from gridmgr.services.context import Context

AsUser = Callable[[str], FlaskClient]
PAGE = f"/desk/borders/?township={EAST}"
#: Degrees of longitude that are a metre at 34 N.
METRE = 1 / 92_400


@pytest.fixture
def torn(ctx: Context) -> Context:
    """Village 1 of the east reaches 30 m into village 0; village 0 of the west lies 40 m into it too."""
    with ctx.storage.write("test") as uow:
        inner, west = uow.villages.get(f"{EAST}001"), uow.villages.get(f"{WEST}000")
        assert inner is not None
        assert west is not None
        box = shapely.box(113.01 - 30 * METRE, 34.0, 113.02, 34.01)
        uow.villages.replace(replace(inner, geometry=box, name="<b>东乡</b>"))
        uow.villages.replace(replace(west, geometry=shapely.box(113.0, 34.01 - 40 / 110_900, 113.005, 34.02)))
        uow.record("test.torn", "villages", "*")
        uow.commit()
    return ctx


def shown(client: FlaskClient, address: str = PAGE) -> str:
    """The page, which has to be sound HTML."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    text = answer.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(text)
    return text


def faults(client: FlaskClient) -> dict[bool, dict[str, object]]:
    """Faults of the east by whether they lie across townships; one of each."""
    told = client.get(f"/api/v1/borders/{EAST}").json["faults"]
    found = {item["across"]: item for item in told}
    assert len(found) == len(told) == 2
    return found


def test_a_planner_decides_within_the_township_and_the_administrator_between_two(
    torn: Context, as_user: AsUser
) -> None:
    """The page offers it to who may; the refusal holds over the API too."""
    planner, admin = as_user("planner"), as_user("admin")
    found = faults(planner)
    assert {across: item["may_decide"] for across, item in found.items()} == {False: True, True: False}
    assert all(item["may_decide"] for item in faults(admin).values())
    assert not any(item["may_decide"] for item in faults(as_user("lead")).values())
    page = shown(planner)
    assert page.count('class="border-form"') == 1
    assert "&lt;b&gt;东乡&lt;/b&gt;" in page
    assert shown(as_user("lead")).count('class="border-form"') == 0

    path = f"/api/v1/borders/{EAST}/mend"
    across = {"fault": found[True]["id"], "winner": f"{EAST}000", "why": "勘界"}
    assert planner.post(path, json=across).status_code == 403
    assert as_user("lead").post(path, json=across).status_code == 403
    within = {"fault": found[False]["id"], "winner": f"{EAST}000", "why": "两村确认"}
    done = planner.post(path, json=within)
    assert done.status_code == 200, done.json
    assert done.json["loser_before_m2"] - done.json["loser_after_m2"] == pytest.approx(
        done.json["area_m2"], rel=0.01
    )
    assert planner.post(path, json=within).status_code == 409
    rest = admin.get(f"/api/v1/borders/{EAST}").json["faults"]
    assert [item["across"] for item in rest] == [True]
    assert admin.post(path, json=across | {"fault": rest[0]["id"]}).status_code == 200
    assert "相互衔接" in shown(planner)


def test_the_form_mends_and_says_what_it_did(torn: Context, as_user: AsUser) -> None:
    """A second sending of the same decision is refused in words."""
    planner = as_user("planner")
    item = faults(planner)[False]
    form = {"township": EAST, "fault": item["id"], "winner": f"{EAST}001", "why": "勘界记录"}
    done = post_form(planner, "/desk/borders/", page=PAGE, **form)
    assert done.status_code == 303
    assert "平方米划归" in shown(planner, done.location)
    again = post_form(planner, "/desk/borders/", page=PAGE, **form)
    assert "边界已有变动" in shown(planner, again.location)


def test_another_townships_borders_are_out_of_reach(torn: Context, as_user: AsUser) -> None:
    """Page, list and form."""
    planner = as_user("planner")
    assert planner.get(f"/desk/borders/?township={WEST}").status_code == 403
    assert planner.get(f"/api/v1/borders/{WEST}").status_code == 403
    form = {"township": WEST, "fault": "x", "winner": "y", "why": "z"}
    assert post_form(planner, "/desk/borders/", page=PAGE, **form).status_code == 403


def test_the_form_holds_for_faults_across_townships_too(torn: Context, as_user: AsUser) -> None:
    """A planner who sends it by hand is refused."""
    planner = as_user("planner")
    form = {"township": EAST, "fault": faults(planner)[True]["id"], "winner": f"{EAST}000", "why": "z"}
    assert post_form(planner, "/desk/borders/", page=PAGE, **form).status_code == 403
    assert faults(planner)[True]["id"] == form["fault"]
