"""A small demo county served for real, a worker beside it, and Chromium pages somebody is logged in to.

For every browser test, by `tests/conftest.py` (a second conftest beside that of the web tests would take its
place wherever those import from theirs). `site` is fresh for each test module; its clock stands still on a
Monday morning.
`chromium` lives as long as the module: Playwright's loop must be over before the next one starts.
"""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gridmgr.bootstrap import build_context
from gridmgr.clock import fixed_clock
from gridmgr.config import Config
from gridmgr.services.context import Context
from gridmgr.services.demoing import demo_accounts, load_demo
from gridmgr.services.jobs import work

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VENDOR = Path(__file__).resolve().parents[2] / "webapp" / "static" / "vendor"
#: Monday, 07:55 in the office.
NOW = datetime(2026, 3, 1, 23, 55, tzinfo=UTC)
TODAY = date(2026, 3, 2)
VILLAGES, TOWNSHIPS = 36, 2
#: Routes of so small a township need no longer.
PLAN_SECONDS = 1.0
#: Milliseconds a page is waited for.
PATIENCE = 20_000
DESK_SCREEN = {"width": 1366, "height": 768}


@dataclass(frozen=True, kw_only=True)
class Site:
    """The served demo county.

    Parameters
    ----------
    url
        Where it is served.
    ctx
        The same parts the server uses, to arrange things and to look at what was stored.
    passwords
        By user name; a user of each role.
    """

    url: str
    ctx: Context
    passwords: dict[str, str]

    def township_of(self, name: str) -> str:
        """Code of the township a user is confined to."""
        with self.ctx.storage.read() as uow:
            code = uow.users.get(name).township_code
        assert code is not None
        return code


def site_context(database: Path) -> Context:
    """The wired parts over a database file, with the tests' clock."""
    config = Config(database=str(database))
    return build_context(config, clock=fixed_clock(NOW), must_exist=False)


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that holds the small demo county, to be copied."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    ctx = site_context(path)
    ctx.storage.migrate()
    load_demo(ctx, seed=1, villages=VILLAGES, townships=TOWNSHIPS, today=TODAY)
    with ctx.storage.write("test") as uow:
        uow.settings.save_office(replace(uow.settings.office(), plan_seconds=PLAN_SECONDS))
        uow.record("test.settings", "settings", "office")
        uow.commit()
    ctx.storage.close()
    return path


@pytest.fixture(scope="module")
def site(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The county served on a free port, with a worker, until the module's tests are over."""
    folder = tmp_path_factory.mktemp("site")
    for file in demo_database.parent.iterdir():
        shutil.copy(file, folder / file.name)
    ctx = site_context(folder / demo_database.name)
    passwords = {user.name: password for user, password in demo_accounts(ctx)}
    with served(ctx, folder, passwords) as running:
        yield running


@contextmanager
def served(ctx: Context, folder: Path, passwords: dict[str, str]) -> Iterator[Site]:
    """Serve a database on a free port with a worker beside it; closes the database in the end."""
    # Here, so that tests without a browser do not wait for the import.
    import waitress

    from webapp import create_app

    app = create_app(ctx, secret_key=b"browser-tests-secret", testing=True, upload_folder=folder / "up")
    listening = socket.create_server(("127.0.0.1", 0))
    server = waitress.create_server(app, sockets=[listening], threads=8)
    over = threading.Event()
    threads = [
        threading.Thread(target=server.run, name="site", daemon=True),
        threading.Thread(target=work, args=(ctx,), kwargs={"until": over.is_set}, daemon=True),
    ]
    for thread in threads:
        thread.start()
    yield Site(url=f"http://127.0.0.1:{listening.getsockname()[1]}", ctx=ctx, passwords=passwords)
    over.set()
    threads[1].join(timeout=30)
    server.close()
    ctx.storage.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    if not (VENDOR / "leaflet" / "leaflet.js").exists():
        pytest.skip("the front-end packages are not in webapp/static/vendor: run make setup")
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    # A machine that does more than one thing at a time is slow at times; what never comes still fails.
    sync_api.expect.set_options(timeout=15_000)
    # As long as clicks wait: a machine with other work is slow, not wrong.
    sync_api.expect.set_options(timeout=PATIENCE)
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield opened
        opened.close()


@pytest.fixture
def new_page(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser of its own; a script error or refused content fails the test.

    ``new_page()`` stands on no page yet; options go to Playwright's ``new_context``.
    """
    contexts, troubles = [], []

    def note(message: Any) -> None:
        # What the server refuses is shown on the page; that is no script error.
        if message.type == "error" and "Failed to load resource" not in message.text:
            troubles.append(message.text)

    def opened(**options: Any) -> Page:
        given = {"viewport": DESK_SCREEN, "locale": "zh-CN", "base_url": site.url, **options}
        context = chromium.new_context(**given)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", note)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not troubles, troubles


@pytest.fixture(scope="module")
def sessions(chromium: Browser, site: Site) -> Callable[[str], Any]:
    """Gives what a browser keeps of a user's login; each user logs in once a module."""
    kept: dict[str, Any] = {}

    def session_of(name: str) -> Any:
        if name not in kept:
            context = chromium.new_context(base_url=site.url)
            page = context.new_page()
            page.goto("/login")
            page.fill("#name", name)
            page.fill("#password", site.passwords[name])
            page.click("#login")
            page.wait_for_url(lambda address: "/login" not in address, wait_until="commit")
            kept[name] = context.storage_state()
            context.close()
        return kept[name]

    return session_of


@pytest.fixture
def page_of(new_page: Callable[..., Page], sessions: Callable[[str], Any]) -> Callable[..., Page]:
    """Opens a page in a browser of its own in which the named user is logged in; it stands on no page yet."""
    return lambda name, **options: new_page(storage_state=sessions(name), **options)
