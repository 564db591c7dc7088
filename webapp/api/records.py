"""What is on record: townships, villages, agencies, officers, places."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

import numpy as np
import shapely
from apiflask import APIBlueprint
from flask import Response
from numpy.typing import NDArray
from pydantic import Field

from gridmgr.domain.places import Village
from gridmgr.errors import BadInput
from gridmgr.services import records
from webapp.api.schemas import Answer, Code, LocalTime, Query
from webapp.guards import requires, scope, signed_in
from webapp.state import ctx, me

records_api = APIBlueprint("api_records", __name__, tag="records")

#: Digits after the point in GeoJSON: 11 cm.
_DECIMALS = 6


class TownshipOut(Answer):
    """A township or street."""

    code: str
    name: str
    county_code: str
    county_name: str


class TownshipList(Answer):
    """Townships in the user's scope."""

    townships: list[TownshipOut]


class AgencyOut(Answer):
    """A dispatched agency, or the township's own office."""

    code: str
    name: str
    department: str
    township_code: str
    is_office: bool


class AgencyList(Answer):
    """Agencies by code."""

    agencies: list[AgencyOut]


class OfficerOut(Answer):
    """An officer; where somebody lives is not told."""

    id: str
    name: str
    agency_code: str
    township_code: str
    certificate_no: str | None
    certificate_valid_to: date | None
    skills: list[str] | tuple[str, ...]
    employment: str


class OfficerList(Answer):
    """Officers by id."""

    officers: list[OfficerOut]


class PlaceOut(Answer):
    """Something a squad can visit or starts from; degrees WGS84."""

    id: str
    name: str
    kind: str
    lon: float
    lat: float
    priority: int
    service_minutes: int
    open: LocalTime | None
    close: LocalTime | None
    required_skills: list[str] | tuple[str, ...]
    village_code: str | None
    township_code: str | None


class PlaceList(Answer):
    """Places by id."""

    places: list[PlaceOut]


class TownshipQuery(Query):
    """Which township; all in the user's scope by default."""

    township: Code | None = None


class PlaceQuery(TownshipQuery):
    """Which places."""

    kind: Code | None = None


class VillageQuery(TownshipQuery):
    """Which villages."""

    bbox: Annotated[
        str | None,
        Field(description="west,south,east,north in degrees WGS84", pattern=r"^[-+.eE\d]+(,[-+.eE\d]+){3}$"),
    ] = None

    def box(self) -> records.Box | None:
        """The box as numbers.

        Raises
        ------
        BadInput
            If it is no box on Earth.
        """
        if self.bbox is None:
            return None
        try:
            west, south, east, north = (float(part) for part in self.bbox.split(","))
        except ValueError as error:
            raise BadInput("error.bbox", bbox=self.bbox) from error
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise BadInput("error.bbox", bbox=self.bbox)
        return west, south, east, north


class VillageProperties(Answer):
    """What is known of a village."""

    code: str
    name: str
    township_code: str
    township_name: str
    kind: str
    risk: str
    required_visits_per_week: int


class VillageFeature(Answer):
    """A village as a GeoJSON feature, EPSG:4326."""

    type: str = "Feature"
    id: str
    properties: VillageProperties
    geometry: dict[str, Any]


class VillageCollection(Answer):
    """Villages as GeoJSON (RFC 7946)."""

    type: str = "FeatureCollection"
    features: list[VillageFeature]


@records_api.get("/townships")
@records_api.output(TownshipList)
@signed_in
def get_townships() -> dict[str, Any]:
    """List townships."""
    return {"townships": records.townships(ctx(), user=me())}


@records_api.get("/villages")
@records_api.input(VillageQuery, location="query", arg_name="query")
@records_api.output(VillageCollection, content_type="application/geo+json")
@signed_in
def get_villages(query: VillageQuery) -> Response:
    """List villages as GeoJSON."""
    found = records.villages(ctx(), township_code=scope(query.township), box=query.box())
    return Response(village_collection(found), mimetype="application/geo+json")


@records_api.get("/agencies")
@records_api.input(TownshipQuery, location="query", arg_name="query")
@records_api.output(AgencyList)
@signed_in
def get_agencies(query: TownshipQuery) -> dict[str, Any]:
    """List agencies."""
    return {"agencies": records.agencies(ctx(), township_code=scope(query.township))}


@records_api.get("/officers")
@records_api.input(TownshipQuery, location="query", arg_name="query")
@records_api.output(OfficerList)
@requires("planner", "lead", "admin")
def get_officers(query: TownshipQuery) -> dict[str, Any]:
    """List officers."""
    return {"officers": records.officers(ctx(), township_code=scope(query.township))}


@records_api.get("/places")
@records_api.input(PlaceQuery, location="query", arg_name="query")
@records_api.output(PlaceList)
@signed_in
def get_places(query: PlaceQuery) -> dict[str, Any]:
    """List places."""
    return {"places": records.places(ctx(), township_code=scope(query.township), kind=query.kind)}


def village_collection(villages: list[Village]) -> str:
    """Villages as the text of a GeoJSON collection; coordinates rounded to 11 cm."""
    # Thousands of borders: the geometries' text is written by GEOS and put in as it is.
    shapes = shapely.to_geojson(
        shapely.transform(np.array([v.geometry for v in villages], dtype=object), _rounded)
    )
    names = tuple(VillageProperties.model_fields)
    features = []
    for village, shape in zip(villages, shapes, strict=True):
        values = {name: getattr(village, name) for name in names}
        head = {"type": "Feature", "id": village.code, "properties": values}
        features.append(f'{json.dumps(head, ensure_ascii=False)[:-1]}, "geometry": {shape}}}')
    return f'{{"type": "FeatureCollection", "features": [{", ".join(features)}]}}'


def _rounded(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(coordinates, _DECIMALS)
