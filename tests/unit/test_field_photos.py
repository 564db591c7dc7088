"""Photos are renewed: small, upright, without metadata; a position is read before it is thrown away."""

from __future__ import annotations

import io

import pytest
from PIL import ExifTags, Image

from gridmgr.errors import BadInput
from gridmgr.services.photos import KEPT_SIDE, read_photo


def photo(exif: Image.Exif | None = None, size: tuple[int, int] = (200, 100), kind: str = "JPEG") -> bytes:
    """A picture, its left half red."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    made = io.BytesIO()
    image.save(made, kind, exif=exif or Image.Exif())
    return made.getvalue()


def placed(lon: object, lat: object) -> Image.Exif:
    """Camera's words with a position."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretCamera"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps.update({1: "N", 2: lat, 3: "E", 4: lon})
    return exif


def test_a_large_photo_is_made_small() -> None:
    """Longer side as set, shape kept."""
    with Image.open(io.BytesIO(read_photo(photo(size=(4000, 1000))).content)) as image:
        assert (image.format, image.size) == ("JPEG", (KEPT_SIDE, KEPT_SIDE // 4))


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    """Orientation 6: the red left half is the top."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    with Image.open(io.BytesIO(read_photo(photo(exif)).content)) as image:
        assert image.size == (100, 200)
        red, green, blue = image.getpixel((50, 20))  # type: ignore[misc]
        assert red > 200
        assert green < 60
        assert blue < 60


def test_the_position_is_read_and_the_cameras_words_are_gone() -> None:
    """113°36'30" east, 34°18' north."""
    read = read_photo(photo(placed((113.0, 36.0, 30.0), (34.0, 18.0, 0.0))))
    assert read.lon_lat == pytest.approx((113.608333, 34.3), abs=1e-6)
    assert b"SecretCamera" not in read.content
    with Image.open(io.BytesIO(read.content)) as image:
        assert not image.getexif()


def test_a_camera_without_a_fix_gives_no_position() -> None:
    """Zeros are no place in China."""
    assert read_photo(photo(placed((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)))).lon_lat is None
    assert read_photo(photo()).lon_lat is None


def test_png_and_webp_become_jpeg() -> None:
    """Whatever the phone makes."""
    for kind in ("PNG", "WEBP"):
        assert read_photo(photo(kind=kind)).content.startswith(b"\xff\xd8\xff")


def test_a_photo_cut_off_in_the_middle_is_refused() -> None:
    """As when the signal is lost."""
    whole = photo(size=(800, 800), kind="PNG")
    with pytest.raises(BadInput):
        read_photo(whole[: len(whole) // 2])
