"""Exchanges of duties: what they break is named, and the check agrees with a full verify."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rostering_worlds import MONDAY, codes, day, person, problem, uncertified

from planners.rostering import (
    FAIRNESS,
    Problem,
    Roster,
    Rules,
    Swap,
    SwapBoard,
    figures,
    solve,
    verify,
)
from planners.stop import Stop

PATIENT = Stop(seconds=200)


def at(number):
    """The number-th day from Monday."""
    return MONDAY + timedelta(days=number)


def town(**rules):
    """Two agencies of three and one of the office over a week; only the first of agency a is certified."""
    people = [person("a0", "a", "food"), uncertified("a1", "a"), uncertified("a2", "a")]
    people += [person(f"b{n}", "b", "food") for n in range(3)]
    people += [person("o0", "office", is_office=True, until=None)]
    return problem(people, days=7, rules=Rules(max_squads=1, **rules))


def board_of(asked: Problem) -> SwapBoard:
    """A solved roster to try exchanges on."""
    return SwapBoard(asked, solve(asked, PATIENT).solution)


def days_of(board: SwapBoard, name: str):
    """Dates on which somebody is sent."""
    return [made.date for made in board.roster.days if name in made.sent]


def test_an_exchange_among_equals_is_lawful_and_changes_no_totals():
    """Two of an agency whose certificates are the same."""
    board = board_of(town())
    give, take = days_of(board, "b0")[0], days_of(board, "b1")[0]
    check = board.check(Swap(day=give, giver="b0", taker="b1", back=take))
    assert check.lawful
    assert check.unfairness[0] == 0
    after = board.after(check)
    assert "b1" in after.days[(give - MONDAY).days].sent
    assert "b0" in after.days[(take - MONDAY).days].sent
    assert board.roster.duties == after.duties
    assert [f for f in verify(board.problem, after) if f.code not in FAIRNESS] == []


def test_giving_a_duty_away_shows_its_cost_in_fairness():
    """One duty fewer here, one more there."""
    board = board_of(town())
    give = next(d for d in days_of(board, "b0") if "b2" not in board.roster.days[(d - MONDAY).days].sent)
    check = board.check(Swap(day=give, giver="b0", taker="b2"))
    assert check.lawful
    (giver, taker), (giver_after, taker_after) = check.before, check.after
    assert (giver_after.duties, taker_after.duties) == (giver.duties - 1, taker.duties + 1)
    assert check.unfairness[0] == (
        giver_after.duties**2 + taker_after.duties**2 - giver.duties**2 - taker.duties**2
    )


def test_what_makes_no_sense_is_refused_by_name():
    """The same person, another agency, a strange day, the same day, who is not or already on duty."""
    board = board_of(town())
    give = days_of(board, "b0")[0]
    away = next(at(n) for n in range(7) if at(n) not in days_of(board, "b0"))
    sent = next(p for p in board.roster.days[(away - MONDAY).days].sent if p[0] == "b")
    found = {
        "same": board.check(Swap(day=give, giver="b0", taker="b0")),
        "agency": board.check(Swap(day=give, giver="b0", taker="a0")),
        "unknown": board.check(Swap(day=give, giver="b0", taker="ghost")),
        "day": board.check(Swap(day=at(40), giver="b0", taker="b1")),
        "same day": board.check(Swap(day=give, giver="b0", taker="b1", back=give)),
        "not on": board.check(Swap(day=away, giver="b0", taker=sent)),
    }
    assert {name: codes(check.broken) for name, check in found.items()} == {
        "same": ["swap_same_person"],
        "agency": ["swap_other_agency"],
        "unknown": ["swap_other_agency"],
        "day": ["swap_day_unknown"],
        "same day": ["swap_same_day"],
        "not on": ["swap_not_on_duty", "swap_on_duty_already"],
    }


def test_who_is_away_and_what_the_office_locked_is_refused():
    """Training, and a duty that was decided by hand."""
    asked = town()
    board = board_of(asked)
    give = days_of(board, "b0")[0]
    number = (give - MONDAY).days
    changed = replace(
        asked.days[number],
        available=asked.days[number].available - {"b1"},
        absent={"b1": "training"},
        locked=frozenset({"b0"}),
    )
    asked = replace(asked, days=(*asked.days[:number], changed, *asked.days[number + 1 :]))
    check = SwapBoard(asked, board.roster).check(Swap(day=give, giver="b0", taker="b1"))
    assert codes(check.broken) == ["swap_absent", "swap_locked"]
    assert check.broken[0].params["why"] == "training"


def test_the_only_certified_pair_is_not_broken_up():
    """Without its certified member of agency a no squad of that day could enforce."""
    board = board_of(town())
    give = next(d for d in days_of(board, "a0"))
    check = board.check(Swap(day=give, giver="a0", taker="a1"))
    assert codes(check.broken) == ["swap_lawful_lost"]
    assert check.broken[0].params == {"day": give.isoformat(), "before": 1, "after": 0}
    assert "a1" not in {option.swap.taker for option in board.options(give, "a0")}


def test_squads_are_formed_anew_before_an_exchange_is_called_unlawful():
    """The taker's certificate fits the other squad's member, not the one in whose place he comes."""
    people = [
        person("a0", "a", "food"),
        person("a1", "a", "fire"),
        person("b0", "b", "food"),
        person("c0", "c", "water"),
        person("d0", "d", "fire"),
        uncertified("e0", "e"),
    ]
    asked = problem(people, rules=Rules(min_members=2, max_members=3, max_squads=2))
    asked = replace(asked, days=(replace(asked.days[0], locked=frozenset({"a0"})),))
    roster = solve(asked, PATIENT).solution
    assert sum(not squad.patrol_only for squad in roster.days[0].squads) == 1
    board = SwapBoard(replace(asked, days=(day(people),)), roster)
    check = board.check(Swap(day=MONDAY, giver="a0", taker="a1"))
    assert check.lawful
    squad = next(squad for squad in check.days[0].squads if not squad.patrol_only)
    assert {"a1", "d0"} <= set(squad.members)
    food = next(squad for squad in roster.days[0].squads if "a0" in squad.members)
    expected = "d0" not in food.members
    assert ("swap_reformed" in codes(check.notes)) == expected
    quick = board.check(check.swap, reform=False)
    assert (quick.unsettled, quick.lawful) == (expected, not expected)


def serving(asked: Problem, *by_day: str) -> SwapBoard:
    """A roster in which just these people of agency b serve, one a day."""
    locked = tuple(
        replace(one, locked=frozenset({name})) for one, name in zip(asked.days, by_day, strict=True)
    )
    roster = solve(replace(asked, days=locked), PATIENT).solution
    return SwapBoard(asked, roster)


def test_a_row_too_long_is_counted_with_numbers():
    """The taker serves before and after the day; what stands outside the roster counts too."""
    asked = town(max_days_in_row=2)
    board = serving(asked, "b0", "b1", "b0", "b2", "b1", "b2", "b1")
    check = board.check(Swap(day=at(1), giver="b1", taker="b0"))
    assert codes(check.broken) == ["swap_days_in_row"]
    assert check.broken[0].params == {"person": "b0", "day": "2026-03-03", "days": 3, "allowed": 2}
    assert board.check(Swap(day=at(1), giver="b1", taker="b0", back=at(2))).lawful


def test_a_week_too_full_is_counted_with_numbers():
    """Three duties of three allowed, and one more; with one back it is lawful."""
    board = serving(town(rest_days_a_week=4), "b0", "b1", "b0", "b2", "b0", "b1", "b2")
    check = board.check(Swap(day=at(1), giver="b1", taker="b0"))
    assert codes(check.broken) == ["swap_rest_days"]
    assert check.broken[0].params == {
        "person": "b0",
        "monday": "2026-03-02",
        "duties": 4,
        "allowed": 3,
    }
    assert board.check(Swap(day=at(1), giver="b1", taker="b0", back=at(0))).lawful


def test_options_are_lawful_and_the_fairest_come_first():
    """Every option is checked; nobody of another agency is among them."""
    board = board_of(town(max_days_in_row=3))
    give = days_of(board, "b1")[0]
    options = board.options(give, "b1")
    assert options
    assert all(option.lawful and option.swap.taker[0] == "b" for option in options)
    assert [option.unfairness for option in options] == sorted(option.unfairness for option in options)
    taken = {(o.swap.taker, o.swap.back) for o in options}
    every = {
        (taker, back)
        for taker in ("b0", "b2")
        for back in [None, *days_of(board, taker)]
        if board.check(Swap(day=give, giver="b1", taker=taker, back=back)).lawful
    }
    assert taken == every


def test_figures_count_pairs_and_leaders():
    """Against a count by hand over two days of the same squad of three."""
    people = [person(name, name, "food") for name in "abc"]
    asked = problem(people, days=2, rules=Rules(max_squads=1))
    roster = solve(asked, PATIENT).solution
    found = figures(asked, roster.days)
    assert (found.squads, found.lawful, found.pairs) == (2, 2, 3)
    assert found.most_frequent == (("a", "b"), 2)
    assert found.repeated == 3
    assert (found.leaders, found.leader_least, found.leader_most) == (2, 0, 1)


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.booleans(),
        st.frozensets(st.sampled_from(["food", "fire"]), max_size=2),
        st.integers(0, 3),
        st.booleans(),
    ),
    min_size=3,
    max_size=8,
)


@st.composite
def rosters(draw) -> tuple[Problem, Roster]:
    """A random township over up to eight days, with absences and rest rules, and its roster."""
    people = tuple(
        person(
            f"p{n}",
            agency,
            *scopes,
            until=None if not certified else MONDAY + timedelta(days=5),
            duties_last_weeks=done,
            can_lead=leads,
        )
        for n, (agency, certified, scopes, done, leads) in enumerate(draw(PEOPLE))
    )
    days = tuple(
        day(people, n, away=draw(st.frozensets(st.sampled_from([p.id for p in people]), max_size=2)))
        for n in range(draw(st.integers(2, 8)))
    )
    rules = Rules(
        min_members=2,
        max_members=3,
        max_squads=2,
        people_per_agency=draw(st.integers(1, 2)),
        max_days_in_row=draw(st.sampled_from([None, 2, 3])),
        rest_days_a_week=draw(st.integers(0, 4)),
    )
    asked = Problem(people=people, days=days, rules=rules)
    return asked, solve(asked, PATIENT, 1).solution


@settings(max_examples=60, deadline=None)
@given(rosters(), st.data())
def test_the_check_agrees_with_a_full_verify_of_the_swapped_roster(world, data):
    """Lawful if and only if the whole new roster breaks no rule and loses no lawful squad."""
    asked, roster = world
    assert verify(asked, roster) == ()
    duties = [(made.date, name) for made in roster.days for name in made.sent]
    if not duties:
        return
    give, giver = data.draw(st.sampled_from(duties))
    taker = data.draw(st.sampled_from([p.id for p in asked.people]))
    back = data.draw(st.sampled_from([None, None, *[made.date for made in roster.days]]))
    board = SwapBoard(asked, roster)
    check = board.check(Swap(day=give, giver=giver, taker=taker, back=back))
    if not check.days:
        assert check.broken
        return
    after = board.after(check)
    hard = [finding for finding in verify(asked, after) if finding.code not in FAIRNESS]
    lost = any(
        sum(not s.patrol_only for s in new.squads) < sum(not s.patrol_only for s in old.squads)
        for old, new in zip(roster.days, after.days, strict=True)
    )
    assert check.lawful == (not hard and not lost)
    again = SwapBoard(asked, roster).check(check.swap)
    assert again == check
    quick = SwapBoard(asked, roster).check(check.swap, reform=False)
    assert not (quick.lawful and quick.unsettled)
    assert not quick.lawful or check.lawful
    assert not check.lawful or quick.lawful or quick.unsettled


@pytest.mark.parametrize("seed", [1, 2])
def test_a_swapped_roster_can_be_swapped_back(seed):
    """The reverse exchange is lawful on the new roster, and everybody is where he was."""
    asked = town(max_days_in_row=4)
    board = SwapBoard(asked, solve(asked, PATIENT, seed).solution)
    give = days_of(board, "b0")[0]
    option = next(o for o in board.options(give, "b0") if o.swap.back is not None)
    swapped = SwapBoard(asked, board.after(option))
    back = swapped.check(Swap(day=give, giver=option.swap.taker, taker="b0", back=option.swap.back))
    assert back.lawful
    assert [made.sent for made in swapped.after(back).days] == [made.sent for made in board.roster.days]
