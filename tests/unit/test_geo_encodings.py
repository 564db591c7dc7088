"""Which encoding bytes are really in."""

import pytest

from gridmgr.errors import BadInput
from gridmgr.geo.readers.encodings import codec_of, decode, detect, mojibake, undo_mojibake

SIMPLIFIED = ["思源里", "文化村", "河东社区", "红旗村委会", "乡镇名称"]
TRADITIONAL = ["中門里", "宜蘭縣", "港埔里", "高雄市林園區"]


@pytest.mark.parametrize("label", ["UTF-8", "GBK", "ISO-8859-1", None])
def test_gbk_is_found_whatever_the_label_says(label: str | None) -> None:
    """The everyday lie: .cpg says UTF-8."""
    assert detect([word.encode("gbk") for word in SIMPLIFIED], label=label) == "gb18030"


@pytest.mark.parametrize("label", ["UTF-8", "GBK", "Big5", None])
def test_utf8_is_found_whatever_the_label_says(label: str | None) -> None:
    """All of the text being valid UTF-8 is no accident."""
    assert detect([word.encode() for word in SIMPLIFIED], label=label) == "utf-8"


@pytest.mark.parametrize("label", ["Big5", "950", "UTF-8", None])
def test_big5_is_told_from_gbk(label: str | None) -> None:
    """Traditional text in Big5, labelled or not."""
    assert codec_of(detect([word.encode("big5") for word in TRADITIONAL], label=label)) in ("big5", "cp950")


def test_traditional_characters_in_gbk_are_not_taken_for_big5() -> None:
    """GBK holds traditional characters too."""
    assert detect([word.encode("gbk") for word in TRADITIONAL], label="UTF-8") == "gb18030"


def test_ascii_goes_by_its_label() -> None:
    """Nothing tells, nothing can go wrong."""
    assert detect([b"abc"], label="GBK") == "gb18030"


def test_text_in_no_known_encoding_is_refused() -> None:
    """The user is asked for --encoding."""
    with pytest.raises(BadInput, match="--encoding"):
        detect([b"\xff\xff\xff\xff"], label=None)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_character_cut_in_two_by_a_full_field_is_dropped(codec: str) -> None:
    """A DBF field is as wide as it is."""
    cut = "红旗村".encode(codec)[:-1]
    assert detect([cut, "文化村".encode(codec)], label=None) == codec
    assert decode(cut, codec) == "红旗"


@pytest.mark.parametrize(("wrong", "right"), [("latin-1", "gb18030"), ("latin-1", "utf-8")])
def test_text_garbled_before_it_was_saved_is_restored(wrong: str, right: str) -> None:
    """Read in the wrong encoding, saved as UTF-8 by some GIS."""
    garbled = [word.encode(right).decode(wrong) for word in SIMPLIFIED]
    assert mojibake(garbled) == (wrong, right)
    assert [undo_mojibake(text, wrong, right) for text in garbled] == SIMPLIFIED


@pytest.mark.parametrize(
    "texts",
    [SIMPLIFIED, TRADITIONAL, ["Bgy. 12 - Peñaranda", "Bañadero"], ["São João"], ["Plymouth"]],
)
def test_good_text_is_left_alone(texts: list[str]) -> None:
    """Chinese, and Latin letters with accents, which are short runs."""
    assert mojibake(texts) is None
