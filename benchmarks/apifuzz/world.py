"""A small demo county with something of everything, and the ids of all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from apiflask import APIFlask
from flask.testing import FlaskClient

from benchmarks.apifuzz.filling import fill
from gridmgr.bootstrap import build_context
from gridmgr.clock import fixed_clock
from gridmgr.config import Config, WeChatConfig
from gridmgr.demo.accounts import DEMO_PASSWORD
from gridmgr.domain.users import User
from gridmgr.errors import Forbidden
from gridmgr.services.accounts import account_rules, add_user
from gridmgr.services.accounts import log_in as log_in_with
from gridmgr.services.context import Context
from gridmgr.services.demoing import load_demo
from webapp import create_app

#: Monday, 09:00 in the office.
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TODAY = date(2026, 3, 2)
VILLAGES, TOWNSHIPS = 24, 2
ROLES = ("planner", "officer", "department", "lead", "admin")
#: Accounts that forms may change and lock; the second is locked.
SPARE, LOCKED = "spare", "locked"
TOKEN, APP_ID = "gridmgrtoken", "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRET = b"fuzzing-only-secret-key"


@dataclass(kw_only=True)
class World:
    """The filled county and its application.

    Parameters
    ----------
    ctx
        The wired parts.
    app
        The application; no rate limits, WeChat in the open.
    sealed
        The same with WeChat's messages encrypted.
    users
        By role.
    known
        Ids of what there is, by the name of the field or parameter that takes them.
    """

    ctx: Context
    app: APIFlask
    sealed: APIFlask
    users: dict[str, User]
    known: dict[str, tuple[str, ...]]

    @property
    def roles(self) -> dict[str, str]:
        """Role by the name of each user who can log in."""
        return {user.name: role for role, user in self.users.items()} | {SPARE: "planner"}

    def browser(self, role: str | None) -> FlaskClient:
        """A browser somebody of the role is logged in with; a stranger's for None."""
        client = self.app.test_client()
        if role is not None:
            log_in(client, role)
        return client


def log_in(client: FlaskClient, name: str, password: str = DEMO_PASSWORD) -> None:
    """Log in by the form.

    Raises
    ------
    RuntimeError
        If it is refused.
    """
    page = client.get("/login").get_data(as_text=True)
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    answer = client.post("/login", data={"name": name, "password": password, "csrf_token": token})
    if answer.status_code != 303:
        raise RuntimeError(f"{name} cannot log in: {answer.status_code}")


@contextmanager
def opened_world() -> Iterator[World]:
    """Make the world in a temporary folder; gone in the end."""
    with TemporaryDirectory() as folder:
        plain = WeChatConfig(token=TOKEN, app_id=APP_ID)
        config = Config(database=str(Path(folder) / "fuzz.db"), wechat=plain)
        ctx = build_context(config, clock=fixed_clock(NOW), must_exist=False)
        ctx.storage.migrate()
        users = _people(ctx)
        with_key = replace(config, wechat=replace(plain, aes_key=AES_KEY))
        uploads = Path(folder) / "uploads"
        app, sealed = (
            create_app(context, secret_key=SECRET, testing=True, upload_folder=uploads)
            for context in (ctx, replace(ctx, config=with_key))
        )
        yield World(ctx=ctx, app=app, sealed=sealed, users=users, known=fill(ctx, users, today=TODAY))
        ctx.storage.close()


def _people(ctx: Context) -> dict[str, User]:
    """The demo county with its accounts, one a role, and two that may be spoiled."""
    loaded = load_demo(ctx, seed=1, villages=VILLAGES, townships=TOWNSHIPS, today=TODAY)
    township = loaded[0][0].township_code
    for name in (SPARE, LOCKED):
        spare = User(name=name, display_name="备用账号", role="planner", township_code=township)
        add_user(ctx, spare, DEMO_PASSWORD, actor="admin")
    for _ in range(account_rules(ctx).max_failures):
        with suppress(Forbidden):
            log_in_with(ctx, LOCKED, "a wrong one")
    with ctx.storage.read() as uow:
        return {user.role: uow.users.get(user.name) or user for user, _ in loaded}
