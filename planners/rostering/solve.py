"""The roster from beginning to end: people, then each day's squads, then an independent check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from planners.result import Reason, Result, Status
from planners.rostering.building import day_roster
from planners.rostering.data import Problem, pair_key
from planners.rostering.engine import ENGINE, Budget
from planners.rostering.locks import impossible_locks
from planners.rostering.people import Sent, choose_people
from planners.rostering.reasons import because
from planners.rostering.solution import DayRoster, Roster
from planners.rostering.squads import form_squads
from planners.rostering.verify import verify
from planners.stop import Stop

_PEOPLE_SHARE = 0.6  # of the clock, so that the squads of every day still get their turn


@dataclass
class _History:
    """What later days must remember of earlier ones."""

    together: Counter[tuple[str, str]]
    led: Counter[str]
    days: list[DayRoster] = field(default_factory=list)
    lawful_bound: int = 0

    def remember(self, day: DayRoster, *, lawful_bound: int) -> None:
        self.days.append(day)
        self.lawful_bound += lawful_bound
        for squad in day.squads:
            self.led[squad.leader] += 1
            self.together.update(pair_key(*pair) for pair in combinations(squad.members, 2))


def solve(problem: Problem, stop: Stop | None = None, seed: int = 0) -> Result[Roster]:
    """Make the roster of all days of the problem.

    Parameters
    ----------
    problem
        One township, one or several days.
    stop
        When to stop; 10 s by default, enough for a week; give a month 60 s. ``work`` is not used: the engine
        bounds its own work the same way on every machine, and the clock is the safety net. It is shared out,
        so that a short one gives a complete roster with less proof.
    seed
        The same problem and seed give the same roster unless the clock or the caller ends the solve.

    Returns
    -------
    Result[Roster]
        ``objective`` is the number of lawful squads over all days and ``bound`` the most that the people sent
        can form. OPTIMAL: people and squads are proven best in their turn. FEASIBLE: complete, without proof
        for some part. TIME_LIMIT: stopped early, with the days finished so far and the first missing one
        named. UNKNOWN: stopped before the first day. INFEASIBLE: the duties locked by hand cannot all be; the
        reasons say which. A day without people, or a squad that can enforce
        nothing, is an answer with reasons and not a failure.
    """
    budget = Budget(stop or Stop())
    impossible = impossible_locks(problem)
    if impossible:
        return _without_roster(Status.INFEASIBLE, impossible, budget=budget, seed=seed)
    sent = choose_people(problem, budget=budget.share(_PEOPLE_SHARE), seed=seed)
    history = _History(together=Counter(problem.recent_pairs), led=_led_before(problem))
    if sent is not None:
        _form_days(problem, sent, history, budget=budget, seed=seed)
    if sent is None or not history.days:
        return _without_roster(Status.UNKNOWN, (_stopped(problem, done=0),), budget=budget, seed=seed)
    roster = Roster(
        days=tuple(history.days), duties=_duties(problem, history.days), people_proven=sent.proven
    )
    found = verify(problem, roster)
    if found:
        raise RuntimeError(f"the rostering planner made a roster that does not hold: {found}")
    complete = len(roster.days) == len(problem.days)
    return Result(
        status=_status(roster, complete=complete),
        solution=roster,
        objective=float(sum(not squad.patrol_only for day in roster.days for squad in day.squads)),
        bound=float(history.lawful_bound),
        reasons=() if complete else (_stopped(problem, done=len(roster.days)),),
        seconds=budget.elapsed,
        engine=ENGINE,
        seed=seed,
    )


def _without_roster(
    status: Status, reasons: tuple[Reason, ...], *, budget: Budget, seed: int
) -> Result[Roster]:
    return Result(
        status=status, solution=None, reasons=reasons, seconds=budget.elapsed, engine=ENGINE, seed=seed
    )


def _form_days(problem: Problem, sent: Sent, history: _History, *, budget: Budget, seed: int) -> None:
    people = {person.id: person for person in problem.people}
    for number, (day, ids) in enumerate(zip(problem.days, sent.by_day, strict=True), start=1):
        going = [people[person] for person in ids]
        turn = budget.share(1 / (len(problem.days) - number + 1))
        formed = form_squads(going, day, problem.rules, together=history.together, budget=turn, seed=seed)
        if formed is None:
            return
        roster = day_roster(problem, day, going, formed, led=history.led)
        history.remember(roster, lawful_bound=formed.lawful_bound)
        budget.report(number / len(problem.days))


def _led_before(problem: Problem) -> Counter[str]:
    return Counter({person.id: person.led_last_weeks for person in problem.people})


def _duties(problem: Problem, days: Sequence[DayRoster]) -> dict[str, int]:
    counted = Counter(person for day in days for person in day.sent)
    return {person.id: counted[person.id] for person in problem.people}


def _status(roster: Roster, *, complete: bool) -> Status:
    if not complete:
        return Status.TIME_LIMIT
    proven = roster.people_proven and all(day.proven for day in roster.days)
    return Status.OPTIMAL if proven else Status.FEASIBLE


def _stopped(problem: Problem, *, done: int) -> Reason:
    missing = problem.days[done]
    return because("roster_stopped_early", done=done, wanted=len(problem.days), missing=missing.key)
