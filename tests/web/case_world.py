"""Incidents, an item and a second department for tests of cases, over the tiny county."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conftest import EAST, NOW, WEST
from flask.testing import FlaskClient

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.incidents import Incident
from gridmgr.domain.people import Agency
from gridmgr.domain.users import User
from gridmgr.services.context import Context
from webapp import CHEAP_HASHER

PASSWORD = "Correct-horse-7"
MARKET, WATER = "市监局", "水利局"
ITEM = CatalogueItem(
    code="SC007", name="不按规定明码标价", kind="basic", lead_body=MARKET, basis="《价格法》第四十二条"
)


def incident(number: int = 1, township: str = EAST, **fields: object) -> Incident:
    """An open incident in the first village of a township."""
    lat = 34.005 if township == EAST else 34.105
    made = Incident(
        id=f"i{number}",
        reported_at=NOW,
        source="tip",
        category="明码标价",
        item_code=ITEM.code,
        lon=113.005,
        lat=lat,
        description="部分商品未标价",
        village_code=f"{township}000",
        township_code=township,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def fill(ctx: Context) -> None:
    """One item, a water department with a user, and three incidents: two in the east, one in the west."""
    with ctx.storage.write("test") as uow:
        uow.catalogue.add(ITEM)
        uow.agencies.add(Agency(code="a9", name="水利站", department=WATER, township_code=EAST))
        water = User(name="water", display_name="水利联络员", role="department", department=WATER)
        uow.users.add(water, password_hash=CHEAP_HASHER.hash(PASSWORD))
        mate = User(name="mate", display_name="执法员乙", role="officer", township_code=EAST, officer_id="o2")
        uow.users.add(mate, password_hash=CHEAP_HASHER.hash(PASSWORD))
        uow.incidents.add_many([incident(1), incident(2), incident(3, WEST)])
        uow.record("test.fill", "incident", "*")
        uow.commit()


def step(client: FlaskClient, case_id: str, action: str, /, **fields: Any) -> Any:
    """Take a step over the API; the answer."""
    return client.post(f"/api/v1/cases/{case_id}/steps", json={"action": action, **fields})


def file(client: FlaskClient, incident_id: str = "i1", /, **fields: Any) -> str:
    """File an incident; the case's number."""
    answer = client.post("/api/v1/cases", json={"incident_id": incident_id, **fields})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    number: str = answer.json["case"]["id"]
    return number
