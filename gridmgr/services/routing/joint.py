"""Finding matters that several bodies handle, and joining them: one lead, the others help, one visit.

Found on filing, dispatching and passing on (a hook of steps), and by the worker for what changed otherwise. A
person joins, dismisses or takes a joining back; no case changes its state by it, so that undoing leaves them
as they were. What a person dismissed is not suggested again unless another case turns up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from gridmgr.domain.bodies import same_body
from gridmgr.domain.cases import OFFICE, OPEN_STATES, SYSTEM, Actor, Case, CaseStep, Step
from gridmgr.domain.nearness import box_around
from gridmgr.domain.routing.joint import Handling, JointMatter, JointRules, repeated
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden
from gridmgr.services.asking import existing, needed, new_number
from gridmgr.services.cases.scope import bodies
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.cases import CaseFilter
from gridmgr.texts import DEFAULT_LANGUAGE, Message

#: Steps after which a body is, or will be, at a case.
_LOOKED_AFTER = frozenset({"file", "dispatch", "escalate", "accept", "arrive", "reopen", "undo_duplicate"})
#: Cases in which nobody is, or was, at the matter.
_NOT_HANDLED = frozenset({"cancelled", "duplicate"})
#: The office's own people were sent.
_OWN_STATES = frozenset({"dispatched", "en_route", "on_scene", "settled"})
#: What is shown as a list: what waits for a decision and what was joined.
LISTED = ("suggested", "joined")
_DECIDERS = frozenset({"planner", "lead", "admin"})


def rules_of(office: OfficeSettings) -> JointRules:
    """The office's rules of joint matters."""
    return JointRules(metres=office.joint_metres, days=office.joint_days)


def look_after_step(ctx: Context, uow: UnitOfWork, case: Case, step: CaseStep) -> None:
    """Look whether another body is at the same matter; one of `gridmgr.services.cases.hooks`."""
    if step.action not in _LOOKED_AFTER or case.township_code is None:
        return
    rules = rules_of(uow.settings.office())
    near = uow.cases.near(
        box_around(case.lon, case.lat, rules.metres), since=case.opened_at - timedelta(days=rules.days)
    )
    found = _groups(uow, [item for item in near if item.township_code == case.township_code], rules)
    for group in found:
        if case.id in {item.case_id for item in group}:
            _suggest(ctx, uow, case.township_code, group, by=step.actor)


def look_everywhere(ctx: Context) -> int:
    """Look at every township's cases; how many matters were found or grew. For the worker."""
    with ctx.storage.read() as uow:
        townships = [township.code for township in uow.townships.find()]
    return sum(_look_at(ctx, code) for code in townships)


def _look_at(ctx: Context, township_code: str) -> int:
    with ctx.storage.write(SYSTEM.name) as uow:
        rules = rules_of(uow.settings.office())
        since = uow.now() - timedelta(days=2 * rules.days)
        recent = uow.cases.search(CaseFilter(township_code=township_code, since=since))
        still = uow.cases.search(CaseFilter(township_code=township_code, states=OPEN_STATES))
        cases = list({case.id: case for case in (*recent, *still)}.values())
        groups = _groups(uow, cases, rules)
        found = [_suggest(ctx, uow, township_code, group, by=SYSTEM.name) for group in groups]
        made = sum(item is not None for item in found)
        if made:
            uow.commit()
    return made


def _groups(uow: UnitOfWork, cases: Iterable[Case], rules: JointRules) -> list[tuple[Handling, ...]]:
    known, items = bodies(uow), {}
    found = []
    for case in cases:
        if case.state in _NOT_HANDLED:
            continue
        key = (case.item_code, case.item_version)
        if key not in items:
            items[key] = uow.catalogue.of_case(case)
        item, town = items[key], case.township_code or ""
        lead = "" if item is None else OFFICE if item.is_led_by_office(town) else item.lead_body
        found.append(
            Handling(
                case_id=case.id,
                body=_body_of(case, lead, known),
                lon=case.lon,
                lat=case.lat,
                at=case.opened_at,
                is_open=case.is_open,
                item_code=case.item_code,
                category=case.category,
                lead="" if item is None else item.lead_body,
                helpers=() if item is None else item.helpers_in(town),
            )
        )
    return repeated(found, rules)


def _body_of(case: Case, lead: str, known: Sequence[str]) -> str:
    """Who is at a case, or will be by the catalogue where nobody was sent yet."""
    if case.department is not None:
        return case.department
    if case.state in _OWN_STATES:
        return OFFICE
    if case.answerable != OFFICE:
        return case.answerable
    return next((name for name in known if same_body(name, lead)), OFFICE) if lead else OFFICE


