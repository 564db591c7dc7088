"""The ownership in force when the demo starts: made by hand, so that changes have a cost."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from gridmgr.demo.grouping import neighbours
from gridmgr.demo.patrols import ZONE
from gridmgr.demo.people import People
from gridmgr.demo.villages import Land
from gridmgr.domain.assignments import OwnershipPlan, Responsibility, Uncovered
from gridmgr.texts import Message

#: An officer answers for at most so many villages.
_MOST_VILLAGES = 2
#: How long ago the office wrote its list.
_AGE_DAYS = 40


def make_ownership(land: Land, people: People, *, today: date) -> tuple[OwnershipPlan, ...]:
    """One published plan a township: neighbouring pairs where officers are fewer than villages."""
    beside = neighbours(land.cells.pairs, len(land.villages))
    written = datetime.combine(today - timedelta(days=_AGE_DAYS), time(15, 0), ZONE)
    plans = []
    for town, township in enumerate(land.townships):
        officers = [officer.id for officer in people.officers if officer.township_code == township.code]
        mine = land.of_township(town).tolist()
        shares = _shares(mine, beside, len(officers))
        leads = [
            Responsibility(officer_id=officer, village_code=land.villages[cell].code, role="lead")
            for officer, share in zip(officers, shares, strict=False)
            for cell in share
        ]
        spare = officers[len(shares) :]
        support = [
            Responsibility(officer_id=officer, village_code=land.villages[cell].code, role="support")
            for officer, cell in zip(spare, mine, strict=False)
        ]
        led = {responsibility.village_code for responsibility in leads}
        uncovered = [land.villages[cell].code for cell in mine if land.villages[cell].code not in led]
        reason = Message("demo.no_officer_left")
        plans.append(
            OwnershipPlan(
                id=f"demo-ownership-{township.code}",
                township_code=township.code,
                created_at=written,
                created_by="demo",
                status="MANUAL",
                responsibilities=(*leads, *support),
                uncovered=tuple(Uncovered(village_code=code, reason=reason) for code in uncovered),
                missing_officers=-(-len(uncovered) // _MOST_VILLAGES),
            )
        )
    return tuple(plans)


def _shares(cells: list[int], beside: list[list[int]], officers: int) -> list[list[int]]:
    """Villages in ones and neighbouring twos, at most one share an officer."""
    free = set(cells)
    pairs_needed = max(len(cells) - officers, 0)
    shares: list[list[int]] = []
    while free and len(shares) < officers:
        cell = min(sorted(free), key=lambda c: sum(n in free for n in beside[c]))
        free.remove(cell)
        share = [cell]
        partners = sorted(n for n in beside[cell] if n in free)
        if partners and pairs_needed > 0:
            partner = min(partners, key=lambda c: sum(n in free for n in beside[c]))
            free.remove(partner)
            share.append(partner)
            pairs_needed -= 1
        shares.append(share)
    return shares
