"""Borders of a township and its neighbour, mended by a person's decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from planning_world import TOWN, change, miniature, village

from gridmgr.domain.places import Place, Township, Village
from gridmgr.errors import BadInput, Conflict, NotFound
from gridmgr.services.borders import BorderFault, border_faults, mend_border
from gridmgr.services.context import Context

NEXT = "419001002"
#: Degrees of longitude that are a metre at 34.3 N.
METRE = 1 / 92_000


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """Five villages in a row; east of them the next township's, which reaches 50 m into village 4."""
    with miniature(tmp_path) as context:
        change(
            context,
            townships=Township(code=NEXT, name="邻镇", county_code="419001", county_name="甲县"),
            villages=neighbour(-50),
            places=Place(
                id="S",
                name="界边商店",
                kind="enterprise",
                lon=113.65 - 20 * METRE,
                lat=34.305,
                village_code=village(4).code,
                township_code=TOWN,
            ),
        )
        yield context


def neighbour(metres: float) -> Village:
    """The next township's village, so many metres east of where village 4 ends."""
    west = 113.65 + metres * METRE
    base = village(5)
    return replace(
        base,
        code=f"{NEXT}200",
        name="邻村",
        township_code=NEXT,
        township_name="邻镇",
        geometry=shapely.box(west, 34.3, 113.66, 34.31),
    )


def the_fault(ctx: Context, township: str = TOWN) -> BorderFault:
    """The only fault."""
    (item,) = border_faults(ctx, township_code=township)
    return item


def mend(ctx: Context, item: BorderFault, winner: str, **more: str) -> object:
    """Give the piece to a village."""
    given = {"township_code": TOWN, "fault_id": item.id, "winner_code": winner, "actor": "admin"}
    return mend_border(ctx, **({"why": "勘界记录"} | given | more))  # type: ignore[arg-type]


def stored(ctx: Context, code: str) -> Village:
    """A village as it is stored."""
    with ctx.storage.read() as uow:
        found = uow.villages.get(code)
    assert found is not None
    return found


def test_a_fault_across_townships_is_shown_to_both(ctx: Context) -> None:
    """And says that it is."""
    item = the_fault(ctx)
    assert (item.fault.kind, item.across) == ("overlap", True)
    assert item.fault.area_m2 == pytest.approx(50 * 1109, rel=0.02)
    assert the_fault(ctx, NEXT).id == item.id
    with pytest.raises(NotFound):
        border_faults(ctx, township_code="nowhere")


def test_given_to_the_next_township_border_adjacency_and_place_follow(ctx: Context) -> None:
    """Village 4 ends where the other begins; the shop in the piece is the other's; all in one audit event."""
    before = stored(ctx, village(4).code)
    item = the_fault(ctx)
    done = mend(ctx, item, f"{NEXT}200")
    assert border_faults(ctx, township_code=TOWN) == ()
    after = stored(ctx, village(4).code)
    assert after.geometry.bounds[2] == pytest.approx(113.65 - 50 * METRE, abs=1e-9)
    assert done.loser_before_m2 - done.loser_after_m2 == pytest.approx(item.fault.area_m2, rel=0.001)
    assert done.winner_after_m2 == pytest.approx(done.winner_before_m2, rel=1e-6)
    assert done.places == ("界边商店",)
    with ctx.storage.read() as uow:
        shop = uow.places.get("S")
        pairs = {(a, b): metres for a, b, metres in uow.villages.adjacency()}
        event = next(e for e in uow.audit.find() if e.action == "village.mend_border")
    assert (shop.village_code, shop.township_code) == (f"{NEXT}200", NEXT)
    assert pairs[village(4).code, f"{NEXT}200"] == pytest.approx(1109, rel=0.02)
    assert len([pair for pair in pairs if all(code.startswith(TOWN) for code in pair)]) == 4
    assert (event.actor, event.why, event.detail["places"]) == ("admin", "勘界记录", ["S"])
    piece = shapely.from_wkt(event.detail["piece"])
    assert piece.union(after.geometry).symmetric_difference(before.geometry).area < 1e-9


def test_given_to_its_own_township_the_place_stays(ctx: Context) -> None:
    """The other village gives way."""
    mend(ctx, the_fault(ctx), village(4).code)
    assert stored(ctx, f"{NEXT}200").geometry.bounds[0] == pytest.approx(113.65, abs=1e-9)
    assert stored(ctx, village(4).code).geometry.equals(village(4).geometry)
    with ctx.storage.read() as uow:
        assert uow.places.get("S").village_code == village(4).code


def test_what_was_decided_is_what_was_seen(ctx: Context) -> None:
    """A border changed since is a conflict; so is deciding twice."""
    item = the_fault(ctx)
    with ctx.storage.write("test") as uow:
        uow.villages.replace(neighbour(-60))
        uow.record("test.border", "village", NEXT)
        uow.commit()
    with pytest.raises(Conflict, match="decide anew"):
        mend(ctx, item, village(4).code)
    fresh = the_fault(ctx)
    mend(ctx, fresh, village(4).code)
    with pytest.raises(Conflict):
        mend(ctx, fresh, village(4).code)


def test_a_decision_needs_a_ground_and_one_of_the_two(ctx: Context) -> None:
    """And nothing changes otherwise."""
    item = the_fault(ctx)
    with pytest.raises(BadInput, match="ground"):
        mend(ctx, item, village(4).code, why="  ")
    with pytest.raises(BadInput, match="none of the two"):
        mend(ctx, item, village(0).code)
    assert the_fault(ctx).id == item.id


def test_a_village_that_would_be_gone_is_not_given_away(ctx: Context) -> None:
    """An enclave drawn over village 0 can only be cut out of it."""
    west = village(0).geometry.bounds[0]
    shape = shapely.box(west + 0.002, 34.302, west + 0.004, 34.304)
    inner = replace(neighbour(0), code=f"{NEXT}201", name="飞地村", geometry=shape)
    change(ctx, villages=inner)
    found = border_faults(ctx, township_code=TOWN)
    item = next(f for f in found if inner.code in (f.first.code, f.second.code))
    with pytest.raises(BadInput, match="飞地村 lies within"):
        mend(ctx, item, village(0).code)
    mend(ctx, item, inner.code)
    assert len(stored(ctx, village(0).code).geometry.interiors) == 1


def test_a_strip_between_townships_goes_to_one(tmp_path: Path) -> None:
    """Three metres neither claims."""
    with miniature(tmp_path) as ctx:
        change(
            ctx,
            townships=Township(code=NEXT, name="邻镇", county_code="419001", county_name="甲县"),
            villages=neighbour(3),
        )
        item = the_fault(ctx)
        assert (item.fault.kind, item.across) == ("gap", True)
        done = mend(ctx, item, f"{NEXT}200")
        assert done.winner_after_m2 - done.winner_before_m2 == pytest.approx(item.fault.area_m2, rel=0.02)
        assert stored(ctx, f"{NEXT}200").geometry.bounds[0] == pytest.approx(113.65, abs=6e-7)
        assert border_faults(ctx, township_code=TOWN) == ()
