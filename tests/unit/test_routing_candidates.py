"""Who stands first for a matter, who is held back, and which cases are one matter of several bodies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmgr.domain.routing.candidates import (
    BodyFacts,
    OfficerFacts,
    SquadFacts,
    body_candidate,
    first_free,
    officer_candidate,
    ranked,
    squad_candidate,
)
from gridmgr.domain.routing.joint import Handling, JointMatter, JointRules, is_repeated, repeated
from gridmgr.texts import LANGUAGES, Message

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TODAY = date(2026, 3, 2)
RULES = JointRules()


def officer(name: str, **fields: object) -> OfficerFacts:
    """A certified officer on duty."""
    return replace(OfficerFacts(id=name, name=name, certified=True), **fields)  # type: ignore[arg-type]


def squad(number: int, **fields: object) -> SquadFacts:
    """A squad a kilometre away that may enforce."""
    made = SquadFacts(
        id=f"s{number}",
        number=number,
        metres=1000.0,
        arrives=NOW + timedelta(minutes=20),
        shift_end=NOW + timedelta(hours=6),
        covering=2,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def test_the_village_s_lead_comes_before_its_support_and_its_neighbours() -> None:
    """Whoever is recused or away stands behind all, with the reason."""
    found = ranked(
        officer_candidate(facts, day=TODAY)
        for facts in (
            officer("support", role="support"),
            officer("neighbour", neighbour="王村"),
            officer("lead", role="lead", since=date(2023, 1, 1)),
            officer("recused", role="lead", recused="籍贯在该村"),
            officer("away", role="lead", away="leave"),
        )
    )
    assert [item.id for item in found] == ["lead", "support", "neighbour", "away", "recused"]
    assert [item.held[0].key for item in found[3:]] == ["routing.away", "routing.recused"]
    assert first_free(found) is found[0]
    for language in LANGUAGES:
        for item in found:
            said = [words.render(language) for words in (*item.held, *(part.words for part in item.parts))]
            assert all(said)
            assert not any("routing." in words for words in said)


def test_a_squad_on_its_way_with_lawful_certificates_comes_first() -> None:
    """One that may only patrol goes down; one that would come after its shift is held back."""
    found = ranked(
        squad_candidate(facts, now=NOW)
        for facts in (
            squad(1),
            squad(2, planned=NOW + timedelta(hours=1), in_village=True),
            squad(3, patrol_only=Message("routing.no_words")),
            squad(4, metres=0.0, owner=True, in_village=True, shift_end=NOW + timedelta(minutes=25)),
        )
    )
    assert [item.id for item in found] == ["s2", "s1", "s3", "s4"]
    assert [words.key for words in found[-1].held] == ["routing.shift_over"]


def test_the_lead_body_stands_first_until_it_objected() -> None:
    """Then it is last, whatever its score; one nobody can send to is no choice either."""
    lead, help_ = BodyFacts(name="市监局", role="lead"), BodyFacts(name="水利局", role="help")
    far = BodyFacts(name="省厅", role="lead", handled=9, reachable=False)
    found = ranked(map(body_candidate, (help_, far, lead)))
    assert [item.id for item in found] == ["市监局", "水利局", "省厅"]
    found = ranked(map(body_candidate, (help_, replace(lead, objected=True))))
    assert [item.id for item in found] == ["水利局", "市监局"]
    before, after = body_candidate(lead), body_candidate(replace(lead, objections=2))
    assert after.score == before.score - 20


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 9)), max_size=8))
def test_a_ranking_is_by_score_with_the_held_back_last(rows: list[tuple[int, bool, int]]) -> None:
    """Nobody is lost."""
    made = [
        body_candidate(BodyFacts(name=f"b{n}", role="help", objections=o, objected=held, handled=h))
        for n, (o, held, h) in enumerate(rows)
    ]
    found = ranked(made)
    assert {item.id for item in found} == {item.id for item in made}
    keys = [(bool(item.held), -item.score) for item in found]
    assert keys == sorted(keys)


def handling(
    name: str, body: str = "办公室", *, metres: float = 0.0, days: float = 0.0, **more: object
) -> Handling:
    """A case so many metres north and days after the first."""
    made = Handling(
        case_id=name,
        body=body,
        lon=113.0,
        lat=34.0 + metres / 111_320.0,
        at=NOW + timedelta(days=days),
        item_code="SC007",
    )
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (handling("b", "水利局", metres=90, days=29), True),
        (handling("b", "水利局", item_code="X", category="养殖", helpers=("县市监局",)), True),
        (handling("b", "办公室"), False),
        (handling("b", "水利局", metres=101), False),
        (handling("b", "水利局", days=31), False),
        (handling("b", "水利局", item_code="X"), False),
    ],
    ids=["same item", "linked item", "same body", "too far", "too long apart", "another item"],
)
def test_two_bodies_at_one_matter_are_found(other: Handling, expected: bool) -> None:
    """By place, time and the same or linked items."""
    one = handling("a", lead="市监局")
    assert is_repeated(one, other, RULES) is expected
    assert is_repeated(other, one, RULES) is expected
    assert bool(repeated([one, other], RULES)) is expected


def test_what_is_over_on_both_sides_is_left_alone() -> None:
    """Nothing is left to join."""
    one, other = handling("a", is_open=False), handling("b", "水利局", is_open=False)
    assert repeated([one, other], RULES) == []
    assert repeated([one, replace(other, is_open=True)], RULES) != []


handlings = st.lists(
    st.builds(
        handling,
        st.uuids().map(str),
        st.sampled_from(("办公室", "水利局", "市监局")),
        metres=st.floats(-400, 400),
        days=st.floats(0, 60),
        item_code=st.sampled_from((None, "SC007", "CG001")),
        category=st.sampled_from(("", "垃圾")),
        is_open=st.booleans(),
    ),
    max_size=14,
)


@given(handlings)
def test_groups_are_what_comparing_everything_with_everything_gives(items: list[Handling]) -> None:
    """The squares of the map lose no pair, and no group falls into two."""
    groups = [{item.case_id for item in group} for group in repeated(items, RULES)]
    slow = [{item.case_id} for item in items]
    for one in items:
        for other in items:
            if is_repeated(one, other, RULES):
                first = next(group for group in slow if one.case_id in group)
                second = next(group for group in slow if other.case_id in group)
                if first is not second:
                    first |= second
                    slow.remove(second)
    assert sorted(map(sorted, groups)) == sorted(sorted(group) for group in slow if len(group) > 1)


def test_a_joint_matter_needs_two_cases_and_a_lead_among_its_bodies() -> None:
    """Checked at construction."""
    given_ = {"id": "1", "township_code": "T", "bodies": ("a", "b"), "found_at": NOW, "found_by": "system"}
    with pytest.raises(ValueError, match="cases"):
        JointMatter(cases=("1", "1"), **given_)
    with pytest.raises(ValueError, match="lead"):
        JointMatter(cases=("1", "2"), state="joined", lead="c", **given_)
    joined = JointMatter(cases=("1", "2"), **given_).decided("joined", at=NOW, by="p", why="", lead="b")
    assert (joined.lead, joined.cooperating) == ("b", ("a",))
