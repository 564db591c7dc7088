"""From the words of a place to a spot on the map, by the names on record."""

from __future__ import annotations

from gridmgr.domain.gazetteer import Gazetteer, NamedVillage
from gridmgr.services.intake.reports import Spot
from gridmgr.storage import UnitOfWork


def gazetteer_of(uow: UnitOfWork) -> Gazetteer:
    """Every name on record."""
    return Gazetteer(
        townships=uow.townships.find(),
        villages=[NamedVillage(code=c, name=n, township_code=t) for c, n, t in uow.villages.names()],
        places=uow.places.find(),
    )


def spot_of(
    names: Gazetteer, words: str, *, township_code: str | None = None, village_code: str | None = None
) -> Spot:
    """Where the words lead to; what is known of it already only makes it more exact."""
    meant = names.find(words, township_code=township_code, village_code=village_code)
    place = meant.place
    return Spot(
        township_code=meant.township_code,
        village_code=meant.village_code,
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        place=place.name if place else "",
    )
