"""Penalties on the spot: whether two officers may impose one here and now, and storing it.

The pair is judged by the same squad law as squads (`planners.rostering.lawful_scopes`), for the two who sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gridmgr.domain.cases import LIMITS, Case, CaseStep, Penalty, PenaltyGiven
from gridmgr.domain.cases.penalties import OFFICERS_NEEDED
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.duties import covers
from gridmgr.domain.people import Officer
from gridmgr.errors import BadInput
from gridmgr.services.planning.staff import Staff
from gridmgr.storage import UnitOfWork
from planners import rostering


def check_penalty(uow: UnitOfWork, case: Case, given: PenaltyGiven, *, day: date) -> None:
    """Refuse a penalty that the law does not leave to these two officers at the place.

    Raises
    ------
    BadInput
        Naming what is missing and the article.
    """
    _check_form(given)
    item = uow.catalogue.of_case(case)
    if item is None:
        raise BadInput("case.penalty_no_item")
    officers = _pair(uow, case, given)
    for officer in officers:
        if not officer.certified_on(day):
            raise BadInput("case.penalty_not_certified", officer=officer.name)
        recusal = next(
            (
                r
                for r in uow.recusals.find(officer_id=officer.id, village_code=case.village_code)
                if case.village_code is not None and r.holds_on(day)
            ),
            None,
        )
        if recusal is not None:
            raise BadInput("case.penalty_recused", officer=officer.name, reason=recusal.reason)
    _check_scope(uow, officers, item, day=day)


def _check_form(given: PenaltyGiven) -> None:
    if not given.party_name.strip():
        raise BadInput("case.penalty_no_party")
    limit = LIMITS[given.party]
    if given.kind == "fine" and not 0 < given.amount_yuan <= limit.most_yuan:
        raise BadInput(
            "case.penalty_amount", most=limit.most_yuan, article=limit.article, amount=given.amount_yuan
        )
    if given.kind == "warning" and given.amount_yuan:
        raise BadInput("case.penalty_warning_amount", amount=given.amount_yuan)
    if not given.certificates_shown:
        raise BadInput("case.penalty_certificates")
    if not given.rights_told:
        raise BadInput("case.penalty_rights")


def _pair(uow: UnitOfWork, case: Case, given: PenaltyGiven) -> tuple[Officer, ...]:
    if len(set(given.officers)) != OFFICERS_NEEDED:
        raise BadInput("case.penalty_pair", needed=OFFICERS_NEEDED, given=len(set(given.officers)))
    known = uow.officers.get_many(given.officers)
    for officer_id in given.officers:
        if officer_id not in known or known[officer_id].township_code != case.township_code:
            raise BadInput("case.penalty_unknown_officer", officer=officer_id)
    return tuple(known[officer_id] for officer_id in given.officers)


def _check_scope(uow: UnitOfWork, officers: Sequence[Officer], item: CatalogueItem, *, day: date) -> None:
    staff = Staff.read(uow, township_code=officers[0].township_code, first=day, last=day)
    ids = {officer.id for officer in officers}
    people = [person for person in staff.people(day) if person.id in ids]
    check = rostering.check_squad(people, staff.rules, staff.day(day)[0])
    if check.patrol_only:
        names = "、".join(officer.name for officer in officers)
        raise BadInput("case.penalty_not_a_pair", officers=names)
    for officer in officers:
        if not covers(officer, staff.agencies.get(officer.agency_code), item):
            raise BadInput("case.penalty_scope", officer=officer.name, item=item.name)


def impose(uow: UnitOfWork, case: Case, step: CaseStep, given: PenaltyGiven) -> Penalty:
    """Store a penalty that was checked."""
    item = uow.catalogue.of_case(case)
    officers = uow.officers.get_many(given.officers)
    number = 1 + uow.penalties.count(case_id=case.id)
    made = Penalty(
        id=f"{case.id}-P{number}",
        case_id=case.id,
        seq=step.seq,
        kind=given.kind,
        party=given.party,
        party_name=given.party_name.strip(),
        amount_yuan=given.amount_yuan,
        item_code=case.item_code or "",
        basis=item.basis if item else "",
        officers=given.officers,
        certificates=tuple(officers[o].certificate_no or "" for o in given.officers),
        imposed_at=step.at,
    )
    uow.penalties.add(made)
    return made
