"""The people chosen are the best in each goal's turn: against every choice there is, by counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import combinations, pairwise, product

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rostering_worlds import MONDAY, codes, day, person, problem, uncertified

from planners.result import Status
from planners.rostering import Day, Person, Problem, Rules, solve, verify
from planners.rostering.demand import available_by_group, quota, squads_possible
from planners.stop import Stop

PATIENT = Stop(seconds=200)
FRIDAY = MONDAY + timedelta(days=4)

PEOPLE = st.builds(
    Person,
    id=st.just("x"),
    agency=st.sampled_from("ab"),
    certified_until=st.sampled_from([None, date.max]),
    scopes=st.sampled_from([frozenset({"x"}), frozenset({"y"}), frozenset({"x", "y"})]),
    duties_last_weeks=st.integers(0, 2),
    off_duties_last_weeks=st.integers(0, 1),
    other_duties=st.sampled_from(
        [frozenset(), frozenset({FRIDAY - timedelta(days=1)}), frozenset({FRIDAY + timedelta(days=4)})]
    ),
)


@st.composite
def townships(draw) -> Problem:
    """Two agencies of up to three over four days from a Friday on, with rest rules or without."""
    drawn = draw(st.lists(PEOPLE, min_size=2, max_size=5))
    people = tuple(Person(**{**vars(one), "id": f"p{number}"}) for number, one in enumerate(drawn))
    assume(max(Counter(one.agency for one in people).values()) <= 3)
    days = tuple(
        Day(
            date=FRIDAY + timedelta(days=number),
            available=frozenset(p.id for p in people if draw(st.integers(0, 4))),
        )
        for number in range(4)
    )
    rules = Rules(
        max_days_in_row=draw(st.sampled_from([None, 1, 2, 3])),
        rest_days_a_week=draw(st.sampled_from([0, 4, 5])),
        lawful_before_fair=draw(st.booleans()),
    )
    return Problem(people=people, days=days, rules=rules)


Plan = tuple[frozenset[str], ...]


def plans_of(asked: Problem, group: str) -> Iterator[Plan]:
    """Every way an agency can send people on the days without breaking rest, gaps and all."""
    choices = []
    for one in asked.days:
        here = [p.id for p in available_by_group(asked, one).get(group, [])]
        most = quota(group, len(here), day=one, rules=asked.rules)
        choices.append([frozenset(c) for heads in range(most + 1) for c in combinations(here, heads)])
    for plan in product(*choices):
        if all(rested(asked, p, plan) for p in asked.people if p.group == group):
            yield plan


def rested(asked: Problem, one: Person, plan: Plan) -> bool:
    """Whether a person's dates of duty keep the rules."""
    served = sorted(
        one.other_duties | {d.date for d, ids in zip(asked.days, plan, strict=True) if one.id in ids}
    )
    rules, row, longest = asked.rules, 1, 1 if served else 0
    for earlier, later in pairwise(served):
        row = row + 1 if (later - earlier).days == 1 else 1
        longest = max(longest, row)
    in_week = max(Counter(d.isocalendar()[:2] for d in served).values(), default=0)
    return longest <= (rules.max_days_in_row or longest) and in_week <= 7 - rules.rest_days_a_week


def gaps(asked: Problem, plan: Plan) -> tuple[int, int]:
    """Days without anybody where somebody was asked for: all, and those on working days."""
    empty = [one for one, ids in zip(asked.days, plan, strict=True) if not ids]
    return len(empty), sum(not one.is_off for one in empty)


def squares(asked: Problem, plan: Plan, *, off: bool) -> int:
    """Sum of squared duties, history counted, of one agency's plan."""
    duties: Counter[str] = Counter(
        p for one, ids in zip(asked.days, plan, strict=True) if one.is_off or not off for p in ids
    )
    before = {p.id: p.off_duties_last_weeks if off else p.duties_last_weeks for p in asked.people}
    return sum((before[p] + duties[p]) ** 2 - before[p] ** 2 for p in duties)


def tired(plan: Plan) -> int:
    """Duties on the day after another one."""
    return sum(len(one & other) for one, other in pairwise(plan))


