"""How often premises may be inspected, and which agencies' wishes make one visit.

Cap and spacing
---------------
Within a calendar year a place bears so many inspections; from one to the next so many days must pass. An
inspection with a recorded exception (a complaint, an accident, a court's order) neither counts nor begins a
spacing. Days on which a visit is planned firmly count like days on which it was made.

Joint visits
------------
Wishes for the same place are cut into the fewest groups whose periods all share a day: the classic stabbing
of intervals, solved exactly by closing a group at its earliest deadline. A wish whose deadline is over may
still be joined today, as it is only late.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gridmgr.domain.inspections import InspectionLimit, InspectionRequest
from gridmgr.domain.nearness import metres_between
from gridmgr.domain.places import Place
from gridmgr.domain.settings import OfficeSettings

#: Kinds whose visit looks into somebody's premises; a school is walked around, a hot spot is a street.
PREMISES_KINDS = frozenset({"enterprise", "market", "site"})
#: Points nearer to each other than this may be one place on record twice.
SAME_METRES = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BurdenRule:
    """What one place bears.

    Parameters
    ----------
    yearly_cap
        Inspections a calendar year.
    spacing_days
        Least days from one to the next; 0 and 1 both allow one a day.
    """

    yearly_cap: int
    spacing_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """How a place stands on a day.

    Parameters
    ----------
    rule
        What it bears.
    count
        Inspections of the day's calendar year on other days that count.
    last, following
        The nearest counted days before and after, None where there are none.
    breach
        ``cap``, ``spacing`` or None where it may be inspected on the day.
    days_apart
        Days to the nearer of `last` and `following` that is too near; None without a breach of spacing.
    """

    rule: BurdenRule
    count: int
    last: date | None
    following: date | None
    breach: str | None
    days_apart: int | None


def counts_as_inspection(place: Place, office: OfficeSettings) -> bool:
    """Whether visits of the place are inspections that cap and spacing hold for."""
    return place.kind in office.inspection_kinds


def needs_lawful_squad(place: Place, office: OfficeSettings) -> bool:
    """Whether only a squad that may enforce may go there.

    Whoever inspects premises needs a certificate (行政处罚法 Art 42, 55); walking a street does not.
    """
    return bool(place.required_skills) or place.kind in PREMISES_KINDS or counts_as_inspection(place, office)


def rule_for(place: Place, office: OfficeSettings, limit: InspectionLimit | None = None) -> BurdenRule:
    """The cap and spacing of a place: its own where it has them, a key place's, else the office's."""
    is_key = place.priority >= office.inspection_key_priority
    cap = office.inspection_key_cap if is_key else office.inspection_cap
    spacing = office.inspection_spacing_days
    if limit is not None:
        cap = cap if limit.yearly_cap is None else limit.yearly_cap
        spacing = spacing if limit.spacing_days is None else limit.spacing_days
    return BurdenRule(yearly_cap=cap, spacing_days=spacing)


def burden_on(rule: BurdenRule, days: Iterable[date], day: date) -> Burden:
    """Judge a day against the other days on which a place is inspected.

    Parameters
    ----------
    rule
        What the place bears.
    days
        Days of inspections that count, made or firmly planned, in any order; the day itself is passed over,
        as several squads on one day make one visit.
    day
        The day asked for.
    """
    others = {other for other in days if other != day}
    count = sum(other.year == day.year for other in others)
    last = max((other for other in others if other < day), default=None)
    following = min((other for other in others if other > day), default=None)
    gaps = [abs((day - other).days) for other in (last, following) if other is not None]
    near = [gap for gap in gaps if gap < rule.spacing_days]
    breach = "cap" if count >= rule.yearly_cap else "spacing" if near else None
    return Burden(
        rule=rule,
        count=count,
        last=last,
        following=following,
        breach=breach,
        days_apart=min(near) if breach == "spacing" else None,
    )


def next_day(rule: BurdenRule, days: Iterable[date], day: date) -> date | None:
    """The first day from `day` on on which the place may be inspected; None where its cap is 0."""
    if rule.yearly_cap == 0:
        return None
    others = sorted(set(days))
    tried = day
    # Each round passes one inspection or one year's end, so the loop ends after the last of them.
    while True:
        burden = burden_on(rule, (other for other in others if other != tried), tried)
        taken = tried in others
        if burden.breach is None and not taken:
            return tried
        tried = _later(burden, others, tried)


def _later(burden: Burden, others: Sequence[date], tried: date) -> date:
    """A later day worth trying: no day between the two is allowed."""
    if burden.breach == "cap":
        return date(tried.year + 1, 1, 1)
    spacing = timedelta(days=max(1, burden.rule.spacing_days))
    near = [other for other in others if abs((other - tried).days) < spacing.days]
    return max(near, default=tried) + spacing


@dataclass(frozen=True, slots=True, kw_only=True)
class JointVisit:
    """Wishes of one place that a single visit settles.

    Parameters
    ----------
    place_id
        Which premises.
    requests
        By deadline, then id.
    first, last
        Days that suit all of them.
    """

    place_id: str
    requests: tuple[InspectionRequest, ...]
    first: date
    last: date

    @property
    def skills(self) -> tuple[str, ...]:
        """Fields the squad must hold: those of all wishes together."""
        return tuple(sorted({skill for request in self.requests for skill in request.skills}))

    @property
    def agencies(self) -> tuple[str, ...]:
        """Codes of the agencies that asked, each once, in the order of their wishes."""
        return tuple(dict.fromkeys(request.agency_code for request in self.requests))

    @property
    def saved(self) -> int:
        """Visits the premises are spared."""
        return len(self.requests) - 1


def joint_visits(requests: Iterable[InspectionRequest], *, day: date) -> tuple[JointVisit, ...]:
    """Cut open wishes into the fewest joint visits, by place and first day.

    Parameters
    ----------
    requests
        Wishes not settled yet, of any places.
    day
        From which day on visits can be made.
    """
    by_place: dict[str, list[InspectionRequest]] = {}
    for request in requests:
        by_place.setdefault(request.place_id, []).append(request)
    found: list[JointVisit] = []
    for _, wishes in sorted(by_place.items()):
        found += _stabbed(wishes, day)
    return tuple(found)


def _stabbed(wishes: Sequence[InspectionRequest], day: date) -> list[JointVisit]:
    """Groups of one place's wishes; the last day that can still be kept closes a group."""

    def end(wish: InspectionRequest) -> date:
        return max(wish.deadline, day, wish.not_before)

    found: list[JointVisit] = []
    group: list[InspectionRequest] = []
    for wish in sorted(wishes, key=lambda w: (end(w), w.deadline, w.id)):
        if group and wish.not_before > end(group[0]):
            found.append(_joint(group, end(group[0]), day))
            group = []
        group.append(wish)
    if group:
        found.append(_joint(group, end(group[0]), day))
    return found


