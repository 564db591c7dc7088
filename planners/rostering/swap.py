"""Whether two people of one agency may exchange duties, or one take a duty over, and what that changes.

Checked by counting, day by day, without building the whole roster anew; a property holds the answer against
`verify` of the roster as it would be. Where putting the one in the other's place would cost a lawful squad,
the squads of that day are formed anew before the exchange is called unlawful.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import combinations

from planners.result import Reason
from planners.rostering.building import day_roster, squad_of, told_day
from planners.rostering.data import Day, Person, Problem, Vehicle, pair_key
from planners.rostering.engine import Budget
from planners.rostering.lawful import check_squad
from planners.rostering.locks import rest_broken
from planners.rostering.reasons import because
from planners.rostering.solution import DayRoster, Roster, Squad
from planners.rostering.squads import form_squads
from planners.stop import Stop

#: Findings of ``verify`` that tell of unfairness, not of a broken rule: people may agree to such an exchange.
FAIRNESS = frozenset({"verify_unfair_turn", "verify_unfair_off_turn", "verify_rested_left"})
#: What forming the day's squads anew may mend.
_BY_SQUADS = frozenset({"swap_lawful_lost", "swap_squad_rule"})
_REFORM_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Swap:
    """An exchange of duties.

    Parameters
    ----------
    day
        Whose duty is handed over.
    giver, taker
        Ids; the taker goes in the giver's place.
    back
        The taker's day on which the giver goes in return; None where the duty is given away.
    """

    day: date
    giver: str
    taker: str
    back: date | None = None

    @property
    def moves(self) -> tuple[tuple[date, str, str], ...]:
        """Day, who stays, who goes instead; one for each day concerned."""
        there = (self.day, self.giver, self.taker)
        return (there,) if self.back is None else (there, (self.back, self.taker, self.giver))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Somebody's duties, those of the weeks before counted."""

    duties: int
    off_duties: int
    led: int


@dataclass(frozen=True, kw_only=True)
class SwapCheck:
    """What an exchange breaks and changes.

    Parameters
    ----------
    swap
        The exchange.
    broken
        Rules it breaks; empty where it is lawful.
    notes
        What it changes though it breaks nothing.
    days
        The days concerned as they would be; empty where the exchange makes no sense at all.
    before, after
        Tallies of giver and taker, in this order.
    unfairness
        What the agency's sum of squared duties, and that of its duties on days off, would gain; below zero
        where turns become fairer.
    unsettled
        Whether forming squads anew, which was not tried, might keep what it breaks: see `SwapBoard.check`.
    """

    swap: Swap
    broken: tuple[Reason, ...]
    notes: tuple[Reason, ...] = ()
    days: tuple[DayRoster, ...] = ()
    before: tuple[Tally, ...] = ()
    after: tuple[Tally, ...] = ()
    unfairness: tuple[int, int] = (0, 0)
    unsettled: bool = False

    @property
    def lawful(self) -> bool:
        """Whether it breaks no rule."""
        return not self.broken


