"""Matters of a time as the evaluation judges them, read in a handful of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.cases import OFFICE, CaseStep
from gridmgr.domain.deadlines import due_at
from gridmgr.domain.evaluation import Entry, Matter, Staff, Vote, entries_of, excused
from gridmgr.domain.evaluation.judging import ACTIONS, PHASES
from gridmgr.domain.people import Agency, Officer
from gridmgr.domain.places import Township
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import book_of
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.evaluation import ReportRow, VoteRow

_RATE = "rate"


@dataclass(frozen=True, kw_only=True)
class People:
    """Whoever can be judged, by id.

    Parameters
    ----------
    staff
        As the domain asks for it.
    townships, agencies, officers
        By code or id.
    """

    staff: Staff
    townships: Mapping[str, Township]
    agencies: Mapping[str, Agency]
    officers: Mapping[str, Officer]

    @classmethod
    def read(cls, uow: UnitOfWork) -> People:
        """Read them within a transaction."""
        officers = {item.id: item for item in uow.officers.find()}
        accounts = {user.name: user.officer_id for user in uow.users.find() if user.officer_id}
        # Reports name their finder by the account, files that were imported by the officer's own id.
        staff = Staff(
            officer_of={**{name: name for name in officers}, **accounts},
            agency_of={item.id: item.agency_code for item in officers.values()},
        )
        return cls(
            staff=staff,
            townships={item.code: item for item in uow.townships.find()},
            agencies={item.code: item for item in uow.agencies.find()},
            officers=officers,
        )

    def name(self, group: str, body: str) -> str:
        """A body as a reader knows it; its code where it is not on record any more."""
        if group == "department":
            return body
        known: Mapping[str, Township | Agency | Officer] = {
            "township": self.townships,
            "agency": self.agencies,
            "officer": self.officers,
        }[group]  # type: ignore[assignment]
        return known[body].name if body in known else body

    def township_of(self, group: str) -> dict[str, str]:
        """Where the bodies of a group serve; empty for townships and departments."""
        if group == "agency":
            return {item.code: item.township_code for item in self.agencies.values()}
        if group == "officer":
            return {item.id: item.township_code for item in self.officers.values()}
        return {}

    def place(self, group: str, body: str) -> str:
        """Name of the township an agency or officer serves in, and an officer's agency; else ""."""
        serving: Mapping[str, Agency | Officer] = {
            "agency": self.agencies,
            "officer": self.officers,
        }.get(group, {})  # type: ignore[assignment]
        code = serving[body].township_code if body in serving else ""
        names = [self.townships[code].name if code in self.townships else code] if code else []
        if group == "officer" and body in self.officers:
            agency = self.officers[body].agency_code
            names.append(self.agencies[agency].name if agency in self.agencies else agency)
        return " · ".join(names)


def read_entries(
    ctx: Context, uow: UnitOfWork, people: People, *, since: datetime, until: datetime
) -> list[Entry]:
    """Every judgement of matters reported in [since, until), upheld appeals taken out."""
    now = ctx.clock.utc_now()
    found = [
        entry
        for matter in read_matters(ctx, uow, people, since=since, until=until)
        for entry in entries_of(matter, people.staff, now)
    ]
    return list(excused(found, uow.appeals.find(state="upheld")))


def read_matters(
    ctx: Context, uow: UnitOfWork, people: People, *, since: datetime, until: datetime
) -> list[Matter]:
    """Matters reported in [since, until), by time."""
    reader = uow.evaluation(since, until)
    steps, clocks = reader.steps(ACTIONS | {_RATE}), reader.clocks(PHASES)
    told: dict[str, list[VoteRow]] = {}
    for vote in reader.votes():
        told.setdefault(vote.case_id, []).append(vote)
    rule = book_of(uow).phases["verify"].rule
    calendar = calendar_of(uow, ctx.clock.zone)
    matters = []
    for row in reader.reports():
        first = row.first_report == row.id
        own = row.case_id if first and row.case_id is not None else ""
        unopened = row.first_report is None and row.state == "reported" and rule is not None
        trail = steps.get(own, [])
        matters.append(
            Matter(
                report_id=row.id,
                township_code=row.case_township or row.township_code,
                reported_at=row.reported_at,
                finder=people.staff.officer_of.get(row.reported_by or ""),
                state=row.case_state or row.state,
                case_id=row.case_id if row.first_report is not None else None,
                merged=_is_merged(row),
                answerable=row.answerable or OFFICE,
                steps=tuple(step for step in trail if step.action != _RATE),
                clocks=tuple(clocks.get(own, ())),
                votes=_votes(trail, told.get(own, ())),
                verify_by=due_at(rule, row.reported_at, calendar) if unopened and rule is not None else None,
            )
        )
    return matters


def _is_merged(row: ReportRow) -> bool:
    return row.first_report is not None and row.first_report != row.id


def _votes(trail: Sequence[CaseStep], told: Sequence[VoteRow]) -> tuple[Vote, ...]:
    """Ratings that stand: of receipts, else of the trail; what the office entered says that it did.

    A matter done again is rated again: what stands in the trail before the last reopening is over.
    """
    by_receipt = tuple(Vote(at=row.at, score=row.score, solved=row.solved) for row in told if row.score)
    again = max((n for n, step in enumerate(trail) if step.action == "reopen"), default=-1)
    votes = []
    for step in trail[again + 1 :]:
        by_office = step.role != "public"
        if step.action == _RATE and step.detail.get("rating") and (by_office or not by_receipt):
            votes.append(Vote(at=step.at, score=int(step.detail["rating"]), by_office=by_office))
    return (*by_receipt, *votes)
