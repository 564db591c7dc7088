"""Messages within messages survive being stored."""

from __future__ import annotations

from gridmgr.domain.patrols import Fix
from gridmgr.storage.codec import decode, encode
from gridmgr.texts import Message


def test_a_message_within_a_message_reads_the_same_after_it_was_stored() -> None:
    """Two levels deep, in both languages."""
    effect = Message("fix.brings", {"prize": "+5"})
    what = Message("fix.longer_shift", {"squad": 2, "minutes": 30})
    fix = Fix(kind="longer_shift", message=Message("fix.sentence", {"what": what, "effect": effect}))
    again = decode(Fix, encode(fix))
    assert again == fix
    assert again.message.render("zh") == "第 2 小队延长 30 分钟：当日得分 +5"


def test_values_that_are_no_messages_stay_what_they_are() -> None:
    """Other mappings are left alone."""
    kept = {"row": {"key": "x"}, "n": 3}
    assert Message("web.cancel", kept).params == kept