def _suggest(
    ctx: Context, uow: UnitOfWork, township_code: str, group: Sequence[Handling], *, by: str
) -> JointMatter | None:
    """Keep a group as a suggestion unless somebody decided on it; what is new or grew is given back."""
    cases = {item.case_id for item in group}
    matters = uow.joint.of_cases(cases)
    if any(cases <= set(item.cases) and item.state != "replaced" for item in matters):
        return None
    waiting = next((item for item in matters if item.state == "suggested"), None)
    joined = [item for item in matters if item.state == "joined"]
    # What belongs together already comes along.
    everything = cases.union(*(item.cases for item in joined), waiting.cases if waiting else ())
    named = {item.body for item in group}.union(*(item.bodies for item in joined))
    if waiting is not None:
        grown = replace(
            waiting, cases=tuple(sorted(everything)), bodies=tuple(sorted(named.union(waiting.bodies)))
        )
        uow.joint.replace(grown)
    else:
        grown = JointMatter(
            id=f"LH-{new_number(ctx)}",
            township_code=township_code,
            cases=tuple(sorted(everything)),
            bodies=tuple(sorted(named)),
            found_at=uow.now(),
            found_by=by,
        )
        uow.joint.add(grown)
    uow.record("joint.suggest", "joint", grown.id, cases=list(grown.cases), bodies=list(grown.bodies))
    return grown


@dataclass(frozen=True, kw_only=True)
class JointView:
    """A joint matter with its cases, and where the lead stands by the catalogue.

    Parameters
    ----------
    matter, cases
        The matter and its cases in its order.
    proposed
        The body that had best lead: the lead body of the earliest case's item, else who was at it first.
    leads
        Bodies that may lead.
    township
        Name of the township.
    """

    matter: JointMatter
    cases: tuple[Case, ...]
    proposed: str
    leads: tuple[str, ...]
    township: str


def listed(
    ctx: Context, *, township_code: str | None, user: User, states: Collection[str] = LISTED
) -> list[JointView]:
    """Joint matters, those found last first; of a department's liaison those it is concerned with."""
    with ctx.storage.read() as uow:
        found = uow.joint.search(township_code=township_code, states=states)
        mine = [item for item in found if user.role != "department" or user.department in item.bodies]
        return [_view(uow, item) for item in mine]


def views_of(uow: UnitOfWork, case_id: str) -> tuple[JointView, ...]:
    """Joint matters a case is part of or may be, within a transaction."""
    return tuple(_view(uow, item) for item in uow.joint.of_cases([case_id], states=LISTED))


def find(ctx: Context, matter_id: str, *, user: User) -> JointView:
    """One joint matter.

    Raises
    ------
    NotFound, Forbidden
        If there is none, or it is another's.
    """
    with ctx.storage.read() as uow:
        return _view(uow, _matter(uow, matter_id, user))


def _view(uow: UnitOfWork, matter: JointMatter) -> JointView:
    known = uow.cases.get_many(matter.cases)
    cases = tuple(known[case_id] for case_id in matter.cases if case_id in known)
    town = uow.townships.get(matter.township_code)
    return JointView(
        matter=matter,
        cases=cases,
        proposed=_proposed(uow, matter, cases),
        leads=tuple(dict.fromkeys((*matter.bodies, OFFICE, *bodies(uow)))),
        township=town.name if town else matter.township_code,
    )


def _proposed(uow: UnitOfWork, matter: JointMatter, cases: Sequence[Case]) -> str:
    if matter.lead is not None:
        return matter.lead
    for case in sorted(cases, key=lambda case: (case.opened_at, case.id)):
        item = uow.catalogue.of_case(case)
        if item is None:
            continue
        if item.is_led_by_office(matter.township_code) and OFFICE in matter.bodies:
            return OFFICE
        for body in matter.bodies:
            if same_body(body, item.lead_body):
                return body
    return matter.bodies[0]


def join(ctx: Context, matter_id: str, *, lead: str, user: User, note: str = "") -> JointView:
    """Make a suggestion one joint matter under one lead body; every case's trail says so.

    Raises
    ------
    NotFound, Forbidden
        If there is none, or it is another's.
    BadInput
        If the lead is no body.
    Conflict
        If somebody decided on it already.
    """
    with ctx.storage.write(user.name) as uow:
        matter = _matter(uow, matter_id, user, decides=True)
        if matter.state != "suggested":
            raise Conflict("routing.joint_decided")
        _join(ctx, uow, matter, lead=lead, user=user, note=note)
        uow.commit()
    return find(ctx, matter_id, user=user)


