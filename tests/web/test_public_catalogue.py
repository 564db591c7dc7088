"""What everybody may see of the catalogue and of who answers for a village: no account, nothing more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from apiflask import APIFlask
from conftest import EAST, post_form
from flask.testing import FlaskClient

from gridmgr.domain.assignments import OwnershipPlan, Responsibility
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.people import Agency
from gridmgr.domain.public_page import PublicPage, surname_of
from gridmgr.services.catalogue.publishing import save_public_page
from gridmgr.services.context import Context
from gridmgr.services.intake.wechat.answering import owners_of
from webapp import create_app

AsUser = Callable[[str], FlaskClient]
PRIVATE = ("410001", "o1", "41", "market")


@pytest.fixture
def published(ctx: Context) -> Context:
    """An officer answers for the first village in the east; an item in force, one to come."""
    plan = OwnershipPlan(
        id="w1",
        township_code=EAST,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        created_by="test",
        status="MANUAL",
        responsibilities=(Responsibility(officer_id="o1", village_code=f"{EAST}000"),),
    )
    item = CatalogueItem(
        code="C1",
        name="占道<经营>",
        kind="basic",
        lead_body="乡镇综合行政执法办公室",
        basis="某法",
        deadline_rule="2wd",
        process=("核实", "处置"),
    )
    coming = CatalogueItem(
        code="C2", name="将来的", kind="basic", lead_body="县水利局", effective_from=date(2027, 1, 1)
    )
    with ctx.storage.write("test") as uow:
        uow.ownership.add(plan)
        head = uow.ownership.head(EAST)
        published_head = type(head)(
            township_code=EAST, draft_id=plan.id, published_id=plan.id, published_at=plan.created_at
        )
        uow.ownership.move_head(published_head, expected_version=0)
        uow.catalogue.add_many([item, coming])
        uow.agencies.add(
            Agency(code="of", name="东乡综合行政执法办公室", department="东乡", township_code=EAST)
        )
        uow.record("test.fill", "catalogue", "*")
        uow.commit()
    return ctx


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    """A page as a stranger gets it."""
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_the_catalogue_in_force_is_public_and_nothing_to_come(
    published: Context, client: FlaskClient
) -> None:
    """Searched by words; shown with its steps and its deadline in words; escaped."""
    shown = page(client, "/public/catalogue")
    assert "占道&lt;经营&gt;" in shown
    assert "将来的" not in shown
    assert "占道" not in page(client, "/public/catalogue?q=河道")
    one = page(client, "/public/catalogue/C1")
    assert "2个工作日" in one.replace(" ", "")
    assert "<li>处置</li>" in one
    assert "目前不生效" in page(client, "/public/catalogue/C2")
    page(client, "/public/catalogue/NO", 404)


@pytest.mark.parametrize(
    ("rule", "seen", "hidden"),
    [
        ("full", "执法员1", "同志"),
        ("surname", "执同志", "执法员1"),
        ("office", "东乡综合行政执法办公室", "执同志"),
    ],
)
def test_officers_are_named_as_the_office_chose(
    published: Context, client: FlaskClient, rule: str, seen: str, hidden: str
) -> None:
    """On the list, on the village's page and in WeChat alike; never a number, an id or a certificate."""
    save_public_page(published, PublicPage(officer_name=rule, phones={EAST: "0371 1234"}), actor="admin")
    for path in (
        "/public/villages?q=东乡",
        f"/public/villages?township={EAST}",
        f"/public/villages/{EAST}000",
    ):
        shown = page(client, path)
        body = shown[shown.index("<main") : shown.index("</main>")]
        assert seen in body
        assert hidden not in body
        assert "410001" not in body
        assert ">o1<" not in body
    assert 'href="tel:03711234"' in page(client, f"/public/villages/{EAST}000")
    with published.storage.read() as uow:
        [told] = owners_of(uow, "东乡0村")
    assert seen in told.render("zh")
    assert hidden not in told.render("zh")


def test_a_village_nobody_answers_for_says_so(published: Context, client: FlaskClient) -> None:
    """With the office to ask; a village that does not exist is not found."""
    assert "暂未公布包村执法人员" in page(client, f"/public/villages/{EAST}001")
    page(client, "/public/villages/999", 404)
    assert "没有名称包含" in page(client, "/public/villages?q=无此村")


def test_pages_may_be_kept_for_a_while_and_work_without_scripts(
    published: Context, client: FlaskClient
) -> None:
    """Five minutes; the same again is answered with 304; no script element at all."""
    for path in (
        "/public/catalogue",
        "/public/catalogue/C1",
        "/public/villages",
        f"/public/villages/{EAST}000",
    ):
        answer = client.get(path)
        assert "max-age=300" in answer.headers["Cache-Control"]
        assert "Cookie" in answer.headers["Vary"]
        assert "Set-Cookie" not in answer.headers
        assert "<script" not in answer.get_data(as_text=True)
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_too_many_looks_from_one_address_are_stopped(published: Context, tmp_path: Path) -> None:
    """With words, not with an empty page."""
    app: APIFlask = create_app(published, secret_key=b"tests-only-secret-key", upload_folder=tmp_path / "up")
    stranger = app.test_client()
    statuses = [stranger.get("/public/villages").status_code for _ in range(121)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert "稍后再试" in stranger.get("/public/villages").get_data(as_text=True)


def test_the_choice_is_the_administrators_and_on_record(published: Context, as_user: AsUser) -> None:
    """An unknown rule is refused; others may not look."""
    admin, path = as_user("admin"), "/catalogue/publishing/"
    fields = {"officer_name": "surname", "phone": "12345", f"phone_{EAST}": ""}
    assert post_form(admin, path, **fields).status_code == 303
    assert post_form(admin, path, officer_name="nickname").status_code == 400
    assert as_user("planner").get(path).status_code == 403
    with published.storage.read() as uow:
        [event] = uow.audit.find(subject_kind="settings", subject_id="public_page", limit=5)
    assert event.detail["officer_name"] == "surname"


@pytest.mark.parametrize(
    ("name", "surname"), [("王小明", "王"), ("欧阳锋", "欧阳"), ("欧阳", "欧"), ("Li Wei", "Wei"), ("", "")]
)
def test_surnames(name: str, surname: str) -> None:
    """Of one sign, of two, and of names in letters."""
    assert surname_of(name) == surname
