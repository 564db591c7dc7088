"""Accounts: logging in and out, lockout, and what an administrator does with users.

A login is a row in the database keyed by the hash of a random token, so that logging out really ends it.
Rules follow OWASP ASVS 5.0 (6.2, 6.3, 7.2-7.4) and the identity section of GB/T 22239-2019 (MLPS): lockout,
idle timeout, configurable password rules, and an audit event for every login, failure and change.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher

from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, Forbidden, NotFound
from gridmgr.services.asking import existing
from gridmgr.services.context import Context
from gridmgr.services.passwords import (
    STANDARD_HASHER,
    AccountRules,
    check_password,
    decoy,
    matches,
    readable_password,
)
from gridmgr.storage import UnitOfWork
from gridmgr.texts import LANGUAGES, Message

#: A session's last use is written down at most this often, so that reading does not mean writing.
TOUCH_EVERY = timedelta(minutes=1)
_SETTINGS_KEY = "accounts"


@dataclass(frozen=True, slots=True)
class Login:
    """A new session: the token goes to the browser, only its hash stays here."""

    user: User
    token: str


def token_hash(token: str) -> str:
    """What is stored of a session token (SHA-256, hex)."""
    return hashlib.sha256(token.encode()).hexdigest()


def account_rules(ctx: Context) -> AccountRules:
    """The rules in force."""
    with ctx.storage.read() as uow:
        return _rules(uow)


def save_account_rules(ctx: Context, rules: AccountRules, *, actor: str) -> None:
    """Change the rules."""
    with ctx.storage.write(actor) as uow:
        before = _rules(uow)
        if before == rules:
            return
        uow.settings.put(_SETTINGS_KEY, asdict(rules))
        uow.record("settings.change", "settings", _SETTINGS_KEY, before=asdict(before), after=asdict(rules))
        uow.commit()


def log_in(
    ctx: Context, name: str, password: str, *, address: str = "", hasher: PasswordHasher = STANDARD_HASHER
) -> Login:
    """Open a session.

    A wrong name, a wrong password, a locked and a deactivated account all cost one hash and end in the same
    words, so that nobody learns which names exist.

    Parameters
    ----------
    name, password
        As typed.
    address
        Where the request came from, for the audit trail.
    hasher
        Hashes of weaker settings than its own are renewed.

    Raises
    ------
    Forbidden
        ``error.login_refused``.
    """
    with ctx.storage.read() as uow:
        user, stored = uow.users.get(name), uow.users.password_hash(name)
    # Outside any transaction: an argon2 hash takes tens of milliseconds by design.
    right = matches(hasher, stored if stored is not None else decoy(hasher), password)
    renewed = hasher.hash(password) if right and stored and hasher.check_needs_rehash(stored) else None
    now = ctx.clock.utc_now()
    if user is None:
        _note_unknown(ctx, address)
        raise Forbidden("error.login_refused")
    with ctx.storage.write(name) as uow:
        user = _existing(uow, name)
        if not right or not user.active or _is_locked(user, now):
            _note_failure(uow, user, now, address)
            uow.commit()
            login = None
        else:
            login = _open_session(uow, user, now, address, renewed)
            uow.commit()
    if login is None:
        raise Forbidden("error.login_refused")
    return login


def log_out(ctx: Context, token: str, *, user_name: str) -> None:
    """End one session; its token is worth nothing afterwards."""
    with ctx.storage.write(user_name) as uow:
        uow.users.close_session(token_hash(token))
        uow.record("user.logout", "user", user_name)
        uow.commit()


def resume(ctx: Context, token: str) -> User | None:
    """The user of a session that is still good, None else.

    A session is over after logout, after the idle and absolute limits of `AccountRules`, and when the account
    was deactivated.
    """
    key = token_hash(token)
    with ctx.storage.read() as uow:
        found = uow.users.session(key)
        if found is None:
            return None
        name, opened, seen = found
        user, rules = uow.users.get(name), _rules(uow)
    now = ctx.clock.utc_now()
    too_old = now - opened > timedelta(hours=rules.absolute_hours)
    if user is None or not user.active or too_old or now - seen > timedelta(minutes=rules.idle_minutes):
        with ctx.storage.write(name) as uow:
            uow.users.close_session(key)
            uow.commit_unaudited()
        return None
    if now - seen > TOUCH_EVERY:
        with ctx.storage.write(name) as uow:
            uow.users.touch_session(key, now)
            uow.commit_unaudited()
    return user


def add_user(
    ctx: Context, user: User, password: str, *, actor: str, hasher: PasswordHasher = STANDARD_HASHER
) -> None:
    """Create an account.

    Raises
    ------
    Conflict
        If the name is taken.
    NotFound
        If township, agency or officer do not exist.
    BadInput
        If the password breaks the rules.
    """
    check_password(account_rules(ctx), password, user_name=user.name)
    hashed = hasher.hash(password)
    with ctx.storage.write(actor) as uow:
        if uow.users.get(user.name) is not None:
            raise Conflict("error.user_exists", name=user.name)
        user = _speaking_for(uow, user)
        _check_links(uow, user)
        uow.users.add(user, password_hash=hashed)
        uow.record("user.add", "user", user.name, role=user.role, township=user.township_code)
        uow.commit()


def change_user(ctx: Context, name: str, *, actor: str, **changes: Any) -> User:
    """Change an account's role, scope, names or whether it may log in.

    Parameters
    ----------
    **changes
        Fields of `User` but ``name``, ``failed_logins`` and ``locked_until``.

    Raises
    ------
    NotFound
        If the account, or a township, agency or officer named, does not exist.
    Conflict
        If it would leave nobody to administer the installation.
    """
    with ctx.storage.write(actor) as uow:
        before = _existing(uow, name)
        after = _speaking_for(uow, replace(before, **changes))
        if after == before:
            return before
        _check_links(uow, after)
        _keep_an_administrator(uow, before, after)
        uow.users.replace(after)
        if (after.role, after.township_code, after.active) != (
            before.role,
            before.township_code,
            before.active,
        ):
            uow.users.close_sessions(name)
        shown = {field: getattr(after, field) for field in changes}
        uow.record("user.change", "user", name, **shown)
        uow.commit()
    return after


def find_user(ctx: Context, name: str) -> User | None:
    """The account of that name."""
    with ctx.storage.read() as uow:
        return uow.users.get(name)


def list_users(ctx: Context) -> list[User]:
    """All accounts, by name."""
    with ctx.storage.read() as uow:
        return uow.users.find()


def set_language(ctx: Context, name: str, language: str) -> None:
    """Remember the language a user reads."""
    if language not in LANGUAGES:
        raise BadInput("error.no_such_language", language=language)
    with ctx.storage.write(name) as uow:
        user = _existing(uow, name)
        if user.language == language:
            return
        uow.users.replace(replace(user, language=language))
        uow.record("user.language", "user", name, language=language)
        uow.commit()


def unlock(ctx: Context, name: str, *, actor: str) -> None:
    """Let a locked-out user try again."""
    with ctx.storage.write(actor) as uow:
        user = _existing(uow, name)
        uow.users.replace(replace(user, failed_logins=0, locked_until=None))
        uow.record("user.unlock", "user", name)
        uow.commit()


def reset_password(ctx: Context, name: str, *, actor: str, hasher: PasswordHasher = STANDARD_HASHER) -> str:
    """Give an account a new random password, end its sessions, and return the password to hand over."""
    password = readable_password(account_rules(ctx))
    hashed = hasher.hash(password)
    with ctx.storage.write(actor) as uow:
        user = _existing(uow, name)
        uow.users.set_password_hash(name, hashed)
        uow.users.replace(replace(user, failed_logins=0, locked_until=None))
        uow.users.close_sessions(name)
        uow.record("user.password_reset", "user", name)
        uow.commit()
    return password


def change_password(
    ctx: Context, name: str, *, old: str, new: str, hasher: PasswordHasher = STANDARD_HASHER
) -> Login:
    """Change one's own password; every session ends and a fresh one is returned.

    Raises
    ------
    Forbidden
        If the old password is wrong.
    BadInput
        If the new one breaks the rules, or is the old one.
    """
    with ctx.storage.read() as uow:
        stored, rules = uow.users.password_hash(name), _rules(uow)
    now = ctx.clock.utc_now()
    if stored is None or not matches(hasher, stored, old):
        _refuse_old_password(ctx, name, now)
    if new == old:
        raise BadInput("error.password_same")
    check_password(rules, new, user_name=name)
    hashed = hasher.hash(new)
    with ctx.storage.write(name) as uow:
        user = _existing(uow, name)
        uow.users.set_password_hash(name, hashed)
        uow.users.close_sessions(name)
        uow.record("user.password_change", "user", name)
        token = secrets.token_urlsafe(32)
        uow.users.open_session(token_hash=token_hash(token), user_name=name, at=now)
        uow.commit()
    return Login(user, token)


def _rules(uow: UnitOfWork) -> AccountRules:
    value = uow.settings.get(_SETTINGS_KEY)
    return AccountRules() if value is None else AccountRules(**value)


def _is_locked(user: User, now: datetime) -> bool:
    return user.locked_until is not None and user.locked_until > now


def _note_failure(uow: UnitOfWork, user: User, now: datetime, address: str) -> None:
    if _is_locked(user, now):
        uow.record("user.login_refused", "user", user.name, why="locked", address=address)
        return
    rules = _rules(uow)
    failures = user.failed_logins + 1
    if failures >= rules.max_failures:
        until = now + timedelta(minutes=rules.lock_minutes)
        uow.users.replace(replace(user, failed_logins=0, locked_until=until))
        uow.record("user.lock", "user", user.name, address=address, until=until.isoformat())
        return
    uow.users.replace(replace(user, failed_logins=failures, locked_until=None))
    uow.record("user.login_refused", "user", user.name, address=address, failures=failures)


def _note_unknown(ctx: Context, address: str) -> None:
    # The name is not kept: people type their password into the wrong field.
    with ctx.storage.write("system") as uow:
        uow.record("user.login_refused", "user", "?", why="unknown", address=address)
        uow.commit()


def _refuse_old_password(ctx: Context, name: str, now: datetime) -> None:
    with ctx.storage.write(name) as uow:
        _note_failure(uow, _existing(uow, name), now, "")
        if _is_locked(_existing(uow, name), now):
            uow.users.close_sessions(name)
        uow.commit()
    raise Forbidden("error.old_password_wrong")


def _open_session(uow: UnitOfWork, user: User, now: datetime, address: str, renewed: str | None) -> Login:
    token = secrets.token_urlsafe(32)
    after = replace(user, failed_logins=0, locked_until=None)
    if after != user:
        uow.users.replace(after)
    if renewed is not None:
        uow.users.set_password_hash(user.name, renewed)
    rules = _rules(uow)
    # Most people never log out: without this, rows of sessions long over would pile up.
    uow.users.close_sessions_before(
        last_seen=now - timedelta(minutes=rules.idle_minutes),
        created=now - timedelta(hours=rules.absolute_hours),
    )
    uow.users.open_session(token_hash=token_hash(token), user_name=user.name, at=now)
    uow.record("user.login", "user", user.name, address=address)
    return Login(after, token)


def _existing(uow: UnitOfWork, name: str) -> User:
    return existing(uow.users.get(name), "account.user", name)


def _speaking_for(uow: UnitOfWork, user: User) -> User:
    """The user with the department that a department user speaks for: the agency's where none was named."""
    if user.role != "department":
        return replace(user, department=None)
    agency = uow.agencies.get(user.agency_code) if user.agency_code else None
    if user.department or agency is None:
        return user
    return replace(user, department=agency.department)


def _check_links(uow: UnitOfWork, user: User) -> None:
    links = (
        ("account.township", user.township_code, uow.townships),
        ("account.agency", user.agency_code, uow.agencies),
        ("account.officer", user.officer_id, uow.officers),
    )
    for kind, key, repository in links:
        if key and repository.get(key) is None:
            raise NotFound("error.not_found", kind=Message(kind), id=key)
    known = sorted({agency.department for agency in uow.agencies.find() if agency.department})
    if user.department and user.department not in known:
        raise BadInput(
            "account.unknown_department", department=user.department, known="、".join(known) or "-"
        )


def _keep_an_administrator(uow: UnitOfWork, before: User, after: User) -> None:
    was, remains = (u.role == "admin" and u.active for u in (before, after))
    if remains or not was:
        return
    others = (u for u in uow.users.find() if u.name != after.name)
    if not any(u.role == "admin" and u.active for u in others):
        raise Conflict("error.last_administrator")
