"""Borders that do not meet: listed around a township, mended one by one by a person's decision."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import shapely
from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.services import borders
from gridmgr.services.borders import MOST_WORDS, BorderFault
from webapp.api.schemas import Answer, Body, Code
from webapp.guards import require_scope, requires
from webapp.state import ctx, me
from webapp.texts import t

borders_api = APIBlueprint("api_borders", __name__, tag="villages")

#: Decimals of a degree in pieces: 1 cm, strips are narrow.
_DECIMALS = 7


class BorderVillageOut(Answer):
    """One of the two villages."""

    code: str
    name: str
    township_code: str
    township_name: str


class BorderFaultOut(Answer):
    """A piece of land that two villages both claim, or neither does.

    `across` says whether they belong to two townships, `may_decide` whether the user may give it to one.
    `piece` is a GeoJSON geometry, EPSG:4326.
    """

    id: str
    kind: Literal["overlap", "gap"]
    kind_text: str
    across: bool
    may_decide: bool
    area_m2: float
    villages: Annotated[list[BorderVillageOut], Field(min_length=2, max_length=2)]
    piece: dict[str, Any]


class BorderList(Answer):
    """Faults of a township's borders: those across townships first, then the largest."""

    faults: list[BorderFaultOut]


class MendIn(Body):
    """Who gets the piece, and why. `fault` names the borders as they were looked at."""

    fault: Code
    winner: Code
    why: Annotated[str, Field(min_length=1, max_length=MOST_WORDS)]


class MendedOut(Answer):
    """What it did; areas in square metres, `places` are names of those that went with the piece."""

    winner: str
    loser: str
    area_m2: float
    winner_before_m2: float
    winner_after_m2: float
    loser_before_m2: float
    loser_after_m2: float
    places: list[str]


@borders_api.get("/borders/<township>")
@borders_api.output(BorderList)
@requires("planner", "lead", "admin")
def get_borders(township: str) -> dict[str, Any]:
    """List where borders of a township's villages do not meet, with each other and with the neighbours'."""
    require_scope(township)
    found = borders.border_faults(ctx(), township_code=township)
    return {"faults": [_shown(item) for item in found]}


@borders_api.post("/borders/<township>/mend")
@borders_api.input(MendIn, arg_name="body")
@borders_api.output(MendedOut)
@requires("planner", "admin")
def mend(township: str, body: MendIn) -> dict[str, Any]:
    """Give a piece to one of the two villages; the borders are checked anew before they are kept."""
    require_scope(township)
    item = borders.get_fault(ctx(), township_code=township, fault_id=body.fault)
    # Between two townships neither planner decides alone.
    require_scope(item.first.township_code)
    require_scope(item.second.township_code)
    done = borders.mend_border(
        ctx(),
        township_code=township,
        fault_id=body.fault,
        winner_code=body.winner,
        why=body.why,
        actor=me().name,
    )
    areas = ("area_m2", "winner_before_m2", "winner_after_m2", "loser_before_m2", "loser_after_m2")
    return {
        "winner": done.winner.code,
        "loser": done.loser.code,
        **{name: round(getattr(done, name), 1) for name in areas},
        "places": list(done.places),
    }


def may_decide(item: BorderFault) -> bool:
    """Whether the user may give the piece to one of the two."""
    user = me()
    both = (item.first.township_code, item.second.township_code)
    return user.role in ("planner", "admin") and all(user.may_see(code) for code in both)


def _shown(item: BorderFault) -> dict[str, Any]:
    names = BorderVillageOut.model_fields
    rounded = shapely.transform(item.fault.piece, lambda points: points.round(_DECIMALS))
    return {
        "id": item.id,
        "kind": item.fault.kind,
        "kind_text": t(f"border.kind_{item.fault.kind}"),
        "across": item.across,
        "may_decide": may_decide(item),
        "area_m2": round(item.fault.area_m2, 1),
        "villages": [{name: getattr(v, name) for name in names} for v in (item.first, item.second)],
        "piece": shapely.geometry.mapping(rounded),
    }
