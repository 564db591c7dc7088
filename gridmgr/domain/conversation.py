"""A report told in pieces over a chat: what, where and photos, in any order, until its sender confirms it.

`advance` is the whole conversation: a pure function from what was told so far and one more thing said to what
is told now, what to answer, and whether the report is to be handed in.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from gridmgr.domain.validate import require_choice, require_lon_lat
from gridmgr.texts import Message

SAID_KINDS = frozenset({"text", "photo", "place", "voice", "other"})
#: Longest texts kept, characters, and most photos.
MOST_WHAT, MOST_WHERE, MOST_PHOTOS = 4000, 300, 6
#: What counts as which command, folded; in both languages whichever is spoken.
CONFIRM = frozenset(
    {"确认", "提交", "确认提交", "是", "是的", "好", "好的", "1", "yes", "y", "ok", "confirm", "submit"}
)
CANCEL = frozenset({"取消", "撤销", "不报了", "cancel"})
HELP = frozenset({"帮助", "菜单", "你好", "您好", "在吗", "?", "help", "menu", "hi", "hello"})
LANGUAGES = {"english": "en", "中文": "zh", "chinese": "zh"}
_STATUS = re.compile(r"(?:查询进度|进度|查询|status)\s*:?\s*([\d\s-]{0,40})", re.IGNORECASE)
#: "who" needs its blank: "whose dog is this" is a report.
_OWNER = re.compile(r"(?:谁负责|who(?:\s|:|$))\s*:?\s*(.{0,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing somebody said.

    Parameters
    ----------
    kind
        ``text``, ``photo``, ``place``, ``voice`` (not understood), or ``other``.
    text
        The words, the photo's id at the chat service, or the place's name.
    lon, lat
        WGS84 degrees of a place.
    """

    kind: str
    text: str = ""
    lon: float | None = None
    lat: float | None = None

    def __post_init__(self) -> None:
        require_choice("Said", "kind", self.kind, SAID_KINDS)
        if self.kind == "place":
            if self.lon is None or self.lat is None:
                raise ValueError("Said.lon and Said.lat are needed for a place")
            require_lon_lat("Said", self.lon, self.lat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to be done at once, whatever is being told.

    Parameters
    ----------
    name
        ``confirm``, ``cancel``, ``help``, ``status``, ``owner`` or ``language``.
    argument
        A receipt code, a village's name or a language; may be empty.
    """

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was told so far.

    Parameters
    ----------
    what, where
        In words; empty while not told.
    lon, lat
        WGS84 degrees, both or neither.
    photos
        Their ids at the chat service.
    asked
        What was asked last: ``what``, ``where``, ``confirm`` or nothing.
    """

    what: str = ""
    where: str = ""
    lon: float | None = None
    lat: float | None = None
    photos: tuple[str, ...] = ()
    asked: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was told."""
        return not (self.what or self.has_place or self.photos)

    @property
    def has_place(self) -> bool:
        """Whether the place is known, as a point or in words."""
        return self.lon is not None or bool(self.where)

    @property
    def is_complete(self) -> bool:
        """Whether it can be handed in."""
        return bool(self.what) and self.has_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What follows from one thing said.

    Parameters
    ----------
    draft
        What is told now.
    say
        The answer, line by line.
    submit
        Whether the report is to be handed in.
    """

    draft: Draft
    say: tuple[Message, ...] = ()
    submit: bool = False


def command_of(said: Said) -> Command | None:
    """The command that a text is, None where it is part of a report."""
    if said.kind != "text":
        return None
    plain = unicodedata.normalize("NFKC", said.text).strip().rstrip("。.!")
    words = plain.casefold()
    for name, known in (("confirm", CONFIRM), ("cancel", CANCEL), ("help", HELP)):
        if words in known:
            return Command(name=name)
    if words in LANGUAGES:
        return Command(name="language", argument=LANGUAGES[words])
    for name, pattern in (("status", _STATUS), ("owner", _OWNER)):
        found = pattern.fullmatch(plain)
        if found:
            return Command(name=name, argument=found[1].strip())
    return None


def advance(draft: Draft, said: Said) -> Turn:
    """Take one more thing said into a report."""
    command = command_of(said)
    if command is not None and command.name == "confirm":
        return _confirm(draft)
    if command is not None and command.name == "cancel":
        words = "wechat.nothing_to_cancel" if draft.is_empty else "wechat.cancelled"
        return Turn(draft=Draft(), say=(Message(words),))
    if said.kind == "text":
        return _with_words(draft, said.text.strip())
    if said.kind == "place":
        told = replace(draft, lon=said.lon, lat=said.lat, where=said.text[:MOST_WHERE])
        return _asking(told, Message("wechat.got_place"))
    if said.kind == "photo":
        return _with_photo(draft, said.text)
    return _asking(draft, Message("wechat.no_voice" if said.kind == "voice" else "wechat.not_understood"))


def _confirm(draft: Draft) -> Turn:
    if draft.is_complete:
        return Turn(draft=draft, submit=True)
    return _asking(draft)


def _with_words(draft: Draft, words: str) -> Turn:
    if not words:
        return _asking(draft)
    if draft.asked == "where" and not draft.has_place:
        return _asking(replace(draft, where=words[:MOST_WHERE]), Message("wechat.got_words"))
    longer = f"{draft.what}\n{words}" if draft.what else words
    if len(longer) > MOST_WHAT:
        return _asking(draft, Message("wechat.too_long", {"most": MOST_WHAT}))
    return _asking(replace(draft, what=longer), Message("wechat.got_words"))


def _with_photo(draft: Draft, photo: str) -> Turn:
    if len(draft.photos) >= MOST_PHOTOS:
        return _asking(draft, Message("wechat.enough_photos", {"most": MOST_PHOTOS}))
    told = replace(draft, photos=(*draft.photos, photo))
    return _asking(told, Message("wechat.got_photo", {"count": len(told.photos)}))


def _asking(draft: Draft, *first: Message) -> Turn:
    """Ask for the next thing that is missing, or for the last word."""
    if not draft.what:
        return Turn(draft=replace(draft, asked="what"), say=(*first, Message("wechat.ask_what")))
    if not draft.has_place:
        return Turn(draft=replace(draft, asked="where"), say=(*first, Message("wechat.ask_where")))
    place = Message("wechat.place_point") if draft.lon is not None else Message("wechat.place_words")
    summary = Message(
        "wechat.ask_confirm",
        {
            "what": _short(draft.what),
            "place": place,
            "where": _short(draft.where),
            "photos": len(draft.photos),
        },
    )
    return Turn(draft=replace(draft, asked="confirm"), say=(*first, summary))


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= 60 else f"{flat[:59]}…"
