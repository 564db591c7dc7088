"""Borders that do not meet: found around a township, and mended one by one by a person's decision."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from gridmgr.domain.places import Place, Village
from gridmgr.errors import BadInput, Conflict
from gridmgr.geo.adjacency import named_pairs
from gridmgr.geo.borderfaults import Fault, find_faults, give, worse_than
from gridmgr.geo.crs import area_m2
from gridmgr.services.asking import needed
from gridmgr.services.context import Context, require_township
from gridmgr.services.queries.memo import Memo, state_key
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: Villages so near to the township's are looked at with them, degrees (about 100 m).
_AROUND_DEG = 0.001
MOST_WORDS = 200
#: Decimals of a degree of the piece in the audit trail: 1 cm.
_DECIMALS = 7


@dataclass(frozen=True, kw_only=True)
class BorderFault:
    """A piece of land that two villages both claim, or neither does.

    Parameters
    ----------
    id
        Changes when either border does: what is decided is what was seen.
    first, second
        The two villages, by code.
    fault
        The piece.
    """

    id: str
    first: Village
    second: Village
    fault: Fault

    @property
    def across(self) -> bool:
        """Whether the villages belong to two townships."""
        return self.first.township_code != self.second.township_code

    def other(self, code: str) -> Village:
        """The one of the two that is not ``code``."""
        return self.second if code == self.first.code else self.first


@dataclass(frozen=True, kw_only=True)
class BorderMend:
    """What giving a piece to a village did.

    Parameters
    ----------
    winner, loser
        The two villages as they are now.
    area_m2
        Of the piece.
    winner_before_m2, winner_after_m2, loser_before_m2, loser_after_m2
        Areas.
    places
        Names of places that changed village with the piece.
    """

    winner: Village
    loser: Village
    area_m2: float
    winner_before_m2: float
    winner_after_m2: float
    loser_before_m2: float
    loser_after_m2: float
    places: tuple[str, ...]


_FAULTS: Memo[tuple[BorderFault, ...]] = Memo(16)


def border_faults(ctx: Context, *, township_code: str) -> tuple[BorderFault, ...]:
    """Faults of a township's borders, within it and to its neighbours; across first, then the largest.

    Raises
    ------
    NotFound
        There is no such township.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
    return _FAULTS.get((state_key(ctx), township_code), lambda: _faults(ctx, township_code))


def _faults(ctx: Context, township_code: str) -> tuple[BorderFault, ...]:
    with ctx.storage.read() as uow:
        own = uow.villages.find(township_code=township_code)
        villages = _around(uow, own)
    return faults_of(villages, touching=frozenset(village.code for village in own))


def faults_of(villages: Sequence[Village], *, touching: frozenset[str]) -> tuple[BorderFault, ...]:
    """Faults between villages, those in which at least one of some has a part."""
    found = []
    for fault in find_faults(_borders(villages)):
        first, second = sorted((villages[fault.i], villages[fault.j]), key=lambda village: village.code)
        if {first.code, second.code} & touching:
            made = _fault_id(fault.kind, first, second)
            found.append(BorderFault(id=made, first=first, second=second, fault=fault))
    return tuple(sorted(found, key=lambda item: (not item.across, -item.fault.area_m2, item.id)))


def _fault_id(kind: str, first: Village, second: Village) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for part in (kind.encode(), first.code.encode(), first.geometry.wkb, second.code.encode()):
        digest.update(part)
    digest.update(second.geometry.wkb)
    return digest.hexdigest()


def get_fault(ctx: Context, *, township_code: str, fault_id: str) -> BorderFault:
    """A fault of a township as it stands now.

    Raises
    ------
    Conflict
        There is none of that id: a border has changed since it was looked at, or it is mended.
    """
    for item in border_faults(ctx, township_code=township_code):
        if item.id == fault_id:
            return item
    raise Conflict("border.gone")


