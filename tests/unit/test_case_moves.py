"""The transition table: somebody always answers, every refusal says why, and nothing closes by itself."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmgr.domain.cases import (
    ACTIONS,
    BACK,
    OFFICE,
    OPEN_STATES,
    OVER_STATES,
    SAME,
    STATES,
    TABLE,
    Actor,
    Case,
    PenaltyGiven,
    Step,
    advanced,
    choices,
    refusals,
    transition_for,
)
from gridmgr.domain.cases.actor import STEP_ROLES
from gridmgr.domain.cases.rules import ACTOR_RULES, NEEDS, STEP_RULES
from gridmgr.domain.cases.states import COARSE
from gridmgr.domain.incidents import STATES as INCIDENT_STATES
from gridmgr.texts import LANGUAGES, catalogue

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TOWN = "410101001"
BODIES = ("县水利局", "县市场监督管理局", "县城市管理局")
ACTORS = (
    Actor(name="planner", role="planner", township_code=TOWN),
    Actor(name="officer", role="officer", township_code=TOWN, officer_id="o1"),
    Actor(name="officer2", role="officer", township_code=TOWN, officer_id="o2"),
    *(Actor(name=body, role="department", department=body) for body in BODIES),
    Actor(name="lead", role="lead"),
    Actor(name="admin", role="admin"),
    Actor(name="public", role="public"),
    Actor(name="system", role="system"),
)
PENALTY = PenaltyGiven(kind="warning", party="citizen", party_name="某人", officers=("o1", "o2"))
#: A step that brings everything any step could need.
FULL = Step(
    action="comment",
    note="原因",
    squad_id="s1",
    body=BODIES[0],
    level=1,
    rating=5,
    original="AJ-other",
    penalty=None,
)


def fresh(**changes: object) -> Case:
    """A case as it is opened."""
    case = Case(
        id="AJ-1", incident_id="1", township_code=TOWN, lon=113.0, lat=34.0, opened_at=NOW, changed_at=NOW
    )
    return replace(case, **changes)  # type: ignore[arg-type]


def actor(role: str, **fields: str) -> Actor:
    """Somebody of that role."""
    return Actor(name=role, role=role, township_code=TOWN, **fields)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Case, Step, Actor, Case]]:
    """A random legal life of a case: case before, step, who, case after."""
    case, lived = fresh(), []
    for number in range(draw(st.integers(1, 25))):
        open_to = [(who, row) for who in ACTORS for row in choices(case, who)]
        who, row = draw(st.sampled_from(open_to))
        step = replace(
            FULL,
            action=row.action,
            body=draw(st.sampled_from((*BODIES, OFFICE))),
            level=draw(st.integers(1, 3)),
            penalty=PENALTY if "penalty" in row.needs else None,
        )
        if refusals(case, step, who):
            continue
        after = advanced(case, step, who, at=NOW + timedelta(minutes=number))
        lived.append((case, step, who, after))
        case = after
    return lived


@given(histories())
def test_somebody_always_answers_and_only_acceptance_changes_who(
    lived: list[tuple[Case, Step, Actor, Case]],
) -> None:
    """首接负责: whoever answers goes on until a department accepts, or the office sends its own people."""
    for before, step, who, after in lived:
        assert after.answerable
        if after.answerable != before.answerable:
            assert (step.action == "accept" and after.answerable == who.department) or (
                step.action in ("dispatch", "arrive") and after.answerable == OFFICE
            )


@given(histories())
def test_a_case_closes_only_after_a_check_or_on_the_spot(
    lived: list[tuple[Case, Step, Actor, Case]],
) -> None:
    """Every other end is said to be one: cancelled, or a duplicate."""
    states = ["reported", *(after.state for *_, after in lived)]
    for was, now in pairwise(states):
        if now == "closed" and was != "closed":
            assert was in ("checked", "settled")
        if now == "checked" and was != "checked":
            assert was in ("settled", "handled")
    for before, step, who, _after in lived:
        if step.action in ("check", "rework"):
            assert before.handler != who.name


@given(histories())
def test_counters_count_what_happened(lived: list[tuple[Case, Step, Actor, Case]]) -> None:
    """And the version rises by one a step, so that a stale one is noticed."""
    if not lived:
        return
    last = lived[-1][3]
    done = [step.action for _, step, _, _ in lived]
    assert last.reworked == done.count("rework")
    assert last.reopened == done.count("reopen")
    assert last.objections == done.count("object")
    assert last.version == 1 + len(done)
    assert (last.filed_at is None) == (not {"file", "reopen"} & set(done))


@given(histories())
def test_what_is_suspended_goes_on_where_it_was(lived: list[tuple[Case, Step, Actor, Case]]) -> None:
    """挂账 and back, whatever was said in between."""
    held = None
    for before, step, _who, after in lived:
        if step.action == "suspend":
            held = before.state
        if step.action == "resume":
            assert after.state == held
        assert (after.held_from is not None) == (after.state == "suspended")


@given(
    st.sampled_from(STATES),
    st.sampled_from(ACTIONS),
    st.sampled_from(ACTORS),
    st.builds(
        Step,
        action=st.just("comment"),
        note=st.sampled_from(("", "  ", "原因")),
        body=st.sampled_from((None, OFFICE, *BODIES)),
        officer_id=st.sampled_from((None, "o1")),
        level=st.one_of(st.none(), st.integers(-1, 9)),
        rating=st.one_of(st.none(), st.integers(-1, 9)),
        original=st.sampled_from((None, "AJ-1", "AJ-2")),
        penalty=st.sampled_from((None, PENALTY)),
    ),
    st.sampled_from((None, *BODIES)),
    st.integers(0, 3),
)
def test_a_step_is_either_taken_or_refused_with_a_reason_in_both_languages(
    state: str, action: str, who: Actor, given: Step, department: str | None, supervised: int
) -> None:
    """Nothing in between, and no reason without words."""
    case = fresh(
        state=state,
        department=department,
        supervised=supervised,
        handler="officer",
        held_from="filed" if state == "suspended" else None,
        objectors=BODIES[1:2],
    )
    step = replace(given, action=action)
    against = refusals(case, step, who)
    if not against:
        assert advanced(case, step, who, at=NOW).state in STATES
        return
    with pytest.raises(ValueError, match=r"\w"):
        advanced(case, step, who, at=NOW)
    for refusal in against:
        for language in LANGUAGES:
            assert refusal.message.key in catalogue(language)
            words = refusal.message.render(language)
            assert words
            assert "case." not in words


def test_the_table_names_only_what_exists() -> None:
    """States, roles, needs and rules; and one row an action and state, so that no target is in doubt."""
    for row in TABLE:
        assert row.sources <= set(STATES)
        assert row.target in {*STATES, SAME, BACK}
        assert row.roles <= set(STEP_ROLES)
        assert {*row.needs, *row.takes} <= set(NEEDS)
        assert set(row.rules) <= set(ACTOR_RULES) | set(STEP_RULES)
    pairs = [(row.action, state) for row in TABLE for state in row.sources]
    assert len(pairs) == len(set(pairs))


def test_every_state_can_be_reached_and_none_is_a_trap() -> None:
    """From a fresh report to every state; and from every open state to an end."""
    ways: dict[str, set[str]] = {state: set() for state in STATES}
    for row in TABLE:
        for state in row.sources:
            target = {SAME: state, BACK: "filed"}.get(row.target, row.target)
            ways[state].add(target)

    def reached(start: str) -> set[str]:
        seen, todo = {start}, deque([start])
        while todo:
            for target in ways[todo.popleft()] - seen:
                seen.add(target)
                todo.append(target)
        return seen

    assert reached("reported") == set(STATES)
    for state in OPEN_STATES:
        assert reached(state) & OVER_STATES


def test_every_state_has_a_coarse_word_that_tells_open_from_over() -> None:
    """Old parts plan, draw and count by it."""
    assert set(COARSE) == set(STATES)
    assert set(COARSE.values()) == INCIDENT_STATES
    for state in OVER_STATES:
        assert COARSE[state] == "closed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_action_role_and_need_has_words(language: str) -> None:
    """On buttons, in trails, in refusals."""
    known = catalogue(language)
    wanted = {f"case.state.{s}" for s in STATES} | {f"case.action.{a}" for a in ACTIONS}
    wanted |= {f"case.role.{r}" for r in STEP_ROLES}
    wanted |= {f"case.missing_{need}" for row in TABLE for need in row.needs}
    wanted |= {f"admin.action.case.{a}" for a in ACTIONS}
    assert wanted - set(known) == set()


def test_a_refusal_says_which_state_who_may_and_what_is_missing() -> None:
    """The three kinds, in Chinese."""

    def words(case: Case, step: Step, who: Actor) -> str:
        return "".join(item.message.render("zh") for item in refusals(case, step, who))

    accepted = fresh(state="accepted", department=BODIES[0])
    said = words(accepted, replace(FULL, action="settle"), actor("officer"))
    assert [word in said for word in ("部门办理中", "现场处置中", "现场办结")] == [True] * 3
    said = words(fresh(state="filed"), replace(FULL, action="cancel"), actor("officer"))
    assert "执法人员不能作废" in said
    assert "乡镇办公室" in said
    said = words(fresh(state="filed"), Step(action="cancel"), actor("planner"))
    assert said == "请填写说明。"


def test_an_objecting_department_that_had_accepted_answers_until_another_accepts() -> None:
    """It gave the case back; the office looks for the right body; nobody is let off meanwhile."""
    case = fresh(state="filed", filed_at=NOW)
    water, market = (Actor(name=body, role="department", department=body) for body in BODIES[:2])
    planner = actor("planner")
    for who, step in (
        (planner, Step(action="escalate", note="请办理", body=BODIES[0])),
        (water, Step(action="accept")),
        (water, Step(action="object", note="不属于水利")),
    ):
        assert refusals(case, step, who) == ()
        case = advanced(case, step, who, at=NOW)
    assert (case.state, case.department, case.answerable) == ("filed", None, BODIES[0])
    again = Step(action="escalate", note="再派", body=BODIES[0])
    assert [item.message.key for item in refusals(case, again, planner)] == ["case.refuse_objector"]
    assert refusals(case, again, Actor(name="lead", role="admin")) == ()
    case = advanced(case, Step(action="escalate", note="转", body=BODIES[1]), planner, at=NOW)
    assert case.answerable == BODIES[0]
    assert [item.kind for item in refusals(case, Step(action="accept"), water)] == ["role"]
    case = advanced(case, Step(action="accept"), market, at=NOW)
    assert case.answerable == BODIES[1]


def test_a_failed_check_goes_back_to_whoever_handled_it() -> None:
    """返工: to the department that handled it, or to the office where its own squad settled it."""
    officer = Actor(name="grid", role="officer", township_code=TOWN)
    handled = fresh(state="handled", department=BODIES[0], handler=BODIES[0])
    step = Step(action="rework", note="垃圾还在")
    back = advanced(handled, step, officer, at=NOW)
    assert (back.state, back.department, back.reworked) == ("accepted", BODIES[0], 1)
    settled = fresh(state="settled", handler="someone")
    assert advanced(settled, step, officer, at=NOW).state == "filed"


def test_another_townships_people_have_no_choice() -> None:
    """Neither buttons nor steps."""
    stranger = Actor(name="x", role="planner", township_code="410101002")
    assert choices(fresh(), stranger) == ()
    assert [item.message.key for item in refusals(fresh(), Step(action="file"), stranger)] == [
        "case.refuse_township"
    ]
    assert transition_for("no_such", "filed") is None
