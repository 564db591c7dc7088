"""The indices of a period by township, agency, department or officer, beside everybody's, and by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridmgr.domain.evaluation import (
    INDICES,
    Appeal,
    Entry,
    Index,
    Score,
    index_of,
    ranked,
    scores_of,
)
from gridmgr.domain.users import User
from gridmgr.errors import BadInput
from gridmgr.services.context import Context, require_township
from gridmgr.services.discretion import appeal_for
from gridmgr.services.evaluating.access import Sight, sight_of
from gridmgr.services.evaluating.reading import People, read_entries

#: So many months are drawn where the period itself has fewer.
_LEAST_MONTHS = 6


@dataclass(frozen=True, kw_only=True)
class Row:
    """A body's scores.

    Parameters
    ----------
    body
        Code, name or id.
    name, place
        As readers know it, and where it serves.
    scores
        By index.
    """

    body: str
    name: str
    place: str
    scores: Mapping[str, Score]


@dataclass(frozen=True, kw_only=True)
class Month:
    """A calendar month, cut off at the period's end, and the scores of all shown bodies together."""

    first: date
    last: date
    scores: Mapping[str, Score]


@dataclass(frozen=True, kw_only=True)
class EvaluationReport:
    """The evaluation of a period.

    Parameters
    ----------
    first, last
        Days matters were reported on, both included.
    group
        Whom rows are about.
    area
        Name of the township, "" for the county.
    at
        When it was read, in the office's zone.
    indices
        Those that can be counted for the group.
    order
        The index rows are in the order of.
    rows
        Bodies the reader may see, the best first.
    common
        Everybody's scores together, by index.
    excluded
        Entries of the shown bodies that count for nobody.
    months
        Oldest first.
    appeals
        Of the shown bodies' matters in the period, oldest first; words masked: the figures are passed on.
    """

    first: date
    last: date
    group: str
    area: str
    at: datetime
    indices: tuple[Index, ...]
    order: Index
    rows: tuple[Row, ...]
    common: Mapping[str, Score]
    excluded: tuple[Entry, ...]
    months: tuple[Month, ...]
    appeals: tuple[Appeal, ...]


def evaluate(
    ctx: Context,
    *,
    first: date,
    last: date,
    group: str,
    user: User,
    township_code: str | None = None,
    order: str = "on_time",
) -> EvaluationReport:
    """Evaluate matters reported within a period.

    Parameters
    ----------
    ctx
        The wired parts.
    first, last
        Days in the office's zone, both included.
    group
        One of `GROUPS`.
    user
        Who reads; decides which rows there are.
    township_code
        Only this township's bodies.
    order
        The index to put rows in the order of.

    Raises
    ------
    BadInput
        If the period is turned round, or there is no such group or index.
    Forbidden
        If these figures are not for this user.
    NotFound
        If there is no such township.
    """
    if last < first:
        raise BadInput("report.bad_period", first=first.isoformat(), last=last.isoformat())
    sight = sight_of(user, group=group, township_code=township_code)
    by = ordered_by(order, group)
    months = _months(first, last)
    until = ctx.clock.midnight(last + timedelta(days=1))
    with ctx.storage.read() as uow:
        if township_code is not None:
            require_township(uow, township_code)
        people = People.read(uow)
        since = ctx.clock.midnight(min(first, months[0][0]))
        entries = [e for e in read_entries(ctx, uow, people, since=since, until=until) if sight.counts(e)]
        appeals = uow.appeals.find()
    begin = ctx.clock.midnight(first)
    mine = [entry for entry in entries if entry.reported_at >= begin]
    scores, common = scores_of(mine, group=group)
    shown = shown_bodies(sight, scores, people)
    visible = [entry for entry in mine if entry.body in shown]
    subjects = {(entry.subject, entry.body) for entry in visible}
    kept = {body: scores[body] for body in shown}
    # The trend is the shown bodies' own, also before the period.
    seen = set(shown_bodies(sight, {entry.body for entry in entries}, people))
    return EvaluationReport(
        first=first,
        last=last,
        group=group,
        area=people.name("township", sight.township_code) if sight.township_code else "",
        at=ctx.clock.now(),
        indices=tuple(index for index in INDICES if group in index.groups),
        order=by,
        rows=tuple(
            Row(body=body, name=people.name(group, body), place=people.place(group, body), scores=kept[body])
            for body in ranked(kept, by)
        ),
        common=common,
        excluded=tuple(entry for entry in visible if entry.outcome == "excluded"),
        months=_trend(ctx, [entry for entry in entries if entry.body in seen], months, group),
        appeals=tuple(
            sorted(
                (
                    appeal_for(a, None)
                    for a in appeals
                    if a.group == group and (a.subject, a.body) in subjects
                ),
                key=lambda appeal: (appeal.asked_at, appeal.id),
            )
        ),
    )


def shown_bodies(sight: Sight, bodies: Mapping[str, object] | set[str], people: People) -> list[str]:
    """Those of the bodies that the reader may see, by code."""
    where = people.township_of(sight.group)
    found = {body for body in bodies if sight.shows(body, where)}
    return sorted(found)


def ordered_by(index_id: str, group: str) -> Index:
    """The index of that name.

    Raises
    ------
    BadInput
        If there is none, or it is not counted for the group.
    """
    index = index_of(index_id)
    known = [item.id for item in INDICES if group in item.groups]
    if index is None or index_id not in known:
        raise BadInput("evaluation.no_such_index", index=index_id, known=", ".join(known))
    return index


def _months(first: date, last: date) -> list[tuple[date, date]]:
    """Calendar months up to the last day: those of the period, and some before where they are few."""
    found: list[tuple[date, date]] = []
    begin, end = last.replace(day=1), last
    while len(found) < _LEAST_MONTHS or end >= first:
        found.insert(0, (begin, end))
        end = begin - timedelta(days=1)
        begin = end.replace(day=1)
    return found


def _trend(
    ctx: Context, entries: Sequence[Entry], months: Sequence[tuple[date, date]], group: str
) -> tuple[Month, ...]:
    by_month: dict[date, list[Entry]] = {}
    for entry in entries:
        day = entry.reported_at.astimezone(ctx.clock.zone).date()
        by_month.setdefault(day.replace(day=1), []).append(entry)
    return tuple(
        Month(first=first, last=last, scores=scores_of(by_month.get(first, ()), group=group)[1])
        for first, last in months
    )