def mend_border(
    ctx: Context, *, township_code: str, fault_id: str, winner_code: str, why: str, actor: str
) -> BorderMend:
    """Give a piece of land to one of the two villages it lies between.

    The result is checked anew, without the way it was made: both borders valid, nothing left between the two,
    no fault with any other village made or grown. Neighbours and places that lie in the piece follow.

    Raises
    ------
    Conflict
        A border has changed since it was looked at.
    BadInput
        No reason; the village is none of the two; nothing would be left of the other; the check failed.
    """
    words = needed(why, "border.needs_reason")[:MOST_WORDS]
    item = get_fault(ctx, township_code=township_code, fault_id=fault_id)
    if winner_code not in (item.first.code, item.second.code):
        raise BadInput("border.not_of_the_two", village=winner_code)
    loser = item.other(winner_code)
    winner = item.other(loser.code)
    with ctx.storage.read() as uow:
        near = _around(uow, (winner, loser))
    done = _mended(item, winner, loser, near)
    after = [done.get(village.code, village) for village in near]
    _check(near, after, winner=winner, loser=loser)
    known = {village.code: village for village in near}
    now = done[winner.code], done[loser.code]
    pairs = named_pairs(after)
    before_m2, after_m2 = area_m2(_borders((winner, loser))), area_m2(_borders(now))
    with ctx.storage.write(actor) as uow:
        if any(uow.villages.get(code) != known[code] for code in (winner.code, loser.code, *done)):
            raise Conflict("border.gone")
        for village in done.values():
            uow.villages.replace(village)
        _save_pairs(uow, {winner.code, loser.code}, pairs)
        moved = _move_places(uow, item, winner=now[0], loser=loser)
        uow.record(
            "village.mend_border",
            "village",
            winner.code,
            why=words,
            kind=item.fault.kind,
            other=loser.code,
            area_m2=round(item.fault.area_m2, 1),
            areas_before_m2=[round(float(area), 1) for area in before_m2],
            areas_after_m2=[round(float(area), 1) for area in after_m2],
            places=[place.id for place in moved],
            piece=shapely.to_wkt(item.fault.piece, rounding_precision=_DECIMALS),
        )
        uow.commit()
    return BorderMend(
        winner=now[0],
        loser=now[1],
        area_m2=item.fault.area_m2,
        winner_before_m2=float(before_m2[0]),
        loser_before_m2=float(before_m2[1]),
        winner_after_m2=float(after_m2[0]),
        loser_after_m2=float(after_m2[1]),
        places=tuple(place.name for place in moved),
    )


def _mended(
    item: BorderFault, winner: Village, loser: Village, near: Sequence[Village]
) -> dict[str, Village]:
    """The two villages after it, and those around that got a corner of their new border."""
    around = [village for village in near if village.code not in (winner.code, loser.code)]
    made = give(
        item.fault,
        winner=winner.geometry,
        loser=loser.geometry,
        others=[village.geometry for village in around],
    )
    if made.loser.is_empty:
        raise BadInput("border.nothing_left", village=loser.name, winner=winner.name)
    done = {
        winner.code: replace(winner, geometry=made.winner),
        loser.code: replace(loser, geometry=made.loser),
    }
    for village, geometry in zip(around, made.others, strict=True):
        if not geometry.equals_exact(village.geometry):
            done[village.code] = replace(village, geometry=geometry)
    return done


def _check(before: Sequence[Village], after: Sequence[Village], *, winner: Village, loser: Village) -> None:
    for village in after:
        if not village.geometry.is_valid:
            raise BadInput("border.invalid", village=village.name)
    codes = [village.code for village in before]
    first, second = sorted((codes.index(winner.code), codes.index(loser.code)))
    left = worse_than(_borders(before), _borders(after), pair=(first, second))
    if left:
        names = f"{before[left[0].i].name}/{before[left[0].j].name}"
        raise BadInput(
            "border.not_clean",
            kind=Message(f"border.kind_{left[0].kind}"),
            names=names,
            area_m2=round(left[0].area_m2),
        )


def _save_pairs(uow: UnitOfWork, changed: set[str], pairs: Sequence[tuple[str, str, float]]) -> None:
    """Adjacency with the pairs of the changed villages measured anew."""
    kept = [pair for pair in uow.villages.adjacency() if not changed & {pair[0], pair[1]}]
    fresh = [pair for pair in pairs if changed & {pair[0], pair[1]}]
    uow.villages.save_adjacency([*kept, *fresh])


def _move_places(uow: UnitOfWork, item: BorderFault, *, winner: Village, loser: Village) -> list[Place]:
    """Places of the loser that lie in the piece go with it."""
    moved = []
    for place in uow.places.find(village_code=loser.code):
        if item.fault.piece.covers(shapely.Point(place.lon, place.lat)):
            gone = replace(place, village_code=winner.code, township_code=winner.township_code)
            uow.places.replace(gone)
            moved.append(gone)
    return moved


def _around(uow: UnitOfWork, villages: Sequence[Village]) -> list[Village]:
    """Villages in the box around some, by code; these among them."""
    if not villages:
        return []
    west, south, east, north = shapely.total_bounds(_borders(villages)).tolist()
    box = (west - _AROUND_DEG, south - _AROUND_DEG, east + _AROUND_DEG, north + _AROUND_DEG)
    return uow.villages.in_box(box)


def _borders(villages: Sequence[Village]) -> np.ndarray:
    borders = np.empty(len(villages), dtype=object)
    borders[:] = [village.geometry for village in villages]
    return borders
