"""Finding matters that several bodies handle: on filing, dispatching and passing on, and by the worker.

`look_after_step` is a hook of steps; the worker looks for what changed otherwise. What a person dismissed is
not suggested again unless another case turns up. A suggestion follows its cases: it names the bodies that are
at them now, and lapses where no two bodies are left. Deciding is `gridmgr.services.routing.joint`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from gridmgr.domain.bodies import same_body
from gridmgr.domain.cases import OFFICE, OPEN_STATES, SYSTEM, Case, CaseStep
from gridmgr.domain.nearness import box_around
from gridmgr.domain.routing.joint import Handling, JointMatter, JointRules, repeated
from gridmgr.domain.settings import OfficeSettings
from gridmgr.services.asking import new_number
from gridmgr.services.cases.scope import bodies
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.cases import CaseFilter

#: Steps after which a body is, or will be, at a case.
_LOOKED_AFTER = frozenset({"file", "dispatch", "escalate", "accept", "arrive", "reopen", "undo_duplicate"})
#: Steps after which a body may be at it no longer.
_LEFT_AFTER = frozenset({"object", "cancel", "close", "mark_duplicate"})
#: Cases in which nobody is, or was, at the matter.
NOT_HANDLED = frozenset({"cancelled", "duplicate"})
#: The office's own people were sent.
_OWN_STATES = frozenset({"dispatched", "en_route", "on_scene", "settled"})


def rules_of(office: OfficeSettings) -> JointRules:
    """The office's rules of joint matters."""
    return JointRules(metres=office.joint_metres, days=office.joint_days)


def look_after_step(ctx: Context, uow: UnitOfWork, case: Case, step: CaseStep) -> None:
    """Look whether another body is at the same matter; one of `gridmgr.services.cases.hooks`."""
    if case.township_code is None or step.action not in _LOOKED_AFTER | _LEFT_AFTER:
        return
    rules = rules_of(uow.settings.office())
    for matter in uow.joint.of_cases([case.id], states={"suggested"}):
        _follow(uow, matter, rules)
    if step.action in _LEFT_AFTER:
        return
    near = uow.cases.near(
        box_around(case.lon, case.lat, rules.metres), since=case.opened_at - timedelta(days=rules.days)
    )
    found = repeated(
        handlings(uow, [item for item in near if item.township_code == case.township_code]), rules
    )
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
        groups = repeated(handlings(uow, cases), rules)
        waiting = uow.joint.search(township_code=township_code, states={"suggested"})
        followed = sum(_follow(uow, matter, rules) for matter in waiting)
        found = [_suggest(ctx, uow, township_code, group, by=SYSTEM.name) for group in groups]
        made = sum(item is not None for item in found)
        if made or followed:
            uow.commit()
    return made


def _follow(uow: UnitOfWork, matter: JointMatter, rules: JointRules) -> bool:
    """Bring a suggestion to what is true of its cases now; whether that changed it."""
    now = handlings(uow, uow.cases.get_many(matter.cases).values())
    if not repeated(now, rules):
        uow.joint.replace(replace(matter, state="lapsed"))
        uow.record("joint.lapse", "joint", matter.id, cases=list(matter.cases))
        return True
    named = tuple(sorted({item.body for item in now}))
    if named == matter.bodies:
        return False
    uow.joint.replace(replace(matter, bodies=named))
    uow.record("joint.suggest", "joint", matter.id, cases=list(matter.cases), bodies=list(named))
    return True


def handlings(uow: UnitOfWork, cases: Iterable[Case]) -> list[Handling]:
    """Cases with the bodies that are at them, in order, without those in which nobody is or was."""
    known, items = bodies(uow), {}
    found = []
    for case in cases:
        if case.state in NOT_HANDLED:
            continue
        key = (case.item_code, case.item_version)
        if key not in items:
            items[key] = uow.catalogue.of_case(case)
        item, town = items[key], case.township_code or ""
        lead = "" if item is None else OFFICE if item.is_led_by_office(town) else item.lead_body
        found.append(
            Handling(
                case_id=case.id,
                body=body_of(case, lead, known),
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
    return found


def body_of(case: Case, lead: str, known: Sequence[str]) -> str:
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
    if any(cases <= set(item.cases) and item.state not in ("replaced", "lapsed") for item in matters):
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
        grown = new_matter(ctx, uow, township_code, everything, named, by=by)
    uow.record("joint.suggest", "joint", grown.id, cases=list(grown.cases), bodies=list(grown.bodies))
    return grown


def new_matter(
    ctx: Context, uow: UnitOfWork, township_code: str, cases: Iterable[str], named: Iterable[str], *, by: str
) -> JointMatter:
    """Keep cases and the bodies at them as one matter that waits for a decision."""
    matter = JointMatter(
        id=f"LH-{new_number(ctx)}",
        township_code=township_code,
        cases=tuple(sorted(cases)),
        bodies=tuple(sorted(named)),
        found_at=ctx.clock.utc_now(),
        found_by=by,
    )
    uow.joint.add(matter)
    return matter
