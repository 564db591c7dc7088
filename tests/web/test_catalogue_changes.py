"""How the catalogue changes: powers handed down by agreement, new duties admitted, every step on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from conftest import EAST, PASSWORD, TODAY, WEST, post_form
from flask.testing import FlaskClient

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.users import User
from gridmgr.errors import Conflict
from gridmgr.services.catalogue.listing import listing_of, require_listed
from gridmgr.services.context import Context
from gridmgr.storage import Storage
from webapp import CHEAP_HASHER

AsUser = Callable[[str], FlaskClient]
LATER = date(2026, 4, 1)


@pytest.fixture
def stocked(ctx: Context) -> Context:
    """Two items that departments lead, of which one has sent agencies; each department has its liaison."""
    held = CatalogueItem(
        code="C1", name="明码标价", kind="entrusted", lead_body="县市监局", effective_from=date(2025, 1, 1)
    )
    with ctx.storage.write("test") as uow:
        uow.catalogue.add_many([held, replace(held, code="C2", name="河道采砂", lead_body="县水利局")])
        for name, department in (("water", "县水利局"), ("building", "县住建局")):
            liaison = User(name=name, display_name=name, role="department", department=department)
            uow.users.add(liaison, password_hash=CHEAP_HASHER.hash(PASSWORD))
        uow.record("test.fill", "catalogue", "*")
        uow.commit()
    return ctx


def api(client: FlaskClient, method: str, path: str, status: int = 200, **body: Any) -> Any:
    """Call the API and hold the status."""
    answer = client.open(f"/api/v1/catalogue/{path}", method=method, json=body or None)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.json


def actions(storage: Storage, kind: str, subject: str) -> list[str]:
    """What was done to something, oldest first."""
    with storage.read() as uow:
        return [event.action for event in uow.audit.find(subject_kind=kind, subject_id=subject, limit=50)][
            ::-1
        ]


def test_a_request_and_an_offer_become_a_new_version_on_the_leads_word(
    stocked: Context, as_user: AsUser
) -> None:
    """Asked, offered, matched, one line struck, approved: a version for the township that asked."""
    planner, west = as_user("planner"), as_user("planner_west")
    department, lead = as_user("department"), as_user("lead")
    asked = api(planner, "POST", "requests", 201, township=EAST, item_code="C1", why="每周都有")
    api(west, "POST", "requests", 201, township=WEST, item_code="C2", why="偷采多")
    api(department, "POST", "offers", 201, item_code="C1", conditions="先培训")
    api(as_user("water"), "POST", "offers", 201, item_code="C2", conditions="配船")
    made = api(lead, "POST", "proposals", 201)
    assert [(line["item_code"], line["townships"], line["exact"]) for line in made["lines"]] == [
        ("C1", [EAST], True),
        ("C2", [WEST], True),
    ]
    api(lead, "PUT", f"proposals/{made['id']}/lines/2", kept=False)
    path = f"proposals/{made['id']}/approve"
    api(lead, "POST", path, 400, effective_from="2026-03-01", reason="同意")
    api(as_user("admin"), "POST", path, 403, effective_from=LATER.isoformat(), reason="同意")
    done = api(lead, "POST", path, effective_from=LATER.isoformat(), reason="同意")
    assert (done["state"], done["effective_from"]) == ("approved", "2026-04-01")
    api(lead, "POST", path, 409, effective_from=LATER.isoformat(), reason="同意")
    with stocked.storage.read() as uow:
        assert uow.catalogue.on("C1", LATER).handed_to == (EAST,)
        assert uow.catalogue.on("C1", LATER - timedelta(days=1)).handed_to == ()
        assert uow.catalogue.on("C2", LATER).version == 1
    board = api(planner, "GET", "wishes")
    assert {w["item_code"]: w["state"] for w in board["requests"]} == {"C1": "granted", "C2": "refused"}
    assert {w["item_code"]: w["state"] for w in board["offers"]} == {"C1": "granted", "C2": "refused"}
    assert actions(stocked.storage, "proposal", made["id"]) == [
        "proposal.make",
        "proposal.line",
        "proposal.approve",
    ]
    assert actions(stocked.storage, "catalogue_item", "C1") == ["catalogue_item.revise"]
    assert asked["state"] == "open"


def test_a_refused_list_opens_its_wishes_again(stocked: Context, as_user: AsUser) -> None:
    """And nothing of the catalogue changes."""
    api(as_user("planner"), "POST", "requests", 201, township=EAST, item_code="C1", why="每周都有")
    api(as_user("department"), "POST", "offers", 201, item_code="C1", conditions="先培训")
    lead = as_user("lead")
    made = api(lead, "POST", "proposals", 201)
    api(lead, "POST", "proposals", 409)
    api(lead, "POST", f"proposals/{made['id']}/refuse", reason="再议")
    board = api(lead, "GET", "wishes")
    assert [w["state"] for w in (*board["requests"], *board["offers"])] == ["open", "open"]
    assert [m["exact"] for m in board["matches"]] == [True]
    with stocked.storage.read() as uow:
        assert len(uow.catalogue.versions(["C1"])["C1"]) == 1


def test_requests_are_the_townships_own_and_made_once(stocked: Context, as_user: AsUser) -> None:
    """Another township's, an unknown item, the same again, and taking back what another wrote are refused."""
    planner = as_user("planner")
    api(planner, "POST", "requests", 403, township=WEST, item_code="C1", why="要")
    api(planner, "POST", "requests", 400, township=EAST, item_code="NO", why="要")
    api(planner, "POST", "requests", 400, township=EAST, why="要")
    wish = api(planner, "POST", "requests", 201, township=EAST, item_code="C1", why="要")
    api(planner, "POST", "requests", 409, township=EAST, item_code="C1", why="还要")
    api(as_user("planner_west"), "POST", f"wishes/{wish['id']}/withdraw", 403, why="不要")
    assert api(planner, "POST", f"wishes/{wish['id']}/withdraw", why="不要")["state"] == "withdrawn"
    api(planner, "POST", f"wishes/{wish['id']}/withdraw", 409, why="不要")


