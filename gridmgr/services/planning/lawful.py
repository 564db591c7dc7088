"""Whether an ownership draft may be put into force today: checked against what is on record now.

A draft is made on one day and published on another. Between the two an officer may leave, be recused, or a
village may go: what was right when it was solved is looked at again, without the solver, by the rules alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.people import Officer
from gridmgr.errors import NoPlan
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

#: An officer answers for one village or two.
MOST_VILLAGES = 2


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A reason why a plan may not be put into force.

    Parameters
    ----------
    message
        In words, with names.
    village_code, officer_id
        Where and who, where it is about one.
    """

    message: Message
    village_code: str | None = None
    officer_id: str | None = None


class OwnershipNotPublishable(NoPlan):
    """A draft that breaks hard rules.

    Parameters
    ----------
    breaches
        All of them.
    """

    def __init__(self, breaches: tuple[Breach, ...]) -> None:
        self.breaches = breaches
        super().__init__("ownership.not_publishable", count=len(breaches), first=breaches[0].message)


def require_lawful(uow: UnitOfWork, plan: OwnershipPlan, today: date) -> None:
    """Refuse a plan that breaks a hard rule today.

    Raises
    ------
    OwnershipNotPublishable
        With every breach.
    """
    found = breaches_of(uow, plan, today)
    if found:
        raise OwnershipNotPublishable(found)


def breaches_of(uow: UnitOfWork, plan: OwnershipPlan, today: date) -> tuple[Breach, ...]:
    """Everything that keeps a plan from being put into force today, by village."""
    look = _Look(uow, plan, today)
    found = [*look.villages(), *look.people(), *look.recused(), *look.loads(), *look.tenure()]
    return tuple(sorted(found, key=lambda item: (item.village_code or "", item.officer_id or "")))


@dataclass(frozen=True)
class _Look:
    uow: UnitOfWork
    plan: OwnershipPlan
    today: date

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of the township's villages by code."""
        rows = self.uow.villages.names(township_code=self.plan.township_code)
        return {code: name for code, name, _ in rows}

    @cached_property
    def officers(self) -> dict[str, Officer]:
        """The township's people by id."""
        here = self.uow.officers.find(township_code=self.plan.township_code)
        return {officer.id: officer for officer in here}

    @cached_property
    def offices(self) -> frozenset[str]:
        """Codes of agencies that are the township's own office, where its staff are not to own villages."""
        if self.uow.settings.office().office_owns_villages:
            return frozenset()
        return frozenset(agency.code for agency in self.uow.agencies.find() if agency.is_office)

    @cached_property
    def recusals(self) -> frozenset[tuple[str, str]]:
        """(officer, village) of those that hold today."""
        return frozenset(
            (r.officer_id, r.village_code) for r in self.uow.recusals.find() if r.holds_on(self.today)
        )

    def _officer(self, officer_id: str) -> str:
        known = self.officers.get(officer_id) or self.uow.officers.get(officer_id)
        return known.name if known else officer_id

    def _village(self, code: str) -> str:
        return self.names.get(code, code)

    def _breach(self, key: str, *, village: str | None = None, officer: str | None = None) -> Breach:
        params: dict[str, object] = {}
        if village is not None:
            params["village"] = self._village(village)
        if officer is not None:
            params["officer"] = self._officer(officer)
        return Breach(message=Message(key, params), village_code=village, officer_id=officer)

    def villages(self) -> Iterator[Breach]:
        """Every village of today is led, or known not to be; no other is."""
        told = {r.village_code for r in self.plan.responsibilities if r.role == "lead"}
        told |= {item.village_code for item in self.plan.uncovered}
        named = told | {r.village_code for r in self.plan.responsibilities}
        for code in named - self.names.keys():
            yield self._breach("ownership.bad_village_gone", village=code)
        for code in self.names.keys() - told:
            yield self._breach("ownership.bad_village_missing", village=code)

    def people(self) -> Iterator[Breach]:
        """Everybody still serves here, and may answer for villages."""
        for item in self.plan.responsibilities:
            officer = self.officers.get(item.officer_id)
            if officer is None:
                yield self._breach(
                    "ownership.bad_officer_left", village=item.village_code, officer=item.officer_id
                )
            elif officer.agency_code in self.offices:
                yield self._breach(
                    "ownership.bad_office_staff", village=item.village_code, officer=item.officer_id
                )

    def recused(self) -> Iterator[Breach]:
        """Nobody answers for a village in which they must stand aside."""
        for item in self.plan.responsibilities:
            if (item.officer_id, item.village_code) in self.recusals:
                yield self._breach(
                    f"ownership.bad_recused_{item.role}", village=item.village_code, officer=item.officer_id
                )

    def loads(self) -> Iterator[Breach]:
        """Nobody leads more villages than one can."""
        led = Counter(r.officer_id for r in self.plan.responsibilities if r.role == "lead")
        for officer_id, count in led.items():
            if count > MOST_VILLAGES:
                params = {"officer": self._officer(officer_id), "count": count, "most": MOST_VILLAGES}
                yield Breach(message=Message("ownership.bad_too_many", params), officer_id=officer_id)

    def tenure(self) -> Iterator[Breach]:
        """Where the office fixes a minimum tenure, no village is taken from its lead before it is over."""
        office = self.uow.settings.office()
        before = self.uow.ownership.published(self.plan.township_code)
        if office.tenure_rule != "fixed" or before is None:
            return
        leads = {r.village_code: r.officer_id for r in self.plan.responsibilities if r.role == "lead"}
        for held in before.responsibilities:
            officer = self.officers.get(held.officer_id)
            if held.role != "lead" or officer is None or leads.get(held.village_code) == held.officer_id:
                continue
            if held.village_code not in self.names or (held.officer_id, held.village_code) in self.recusals:
                continue
            since = held.since or officer.dispatched_on
            if since is not None and self.today - since < timedelta(days=office.min_tenure_days):
                yield self._early(held.village_code, held.officer_id, since, office.min_tenure_days)

    def _early(self, village_code: str, officer_id: str, since: date, days: int) -> Breach:
        params = {
            "village": self._village(village_code),
            "officer": self._officer(officer_id),
            "since": since.isoformat(),
            "days": days,
        }
        message = Message("ownership.bad_tenure", params)
        return Breach(message=message, village_code=village_code, officer_id=officer_id)
