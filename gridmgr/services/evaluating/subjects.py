"""The matters behind a figure: those of its numerator, denominator, and those left out with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridmgr.domain.cases import Case
from gridmgr.domain.evaluation import Entry
from gridmgr.domain.incidents import Incident
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Forbidden
from gridmgr.services.context import Context
from gridmgr.services.evaluating.access import sight_of
from gridmgr.services.evaluating.reading import People, read_entries
from gridmgr.services.evaluating.report import ordered_by
from gridmgr.storage import UnitOfWork

#: What of a figure to list, and the outcomes that belong to it.
PARTS = {
    "numerator": ("hit",),
    "denominator": ("hit", "miss"),
    "rest": ("miss",),
    "waiting": ("waiting",),
    "excluded": ("excluded",),
}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A matter behind a figure.

    Parameters
    ----------
    entry
        How it is judged.
    category, village
        What and where.
    state
        Of the case, or of the report where nobody made a case of it.
    """

    entry: Entry
    category: str
    village: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """The matters behind a figure, and whose it is."""

    group: str
    body: str
    name: str
    index: str
    part: str
    subjects: tuple[Subject, ...]
    at: datetime


def subjects_of(
    ctx: Context,
    *,
    first: date,
    last: date,
    group: str,
    body: str,
    index: str,
    part: str,
    user: User,
    township_code: str | None = None,
) -> Found:
    """List the matters behind a body's figure, oldest first.

    Raises
    ------
    BadInput
        If there is no such group, index or part, or the period is turned round.
    Forbidden
        If these figures are not for this user.
    """
    if part not in PARTS:
        raise BadInput("evaluation.no_such_part", part=part, known=", ".join(PARTS))
    if last < first:
        raise BadInput("report.bad_period", first=first.isoformat(), last=last.isoformat())
    sight = sight_of(user, group=group, township_code=township_code)
    wanted = ordered_by(index, group)
    since, until = ctx.clock.midnight(first), ctx.clock.midnight(last + timedelta(days=1))
    with ctx.storage.read() as uow:
        people = People.read(uow)
        if not sight.shows(body, people.township_of(group)):
            raise Forbidden("evaluation.not_yours")
        entries = [
            entry
            for entry in read_entries(ctx, uow, people, since=since, until=until)
            if sight.counts(entry)
            and (entry.body, entry.index) == (body, wanted.id)
            and entry.outcome in PARTS[part]
        ]
        subjects = _subjects(uow, entries)
    return Found(
        group=group,
        body=body,
        name=people.name(group, body),
        index=index,
        part=part,
        subjects=subjects,
        at=ctx.clock.now(),
    )


def _subjects(uow: UnitOfWork, entries: list[Entry]) -> tuple[Subject, ...]:
    cases = uow.cases.get_many(entry.subject for entry in entries if entry.is_case)
    reports = uow.incidents.get_many(entry.subject for entry in entries if not entry.is_case)
    things: dict[str, Case | Incident] = {**cases, **reports}
    villages = uow.villages.get_many(item.village_code for item in things.values() if item.village_code)
    found = []
    for entry in entries:
        thing = things[entry.subject]
        village = villages.get(thing.village_code or "")
        found.append(
            Subject(
                entry=entry,
                category=thing.category,
                village=village.name if village else "",
                state=thing.state,
            )
        )
    return tuple(found)
