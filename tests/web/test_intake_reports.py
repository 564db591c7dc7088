"""Whatever comes in is stored once, whole, protected, and with a receipt."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import EAST, NOW
from cryptography.fernet import Fernet
from PIL import Image

from gridmgr.config import Config
from gridmgr.domain.receipts import read_code
from gridmgr.domain.tips import Contact
from gridmgr.errors import BadInput, Conflict
from gridmgr.geo.datum import from_wgs84
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import Report, take_report
from gridmgr.services.intake.vault import load_vault, make_key_file, vault_of
from gridmgr.services.photos import Photo, read_photo

HERE = {"lon": 113.005, "lat": 34.005}
CONTACT = Contact(name="王秀英", phone="13800001234")


def report(**values) -> Report:
    """A report by form of litter in the first village, unless told otherwise."""
    told = {"source": "tip", "sender_key": "k1", "description": "村口有人倒垃圾", "category": "乱堆乱放"}
    return Report(**(told | HERE | values))


def photo(lon_lat: tuple[float, float] | None = None) -> Photo:
    """A small photo, perhaps with a position."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(data, "JPEG")
    return replace(read_photo(data.getvalue()), lon_lat=lon_lat)


def test_a_report_with_a_point_becomes_an_incident_with_its_photos(ctx: Context) -> None:
    """One transaction: report, incident, photo, receipt, and the trail of both."""
    taken = take_report(ctx, report(photos=(photo(),), contact=CONTACT))
    assert taken.new
    assert taken.tip.state == "taken"
    assert taken.receipt is not None
    assert read_code(taken.receipt) == taken.receipt
    with ctx.storage.read() as uow:
        incident = uow.incidents.get(taken.tip.incident_id)
        photos = uow.attachments.find("incident", incident.id)
        actions = [event.action for event in uow.audit.find(limit=2)]
    assert (incident.village_code, incident.township_code) == (f"{EAST}000", EAST)
    assert (incident.source, incident.state, incident.reported_at) == ("tip", "reported", NOW)
    assert len(photos) == 1
    assert actions == ["tip.take", "incident.report"]


def test_a_chinese_map_s_point_is_converted_once(ctx: Context) -> None:
    """A GCJ-02 point lands within a metre of where it was taken."""
    lon, lat = (float(v) for v in from_wgs84(113.005, 34.005, "gcj02"))
    taken = take_report(ctx, report(source="wechat", lon=lon, lat=lat, datum="gcj02"))
    assert taken.tip.lon == pytest.approx(113.005, abs=1e-5)
    assert taken.tip.lat == pytest.approx(34.005, abs=1e-5)


@pytest.mark.parametrize(
    ("place", "origin", "village"),
    [
        ({"lon": None, "lat": None, "place_words": "老槐树旁"}, None, None),
        ({"lon": None, "lat": None, "village_code": f"{EAST}001"}, None, f"{EAST}001"),
        ({"lon": 100.0, "lat": 30.0}, "doubtful", None),
        ({"village_code": f"{EAST}001"}, "doubtful", f"{EAST}001"),
        ({"lon": None, "lat": None, "photos": (photo((113.005, 34.005)),)}, "photo", None),
    ],
    ids=["words", "village only", "outside all villages", "another village than chosen", "photo only"],
)
def test_without_a_sure_place_it_is_taken_and_waits(ctx: Context, place, origin, village) -> None:
    """Nothing is turned away for want of a point, and nothing is put on the map by guessing."""
    taken = take_report(ctx, report(**place))
    assert taken.receipt is not None
    assert (taken.tip.state, taken.tip.incident_id) == ("pending", None)
    assert (taken.tip.point_from, taken.tip.village_code) == (origin, village)
    with ctx.storage.read() as uow:
        assert uow.incidents.count() == 0


def test_the_photo_s_position_serves_where_the_chosen_village_agrees(ctx: Context) -> None:
    """Village from the list, point from the photo: enough."""
    place = {"lon": None, "lat": None, "village_code": f"{EAST}000", "photos": (photo((113.005, 34.005)),)}
    taken = take_report(ctx, report(**place))
    assert (taken.tip.state, taken.tip.lon, taken.tip.lat) == ("taken", 113.005, 34.005)