def _ask(client: FlaskClient, **more: Any) -> Any:
    values = {
        "code": "N1",
        "name": "燃气安全巡查",
        "kind": "entrusted",
        "body": "县住建局",
        "basis": "某条例",
    }
    return api(client, "POST", "admissions", 201, **values, townships=[EAST, WEST], why="量大面广", **more)


def test_a_new_duty_comes_down_only_by_all_its_steps(stocked: Context, as_user: AsUser) -> None:
    """Townships heard, reviewed, admitted: on the list from its day on, with the whole way on record."""
    asked = _ask(as_user("building"))
    path = f"admissions/{asked['id']}"
    admin, lead = as_user("admin"), as_user("lead")
    day = LATER.isoformat()
    api(lead, "POST", f"{path}/decide", 409, admit=True, words="行", effective_from=day)
    api(as_user("planner"), "POST", f"{path}/opinion", township=EAST, agrees=True, words="可以")
    api(as_user("planner"), "POST", f"{path}/opinion", 403, township=WEST, agrees=True, words="可以")
    refused = api(admin, "POST", f"{path}/review", 409, recommends=True, words="合规")
    assert "西乡" in refused["error"]["message"]
    api(as_user("planner_west"), "POST", f"{path}/opinion", township=WEST, agrees=False, words="没人")
    api(admin, "POST", f"{path}/review", recommends=True, words="合规")
    api(as_user("planner"), "POST", f"{path}/opinion", 409, township=EAST, agrees=False, words="反悔")
    api(lead, "POST", f"{path}/decide", 400, admit=True, words="行")
    done = api(lead, "POST", f"{path}/decide", admit=True, words="行", effective_from=day)
    assert done["state"] == "admitted"
    assert [(o["township_code"], o["agrees"]) for o in done["opinions"]] == [(EAST, True), (WEST, False)]
    with stocked.storage.read() as uow:
        item = uow.catalogue.on("N1", LATER)
        assert item is not None
        assert item.handed_to == (EAST, WEST)
        assert uow.catalogue.on("N1", TODAY) is None
    assert actions(stocked.storage, "admission", asked["id"]) == [
        "admission.ask",
        "admission.opinion",
        "admission.opinion",
        "admission.review",
        "admission.admit",
    ]


def test_a_duty_off_the_list_cannot_be_dispatched_to_a_township(stocked: Context, as_user: AsUser) -> None:
    """Neither before its admission nor where the township has no part in it; the setting only warns."""
    asked = _ask(as_user("building"))
    with stocked.storage.read() as uow:
        with pytest.raises(Conflict, match="not admitted"):
            require_listed(uow, item_code="N1", township_code=EAST, day=TODAY)
        with pytest.raises(Conflict, match="not on the list"):
            require_listed(uow, item_code="XX", township_code=EAST, day=TODAY)
        with pytest.raises(Conflict, match="县水利局"):
            require_listed(uow, item_code="C2", township_code=EAST, day=TODAY)
        # The market supervision's own agency sits in the township.
        assert require_listed(uow, item_code="C1", township_code=EAST, day=TODAY) is None
        unsaid = listing_of(uow, item_code=None, township_code=EAST, day=TODAY)
        assert (unsaid.problem is not None, unsaid.refused) == (True, False)
    with stocked.storage.write("test") as uow:
        uow.settings.save_office(replace(uow.settings.office(), unlisted_duty="warn"))
        uow.record("test.settings", "settings", "office")
        uow.commit()
    path = f"admissions/{asked['id']}"
    api(as_user("admin"), "POST", f"{path}/review", recommends=True, words="合规", unheard=True)
    api(as_user("lead"), "POST", f"{path}/decide", admit=True, words="行", effective_from=TODAY.isoformat())
    with stocked.storage.read() as uow:
        warning = require_listed(uow, item_code="C2", township_code=EAST, day=TODAY)
        assert warning is not None
        assert warning.key == "catalogue.not_theirs"
        assert require_listed(uow, item_code="N1", township_code=EAST, day=TODAY) is None


