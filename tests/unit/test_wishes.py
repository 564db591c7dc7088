"""Requests and offers: the same item first, then by likeness; proposals group what belongs together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.similarity import likeness, plain
from gridmgr.domain.wishes import Wish, match, rank_offers
from gridmgr.services.catalogue.proposals import propose

AT = datetime(2026, 3, 2, tzinfo=UTC)
REQUEST = Wish(
    id="r1",
    side="request",
    item_name="乱扔果皮纸屑",
    body="县城市管理局",
    townships=("t1",),
    words="量大",
    made_by="p",
    made_at=AT,
)
OFFER = Wish(
    id="o1",
    side="offer",
    item_name="乱扔果皮纸屑、乱涂写乱张贴",
    body="城市管理局",
    words="培训",
    made_by="d",
    made_at=AT,
)
ITEM = CatalogueItem(code="CG2", name="乱扔果皮纸屑、乱涂写乱张贴", kind="basic", lead_body="县城市管理局")


def test_the_same_item_goes_before_whatever_sounds_alike() -> None:
    """Even where its words differ."""
    coded = replace(REQUEST, item_code="CG2")
    same = replace(OFFER, id="z", item_code="CG2", item_name="别的说法")
    ranked = rank_offers(coded, [OFFER, same])
    assert [(m.offer_id, m.exact) for m in ranked] == [("z", True), ("o1", False)]
    assert ranked[0].score == 1.0
    assert 0 < ranked[1].score < 1


def test_two_named_items_that_differ_never_match() -> None:
    """However alike their names are."""
    assert match(replace(REQUEST, item_code="A"), replace(OFFER, item_code="B")) is None


def test_an_offer_for_other_townships_does_not_match() -> None:
    """Its own townships only."""
    assert match(REQUEST, replace(OFFER, townships=("t2",))) is None
    assert match(REQUEST, replace(OFFER, townships=("t1", "t2"))) is not None


def test_a_proposal_joins_townships_that_ask_for_the_same_and_says_why_others_are_left_out() -> None:
    """One line for two townships; a wish that nobody answers is named with its reason."""
    second = replace(REQUEST, id="r2", townships=("t2",))
    lonely = replace(REQUEST, id="r3", item_name="河道采砂", body="县水利局")
    unasked = replace(OFFER, id="o2", item_name="兽药经营", body="县农业农村局")
    lines, left = propose([REQUEST, second, lonely, OFFER, unasked], {"CG2": ITEM})
    [line] = lines
    assert (line.item_code, line.townships, line.request_ids) == ("CG2", ("t1", "t2"), ("r1", "r2"))
    assert not line.exact
    assert {item.wish_id: item.reason.key for item in left} == {
        "r3": "catalogue.left_no_offer",
        "o2": "catalogue.left_no_request",
    }


def test_what_the_township_leads_already_is_not_proposed() -> None:
    """Nor what is not on the list: that needs an admission."""
    handed = replace(ITEM, handed_to=("t1",))
    assert propose([REQUEST, OFFER], {"CG2": handed})[1][0].reason.key == "catalogue.left_led_already"
    assert propose([REQUEST, OFFER], {})[1][0].reason.key == "catalogue.left_not_listed"


WORDS = st.text("占道经营乱堆放垃圾夜市 ，。abcＡ", max_size=14)


@settings(max_examples=300, deadline=None)
@given(WORDS, WORDS)
def test_likeness_is_symmetric_bounded_and_one_for_the_same(one: str, other: str) -> None:
    """Whatever the words, and signs and letter forms do not matter."""
    score = likeness(one, other)
    assert score == likeness(other, one)
    assert 0.0 <= score <= 1.0
    if plain(one):
        assert likeness(one, one) == pytest.approx(1.0)
        assert likeness(one, f"「{one}」，") == pytest.approx(1.0)
    else:
        assert score == 0.0


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(WORDS.filter(str.strip), st.sampled_from(["县城市管理局", "县水利局"])), max_size=6),
    st.randoms(),
)
def test_ranking_offers_does_not_depend_on_their_order(offers: list[tuple[str, str]], random: object) -> None:
    """Equal scores go by id."""
    made = [replace(OFFER, id=f"o{n}", item_name=name, body=body) for n, (name, body) in enumerate(offers)]
    mixed = list(made)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert rank_offers(REQUEST, made) == rank_offers(REQUEST, mixed)
