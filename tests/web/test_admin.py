"""What an administrator does: users, rules, and the audit trail."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta

import pytest
from apiflask import APIFlask
from conftest import EAST, PASSWORD, MovableNow, login, post_form, token_of
from flask.testing import FlaskClient
from test_shell import check_page

from gridmgr.services import accounts, records
from gridmgr.services.context import Context
from gridmgr.services.passwords import AccountRules

AsUser = Callable[[str], FlaskClient]


def shown_password(page: str) -> str:
    """The password a page shows once."""
    found = re.search(r'id="new-password">([^<]+)<', page)
    assert found is not None, page
    return found.group(1)


def test_an_added_user_can_log_in_with_the_password_shown(as_user: AsUser, app: APIFlask) -> None:
    """It is shown once, and works."""
    admin = as_user("admin")
    answer = post_form(
        admin, "/admin/users/", name="王芳", display_name="王芳", role="planner", township_code=EAST
    )
    page = answer.get_data(as_text=True)
    check_page(page, "zh")
    login(app.test_client(), "王芳", shown_password(page))
    assert "new-password" not in admin.get("/admin/users/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "planner", "role": "lead"}, 409),
        ({"name": "", "role": "lead"}, 400),
        ({"name": "a/b", "role": "lead"}, 400),
        ({"name": "x", "role": "king"}, 400),
        ({"name": "x", "role": "planner"}, 400),
        ({"name": "x", "role": "planner", "township_code": "nowhere"}, 404),
        ({"name": "x", "role": "officer", "township_code": EAST, "officer_id": "nobody"}, 404),
        ({"name": "x", "role": "department", "agency_code": "none"}, 404),
    ],
)
def test_a_user_that_cannot_be_is_refused_in_words(
    as_user: AsUser, ctx: Context, fields: dict[str, str], status: int
) -> None:
    """Nothing is added, and what was typed is still there."""
    before = accounts.list_users(ctx)
    answer = post_form(as_user("admin"), "/admin/users/", display_name="某人", **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert 'role="alert"' in page
    assert "某人" in page
    check_page(page, "zh")
    assert accounts.list_users(ctx) == before


def test_a_changed_role_counts_at_once(as_user: AsUser, ctx: Context) -> None:
    """Sessions with the old role end."""
    lead = as_user("lead")
    form = {"display_name": "前领导", "role": "planner", "township_code": EAST, "active": "1"}
    answer = post_form(as_user("admin"), "/admin/users/lead", **form)
    assert answer.status_code == 303
    assert lead.get("/account").status_code == 302
    changed = accounts.find_user(ctx, "lead")
    assert changed is not None
    assert (changed.role, changed.township_code, changed.display_name) == ("planner", EAST, "前领导")


def test_the_last_administrator_stays(as_user: AsUser, ctx: Context) -> None:
    """Neither deactivated nor given another role."""
    admin = as_user("admin")
    for form in ({"role": "admin"}, {"role": "lead", "active": "1"}):
        assert post_form(admin, "/admin/users/admin", **form).status_code == 409
    assert accounts.find_user(ctx, "admin").active  # type: ignore[union-attr]


def test_a_reset_password_replaces_the_old_one(as_user: AsUser, app: APIFlask) -> None:
    """And ends the user's sessions."""
    lead = as_user("lead")
    answer = post_form(as_user("admin"), "/admin/users/lead/password", page="/admin/users/lead")
    new = shown_password(answer.get_data(as_text=True))
    assert lead.get("/account").status_code == 302
    stranger = app.test_client()
    assert post_form(stranger, "/login", name="lead", password=PASSWORD, next="").status_code == 403
    login(app.test_client(), "lead", new)


def test_a_locked_user_can_be_let_in_again(as_user: AsUser, app: APIFlask) -> None:
    """The list says so, the button ends it."""
    stranger = app.test_client()
    for _ in range(5):
        post_form(stranger, "/login", name="lead", password="wrong", next="")
    admin = as_user("admin")
    assert "锁定至 2026-03-02 10:15" in admin.get("/admin/users/").get_data(as_text=True)
    post_form(admin, "/admin/users/lead/unlock", page="/admin/users/lead")
    login(stranger, "lead")


def test_an_unknown_user_is_not_found(as_user: AsUser) -> None:
    """Whatever is asked of it."""
    admin = as_user("admin")
    token = {"csrf_token": token_of(admin, "/admin/users/")}
    assert admin.get("/admin/users/nobody").status_code == 404
    for action in ("", "/password", "/unlock"):
        form = {**token, "role": "lead"}
        assert admin.post(f"/admin/users/nobody{action}", data=form).status_code == 404