def test_what_is_listed_needs_no_admission_and_one_at_a_time(stocked: Context, as_user: AsUser) -> None:
    """The second asking for the same duty is a conflict until the first is over."""
    department = as_user("building")
    values = {
        "name": "新",
        "kind": "basic",
        "basis": "法",
        "townships": [EAST],
        "why": "要",
        "body": "住建局",
    }
    api(department, "POST", "admissions", 409, code="C1", **values)
    first = api(department, "POST", "admissions", 201, code="N2", **values)
    api(department, "POST", "admissions", 409, code="N2", **values)
    api(department, "POST", f"admissions/{first['id']}/withdraw", why="不办了")
    api(department, "POST", "admissions", 201, code="N2", **values)
    api(department, "POST", "admissions", 400, code="N3", **{**values, "townships": ["999"]})


def test_a_department_speaks_for_itself_only(stocked: Context, as_user: AsUser) -> None:
    """Offering another's item, asking in another's name, and taking back what another wrote are refused."""
    market, building = as_user("department"), as_user("building")
    api(market, "POST", "offers", 403, item_code="C2", conditions="配船")
    offer = api(market, "POST", "offers", 201, item_code="C1", conditions="先培训")
    api(building, "POST", f"wishes/{offer['id']}/withdraw", 403, why="不要")
    values = {"code": "N1", "name": "新", "kind": "basic", "basis": "法", "townships": [EAST], "why": "要"}
    api(market, "POST", "admissions", 403, body="县住建局", **values)
    asked = api(building, "POST", "admissions", 201, body="县住建局", **values)
    api(market, "POST", f"admissions/{asked['id']}/withdraw", 403, why="不办了")
    assert api(building, "GET", f"admissions/{asked['id']}")["state"] == "asked"


def test_the_pages_do_the_same_as_the_api(stocked: Context, as_user: AsUser) -> None:
    """Forms: a request, an offer, a list, its approval; what is refused is said and what was typed stays."""
    planner, department, lead = as_user("planner"), as_user("department"), as_user("lead")
    board = "/catalogue/handing/"
    fields = {"township": EAST, "item": "C1 明码标价", "words": "每周<都>有", "side": "request"}
    assert post_form(planner, f"{board}requests", page=board, **fields).status_code == 303
    again = post_form(planner, f"{board}requests", page=board, **fields)
    assert again.status_code == 409
    assert "每周&lt;都&gt;有</textarea>" in again.get_data(as_text=True)
    offer = {"item": "C1 明码标价", "words": "先培训", "side": "offer"}
    assert post_form(department, f"{board}offers", page=board, **offer).status_code == 303
    made = post_form(lead, f"{board}proposals", page=board)
    assert made.status_code == 303
    page = made.headers["Location"]
    fields = {"decision": "approve", "effective_from": LATER.isoformat(), "reason": "同意"}
    assert post_form(lead, f"{page}/decide", page=page, **fields).status_code == 303
    with stocked.storage.read() as uow:
        assert uow.catalogue.on("C1", LATER).handed_to == (EAST,)
    for client in (planner, department, lead, as_user("admin")):
        assert client.get(board).status_code == 200
        assert client.get(page).status_code == 200


def test_the_admission_pages_lead_through_the_steps(stocked: Context, as_user: AsUser) -> None:
    """Each role sees its own form only."""
    department = as_user("building")
    start = "/catalogue/admissions/"
    fields = {"code": "N1", "name": "燃气", "kind": "basic", "basis": "法", "why": "要", "body": "县住建局"}
    short = post_form(department, start, **{**fields, "name": " "}, townships=EAST)
    assert short.status_code == 400
    assert "事项名称" in short.get_data(as_text=True)
    assert post_form(department, start, **fields, townships=EAST).status_code == 303
    with stocked.storage.read() as uow:
        [admission] = uow.admissions.find()
    page = f"{start}{admission.id}"
    planner = as_user("planner")
    assert 'id="agree"' in planner.get(page).get_data(as_text=True)
    assert 'id="agree"' not in as_user("planner_west").get(page).get_data(as_text=True)
    assert post_form(planner, f"{page}/opinion", page=page, agrees="1", words="好").status_code == 303
    admin = as_user("admin")
    assert post_form(admin, f"{page}/review", page=page, recommends="1", words="可").status_code == 303
    lead = as_user("lead")
    fields = {"decision": "refuse", "words": "条件不足"}
    assert post_form(lead, f"{page}/decide", page=page, **fields).status_code == 303
    shown = department.get(page).get_data(as_text=True)
    assert "不予准入" in shown
    assert "条件不足" in shown
