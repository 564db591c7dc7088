"""Finding out which place people mean: names of townships, villages and places on record in a sentence.

Only what the words say for certain is found. Of names within names the longest counts ("小李村" is not
"李村"); a name that two villages bear says nothing, unless a township is named too. A place is found by its
whole name alone, since half a name of a shop is a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gridmgr.domain.places import Place, Township

#: Fewest signs of a place's name: shorter ones stand in other words.
FEWEST_PLACE_SIGNS = 3
#: How a village may be called besides its full name: its stem with one of these behind it.
_VILLAGE_ENDS = (
    *("村民委员会", "居民委员会", "社区居委会", "社区", "居委会", "村委会", "行政村", "自然村", "村"),
    "大队",
)
#: A stem of one sign with 村 behind it is a name all the same ("李村"), other ends need two.
_END = re.compile(f"(?:{'|'.join(_VILLAGE_ENDS)})$")
_TOWNSHIP_ENDS = re.compile(r"(?:街道办事处|街道办|街道|镇人民政府|乡人民政府|镇|乡)$")
_GAP = re.compile(r"[\s,，、。.;；:：()（）\-—·\"“”'']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedVillage:
    """A village as the gazetteer knows it: code, name and township."""

    code: str
    name: str
    township_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a sentence says of a place, as far as it is certain.

    Parameters
    ----------
    township_code, village_code
        Codes.
    place
        The place on record, where one is named.
    """

    township_code: str | None = None
    village_code: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class _Hit:
    """A name in a sentence: from, to, and what bears it."""

    start: int
    end: int
    codes: frozenset[str]


@dataclass(kw_only=True)
class Gazetteer:
    """Names on record.

    Parameters
    ----------
    townships, villages, places
        All of them, places perhaps without a village.
    """

    townships: Sequence[Township]
    villages: Sequence[NamedVillage]
    places: Sequence[Place]
    _village_names: dict[str, set[str]] = field(init=False, default_factory=dict)
    _township_names: dict[str, set[str]] = field(init=False, default_factory=dict)
    _place_names: dict[str, set[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._village_by_code = {item.code: item for item in self.villages}
        self._place_by_id = {item.id: item for item in self.places}
        for township in self.townships:
            for name in _township_names(township.name):
                self._township_names.setdefault(name, set()).add(township.code)
        for village in self.villages:
            for name in _village_names(village.name):
                self._village_names.setdefault(name, set()).add(village.code)
        for place in self.places:
            name = plain(place.name)
            if len(name) >= FEWEST_PLACE_SIGNS:
                self._place_names.setdefault(name, set()).add(place.id)

    def find(self, words: str, *, township_code: str | None = None, village_code: str | None = None) -> Meant:
        """What a sentence says.

        Parameters
        ----------
        words
            The sentence.
        township_code, village_code
            What is known from elsewhere; the sentence only makes it more exact.
        """
        text = plain(words)
        known = self._village_by_code.get(village_code or "")
        township = known.township_code if known else township_code
        named = self._township(text)
        village = known or self._village(text, township or named)
        if village is not None:
            township = village.township_code
        place = self._place(text, township or named, village)
        if place is not None and village is None:
            village = self._village_by_code.get(place.village_code or "")
        return Meant(
            township_code=village.township_code if village else township or named,
            village_code=village.code if village else None,
            place=place if village else None,
        )

    def township_in(self, words: str) -> str | None:
        """The code of the one township a text names, e.g. "柳林镇人民政府"; None where it is none or two."""
        return self._township(plain(words))

    def _township(self, text: str) -> str | None:
        return _single(_hits(text, self._township_names))

    def _village(self, text: str, township: str | None) -> NamedVillage | None:
        hits = []
        for hit in _hits(text, self._village_names):
            codes = {
                code for code in hit.codes if township in (None, self._village_by_code[code].township_code)
            }
            if codes:
                hits.append(_Hit(hit.start, hit.end, frozenset(codes)))
        code = _single(hits)
        return self._village_by_code[code] if code else None

    def _place(self, text: str, township: str | None, village: NamedVillage | None) -> Place | None:
        hits = []
        for hit in _hits(text, self._place_names):
            fitting = frozenset(key for key in hit.codes if _fits(self._place_by_id[key], township, village))
            if fitting:
                hits.append(_Hit(hit.start, hit.end, fitting))
        key = _single(hits)
        return self._place_by_id[key] if key else None


def plain(words: str) -> str:
    """Words as they are compared: half-width, lower case, without blanks and stops."""
    return _GAP.sub("", unicodedata.normalize("NFKC", words).casefold())


def _fits(place: Place, township: str | None, village: NamedVillage | None) -> bool:
    if village is not None:
        return place.village_code == village.code
    return township in (None, place.township_code)


def _township_names(name: str) -> Iterable[str]:
    """A township's name, and a street's as its office calls itself."""
    full = plain(name)
    yield full
    stem = _TOWNSHIP_ENDS.sub("", full)
    if full.endswith("街道") and len(stem) > 1:
        yield f"{stem}办事处"


def _village_names(name: str) -> Iterable[str]:
    """A village's name and what else people call it."""
    full = plain(name)
    yield full
    stem = _END.sub("", full)
    if len(stem) < 2:
        return
    for end in _VILLAGE_ENDS:
        yield stem + end


def _hits(text: str, names: Mapping[str, Iterable[str]]) -> list[_Hit]:
    """Names that stand in a text, without those that stand within longer ones."""
    found = [
        _Hit(match.start(), match.end(), frozenset(codes))
        for name, codes in names.items()
        if name and name in text
        for match in re.finditer(re.escape(name), text)
    ]
    return [hit for hit in found if not any(_within(hit, other) for other in found)]


def _within(hit: _Hit, other: _Hit) -> bool:
    longer = other.end - other.start > hit.end - hit.start
    return longer and other.start <= hit.start and hit.end <= other.end


def _single(hits: Sequence[_Hit]) -> str | None:
    """The one thing all hits agree on; a name that several bear is settled by another of only one of them."""
    if not hits:
        return None
    common = frozenset.intersection(*(hit.codes for hit in hits))
    return next(iter(common)) if len(common) == 1 else None