def join_by_hand(
    ctx: Context, case_ids: Sequence[str], *, lead: str, user: User, note: str = ""
) -> JointView:
    """Join cases that no rule found.

    Raises
    ------
    NotFound, Forbidden
        If a case does not exist or is another township's.
    BadInput
        If there are fewer than two, they lie in several townships, or the lead is no body.
    Conflict
        If one of them is over without having been handled.
    """
    with ctx.storage.write(user.name) as uow:
        wanted = list(dict.fromkeys(case_ids))
        cases = [existing(uow.cases.get(case_id), "word.case", case_id) for case_id in wanted]
        townships = {case.township_code for case in cases}
        if len(cases) < 2 or len(townships) != 1 or None in townships:
            raise BadInput("routing.joint_needs_cases")
        town = cases[0].township_code or ""
        if not user.may_see(town):
            raise Forbidden("case.refuse_township")
        if any(case.state in _NOT_HANDLED for case in cases):
            raise Conflict("routing.joint_over")
        known = bodies(uow)
        matter = JointMatter(
            id=f"LH-{new_number(ctx)}",
            township_code=town,
            cases=tuple(sorted(wanted)),
            bodies=tuple(sorted({_body_of(case, "", known) for case in cases} | {lead})),
            found_at=uow.now(),
            found_by=user.name,
        )
        uow.joint.add(matter)
        _join(ctx, uow, matter, lead=lead, user=user, note=note)
        uow.commit()
    return find(ctx, matter.id, user=user)


def _join(ctx: Context, uow: UnitOfWork, matter: JointMatter, *, lead: str, user: User, note: str) -> None:
    if lead != OFFICE and lead not in bodies(uow):
        raise BadInput("case.unknown_body", body=lead, known="、".join(bodies(uow)) or "-")
    for other in uow.joint.of_cases(matter.cases, states={"joined"}):
        uow.joint.replace(replace(other, state="replaced", replaced_by=matter.id))
        uow.record("joint.replace", "joint", other.id, by=matter.id)
    joined = matter.decided("joined", at=uow.now(), by=user.name, why=note.strip(), lead=lead)
    uow.joint.replace(joined)
    uow.record("joint.join", "joint", joined.id, why=note.strip(), lead=lead, cases=list(joined.cases))
    _tell(ctx, uow, joined, user, "joined", note)


def dismiss(ctx: Context, matter_id: str, *, why: str, user: User) -> JointView:
    """Say that a suggestion is not one matter; it is not suggested again.

    Raises
    ------
    NotFound, Forbidden, BadInput, Conflict
        Unknown; another's; without a reason; decided already.
    """
    with ctx.storage.write(user.name) as uow:
        matter = _matter(uow, matter_id, user, decides=True)
        if matter.state != "suggested":
            raise Conflict("routing.joint_decided")
        said = needed(why, "routing.why_needed")
        uow.joint.replace(matter.decided("dismissed", at=uow.now(), by=user.name, why=said, lead=None))
        uow.record("joint.dismiss", "joint", matter.id, why=said)
        uow.commit()
    return find(ctx, matter_id, user=user)


def undo(ctx: Context, matter_id: str, *, why: str, user: User) -> JointView:
    """Take a joining back: every case goes on by itself, and smaller joint matters in it come back.

    Raises
    ------
    NotFound, Forbidden, BadInput, Conflict
        Unknown; another's; without a reason; not joined.
    """
    with ctx.storage.write(user.name) as uow:
        matter = _matter(uow, matter_id, user, decides=True)
        if matter.state != "joined":
            raise Conflict("routing.joint_not_joined")
        said = needed(why, "routing.why_needed")
        for other in uow.joint.find(replaced_by=matter.id):
            uow.joint.replace(replace(other, state="joined", replaced_by=None))
            uow.record("joint.restore", "joint", other.id, from_=matter.id)
        undone = matter.decided("undone", at=uow.now(), by=user.name, why=said, lead=matter.lead)
        uow.joint.replace(undone)
        uow.record("joint.undo", "joint", matter.id, why=said)
        _tell(ctx, uow, matter, user, "undone", said)
        uow.commit()
    return find(ctx, matter_id, user=user)


def _tell(ctx: Context, uow: UnitOfWork, matter: JointMatter, user: User, change: str, note: str) -> None:
    """Put it on the trail of every case."""
    # The act of steps calls the hook above: it is imported when it is needed.
    from gridmgr.services.cases.acting import act_within

    names = [body_words(body) for body in matter.cooperating]
    words = Message(
        f"routing.trail_{change}",
        {
            "id": matter.id,
            "lead": body_words(matter.lead or ""),
            "bodies": "、".join(names) or "-",
            "cases": "、".join(matter.cases),
            "note": note.strip(),
        },
    ).render(DEFAULT_LANGUAGE)
    detail = {"joint": matter.id, "joint_change": change}
    for case in uow.cases.get_many(matter.cases).values():
        act_within(
            ctx, uow, case, Step(action="comment", note=words.strip(), detail=detail), actor=Actor.of(user)
        )


def body_words(body: str) -> str:
    """A body by name, in the language of the records."""
    return Message("case.office").render(DEFAULT_LANGUAGE) if body == OFFICE else body


def _matter(uow: UnitOfWork, matter_id: str, user: User, *, decides: bool = False) -> JointMatter:
    matter = existing(uow.joint.get(matter_id), "word.joint_matter", matter_id)
    if not user.may_see(matter.township_code):
        raise Forbidden("case.refuse_township")
    if user.role == "department" and user.department not in matter.bodies:
        raise Forbidden("case.refuse_department")
    if decides and user.role not in _DECIDERS:
        raise Forbidden("error.forbidden")
    return matter
