"""An independent check of turns and rest, by counting.

Whether they keep the rules, and whether two people exchanging a day would be fairer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from planners.result import Reason
from planners.rostering.data import Day, Problem, Rules
from planners.rostering.demand import available_by_group, quota
from planners.rostering.reasons import because
from planners.rostering.solution import Roster

_WEEK = 7


def fair_turns(problem: Problem, roster: Roster) -> Iterator[Reason]:
    """Days on which somebody was sent who had two duties more, at the end, than somebody left at home.

    Who must rest on that day is not asked to go, and whom the office locked is not asked to stay.
    """
    service = _service(problem, roster)
    duties = Counter({person.id: person.duties_last_weeks for person in problem.people})
    duties.update(person for day in roster.days for person in day.sent)
    made = {day.date: day for day in roster.days}
    for day in problem.days:
        if day.date not in made:
            continue
        sent = set(made[day.date].sent)
        for people in available_by_group(problem, day).values():
            going = [person.id for person in people if person.id in sent - day.locked]
            waiting = [
                person.id
                for person in people
                if person.id not in sent and rested(service[person.id] | {day.date}, problem.rules)
            ]
            if not going or not waiting:
                continue
            most = max(going, key=lambda person: duties[person])
            least = min(waiting, key=lambda person: duties[person])
            if duties[most] - duties[least] > 1:
                yield because(
                    "verify_unfair_turn",
                    day=day.key,
                    person=most,
                    duties=duties[most],
                    instead=least,
                    instead_duties=duties[least],
                )


def _service(problem: Problem, roster: Roster) -> dict[str, frozenset[date]]:
    """Dates of duty by person, those on other days included."""
    return {
        person.id: person.other_duties | {made.date for made in roster.days if person.id in made.sent}
        for person in problem.people
    }


def _row(dates: Iterable[date], day: date) -> int:
    """Days of duty in a row, the given one among them."""
    served = set(dates)
    before = after = 0
    while day - timedelta(days=before + 1) in served:
        before += 1
    while day + timedelta(days=after + 1) in served:
        after += 1
    return before + 1 + after


def _week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]


def rested(dates: Iterable[date], rules: Rules) -> bool:
    """Whether duties on these dates keep the rest rules."""
    served = set(dates)
    if rules.max_days_in_row is not None and any(_row(served, day) > rules.max_days_in_row for day in served):
        return False
    weeks = Counter(_week(day) for day in served)
    return max(weeks.values(), default=0) <= _WEEK - rules.rest_days_a_week


def rest_kept(problem: Problem, roster: Roster) -> Iterator[Reason]:
    """Rest rules broken on the days of the roster, and gaps that somebody rested could have filled."""
    rules = problem.rules
    if not rules.asks_for_rest:
        return
    service = _service(problem, roster)
    for made in roster.days:
        for person in sorted(set(made.sent) & set(service)):
            row = _row(service[person], made.date)
            if rules.max_days_in_row is not None and row > rules.max_days_in_row:
                yield because(
                    "verify_days_in_row",
                    person=person,
                    day=made.date.isoformat(),
                    days=row,
                    allowed=rules.max_days_in_row,
                )
    yield from _weeks(roster, service, allowed=_WEEK - rules.rest_days_a_week)
    if len(roster.days) == len(problem.days):
        yield from _gaps(problem, roster, service)


def _weeks(roster: Roster, service: Mapping[str, frozenset[date]], *, allowed: int) -> Iterator[Reason]:
    weeks = {_week(made.date) for made in roster.days}
    for person, dates in sorted(service.items()):
        for week, duties in sorted(Counter(_week(day) for day in dates).items()):
            if week in weeks and duties > allowed:
                name = f"{week[0]}-W{week[1]:02}"
                yield because("verify_rest_days", person=person, week=name, duties=duties, allowed=allowed)


def _gaps(problem: Problem, roster: Roster, service: Mapping[str, frozenset[date]]) -> Iterator[Reason]:
    """People left at home although their agency sent too few and rest would have let them go."""
    made = {day.date: day for day in roster.days}
    for day in problem.days:
        sent = set(made[day.date].sent) if day.date in made else set()
        for group, people in available_by_group(problem, day).items():
            going = sum(person.id in sent for person in people)
            if day.date not in made or going >= quota(group, len(people), day=day, rules=problem.rules):
                continue
            for person in people:
                if person.id not in sent and rested(service[person.id] | {day.date}, problem.rules):
                    yield because("verify_rested_left", day=day.key, person=person.id)


def fair_off_turns(problem: Problem, roster: Roster) -> Iterator[Reason]:
    """Days off on which somebody was sent who had two such duties more than a colleague at home.

    Only where handing the day over costs the turns nothing: the colleague has one duty fewer in all, or a
    working day can go back in exchange.
    """
    made = {day.date: set(day.sent) for day in roster.days}
    off_days = [day for day in problem.days if day.is_off and day.date in made]
    service = _service(problem, roster)
    duties = Counter({person.id: person.duties_last_weeks for person in problem.people})
    off = Counter({person.id: person.off_duties_last_weeks for person in problem.people})
    for day in problem.days:
        duties.update(made.get(day.date, ()))
        off.update(made.get(day.date, ()) if day.is_off else ())
    for day in off_days:
        for people in available_by_group(problem, day).values():
            going = [person.id for person in people if person.id in made[day.date] - day.locked]
            waiting = [person.id for person in people if person.id not in made[day.date]]
            for more in going:
                for fewer in waiting:
                    if off[more] - off[fewer] <= 1:
                        continue
                    if _can_hand_over(problem, made, service, day, more, fewer, duties=duties):
                        yield because(
                            "verify_unfair_off_turn",
                            day=day.key,
                            person=more,
                            duties=off[more],
                            instead=fewer,
                            instead_duties=off[fewer],
                        )


def _can_hand_over(
    problem: Problem,
    made: Mapping[date, set[str]],
    service: Mapping[str, frozenset[date]],
    day: Day,
    more: str,
    fewer: str,
    *,
    duties: Mapping[str, int],
) -> bool:
    """Whether ``fewer`` can take ``more``'s day off without making the turns less fair or breaking rest."""
    rules = problem.rules
    given, taken = service[more] - {day.date}, service[fewer] | {day.date}
    if duties[more] == duties[fewer] + 1 and rested(taken, rules):
        return True
    for back in problem.days:
        sent = made.get(back.date, set())
        if back.is_off or fewer not in sent - back.locked or more in sent or more not in back.available:
            continue
        if rested(given | {back.date}, rules) and rested(taken - {back.date}, rules):
            return True
    return False