class SwapBoard:
    """A roster on which exchanges are tried; nothing of it is changed.

    Parameters
    ----------
    problem
        What the roster was made for. Days outside it cannot be exchanged.
    roster
        The roster; it may have been changed by hand since it was solved.
    seed
        For squads that must be formed anew.
    """

    def __init__(self, problem: Problem, roster: Roster, *, seed: int = 0) -> None:
        self.problem = problem
        self.roster = roster
        self._seed = seed
        self._people = {person.id: person for person in problem.people}
        self._days = {day.date: day for day in problem.days}
        self._made = {made.date: made for made in roster.days}
        self._reformed: dict[tuple[date, frozenset[str]], DayRoster | None] = {}
        self._served = {
            person.id: person.other_duties | {made.date for made in roster.days if person.id in made.sent}
            for person in problem.people
        }
        self._led = Counter({person.id: person.led_last_weeks for person in problem.people})
        self._led.update(squad.leader for made in roster.days for squad in made.squads)

    def check(self, swap: Swap, *, reform: bool = True) -> SwapCheck:
        """Judge one exchange.

        Parameters
        ----------
        swap
            The exchange.
        reform
            Whether squads are formed anew where that may keep them lawful. It takes up to a second a day;
            without, what might come out lawful that way is marked ``unsettled``.
        """
        senseless = tuple(self._senseless(swap))
        if senseless:
            return SwapCheck(swap=swap, broken=senseless)
        broken = [*self._absences(swap), *self._unrested(swap)]
        notes: list[Reason] = []
        days = []
        for day, out, into in swap.moves:
            made, told = self._day_after(day, out, into, reform=reform)
            days.append(made)
            notes += told
            broken += self._lost(self._made[day], made)
        ahead, behind = self._tallies(swap, days)
        return SwapCheck(
            swap=swap,
            broken=tuple(broken),
            notes=tuple(notes),
            days=tuple(days),
            before=ahead,
            after=behind,
            unfairness=_unfairness(ahead, behind),
            unsettled=bool(broken) and not reform and all(reason.code in _BY_SQUADS for reason in broken),
        )

    def after(self, check: SwapCheck) -> Roster:
        """The whole roster as it would be."""
        changed = {made.date: made for made in check.days}
        days = tuple(changed.get(made.date, made) for made in self.roster.days)
        counted = Counter(person for made in days for person in made.sent)
        return replace(
            self.roster, days=days, duties={person: counted[person] for person in self.roster.duties}
        )

    def options(self, day: date, giver: str, *, reform: bool = True) -> list[SwapCheck]:
        """Every lawful way for somebody to hand over a duty, the fairest first.

        Each colleague is tried for taking the duty over, and for each of his own duties in return. Without
        ``reform`` the unsettled ones are among them, see `check`.
        """
        checks = (self.check(swap, reform=reform) for swap in self._ways(day, giver))
        found = [check for check in checks if check.lawful or check.unsettled]
        return sorted(
            found,
            key=lambda check: (
                check.unsettled,
                check.unfairness,
                len(check.notes),
                check.swap.taker,
                check.swap.back or date.min,
            ),
        )

    def colleagues(self, giver: str) -> list[Person]:
        """Everybody else of the agency, in order of id."""
        group = self._people[giver].group
        others = (p for p in self.problem.people if p.group == group and p.id != giver)
        return sorted(others, key=lambda person: person.id)

    def _ways(self, day: date, giver: str) -> Iterator[Swap]:
        for colleague in self.colleagues(giver) if giver in self._people else ():
            yield Swap(day=day, giver=giver, taker=colleague.id)
            for back in sorted(made.date for made in self.roster.days if colleague.id in made.sent):
                if back != day and giver not in self._made[back].sent:
                    yield Swap(day=day, giver=giver, taker=colleague.id, back=back)

    def _senseless(self, swap: Swap) -> Iterator[Reason]:
        """What makes it no exchange at all."""
        if swap.giver == swap.taker:
            yield because("swap_same_person", person=swap.giver)
            return
        giver, taker = self._people.get(swap.giver), self._people.get(swap.taker)
        if giver is None or taker is None or giver.group != taker.group:
            agency = giver.agency if giver else ""
            yield because("swap_other_agency", person=swap.taker, agency=agency)
            return
        if swap.back == swap.day:
            yield because("swap_same_day", day=swap.day.isoformat())
            return
        for day, out, into in swap.moves:
            if day not in self._made or day not in self._days:
                yield because("swap_day_unknown", day=day.isoformat())
                continue
            sent = self._made[day].sent
            if out not in sent:
                yield because("swap_not_on_duty", day=day.isoformat(), person=out)
            if into in sent:
                yield because("swap_on_duty_already", day=day.isoformat(), person=into)

    def _absences(self, swap: Swap) -> Iterator[Reason]:
        for day, out, into in swap.moves:
            asked = self._days[day]
            if into not in asked.available:
                why = asked.absent.get(into, "other")
                yield because("swap_absent", day=asked.key, person=into, why=why)
            if out in asked.locked:
                yield because("swap_locked", day=asked.key, person=out)

    def _unrested(self, swap: Swap) -> Iterator[Reason]:
        gained: dict[str, set[date]] = {}
        given: dict[str, set[date]] = {}
        for day, out, into in swap.moves:
            gained.setdefault(into, set()).add(day)
            given.setdefault(out, set()).add(day)
        for person, days in gained.items():
            served = (self._served[person] - given.get(person, set())) | days
            yield from rest_broken(self.problem, person, served, on=days, kind="swap")

    def _day_after(self, day: date, out: str, into: str, *, reform: bool) -> tuple[DayRoster, list[Reason]]:
        """A day with one person in the other's place, and what else that changes."""
        asked, made = self._days[day], self._made[day]
        sent = sorted((self._people[p] for p in {*made.sent, into} - {out}), key=lambda person: person.id)
        put = partial(self._squad_after, asked, out=out, into=into)
        placed = told_day(self.problem, asked, sent, tuple(map(put, made.squads)), proven=False)
        notes: list[Reason] = []
        if reform and self._worse(made, placed):
            anew = self._formed_anew(asked, sent)
            if anew is not None and not self._worse(made, anew):
                placed = anew
                notes.append(because("swap_reformed", day=asked.key))
        return placed, notes + self._changes(made, placed)

    def _squad_after(self, asked: Day, squad: Squad, *, out: str, into: str) -> Squad:
        if out not in squad.members:
            return squad
        members = [self._people[into if member == out else member] for member in squad.members]
        vehicle = _vehicle(asked, squad)
        led = self._led - Counter([squad.leader])
        lead = None if squad.leader == out else self._people[squad.leader]
        check = check_squad(members, self.problem.rules, asked, leader=lead.id if lead else None)
        if any(breach.code == "leader_not_certified" for breach in check.breaches):
            lead = None
        return squad_of(
            squad.number, members, self.problem.rules, asked, vehicle=vehicle, led=led, leader=lead
        )

    def _formed_anew(self, asked: Day, sent: Sequence[Person]) -> DayRoster | None:
        key = asked.date, frozenset(person.id for person in sent)
        if key not in self._reformed:
            budget = Budget(Stop(seconds=_REFORM_SECONDS))
            others = [made for made in self.roster.days if made.date != asked.date]
            together = Counter(self.problem.recent_pairs)
            for squad in (squad for made in others for squad in made.squads):
                together.update(pair_key(*pair) for pair in combinations(squad.members, 2))
            formed = form_squads(
                sent, asked, self.problem.rules, together=together, budget=budget, seed=self._seed
            )
            led = self._led - Counter(squad.leader for squad in self._made[asked.date].squads)
            made = None
            if formed is not None:
                made = day_roster(self.problem, asked, sent, formed, led=led)
            self._reformed[key] = made
        return self._reformed[key]

    def _worse(self, before: DayRoster, after: DayRoster) -> bool:
        return bool(list(self._lost(before, after)))

    def _lost(self, before: DayRoster, after: DayRoster) -> Iterator[Reason]:
        """Lawfulness that a day would lose, and rules of squads it would newly break."""
        key = before.date.isoformat()
        had, has = _lawful(before), _lawful(after)
        if has < had:
            yield because("swap_lawful_lost", day=key, before=had, after=has)
        for rule in sorted(self._breaches(after) - self._breaches(before)):
            yield because("swap_squad_rule", day=key, rule=rule)

    def _breaches(self, made: DayRoster) -> set[str]:
        """Rules that the day's squads break; who is away is named by `_absences`."""
        asked = self._days[made.date]
        checks = (
            check_squad(
                [self._people[member] for member in squad.members],
                self.problem.rules,
                asked,
                leader=squad.leader,
                vehicle=_vehicle(asked, squad),
            )
            for squad in made.squads
        )
        return {breach.code for check in checks for breach in check.breaches} - {"member_not_available"}

    def _changes(self, before: DayRoster, after: DayRoster) -> list[Reason]:
        key = before.date.isoformat()
        notes = []
        lost = _scopes(before) - _scopes(after)
        if lost:
            notes.append(because("swap_scopes_lost", day=key, scopes="、".join(sorted(lost))))
        leaders = {squad.leader for squad in before.squads}
        notes += [
            because("swap_leads", day=key, squad=squad.number, person=squad.leader)
            for squad in after.squads
            if squad.leader not in leaders
        ]
        return notes

    def _tallies(self, swap: Swap, days: Sequence[DayRoster]) -> tuple[tuple[Tally, ...], tuple[Tally, ...]]:
        before = [self._tally(person, self.roster.days) for person in (swap.giver, swap.taker)]
        changed = {made.date: made for made in days}
        after_days = [changed.get(made.date, made) for made in self.roster.days]
        after = [self._tally(person, after_days) for person in (swap.giver, swap.taker)]
        return tuple(before), tuple(after)

    def _tally(self, person: str, days: Sequence[DayRoster]) -> Tally:
        known = self._people[person]
        went = [made for made in days if person in made.sent]
        off = sum(self._days[made.date].is_off for made in went if made.date in self._days)
        return Tally(
            duties=known.duties_last_weeks + len(went),
            off_duties=known.off_duties_last_weeks + off,
            led=known.led_last_weeks + sum(s.leader == person for made in went for s in made.squads),
        )


def _vehicle(asked: Day, squad: Squad) -> Vehicle | None:
    return next((vehicle for vehicle in asked.vehicles if vehicle.id == squad.vehicle), None)


def _lawful(made: DayRoster) -> int:
    return sum(not squad.patrol_only for squad in made.squads)


def _scopes(made: DayRoster) -> frozenset[str]:
    return frozenset(scope for squad in made.squads for scope in squad.scopes)


def _unfairness(before: Sequence[Tally], after: Sequence[Tally]) -> tuple[int, int]:
    """Change of the sums of squares: everybody else of the agency has as many duties as before."""
    return (
        sum(tally.duties**2 for tally in after) - sum(tally.duties**2 for tally in before),
        sum(tally.off_duties**2 for tally in after) - sum(tally.off_duties**2 for tally in before),
    )
