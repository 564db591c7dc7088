"""The catalogue as the offices see it: items in force, versions compared, responsibility lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from conftest import EAST, TODAY, WEST
from flask.testing import FlaskClient

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.people import Agency
from gridmgr.services.context import Context
from gridmgr.services.importing import import_table

AsUser = Callable[[str], FlaskClient]
HEADER = "事项编码,事项名称,类别,主体责任单位,配合责任单位,法律依据,生效日期,失效日期,办理流程,下放乡镇\n"


@pytest.fixture
def stocked(ctx: Context) -> Context:
    """A catalogue of three items; one has two versions, one is handed down to the east."""
    base = CatalogueItem(
        code="C1",
        name="占道经营<b>",
        kind="basic",
        lead_body="县市监局",
        basis="某法第一条",
        effective_from=date(2025, 1, 1),
        effective_to=date(2026, 1, 31),
    )
    new = CatalogueItem(
        code="C1",
        name="占道经营<b>",
        kind="basic",
        lead_body="乡镇综合行政执法办公室",
        cooperating_bodies=("县市监局",),
        basis="某法第二条",
        process=("核实", "处置"),
        effective_from=date(2026, 2, 1),
        version=2,
    )
    handed = CatalogueItem(
        code="C2", name="明码标价", kind="entrusted", lead_body="县市监局", handed_to=(EAST,)
    )
    coming = CatalogueItem(
        code="C3", name="焚烧秸秆", kind="basic", lead_body="县环保局", effective_from=date(2026, 6, 1)
    )
    with ctx.storage.write("test") as uow:
        uow.catalogue.add_many([base, new, handed, coming])
        office = Agency(code="of", name="东乡综合行政执法办公室", department="东乡", township_code=EAST)
        uow.agencies.add(office)
        uow.record("test.fill", "catalogue", "*")
        uow.commit()
    return ctx


def test_the_list_shows_what_holds_on_the_day(stocked: Context, as_user: AsUser) -> None:
    """An item to come is not in force; an ended version is shown on its own days."""
    client = as_user("planner")
    now = client.get("/api/v1/catalogue/items").json
    assert [(i["code"], i["version"]) for i in now["items"]] == [("C1", 2), ("C2", 1)]
    then = client.get("/api/v1/catalogue/items?date=2026-01-31").json
    assert [(i["code"], i["version"]) for i in then["items"]] == [("C1", 1), ("C2", 1)]
    assert [i["code"] for i in client.get("/api/v1/catalogue/items?q=标价").json["items"]] == ["C2"]
    assert [i["code"] for i in client.get("/api/v1/catalogue/items?kind=basic").json["items"]] == ["C1"]


def test_two_versions_are_compared_field_by_field(stocked: Context, as_user: AsUser) -> None:
    """Every field that changed, and none else."""
    client = as_user("lead")
    found = client.get("/api/v1/catalogue/items/C1/difference?before=1&after=2").json
    assert [c["field"] for c in found["changes"]] == [
        "lead_body",
        "cooperating_bodies",
        "basis",
        "process",
        "effective_from",
        "effective_to",
    ]
    assert found["changes"][2]["after"] == "某法第二条"
    assert client.get("/api/v1/catalogue/items/C1/difference?before=1&after=9").status_code == 404
    page = client.get("/catalogue/items/C1").get_data(as_text=True)
    assert "某法第二条" in page
    assert "占道经营&lt;b&gt;" in page
    assert "<b>占道" not in page


def test_the_township_leads_where_an_item_is_handed_down(stocked: Context, as_user: AsUser) -> None:
    """Elsewhere its department does; the department then helps."""
    lead = as_user("lead")
    east = {d["code"]: d for d in lead.get(f"/api/v1/catalogue/duties?township={EAST}").json["duties"]}
    west = {d["code"]: d for d in lead.get(f"/api/v1/catalogue/duties?township={WEST}").json["duties"]}
    assert (east["C2"]["lead"], east["C2"]["lead_agency"]) == ("东乡综合行政执法办公室", "of")
    assert east["C2"]["helpers"] == ["县市监局"]
    assert (west["C2"]["lead"], west["C2"]["lead_agency"]) == ("县市监局", "a2")
    mine = lead.get(f"/api/v1/catalogue/duties?township={EAST}&agency=a1").json["duties"]
    assert {d["code"]: d["role"] for d in mine} == {"C1": "help", "C2": "help"}


def test_another_townships_list_is_refused(stocked: Context, as_user: AsUser) -> None:
    """A planner sees the own township's."""
    client = as_user("planner")
    assert client.get(f"/api/v1/catalogue/duties?township={WEST}").status_code == 403
    assert client.get(f"/catalogue/duties?township={WEST}").status_code == 403
    assert "东乡综合行政执法办公室" in client.get("/catalogue/duties").get_data(as_text=True)


def test_importing_a_later_row_makes_a_version_and_the_same_again_nothing(
    stocked: Context, tmp_path: Path
) -> None:
    """And what overlaps is refused with row, field and value; nothing is written then."""
    file = tmp_path / "c.csv"
    file.write_text(HEADER + f"C2,明码标价,委托,县市监局,,,2026-03-02,,核实;处置,{EAST};{WEST}\n", "utf-8")
    first = import_table(stocked, "catalogue", file, actor="admin")
    assert (first.imported, first.unchanged) == (1, 0)
    again = import_table(stocked, "catalogue", file, actor="admin")
    assert (again.imported, again.unchanged) == (0, 1)
    with stocked.storage.read() as uow:
        assert [v.version for v in uow.catalogue.versions(["C2"])["C2"]] == [1, 2]
        assert uow.catalogue.on("C2", TODAY).handed_to == (EAST, WEST)
        assert uow.catalogue.on("C2", date(2026, 3, 1)).version == 1
        assert uow.catalogue.version("C2", 1).effective_to == date(2026, 3, 1)
        assert uow.audit.find(subject_kind="catalogue_item", subject_id="C2", limit=5)[0].detail["versions"]
    file.write_text(HEADER + "C1,别的,基础,县市监局,,,2025-06-01,,,\n", "utf-8")
    refused = import_table(stocked, "catalogue", file, actor="admin")
    [problem] = refused.rejected
    assert (problem.row, problem.field, problem.value, problem.code) == (1, "生效日期", "2025-06-01", "C1")
    assert "第1版" in problem.render("zh")
    assert refused.imported == 0


def test_a_township_nobody_knows_is_a_bad_row(stocked: Context, tmp_path: Path) -> None:
    """Powers cannot be handed to nowhere."""
    file = tmp_path / "c.csv"
    file.write_text(HEADER + "C9,新,基础,县市监局,,,2026-03-02,,,999\n", "utf-8")
    [problem] = import_table(stocked, "catalogue", file, actor="admin").rejected
    assert (problem.field, problem.value) == ("下放乡镇", "999")


@pytest.mark.parametrize("path", ["/catalogue/", "/catalogue/items/C1", "/catalogue/duties"])
def test_pages_open_for_every_reader(stocked: Context, as_user: AsUser, path: str) -> None:
    """In both languages."""
    for name in ("planner", "lead", "department", "admin"):
        assert as_user(name).get(path).status_code == 200