def _joint(group: Sequence[InspectionRequest], last: date, day: date) -> JointVisit:
    return JointVisit(
        place_id=group[0].place_id,
        requests=tuple(sorted(group, key=lambda wish: (wish.deadline, wish.id))),
        first=max(day, *(wish.not_before for wish in group)),
        last=last,
    )


def joint_minutes(minutes: Iterable[int], *, share_percent: int) -> int:
    """How long a joint visit takes: the longest matter, and a share of each other one, rounded up."""
    ordered = sorted(minutes, reverse=True)
    if not ordered:
        return 0
    return ordered[0] + math.ceil(sum(ordered[1:]) * share_percent / 100)


def same_premises(name: str, lon: float, lat: float, places: Iterable[Place]) -> Place | None:
    """The nearest place that a stop put on the map by hand means: the same point, or the same name near by.

    Parameters
    ----------
    name, lon, lat
        Of the stop, degrees WGS84.
    places
        To choose from.
    """
    best: tuple[float, str, Place] | None = None
    for place in places:
        metres = metres_between(lon, lat, place.lon, place.lat)
        named = _plain(place.name) == _plain(name) and metres <= 200.0
        if named or metres <= SAME_METRES:
            best = min(
                best or (metres, place.id, place), (metres, place.id, place), key=lambda found: found[:2]
            )
    return best[2] if best else None


def _plain(name: str) -> str:
    """A name without blanks and brackets, as people write the same firm in several ways."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
