"""The demo's matters of several bodies and its inbox, stored as if people had told and decided them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from gridmgr.clock import fixed_clock
from gridmgr.demo.told import InboxReport, SentCase, SharedMatter
from gridmgr.domain.cases import Actor, Step
from gridmgr.domain.receipts import new_code
from gridmgr.domain.tips import Tip
from gridmgr.domain.users import User
from gridmgr.services.cases.acting import act_within, file_within
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import RECEIPT_PURPOSE, text_hash
from gridmgr.services.intake.vault import Vault
from gridmgr.services.routing.joint import join_within
from gridmgr.storage import UnitOfWork

_HALF_HOUR = timedelta(minutes=30)


def save_shared(ctx: Context, uow: UnitOfWork, matters: Iterable[SharedMatter]) -> None:
    """Store matters that two departments were sent to, within a transaction.

    That they are one matter is found by the product's own rules.
    """
    for matter in matters:
        cases = [_sent(ctx, uow, one) for one in matter.cases]
        if matter.joined_at is not None:
            _join(ctx, uow, matter, cases)


def _sent(ctx: Context, uow: UnitOfWork, one: SentCase) -> str:
    """File a case and pass it on; its number."""
    office = _office_of(one)
    filed_at = one.incident.reported_at + _HALF_HOUR
    uow.incidents.add(one.incident)
    filing = Step(action="file", at=filed_at)
    case = file_within(at_moment(ctx, filed_at), uow, one.incident, actor=office, step=filing).case
    sending = Step(
        action="escalate",
        at=one.sent_at,
        body=one.department,
        note="请按职责办理并反馈。",
        cooperating=(),
    )
    case = act_within(at_moment(ctx, one.sent_at), uow, case, sending, actor=office).case
    if one.accepted_at is not None:
        department = Actor(name="department", role="department", department=one.department)
        accepting = Step(action="accept", at=one.accepted_at)
        act_within(at_moment(ctx, one.accepted_at), uow, case, accepting, actor=department)
    return case.id


def _join(ctx: Context, uow: UnitOfWork, matter: SharedMatter, cases: list[str]) -> None:
    lead, helper = (one.department for one in matter.cases)
    town = matter.cases[0].incident.township_code
    planner = User(name="planner", display_name="调度员", role="planner", township_code=town)
    (found,) = uow.joint.of_cases(cases)
    assert matter.joined_at is not None
    note = "同一处问题，由牵头单位一次到场，配合单位同步核实。"
    join_within(at_moment(ctx, matter.joined_at), uow, found, lead=lead, user=planner, note=note)
    case = uow.cases.get(cases[0])
    if matter.opinion_at is not None and case is not None:
        who = Actor(name="department", role="department", department=helper)
        said = Step(action="opine", at=matter.opinion_at, note=matter.opinion)
        act_within(at_moment(ctx, matter.opinion_at), uow, case, said, actor=who)


def _office_of(one: SentCase) -> Actor:
    return Actor(name="planner", role="planner", township_code=one.incident.township_code)


def save_inbox(uow: UnitOfWork, reports: Iterable[InboxReport], *, vault: Vault) -> None:
    """Store reports nobody has looked at yet, within a transaction."""
    for report in reports:
        incident = report.incident
        if incident is not None:
            uow.incidents.add(incident)
        code = new_code()
        uow.tips.add(
            Tip(
                id=report.id,
                source=report.source,
                sender_key=report.id.replace("T", "RX", 1),
                received_at=report.reported_at,
                reported_at=report.reported_at,
                category=report.category,
                description=report.description,
                place_words=report.place_words,
                township_code=report.township_code,
                village_code=incident.village_code if incident else None,
                lon=incident.lon if incident else None,
                lat=incident.lat if incident else None,
                point_from="given" if incident else None,
                state="taken" if incident else "pending",
                incident_id=incident.id if incident else None,
                receipt_lookup=vault.lookup(RECEIPT_PURPOSE, code),
                receipt_sealed=vault.seal({"code": code}),
                content_hash=text_hash(report.id),
                text_hash=text_hash(report.description),
            )
        )


def at_moment(ctx: Context, moment: datetime) -> Context:
    """The same parts, at a moment of the past."""
    return replace(ctx, clock=fixed_clock(moment, str(ctx.clock.zone)))
