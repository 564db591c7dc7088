"""Which place people mean: only what the words say for certain."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gridmgr.domain.gazetteer import Gazetteer, NamedVillage
from gridmgr.domain.places import Place, Township

WILLOW, STONE = "t1", "t2"
TOWNSHIPS = [
    Township(code=WILLOW, name="柳林镇", county_code="c", county_name="甲县"),
    Township(code=STONE, name="石桥街道", county_code="c", county_name="甲县"),
]
VILLAGES = [
    NamedVillage(code="v1", name="李村", township_code=WILLOW),
    NamedVillage(code="v2", name="小李村", township_code=WILLOW),
    NamedVillage(code="v3", name="双井村", township_code=WILLOW),
    NamedVillage(code="v4", name="双井村", township_code=STONE),
    NamedVillage(code="v5", name="东关社区", township_code=STONE),
    NamedVillage(code="v6", name="柳林村", township_code=WILLOW),
]


def spot(key: str, name: str, village: str, township: str) -> Place:
    """A market."""
    return Place(
        id=key, name=name, kind="market", lon=113.0, lat=34.0, village_code=village, township_code=township
    )


PLACES = [
    spot("p1", "双井农贸市场", "v3", WILLOW),
    spot("p2", "双井农贸市场", "v4", STONE),
    spot("p3", "东关市场", "v5", STONE),
    spot("p4", "市场", "v1", WILLOW),
]
BOOK = Gazetteer(townships=TOWNSHIPS, villages=VILLAGES, places=PLACES)


def found(words: str, **known: str) -> tuple[str | None, str | None, str | None]:
    """Township, village and place of a sentence."""
    meant = BOOK.find(words, **known)
    return meant.township_code, meant.village_code, meant.place.id if meant.place else None


def test_the_longest_name_counts() -> None:
    """A village whose name stands within another's is not meant by that."""
    assert found("小李村村口") == (WILLOW, "v2", None)
    assert found("李村村口") == (WILLOW, "v1", None)


def test_two_villages_say_nothing_unless_a_township_is_named() -> None:
    """Neither by name nor by two names."""
    assert found("双井村大街") == (None, None, None)
    assert found("石桥街道双井村大街") == (STONE, "v4", None)
    assert found("双井村大街", township_code=WILLOW) == (WILLOW, "v3", None)
    assert found("李村和小李村之间") == (None, None, None)


def test_a_township_alone_is_kept() -> None:
    """Whoever is responsible has it in their inbox."""
    assert found("柳林镇政府东边") == (WILLOW, None, None)
    assert BOOK.township_in("石桥办事处") == STONE
    assert BOOK.township_in("县城管局") is None


def test_a_village_goes_by_other_ends_of_its_name() -> None:
    """Committees and communities."""
    assert found("双井 村委会门前，柳林镇") == (WILLOW, "v3", None)
    assert found("东关居委会楼下") == (STONE, "v5", None)


def test_a_place_is_found_by_its_whole_name() -> None:
    """Within what else is said; a name too short is none."""
    assert found("东关市场南门") == (STONE, "v5", "p3")
    assert found("双井农贸市场") == (None, None, None)
    assert found("柳林镇双井农贸市场") == (WILLOW, "v3", "p1")
    assert found("李村的市场") == (WILLOW, "v1", None)


def test_a_place_of_another_village_is_not_the_one_meant() -> None:
    """What contradicts itself is left to a person."""
    assert found("李村东关市场") == (WILLOW, "v1", None)
    assert found("东关市场", village_code="v1") == (WILLOW, "v1", None)


def test_blanks_stops_and_wide_signs_make_no_difference() -> None:
    """As they come from forms."""
    assert found("石桥 街道，东关－社区") == (STONE, "v5", None)


@given(st.text(alphabet="柳林镇石桥街道小李村双井东关社区市场农贸 ，0", max_size=24))
def test_what_is_found_stands_in_the_words(words: str) -> None:
    """Whatever is said, the answer is consistent and was said."""
    township, village, place = found(words)
    bare = words.replace(" ", "").replace("，", "")
    if village is not None:
        known = next(item for item in VILLAGES if item.code == village)
        assert known.township_code == township
        assert place is not None or known.name.rstrip("村社区") in bare
    if place is not None:
        assert next(item for item in PLACES if item.id == place).name in bare
