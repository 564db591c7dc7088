"""Measures how long the desk takes to show a whole county: navigation to villages painted, in Chromium.

``python -m benchmarks.desk [FILE] [--villages 7701] [--times 7] [--chromium /usr/bin/chromium]`` fills a
database in a temporary folder from a village file (or from the demo generator), serves it as `gridmgr serve`
does, opens the desk as the county lead and prints JSON lines: each opening, then the median. The server is
warm, the browser keeps its cache between openings as an office's browser does; the first opening, with an
empty cache, is printed but not in the median.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import waitress
from playwright.sync_api import Page, sync_playwright

from benchmarks.machine import describe
from gridmgr.bootstrap import build_context
from gridmgr.config import Config
from gridmgr.domain.users import User
from gridmgr.services.accounts import add_user
from gridmgr.services.context import Context
from gridmgr.services.demoing import load_demo
from gridmgr.services.importing import import_villages
from webapp import create_app

USER, PASSWORD = "benchmark", "Open-the-desk-7"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: The page sets the mark when the villages are on the canvas; times count from the start of navigation.
_READY = "() => performance.getEntriesByName('desk-ready')[0]?.startTime ?? null"
_TIMEOUT_MS = 60_000


def main() -> None:
    """Fill, serve, open, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="villages; by default the demo generator's")
    parser.add_argument("--villages", type=int, default=7701)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ctx = build_context(Config(database=str(Path(folder) / "desk.db")), must_exist=False)
        ctx.storage.migrate()
        count = _fill(ctx, options.file, villages=options.villages)
        with _served(ctx) as url:
            _measure(url, times=options.times, chromium=options.chromium, villages=count)
        ctx.storage.close()


def _fill(ctx: Context, file: Path | None, *, villages: int) -> int:
    """Store the county and the lead who looks at it; gives the number of villages."""
    if file is None:
        load_demo(ctx, seed=1, villages=villages, townships=None, today=ctx.clock.today())
    else:
        import_villages(ctx, file, actor="benchmark", skip_bad=True)
    add_user(ctx, User(name=USER, display_name=USER, role="lead"), PASSWORD, actor="benchmark")
    with ctx.storage.read() as uow:
        return uow.villages.count()


@contextmanager
def _served(ctx: Context) -> Iterator[str]:
    app = create_app(ctx, secret_key=b"desk-benchmark-secret")
    listening = socket.create_server(("127.0.0.1", 0))
    server = waitress.create_server(app, sockets=[listening], threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.close()


def _measure(url: str, *, times: int, chromium: str, villages: int) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(SWITCHES))
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.goto(f"{url}/login")
        page.fill("#name", USER)
        page.fill("#password", PASSWORD)
        page.click("#login")
        page.wait_for_url(lambda address: "/login" not in address)
        _open(page, url)  # warms the server
        first = _open_with_empty_cache(page, url)
        _print("first opening, empty browser cache", villages, seconds=first)
        seconds = [_open(page, url) for _ in range(times)]
        for one in seconds:
            _print("opening", villages, seconds=one)
        _print("median", villages, seconds=statistics.median(seconds), worst=max(seconds), times=times)
        browser.close()


def _open_with_empty_cache(page: Page, url: str) -> float:
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    session.detach()
    return _open(page, url)


def _open(page: Page, url: str) -> float:
    """Seconds from navigation to villages painted."""
    page.goto("about:blank")
    page.goto(f"{url}/desk/", wait_until="commit")
    page.wait_for_function(_READY, timeout=_TIMEOUT_MS)
    seconds = float(page.evaluate(_READY)) / 1000
    # Whatever else the page still does must not weigh on the next opening.
    time.sleep(0.5)
    return seconds


def _print(what: str, villages: int, **facts: Any) -> None:
    rounded = {name: round(value, 3) for name, value in facts.items()}
    print(json.dumps({"what": what, "villages": villages, **rounded, "machine": describe()}), flush=True)


if __name__ == "__main__":
    main()