def lawful(asked: Problem, plans: tuple[Plan, ...]) -> tuple[int, int]:
    """Days with a lawful squad; and goal 4, ten for such a day and one for each squad."""
    people = {p.id: p for p in asked.people}
    days = worth = 0
    for number, one in enumerate(asked.days):
        sent = [people[p] for plan in plans for p in plan[number]]
        scopes = tuple(sorted(tuple(sorted(p.scopes)) for p in sent if p.certified_on(one.date)))
        squads = min(squads_possible(one, asked.rules, len(sent)), most_pairs(scopes))
        days += squads > 0
        worth += 10 * (squads > 0) + squads
    return days, worth


@cache
def most_pairs(scopes: tuple[tuple[str, ...], ...]) -> int:
    """Most disjoint pairs that share a scope."""
    if len(scopes) < 2:
        return 0
    first, *rest = scopes
    best = most_pairs(tuple(rest))
    for place, other in enumerate(rest):
        if set(first) & set(other):
            best = max(best, 1 + most_pairs(tuple(rest[:place] + rest[place + 1 :])))
    return best


def goals(asked: Problem, plans: tuple[Plan, ...]) -> tuple[int, ...]:
    """Fair turns, fair days off, lawful squads, rest: the less, the better; in the order asked for."""
    days, worth = lawful(asked, plans)
    rest = (
        sum(squares(asked, plan, off=False) for plan in plans),
        sum(squares(asked, plan, off=True) for plan in plans),
        -worth,
        sum(tired(plan) for plan in plans),
    )
    return (-days, *rest) if asked.rules.lawful_before_fair else rest


@settings(max_examples=60, deadline=None)
@given(townships())
def test_no_choice_of_people_is_better(asked):
    """Fewest gaps of each agency by itself; then, with the gaps on their days, every goal in its turn."""
    result = solve(asked, PATIENT, seed=5)
    assert result.status is Status.OPTIMAL
    assert verify(asked, result.solution) == ()
    agencies = sorted({p.group for p in asked.people})
    made = tuple(
        tuple(
            frozenset(p for p in one.sent if {q.id: q.group for q in asked.people}[p] == agency)
            for one in result.solution.days
        )
        for agency in agencies
    )
    options = []
    for agency, plan in zip(agencies, made, strict=True):
        possible = list(plans_of(asked, agency))
        assert gaps(asked, plan) == min(gaps(asked, other) for other in possible)
        filled = [len(ids) for ids in plan]
        same = [other for other in possible if [len(ids) for ids in other] == filled]
        if not asked.rules.lawful_before_fair:
            fairest = min((squares(asked, p, off=False), squares(asked, p, off=True)) for p in same)
            same = [p for p in same if (squares(asked, p, off=False), squares(asked, p, off=True)) == fairest]
        options.append(same)
    assert goals(asked, made) == min(goals(asked, choice) for choice in product(*options))


@settings(max_examples=25, deadline=None)
@given(townships())
def test_one_more_person_never_leaves_more_gaps(asked):
    """A colleague for agency a, on duty every day: as many duties are filled, or more."""
    new = uncertified("new", "a")
    days = tuple(Day(date=one.date, available=one.available | {"new"}) for one in asked.days)
    more = Problem(people=(*asked.people, new), days=days, rules=asked.rules)
    before, after = (solve(item, PATIENT).solution for item in (asked, more))
    assert all(
        len(now.sent) >= len(then.sent) for now, then in zip(after.days, before.days, strict=True)
    ) or (sum(len(one.sent) for one in after.days) > sum(len(one.sent) for one in before.days))


def test_an_agency_of_one_rests_and_says_so():
    """Six days in a row at most: the seventh has nobody of the agency, with the numbers."""
    people = [person("a1", "a"), *(person(f"b{n}", "b") for n in range(3))]
    roster = solve(problem(people, days=8, rules=Rules(max_days_in_row=6)), PATIENT).solution
    empty = [one for one in roster.days if "a1" not in one.sent]
    assert [one.date for one in empty] == [MONDAY + timedelta(days=number) for number in (6,)] or (
        len(empty) == 1 and empty[0].date.weekday() >= 5
    )
    short = next(item for item in empty[0].short if item.agency == "a")
    assert short.reason.code == "agency_resting"
    assert dict(short.reason.params) == {"agency": "a", "available": 1, "sent": 0, "expected": 1}


