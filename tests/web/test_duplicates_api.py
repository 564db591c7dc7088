"""Reports told twice: suggested from what lies near by, merged by a person, taken back without a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from case_world import ITEM, MARKET, fill, incident, step
from case_world import file as file_case
from conftest import EAST, NOW, MovableNow
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from test_inbox_api import close, sent
from test_intake_reports import photo

from gridmgr.domain.incidents import Incident
from gridmgr.domain.settings import OfficeSettings
from gridmgr.domain.tips import Rating
from gridmgr.domain.users import User
from gridmgr.errors import GridmgrError
from gridmgr.services import cases
from gridmgr.services.context import Context
from gridmgr.services.intake import following
from gridmgr.services.routing import duplicates

As = Callable[[str], FlaskClient]
PLANNER = User(name="planner", display_name="计划员", role="planner", township_code=EAST)
HERE = {"lon": 113.005, "lat": 34.005, "township_code": None, "place_words": ""}


@pytest.fixture(autouse=True)
def cases_filled(ctx: Context) -> None:
    """One item, and incidents i1 and i2 at one point of the east, i3 in the west."""
    fill(ctx)


def repeats(client: FlaskClient, name: str = "i1") -> Any:
    """What may repeat an incident."""
    return client.get(f"/api/v1/incidents/{name}/duplicates")


def merge(client: FlaskClient, name: str, into: str, **fields: str) -> Any:
    """Merge one incident into another."""
    return client.post(f"/api/v1/incidents/{name}/merge", json={"into": into, **fields})


def unmerge(client: FlaskClient, name: str) -> Any:
    """Take a merging back."""
    return client.post(f"/api/v1/incidents/{name}/unmerge", json={"note": "看错了"})


def add(ctx: Context, *items: Incident) -> None:
    """Store incidents."""
    with ctx.storage.write("test") as uow:
        uow.incidents.add_many(items)
        uow.record("test.add", "incident", "*")
        uow.commit()


def everything(ctx: Context, name: str) -> tuple[Any, ...]:
    """An incident, its case but for version and moment, and its clocks."""
    with ctx.storage.read() as uow:
        found = uow.incidents.get(name)
        case = uow.cases.get(found.case_id) if found.case_id else None
        bare = replace(case, version=1, changed_at=NOW) if case else None
        return found, bare, tuple(uow.clocks.of_case(case.id)) if case else ()


def test_what_lies_near_is_suggested_with_reasons_and_nothing_of_another_township(
    ctx: Context, as_user: As
) -> None:
    """Nor what is far, nor what was called off."""
    far = incident(4, lat=34.0095)
    gone = incident(5)
    add(ctx, far, gone)
    client = as_user("planner")
    file_case(client, "i5", action="cancel", note="误报")
    answer = repeats(client)
    assert answer.status_code == 200
    (found,) = answer.json["suggestions"]
    assert (found["incident_id"], found["score"], found["metres"]) == ("i2", 100, 0)
    assert "类别或事项相同" in found["reasons"]
    assert repeats(as_user("planner_west")).status_code == 403
    assert repeats(as_user("officer")).status_code == 403
    assert repeats(as_user("lead")).status_code == 200
    assert repeats(client, "none").status_code == 404


def test_the_office_s_settings_decide_what_is_suggested(ctx: Context, as_user: As) -> None:
    """Distance, days, words and score each."""
    add(ctx, incident(6, lat=34.0055, reported_at=NOW - timedelta(days=2), state="closed", settled_at=NOW))
    client = as_user("planner")

    def names(**changes: int) -> set[str]:
        with ctx.storage.write("test") as uow:
            uow.settings.save_office(replace(OfficeSettings(), **changes))
            uow.record("test.settings", "settings", "office")
            uow.commit()
        return {item["incident_id"] for item in repeats(client).json["suggestions"]}

    assert names() == {"i2", "i6"}
    assert names(duplicate_metres=30) == {"i2"}
    assert names(duplicate_percent=95) == {"i2"}
    assert names(duplicate_percent=100, duplicate_metres=1) == {"i2"}
    with ctx.storage.write("test") as uow:
        uow.incidents.replace(
            replace(uow.incidents.get("i6"), description="狗咬人", settled_at=NOW - timedelta(days=1.5))
        )
        uow.record("test.change", "incident", "i6")
        uow.commit()
    assert names(duplicate_percent=10, duplicate_text_percent=30) == {"i2"}
    assert names(duplicate_percent=10, duplicate_text_percent=0) == {"i2", "i6"}
    assert names(duplicate_percent=10, duplicate_text_percent=0, duplicate_days=1) == {"i2"}


def test_the_settings_page_says_what_each_setting_does(as_user: As) -> None:
    """And stores what is typed."""
    page = as_user("admin").get("/admin/settings").get_data(as_text=True)
    for name in ("duplicate_metres", "duplicate_days", "duplicate_text_percent", "duplicate_percent"):
        assert f'id="{name}_help"' in page
    assert "疑似重复" in page


def test_a_merged_report_s_sender_follows_and_rates_the_surviving_case(ctx: Context, as_user: As) -> None:
    """By the same receipt, told that it was merged; its photos and words stand in the surviving case."""
    client = as_user("planner")
    first = sent(ctx, **HERE)
    second = sent(ctx, sender_key="k2", description="老槐树下有垃圾", photos=(photo(),), **HERE)
    done = merge(client, second.tip.incident_id, first.tip.incident_id, note="同一堆")
    assert done.status_code == 201, done.json
    case_id = done.json["merged_into"]
    (listed,) = [tip for tip in client.get("/api/v1/tips").json["tips"] if tip["id"] == second.tip.id]
    assert (listed["merged"], listed["view"], listed["case_id"]) == (True, "handled", case_id)
    # The surviving report is still to be looked at.
    (kept,) = [tip for tip in client.get("/api/v1/tips").json["tips"] if tip["id"] == first.tip.id]
    assert (kept["merged"], kept["view"]) == (False, "new")
    client.post(f"/api/v1/tips/{first.tip.id}/decision", json={"action": "file"})
    seen = following.follow(ctx, second.receipt)
    assert (seen.state, seen.merged, seen.done_at) == ("working", True, None)
    assert not following.follow(ctx, first.receipt).merged
    view = client.get(f"/api/v1/cases/{case_id}").json
    (repeat,) = view["merged"]
    assert repeat["description"] == "老槐树下有垃圾"
    assert client.get(repeat["photos"][0]).status_code == 200
    page = client.post("/tip/status", data={"code": second.receipt}).get_data(as_text=True)
    assert 'id="merged"' in page
    close(ctx, case_id)
    assert following.follow(ctx, second.receipt).state == "closed"
    assert following.rate(ctx, second.receipt, Rating(solved=False, score=1)).rating.score == 1
    assert step(client, case_id, "reopen", note="还在").status_code == 201
    assert following.follow(ctx, second.receipt).rating is None
    shown = repeats(client, first.tip.incident_id).json
    assert [item["incident_id"] for item in shown["merged"]] == [second.tip.incident_id]


def test_taking_a_merging_back_leaves_everything_as_it_was(
    ctx: Context, as_user: As, now: MovableNow
) -> None:
    """Case, incident, deadlines; the trail says that it happened, and why."""
    client = as_user("planner")
    case_id = file_case(client, "i2")
    before = everything(ctx, "i2")
    assert before[2]
    now.advance(timedelta(hours=1))
    assert merge(client, "i2", "i1").status_code == 201
    assert everything(ctx, "i2")[2] != before[2]
    assert repeats(client, "i2").json["suggestions"] == []
    now.advance(timedelta(hours=1))
    back = unmerge(client, "i2")
    assert back.status_code == 201
    assert back.json["merged_into"] is None
    assert everything(ctx, "i2") == before
    assert unmerge(client, "i2").status_code == 409
    with ctx.storage.read() as uow:
        *_, marked, undone = uow.case_steps.of_case(case_id)
    assert (marked.action, marked.detail["suggested"], marked.detail["metres"]) == ("mark_duplicate", True, 0)
    assert (undone.action, undone.note) == ("undo_duplicate", "看错了")


def test_chains_and_cycles_are_refused_with_the_way_out(ctx: Context, as_user: As) -> None:
    """And nobody merges over townships, into itself, or what the state does not allow."""
    add(ctx, incident(4))
    client, admin = as_user("planner"), as_user("admin")
    assert merge(client, "i1", "i1").status_code == 400
    assert merge(client, "i2", "i1").status_code == 201
    chain = merge(client, "i1", "i4")
    assert chain.status_code == 409
    assert "AJ-i1" in chain.json["error"]["message"]
    assert merge(client, "i1", "i2").status_code == 400
    assert merge(client, "i4", "i2").status_code == 400
    assert merge(client, "i4", "i1").status_code == 201
    assert merge(client, "i2", "i4").status_code in (400, 409)
    assert merge(admin, "i3", "i1").status_code == 400
    assert merge(client, "i3", "i1").status_code == 403
    assert merge(as_user("lead"), "i4", "i1").status_code == 403
    with ctx.storage.read() as uow:
        assert {case.duplicate_of for case in uow.cases.find()} == {None, "AJ-i1"}


def test_a_department_sees_the_photos_of_what_was_merged_into_its_case(ctx: Context, as_user: As) -> None:
    """They are part of its evidence; those of other cases are not."""
    client = as_user("planner")
    first = sent(ctx, **HERE)
    second = sent(ctx, sender_key="k2", photos=(photo(),), **HERE)
    client.post(f"/api/v1/tips/{first.tip.id}/decision", json={"action": "file"})
    case_id = merge(client, second.tip.incident_id, first.tip.incident_id).json["merged_into"]
    with ctx.storage.read() as uow:
        picture = uow.attachments.find("incident", second.tip.incident_id)[0].id
    department = as_user("department")
    assert department.get(f"/photos/{picture}").status_code == 403
    assert step(client, case_id, "escalate", note="请办理", body=MARKET).status_code == 201
    assert department.get(f"/photos/{picture}").status_code == 200


def test_near_incidents_are_found_by_an_index_on_their_place(ctx: Context) -> None:
    """However many there are: SQLite's own plan names it."""
    said = []

    def explain(connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if "coalesce" in statement and not statement.startswith("EXPLAIN"):
            raw = connection.connection.cursor()
            said.extend(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", given))

    event.listen(ctx.storage.engine, "before_cursor_execute", explain)
    with ctx.storage.read() as uow:
        found = duplicates.nearby(uow, uow.incidents.get("i1"), duplicates.rules_of(OfficeSettings()))
    event.remove(ctx.storage.engine, "before_cursor_execute", explain)
    assert [item.id for item in found] == ["i2"]
    assert any("ix_incident_lat_lon_reported_at" in line for line in said), said


MOVES = st.lists(
    st.tuples(st.sampled_from(("file", "merge", "unmerge")), st.integers(1, 4), st.integers(1, 4)),
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_whatever_is_merged_and_taken_back_no_chain_comes_about(
    ctx: Context, moves: list[tuple[str, int, int]]
) -> None:
    """And taking everything back leaves the cases that were only filed: merging is nothing then."""
    with ctx.storage.write("test") as uow:
        series = uow.incidents.count()
        names = {n: f"h{series}-{n}" for n in range(1, 5)}
        uow.incidents.add_many(incident(n, id=name, item_code=ITEM.code) for n, name in names.items())
        uow.record("test.add", "incident", "*")
        uow.commit()
    filed: dict[str, Any] = {}
    for action, one, other in moves:
        try:
            if action == "file":
                cases.file_case(ctx, names[one], user=PLANNER)
                filed[names[one]] = everything(ctx, names[one])
            elif action == "merge":
                duplicates.merge(ctx, names[one], into=names[other], user=PLANNER)
            else:
                duplicates.unmerge(ctx, names[one], user=PLANNER)
        except GridmgrError:
            continue
        with ctx.storage.read() as uow:
            repeated = {case.id: case.duplicate_of for case in uow.cases.find() if case.duplicate_of}
        assert not set(repeated) & set(repeated.values())
    for name in names.values():
        try:
            duplicates.unmerge(ctx, name, user=PLANNER)
        except GridmgrError:
            continue
    for name, then in filed.items():
        assert everything(ctx, name) == then
    with ctx.storage.read() as uow:
        assert [case.id for case in uow.cases.find(state="duplicate")] == []


def test_a_report_taken_back_waits_in_the_inbox_again_and_may_be_spam(ctx: Context, as_user: As) -> None:
    """As before it was merged; not while others are merged into it."""
    client = as_user("planner")
    first, second = sent(ctx, **HERE), sent(ctx, sender_key="k2", **HERE)
    merge(client, second.tip.incident_id, first.tip.incident_id)
    spam = {"json": {"why": "广告"}}
    assert client.post(f"/api/v1/tips/{first.tip.id}/spam", **spam).status_code == 409
    unmerge(client, second.tip.incident_id)
    assert client.get(f"/api/v1/tips/{second.tip.id}").json["view"] == "new"
    assert client.post(f"/api/v1/tips/{second.tip.id}/spam", **spam).json["view"] == "spam"
