"""What would give a day more lawful squads: against every change there is, counted without the planner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rostering_worlds import MONDAY, codes, day, person, problem, uncertified, vehicles

from planners.rostering import Change, Day, PairRule, Person, Problem, Rules, changed, relieve
from planners.stop import Stop

MOVABLE = ("leave", "training", "seconded")
KINDS = ("send", "extra", "attend", "lend", "vehicle", "certify", "hire")


def asked_of(people: Iterable[Person], *, away: dict[str, str] | None = None, **rules) -> Problem:
    """A day of these people, some of them away."""
    people = tuple(people)
    gone = away or {}
    one = Day(date=MONDAY, available=frozenset(p.id for p in people) - set(gone), absent=gone)
    return Problem(people=people, days=(one,), rules=Rules(**{"max_squads": 1, **rules}))


def kinds(found) -> list[str]:
    """Kinds of the single changes, in order."""
    return [remedy.changes[0].kind for remedy in found.singles]


def test_nothing_is_missing_where_every_squad_asked_for_is_lawful() -> None:
    """Two certified people of one field make the one squad there is to be."""
    found = relieve(asked_of([person("a", "A", "food"), person("b", "B", "food")]))
    assert (found.lawful, found.asked, found.reasons, found.singles) == (1, 1, (), ())


def test_sending_the_certified_colleague_instead_comes_first() -> None:
    """B's turn is the uncertified one's; the certified one waits: no certificate is needed."""
    people = [
        person("a", "A", "food"),
        uncertified("b1", "B"),
        person("b2", "B", "food", duties_last_weeks=3),
    ]
    found = relieve(asked_of(people))
    assert codes(found.reasons) == ["relief_certified"]
    assert found.singles[0].changes == (Change(kind="send", person="b2", instead="b1"),)
    assert found.singles[0].lawful == 1
    assert kinds(found) == ["send", "extra", "certify", "hire"]


def test_leave_moved_and_who_is_sick_is_left_alone() -> None:
    """Both colleagues are certified and away; only the one on leave can be asked to come."""
    people = [person("a", "A", "food"), person("b", "B", "food"), person("c", "C", "food")]
    found = relieve(asked_of(people, away={"b": "leave", "c": "sick"}, min_members=1))
    attending = [remedy.changes[0] for remedy in found.singles if remedy.changes[0].kind == "attend"]
    assert attending == [Change(kind="attend", person="b")]
    assert "relief_away" in codes(found.reasons)


def test_somebody_lent_by_another_township_with_the_field_that_is_missing() -> None:
    """Of two who could come only one shares the field."""
    people = [person("a", "A", "food"), uncertified("b", "B")]
    guests = [person("x", "X", "fire"), person("y", "Y", "food")]
    found = relieve(asked_of(people), lendable=guests)
    assert [r.changes[0].person for r in found.singles if r.changes[0].kind == "lend"] == ["y"]


def test_a_vehicle_is_what_is_missing() -> None:
    """Four people of one field, two squads asked for, one vehicle."""
    people = tuple(person(name, name.upper(), "food") for name in "abcd")
    asked = Problem(
        people=people, days=(day(people, vehicles=vehicles(5)),), rules=Rules(max_squads=2, min_members=2)
    )
    found = relieve(asked)
    assert codes(found.reasons) == ["relief_vehicles"]
    assert [(r.changes[0].kind, r.lawful) for r in found.singles] == [("vehicle", 2)]


def test_two_changes_together_where_none_helps_alone() -> None:
    """Nobody of the two is certified: one certificate alone makes no pair."""
    found = relieve(
        asked_of([uncertified("a", "A"), uncertified("b", "B")]), lendable=[person("x", "X", "food")]
    )
    assert found.singles == ()
    assert found.complete
    assert found.pair is not None
    assert [change.kind for change in found.pair.changes] == ["lend", "certify"]
    assert found.pair.lawful == 1


def test_nothing_helps_and_it_is_said_so() -> None:
    """Two people short of the three a squad needs, with nobody to ask and no agency to strengthen."""
    found = relieve(replace(asked_of([], min_members=3), agencies=()))
    assert (found.singles, found.pair, found.complete) == ((), None, True)
    assert codes(found.reasons) == ["relief_people", "relief_certified"]


def test_the_limit_of_days_solved_is_told() -> None:
    """With two days to solve not everything was tried."""
    found = relieve(asked_of([person("a", "A", "food"), uncertified("b", "B")]), Stop(seconds=60, work=2))
    assert not found.complete
    assert found.solved <= 2


def test_bad_questions_are_refused() -> None:
    """Several days; a guest who is at home; a change without what it is about."""
    with pytest.raises(ValueError, match="takes one day, got 2"):
        relieve(problem([person("a")], days=2))
    with pytest.raises(ValueError, match=r"of this township: \['a'\]"):
        relieve(asked_of([person("a")]), lendable=[person("a")])
    with pytest.raises(ValueError, match=r"Change\.person"):
        Change(kind="lend")


# Counting without the planner -----------------------------------------------------------------------------


def most_lawful(asked: Problem) -> int:
    """Most lawful squads of a fair choice of people, by trying every choice and every set of pairs."""
    (one,) = asked.days
    choices = []
    for group in sorted({p.group for p in asked.people}):
        here = [p for p in asked.people if p.group == group and p.id in one.available]
        share = asked.rules.people_per_agency
        if group == "":
            share = asked.rules.office_per_squad * asked.rules.max_squads
        sets = list(combinations(here, min(len(here), share + one.extra.get(group, 0))))
        least = min(sum(p.duties_last_weeks for p in some) for some in sets)
        choices.append([some for some in sets if sum(p.duties_last_weeks for p in some) == least])
    best = 0
    for chosen in product(*choices):
        sent = [p for some in chosen for p in some]
        possible = min(asked.rules.max_squads, len(sent) // asked.rules.min_members)
        best = max(best, min(possible, pairs_in([p for p in sent if p.certified_until], asked.rules)))
    return best


def pairs_in(certified: list[Person], rules: Rules) -> int:
    """Most disjoint lawful pairs."""
    if len(certified) < 2 or rules.max_members < 2:
        return 0
    first, rest = certified[0], certified[1:]
    most = pairs_in(rest, rules)
    for other in rest:
        if may_pair(first, other, rules):
            most = max(most, 1 + pairs_in([p for p in rest if p is not other], rules))
    return most


def may_pair(one: Person, other: Person, rules: Rules) -> bool:
    """Whether two certified people make a squad lawful."""
    if rules.pair_rule is PairRule.SCOPE:
        return bool(one.scopes & other.scopes)
    agency = rules.pair_rule is PairRule.POOLED or one.agency == other.agency
    return agency and bool(one.scopes | other.scopes)


def every_change(asked: Problem, sent: frozenset[str], guests: list[Person]) -> list[Change]:
    """Every change of every kind, alike or not."""
    (one,) = asked.days
    people = {p.id: p for p in asked.people}
    groups = sorted({p.group for p in asked.people})
    turns = [(a, b) for a in one.available - sent for b in sent if people[a].group == people[b].group]
    plain = [p for p in asked.people if p.id in one.available and p.certified_until is None]
    return [
        *(Change(kind="send", person=name, instead=other) for name, other in turns),
        *(Change(kind="extra", agency=group) for group in groups),
        *(Change(kind="attend", person=name) for name, why in one.absent.items() if why in MOVABLE),
        *(Change(kind="lend", person=guest.id) for guest in guests),
        *(
            Change(kind="certify", person=p.id, scopes=scopes)
            for p in plain
            for scopes in wanted_fields(p.scopes, asked, p.group)
        ),
        *(
            Change(kind="hire", agency=group, scopes=scopes)
            for group in groups
            for scopes in wanted_fields(frozenset(), asked, group)
        ),
    ]


def wanted_fields(own: frozenset[str], asked: Problem, group: str) -> list[frozenset[str]]:
    """What a certificate would be for."""
    fields = {scope for p in asked.people for scope in p.scopes}
    agency = frozenset(scope for p in asked.people if p.group == group for scope in p.scopes)
    if own or (agency and group):
        return [own or agency]
    return [frozenset({scope}) for scope in sorted(fields)]


PEOPLE = st.builds(
    Person,
    id=st.just("x"),
    agency=st.sampled_from("ab"),
    is_office=st.sampled_from([False, False, True]),
    certified_until=st.sampled_from([None, date.max]),
    scopes=st.sampled_from([frozenset({"x"}), frozenset({"y"}), frozenset({"x", "y"}), frozenset()]),
    duties_last_weeks=st.integers(0, 2),
)


@st.composite
def short_days(draw) -> tuple[Problem, list[Person]]:
    """Up to five people of two agencies and the office, some away; up to two who could be lent."""
    drawn = draw(st.lists(PEOPLE, min_size=1, max_size=5))
    people = [replace(p, id=f"p{n}", agency="o" if p.is_office else p.agency) for n, p in enumerate(drawn)]
    away = {p.id: draw(st.sampled_from(["", "", "", "leave", "sick"])) for p in people}
    asked = asked_of(
        people,
        away={name: why for name, why in away.items() if why},
        pair_rule=draw(st.sampled_from(PairRule)),
        min_members=draw(st.integers(1, 3)),
        max_squads=draw(st.integers(1, 2)),
    )
    guests = draw(st.lists(PEOPLE, max_size=2))
    return asked, [replace(p, id=f"g{n}", agency=f"far{n}", is_office=False) for n, p in enumerate(guests)]


@settings(max_examples=100, deadline=None)
@given(short_days())
def test_the_smallest_change_is_the_smallest_and_its_effect_is_what_counting_gives(drawn) -> None:
    """No lighter change helps, none is missed, and where none helps alone no lighter pair does."""
    asked, guests = drawn
    found = relieve(asked, Stop(seconds=300, work=10_000), lendable=guests)
    assert found.complete
    assert found.lawful == most_lawful(asked)
    if found.lawful >= found.asked:
        return
    sent, lendable = frozenset(found.sent), {guest.id: guest for guest in guests}

    def with_changes(*changes: Change) -> int:
        now = asked
        for change in reversed(changes):
            now = changed(now, change, sent=sent, lendable=lendable)
        return most_lawful(now)

    for remedy in (*found.singles, *([found.pair] if found.pair else [])):
        assert remedy.lawful == with_changes(*remedy.changes) > found.lawful
    helping = {}
    for change in every_change(asked, sent, guests):
        if with_changes(change) > found.lawful:
            helping.setdefault(KINDS.index(change.kind), change)
    assert sorted(helping) == sorted({KINDS.index(r.changes[0].kind) for r in found.singles})
    if helping:
        return
    lightest = sum(KINDS.index(change.kind) for change in found.pair.changes) if found.pair else 99
    for pair in sensible_pairs(every_change(asked, sent, guests)):
        if sum(KINDS.index(change.kind) for change in pair) < lightest:
            assert with_changes(*pair) <= found.lawful, pair


def sensible_pairs(changes: list[Change]) -> Iterator[tuple[Change, Change]]:
    """Two at a time, the lighter first; nobody is sent who does not come."""
    ordered = sorted(changes, key=lambda change: KINDS.index(change.kind))
    return combinations(ordered, 2)
