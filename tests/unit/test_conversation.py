"""A report told in pieces: any order ends in the same report, and nothing is handed in unasked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmgr.domain.conversation import (
    MOST_PHOTOS,
    MOST_WHAT,
    Draft,
    Said,
    Turn,
    advance,
    command_of,
)
from gridmgr.texts import LANGUAGES

PLACE = Said(kind="place", text="东山村委会", lon=113.1, lat=34.2)
WORDS = Said(kind="text", text="垃圾没人清运")
PHOTO = Said(kind="photo", text="media-1")
CONFIRM = Said(kind="text", text="确认")


def tell(*pieces: Said) -> Turn:
    """All pieces, one after the other."""
    turn = Turn(draft=Draft())
    for piece in pieces:
        turn = advance(turn.draft, piece)
    return turn


@given(st.permutations([PLACE, WORDS, PHOTO]))
def test_the_order_of_the_pieces_makes_no_difference(pieces: list[Said]) -> None:
    """What, where and photo in any order are the same report."""
    draft = tell(*pieces).draft
    assert (draft.what, draft.lon, draft.lat, draft.where, draft.photos) == (
        "垃圾没人清运",
        113.1,
        34.2,
        "东山村委会",
        ("media-1",),
    )
    assert draft.asked == "confirm"
    assert tell(*pieces, CONFIRM).submit


SAID = st.one_of(
    st.builds(
        Said, kind=st.just("text"), text=st.text(max_size=30) | st.sampled_from(["确认", "取消", "1", "ok"])
    ),
    st.builds(Said, kind=st.just("photo"), text=st.text(max_size=10)),
    st.builds(
        Said,
        kind=st.just("place"),
        text=st.text(max_size=400),
        lon=st.floats(-180, 180),
        lat=st.floats(-90, 90),
    ),
    st.builds(Said, kind=st.sampled_from(["voice", "other"])),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(SAID, max_size=12))
def test_nothing_is_handed_in_but_a_whole_report_that_was_confirmed(pieces: list[Said]) -> None:
    """Whatever is said: submitting needs the word, what and where; every other turn has an answer."""
    turn = Turn(draft=Draft())
    for piece in pieces:
        turn = advance(turn.draft, piece)
        command = command_of(piece)
        if turn.submit:
            assert command is not None
            assert command.name == "confirm"
            assert turn.draft.what
            assert turn.draft.has_place
        else:
            assert turn.say
            assert all(line.render(language) for line in turn.say for language in LANGUAGES)
        assert len(turn.draft.what) <= MOST_WHAT
        assert len(turn.draft.photos) <= MOST_PHOTOS


def test_words_are_the_place_only_when_the_place_was_asked_for() -> None:
    """The first words say what, the second where, all further ones say more of what."""
    draft = tell(WORDS, Said(kind="text", text="东山村小学门口"), Said(kind="text", text="已经三天")).draft
    assert (draft.what, draft.where) == ("垃圾没人清运\n已经三天", "东山村小学门口")


def test_a_point_sent_later_takes_the_place_of_words() -> None:
    """The better knowledge wins."""
    draft = tell(WORDS, Said(kind="text", text="学校那边"), PLACE).draft
    assert (draft.lon, draft.where) == (113.1, "东山村委会")


def test_confirming_too_early_asks_for_what_is_missing() -> None:
    """And hands in nothing."""
    assert [line.key for line in tell(CONFIRM).say] == ["wechat.ask_what"]
    assert [line.key for line in tell(WORDS, CONFIRM).say] == ["wechat.ask_where"]


def test_cancelling_forgets_everything() -> None:
    """The next report starts from nothing."""
    turn = tell(WORDS, PLACE, Said(kind="text", text="取消"))
    assert turn.draft == Draft()
    assert [line.key for line in turn.say] == ["wechat.cancelled"]


def test_too_much_is_not_taken_and_said_so() -> None:
    """Seven photos, or a text beyond the limit: what was told before stays."""
    many = tell(*(Said(kind="photo", text=f"m{n}") for n in range(MOST_PHOTOS + 1)))
    assert len(many.draft.photos) == MOST_PHOTOS
    assert many.say[0].key == "wechat.enough_photos"
    long = tell(WORDS, Said(kind="place", lon=1.0, lat=1.0), Said(kind="text", text="长" * MOST_WHAT))
    assert long.draft.what == WORDS.text
    assert long.say[0].key == "wechat.too_long"


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("进度 1234 5678 9012 3456", "status", "1234 5678 9012 3456"),
        ("进度：１２３４", "status", "1234"),
        ("进度", "status", ""),
        ("status 12", "status", "12"),
        ("谁负责 东山村", "owner", "东山村"),
        ("谁负责东山村", "owner", "东山村"),
        ("Who Dongshan", "owner", "Dongshan"),
        ("帮助", "help", ""),
        ("？", "help", ""),
        ("English", "language", "en"),
        ("中文", "language", "zh"),
        (" 确认。", "confirm", ""),
        ("OK", "confirm", ""),
    ],
)
def test_commands_are_known_in_both_languages(text: str, name: str, argument: str) -> None:
    """With blanks, full-width signs and full stops as people type them."""
    command = command_of(Said(kind="text", text=text))
    assert command is not None
    assert (command.name, command.argument) == (name, argument)


@pytest.mark.parametrize(
    "text", ["whose dog is this", "进度太慢了，路一直没修", "确认一下谁家的狗", "取消不了的违建"]
)
def test_reports_that_begin_like_commands_stay_reports(text: str) -> None:
    """Nobody's complaint is swallowed."""
    assert command_of(Said(kind="text", text=text)) is None