def settings_form(client: FlaskClient) -> dict[str, str]:
    """All fields of the settings page as they stand."""
    page = client.get("/admin/settings").get_data(as_text=True)
    fields = dict(re.findall(r'<input class="form-control" id="(\w+)".*?value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="(\w+)">(.*?)</select>', page, flags=re.DOTALL):
        fields[name] = re.findall(r'value="(\w+)" selected', options)[0]
    fields |= dict(re.findall(r'type="checkbox"[^>]*name="(\w+)" value="(\w+)" checked', page))
    return fields


def test_saved_settings_are_the_offices_rules(as_user: AsUser, ctx: Context) -> None:
    """Each value lands where it belongs, with one audit event that tells the change."""
    admin = as_user("admin")
    form = settings_form(admin) | {
        "shift_start": "08:00",
        "pair_rule": "pooled",
        "idle_minutes": "30",
        "unpredictability": "3",
    }
    assert post_form(admin, "/admin/settings", **form).status_code == 303
    office = records.office_settings(ctx)
    assert (office.shift_start, office.pair_rule, office.squad_max) == (time(8), "pooled", 5)
    assert accounts.account_rules(ctx).idle_minutes == 30
    with ctx.storage.read() as uow:
        event = uow.audit.find(subject_kind="settings", subject_id="office")[0]
    assert event.detail["changed"] == {
        "shift_start": ["08:30:00", "08:00:00"],
        "pair_rule": ["scope", "pooled"],
        "unpredictability": ["0.0", "3.0"],
    }


def test_the_price_of_a_change_is_explained_below_its_field(as_user: AsUser) -> None:
    """A number without a unit means nothing by itself."""
    page = as_user("admin").get("/admin/settings").get_data(as_text=True)
    assert re.search(r'<input[^>]*id="prize_per_change"[^>]*value="5"[^>]*aria-describedby', page)
    assert re.search(r'id="prize_per_change_help">当天重排时', page)


def test_settings_that_were_not_changed_leave_no_event(as_user: AsUser, ctx: Context) -> None:
    """Pressing save is no change."""
    admin = as_user("admin")
    assert post_form(admin, "/admin/settings", **settings_form(admin)).status_code == 303
    assert records.audit_events(ctx, subject_kind="settings") == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"shift_start": "25:00"}, ["上班时间"]),
        (
            {"shift_start": "", "squad_min": "x", "detour_factor": "nan"},
            ["上班时间", "每队最少人数", "绕行系数"],
        ),
        ({"squad_max": "21"}, ["每队最多人数"]),
        ({"pair_rule": "any"}, ["两名持证人员的要求"]),
        ({"squad_min": "6", "squad_max": "5"}, ["每队最多人数"]),
        ({"shift_end": "08:00"}, ["下班时间"]),
        ({"lunch_latest": "11:00"}, ["午休最晚开始"]),
        ({"min_password_length": "4"}, ["密码最短长度"]),
        ({"unpredictability": "10.1"}, ["打乱到访规律可放弃价值"]),
        ({"prize_per_change": "1001"}, ["重排时改动一处至少增加的价值"]),
    ],
)
def test_settings_that_are_not_right_are_named_and_none_is_saved(
    as_user: AsUser, ctx: Context, change: dict[str, str], named: list[str]
) -> None:
    """All of them, in Chinese, and what was typed stays in the form."""
    admin = as_user("admin")
    answer = post_form(admin, "/admin/settings", **(settings_form(admin) | {"max_squads": "9"} | change))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    check_page(page, "zh")
    alert = page.split('role="alert"')[1].split("</div>")[0]
    assert all(words in alert for words in named)
    assert alert.count("<li>") == len(named)
    assert 'value="9"' in page
    assert records.office_settings(ctx).max_squads == 4


def test_a_stricter_idle_limit_counts_for_sessions_that_are_open(
    as_user: AsUser, ctx: Context, now: MovableNow
) -> None:
    """Rules are read at every request."""
    lead = as_user("lead")
    accounts.save_account_rules(ctx, AccountRules(idle_minutes=10), actor="admin")
    now.advance(timedelta(minutes=11))
    assert lead.get("/account").status_code == 302


def test_the_audit_trail_can_be_filtered(as_user: AsUser) -> None:
    """By kind and id."""
    admin = as_user("admin")
    as_user("lead")
    page = admin.get("/admin/audit?kind=user&id=lead").get_data(as_text=True)
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    assert body.count("<tr>") == 1
    assert "lead" in body
    nothing = admin.get("/admin/audit?kind=roads&id=none").get_data(as_text=True)
    assert "没有符合条件的记录" in nothing


def test_an_altered_audit_event_shows(as_user: AsUser, ctx: Context) -> None:
    """The check says the chain holds, until somebody edits a row behind our back."""
    admin = as_user("admin")
    whole = post_form(admin, "/admin/audit/verify", page="/admin/audit").get_data(as_text=True)
    assert "审计日志完整" in whole
    with ctx.storage.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_event SET actor = 'somebody' WHERE seq = 1")
    broken = post_form(admin, "/admin/audit/verify", page="/admin/audit").get_data(as_text=True)
    assert "第 1 条审计记录" in broken