def test_the_same_report_again_is_the_same_report(ctx: Context) -> None:
    """Same receipt, one incident; other content under the same key is refused."""
    first = take_report(ctx, report(photos=(photo(),)))
    again = take_report(ctx, report(photos=(photo(),)))
    assert (again.new, again.receipt, again.tip.id) == (False, first.receipt, first.tip.id)
    with ctx.storage.read() as uow:
        assert (uow.incidents.count(), uow.tips.count()) == (1, 1)
    with pytest.raises(Conflict):
        take_report(ctx, report(description="别的事"))


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"description": " \n"}, "intake.nothing_told"),
        ({"description": "长" * 4001}, "intake.too_long"),
        ({"place_words": "长" * 301}, "intake.too_long"),
        ({"contact": Contact(phone="1" * 121)}, "intake.too_long"),
        ({"village_code": "nowhere"}, "intake.unknown_village"),
        ({"township_code": "nowhere"}, "intake.unknown_township"),
        ({"item_code": "nothing"}, "error.no_such_item"),
        ({"lon": float("nan")}, "intake.no_point"),
        ({"lat": 91.0}, "intake.no_point"),
        ({"reported_at": NOW.replace(year=2027)}, "error.incident_in_future"),
    ],
)
def test_what_cannot_be_taken_is_named(ctx: Context, values, key) -> None:
    """And nothing is stored."""
    with pytest.raises(BadInput) as caught:
        take_report(ctx, report(**values))
    assert caught.value.message.key == key
    with ctx.storage.read() as uow:
        assert uow.tips.count() == 0


def test_nothing_in_the_database_tells_contact_receipt_or_address(ctx: Context) -> None:
    """Looked for in the file's bytes, log included; the audit trail has none of it either."""
    taken = take_report(ctx, report(contact=CONTACT, sender_address="203.0.113.77"))
    path = Path(ctx.config.database)
    stored = b"".join(
        file.read_bytes() for file in path.parent.glob(f"{path.name}*") if file.suffix != ".key"
    )
    assert "村口有人倒垃圾".encode() in stored
    for secret in (CONTACT.phone, CONTACT.name, taken.receipt, "203.0.113.77"):
        assert secret.encode() not in stored
    assert vault_of(ctx).unseal(taken.tip.contact_sealed)["phone"] == CONTACT.phone


def test_the_key_file_is_its_owner_s_alone_and_made_once(tmp_path: Path) -> None:
    """Mode 0600; a second time changes nothing."""
    path = tmp_path / "a" / "grid.key"
    assert make_key_file(path)
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert not make_key_file(path)
    assert path.read_bytes() == before


def test_a_lost_key_is_not_replaced_in_silence(ctx: Context) -> None:
    """A new key could not open what is sealed: the report is refused with the file's name."""
    take_report(ctx, report())
    ctx.config.contact_key_file.unlink()
    with pytest.raises(Conflict) as caught:
        take_report(ctx, report(sender_key="k2"))
    assert str(ctx.config.contact_key_file) in str(caught.value)


def test_keys_can_be_changed_over(ctx: Context) -> None:
    """What the old key sealed opens under old and new together, and is sealed anew by the new one."""
    taken = take_report(ctx, report(contact=CONTACT))
    old = ctx.config.contact_key_file.read_text().strip()
    new = Fernet.generate_key().decode()
    both = load_vault(Config(contact_keys=f"{new},{old}"))
    assert both.unseal(taken.tip.contact_sealed)["name"] == CONTACT.name
    moved = both.resealed(taken.tip.contact_sealed)
    assert load_vault(Config(contact_keys=new)).unseal(moved)["name"] == CONTACT.name
    assert taken.tip.receipt_lookup in both.lookups("receipt", taken.receipt)


def test_something_else_than_a_key_is_named_without_showing_it() -> None:
    """The setting's name, never its value."""
    with pytest.raises(BadInput) as caught:
        load_vault(Config(contact_keys="not-a-key"))
    assert "GRIDMGR_CONTACT_KEYS" in str(caught.value)
    assert "not-a-key" not in str(caught.value)
