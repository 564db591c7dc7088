"""Accounts as a service: lockout, sessions, passwords, and what the audit trail keeps of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from gridmgr.clock import Clock
from gridmgr.config import Config
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden, NotFound
from gridmgr.geo.routers.straight import StraightLineRouter
from gridmgr.services import accounts
from gridmgr.services.context import Context
from gridmgr.services.passwords import STANDARD_HASHER, AccountRules, check_password, readable_password
from gridmgr.storage import open_storage

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
PASSWORD = "Correct-horse-7"
CHEAP = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)
ANNA = User(name="anna", display_name="安娜", role="lead")


class Moment:
    """The present, to be moved."""

    now = START

    def __call__(self) -> datetime:
        """Tell it."""
        return self.now


@pytest.fixture
def moment() -> Moment:
    """A clock's hand."""
    return Moment()


@pytest.fixture
def ctx(tmp_path: Path, moment: Moment) -> Iterator[Context]:
    """An empty database with one account, anna."""
    clock = Clock(utc_now=moment)
    storage = open_storage(str(tmp_path / "accounts.db"), clock)
    storage.migrate()
    made = Context(config=Config(), clock=clock, storage=storage, router=StraightLineRouter)
    accounts.add_user(made, ANNA, PASSWORD, actor="test", hasher=CHEAP)
    yield made
    storage.close()


def try_password(ctx: Context, password: str = "wrong", name: str = "anna") -> None:
    """A login that must fail."""
    with pytest.raises(Forbidden, match="Wrong user name or password"):
        accounts.log_in(ctx, name, password, hasher=CHEAP)


def actions(ctx: Context) -> list[str]:
    """Audit actions, oldest first."""
    with ctx.storage.read() as uow:
        assert uow.audit.first_broken() is None
        return [event.action for event in reversed(uow.audit.find())]


def test_the_standard_hash_is_argon2id_of_owasp_strength() -> None:
    """m=19 MiB, t=2, p=1 or stronger."""
    assert STANDARD_HASHER.hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_token_itself_is_not_stored(ctx: Context) -> None:
    """A stolen database gives nobody a session."""
    login = accounts.log_in(ctx, "anna", PASSWORD, hasher=CHEAP)
    assert accounts.resume(ctx, login.token) == ANNA
    with ctx.storage.engine.connect() as connection:
        (stored,) = connection.exec_driver_sql("SELECT token_hash FROM login_session").all()
    assert login.token not in stored
    assert accounts.resume(ctx, stored[0]) is None


def test_a_logout_ends_one_session_and_leaves_the_others(ctx: Context) -> None:
    """The phone stays logged in when the desk logs out."""
    desk, phone = (accounts.log_in(ctx, "anna", PASSWORD, hasher=CHEAP) for _ in range(2))
    accounts.log_out(ctx, desk.token, user_name="anna")
    assert accounts.resume(ctx, desk.token) is None
    assert accounts.resume(ctx, phone.token) is not None


def test_a_login_clears_away_sessions_that_are_over(ctx: Context, moment: Moment) -> None:
    """Most people never log out; the idle one goes, the one in use stays."""
    idle, used = (accounts.log_in(ctx, "anna", PASSWORD, hasher=CHEAP) for _ in range(2))
    moment.now += timedelta(hours=5)
    assert accounts.resume(ctx, used.token) is not None
    moment.now += timedelta(hours=5)
    accounts.log_in(ctx, "anna", PASSWORD, hasher=CHEAP)
    with ctx.storage.read() as uow:
        assert uow.users.session(accounts.token_hash(idle.token)) is None
        assert uow.users.session(accounts.token_hash(used.token)) is not None


def test_failures_count_only_in_a_row(ctx: Context) -> None:
    """A right password in between starts the count anew."""
    for _ in range(3):
        for _ in range(4):
            try_password(ctx)
        accounts.log_in(ctx, "anna", PASSWORD, hasher=CHEAP)
    user = accounts.find_user(ctx, "anna")
    assert user is not None
    assert user.failed_logins == 0