def test_duties_before_the_first_day_count_towards_the_row():
    """Five days up to Sunday and a row of five at most: Monday is free."""
    before = frozenset(MONDAY - timedelta(days=back) for back in range(1, 6))
    people = [person("a1", "a", other_duties=before), person("b1", "b")]
    roster = solve(problem(people, days=2, rules=Rules(max_days_in_row=5)), PATIENT).solution
    assert ["a1" in one.sent for one in roster.days] == [False, True]


def test_duties_that_stand_after_the_last_day_count_too():
    """Tuesday and Wednesday are published, two in a row at most: Monday is free."""
    after = frozenset({MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)})
    people = [person("a1", "a", other_duties=after), person("b1", "b")]
    roster = solve(problem(people, rules=Rules(max_days_in_row=2)), PATIENT).solution
    assert roster.days[0].sent == ("b1",)


def test_office_staff_who_must_rest_are_a_note_of_the_day():
    """Two of the office for one squad a day, one of them on leave, a row of one."""
    people = [person("o1", "office", is_office=True), person("a1", "a"), person("a2", "a")]
    rules = Rules(max_days_in_row=1, max_squads=1)
    roster = solve(problem(people, days=2, rules=rules), PATIENT).solution
    resting = [one for one in roster.days if "office_resting" in codes(one.notes)]
    assert len(resting) == 1
    assert "o1" not in resting[0].sent


def test_weekends_are_shared_by_history():
    """Equal turns; who did two weekends before gets none of this one's days."""
    people = [
        person("a1", "a", duties_last_weeks=4, off_duties_last_weeks=4),
        person("a2", "a", duties_last_weeks=4),
    ]
    days = tuple(day(people, number) for number in range(4, 8))
    roster = solve(Problem(people=tuple(people), days=days), PATIENT).solution
    assert [one.sent for one in roster.days if one.date.weekday() >= 5] == [("a2",), ("a2",)]
    assert dict(roster.duties) == {"a1": 2, "a2": 2}


def test_the_public_calendar_decides_what_a_day_off_is():
    """A Monday off counts, a Saturday worked in exchange does not."""
    people = (
        person("a1", "a", off_duties_last_weeks=3),
        person("a2", "a"),
    )
    holiday = day(people, 0, off=True)
    working_saturday = day(people, 5, off=False)
    roster = solve(Problem(people=people, days=(holiday, working_saturday)), PATIENT).solution
    assert [one.sent for one in roster.days] == [("a2",), ("a1",)]


def test_a_breach_of_rest_is_found():
    """The same person six days running, and an agency that left somebody rested at home."""
    people = [person("a1", "a"), person("a2", "a")]
    rules = Rules(max_days_in_row=2, rest_days_a_week=2)
    asked = problem(people, days=6, rules=rules)
    loose = solve(problem(people[:1], days=6), PATIENT).solution
    found = set(codes(verify(asked, loose)))
    assert {"verify_days_in_row", "verify_rest_days"} <= found
    without = solve(problem(people[:1], days=6, rules=rules), PATIENT).solution
    assert "verify_rested_left" in codes(verify(asked, without))


def test_an_unfair_weekend_is_found():
    """Equal turns, but the one with a weekend behind him is sent on this one too."""
    people = (person("a1", "a", off_duties_last_weeks=3), person("a2", "a"))
    days = (day(people, 4), day(people, 5))
    fair = solve(Problem(people=people, days=days), PATIENT).solution
    assert [one.sent for one in fair.days] == [("a1",), ("a2",)]
    turned = Problem(people=(person("a1", "a"), person("a2", "a", off_duties_last_weeks=3)), days=days)
    assert "verify_unfair_off_turn" in codes(verify(turned, fair))