def test_a_locked_account_is_open_again_after_the_lockout(ctx: Context, moment: Moment) -> None:
    """Tries while it is locked do not prolong it, and one failure afterwards does not lock again."""
    for _ in range(5):
        try_password(ctx)
    moment.now += timedelta(minutes=14)
    try_password(ctx, PASSWORD)
    moment.now += timedelta(minutes=1)
    try_password(ctx)
    accounts.log_in(ctx, "anna", PASSWORD, hasher=CHEAP)
    assert actions(ctx).count("user.lock") == 1


def test_guessing_the_old_password_locks_and_logs_out(ctx: Context) -> None:
    """Whoever found an open browser does not get to try passwords at leisure."""
    login = accounts.log_in(ctx, "anna", PASSWORD, hasher=CHEAP)
    for _ in range(5):
        with pytest.raises(Forbidden):
            accounts.change_password(ctx, "anna", old="guess", new="New-password-1", hasher=CHEAP)
    assert accounts.resume(ctx, login.token) is None
    try_password(ctx, PASSWORD)


def test_an_unknown_name_is_refused_like_a_known_one_and_not_kept(ctx: Context) -> None:
    """People type passwords into the wrong field."""
    try_password(ctx, name="S3cret-typed-here")
    with ctx.storage.read() as uow:
        event = uow.audit.find()[0]
    assert (event.action, event.subject_id) == ("user.login_refused", "?")
    assert "S3cret" not in repr(event)


def test_hashes_of_weaker_settings_are_renewed_at_login(ctx: Context) -> None:
    """An installation grows stronger by itself."""
    accounts.log_in(ctx, "anna", PASSWORD, hasher=PasswordHasher(memory_cost=16, time_cost=2, parallelism=1))
    with ctx.storage.read() as uow:
        stored = uow.users.password_hash("anna")
    assert stored is not None
    assert "m=16,t=2" in stored


def test_a_name_is_given_once(ctx: Context) -> None:
    """The second is a conflict and changes nothing."""
    with pytest.raises(Conflict, match="anna"):
        accounts.add_user(ctx, replace(ANNA, role="admin"), PASSWORD, actor="test", hasher=CHEAP)
    assert accounts.list_users(ctx) == [ANNA]


def test_a_user_of_a_township_that_does_not_exist_is_refused(ctx: Context) -> None:
    """Links are checked."""
    planner = User(name="bert", display_name="b", role="planner", township_code="none")
    with pytest.raises(NotFound, match="none"):
        accounts.add_user(ctx, planner, PASSWORD, actor="test", hasher=CHEAP)


def test_without_any_administrator_other_accounts_can_be_changed(ctx: Context) -> None:
    """The rule protects the last administrator, not the first user."""
    assert accounts.change_user(ctx, "anna", actor="test", display_name="安").display_name == "安"


def test_a_change_that_changes_nothing_leaves_no_event(ctx: Context) -> None:
    """Saving a form twice is one change."""
    before = actions(ctx)
    accounts.change_user(ctx, "anna", actor="test", role="lead")
    accounts.set_language(ctx, "anna", "zh")
    accounts.save_account_rules(ctx, AccountRules(), actor="test")
    assert actions(ctx) == before


def test_a_language_nobody_wrote_is_refused(ctx: Context) -> None:
    """Only those we have."""
    with pytest.raises(BadInput):
        accounts.set_language(ctx, "anna", "fr")


def test_very_long_passwords_are_refused_without_being_hashed(ctx: Context) -> None:
    """Nobody keeps the server busy with megabytes."""
    try_password(ctx, "x" * 1_000_000)
    with pytest.raises(BadInput, match="too long"):
        check_password(AccountRules(), "aB3" * 100, user_name="anna")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_failures", 2),
        ("lock_minutes", 0),
        ("idle_minutes", 1),
        ("absolute_hours", 0),
        ("min_password_length", 7),
        ("min_character_kinds", 5),
    ],
)
def test_rules_below_the_floor_cannot_be_made(field: str, value: int) -> None:
    """An administrator may be stricter, not careless; the message names the field."""
    with pytest.raises(ValueError, match=field):
        AccountRules(**{field: value})


@given(length=st.integers(8, 40), kinds=st.integers(1, 4))
def test_generated_passwords_satisfy_every_rule(length: int, kinds: int) -> None:
    """Whatever the rules."""
    rules = AccountRules(min_password_length=length, min_character_kinds=kinds)
    password = readable_password(rules)
    check_password(rules, password, user_name="somebody")
    assert not set(password) & set("lIO01")
