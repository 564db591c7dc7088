"""`gridmgr demo`, `serve`, `worker`."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gridmgr.bootstrap import build_context
from gridmgr.cli.common import Session, database_option
from gridmgr.domain.users import User
from gridmgr.errors import BadInput, Conflict, NoPlan
from gridmgr.services.context import Context
from gridmgr.services.demoing import demo_accounts, demo_of, load_demo
from gridmgr.services.installing import secret_key
from gridmgr.services.intake.vault import vault_of
from gridmgr.services.jobs import work
from gridmgr.services.planning import plan_routes, publish_day

_HOST = click.option("--host", default="127.0.0.1", show_default=True)
_PORT = click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
#: Threads that answer requests; solving happens in the worker's own process.
_THREADS = 8


@click.command("demo")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--villages", type=click.IntRange(min=5), default=150, show_default=True)
@click.option("--townships", type=click.IntRange(min=1), help="One for about 25 villages by default.")
@click.option("--no-serve", is_flag=True, help="Build and plan, but do not serve.")
@_HOST
@_PORT
@database_option
@click.pass_obj
def demo_command(
    session: Session, seed: int, villages: int, townships: int | None, no_serve: bool, host: str, port: int
) -> None:
    """Build the demo county, plan its day, and serve the desk.

    The demo has a database of its own; one that holds an office's data is refused.
    """
    ctx = session.use(_demo_database(session))
    today = ctx.clock.today()
    wanted = {"seed": seed, "villages": villages, "townships": townships, "today": today.isoformat()}
    if demo_of(ctx) == wanted:
        click.echo("The demo county is there already.")
        accounts = demo_accounts(ctx)
    else:
        ctx = session.use(_emptied(session, ctx))
        click.echo(f"Building the demo county of {villages} villages ...")
        vault_of(ctx)
        accounts = load_demo(ctx, seed=seed, villages=villages, townships=townships, today=today)
        _plan_today(ctx)
    _tell(ctx, accounts)
    if not no_serve:
        _serve(session, ctx, host=host, port=port)


def _demo_database(session: Session) -> Context:
    ctx = build_context(session.config, must_exist=False)
    ctx.storage.migrate()
    with ctx.storage.read() as uow:
        holds_villages = uow.villages.count() > 0
    if holds_villages and demo_of(ctx) is None:
        raise Conflict("demo.database_in_use", url=session.config.database)
    return ctx


def _emptied(session: Session, ctx: Context) -> Context:
    """An empty database in the place of an older demo."""
    if demo_of(ctx) is None:
        return ctx
    if "://" in session.config.database:
        raise Conflict("demo.database_in_use", url=session.config.database)
    ctx.storage.close()
    for suffix in ("", "-wal", "-shm"):
        Path(session.config.database + suffix).unlink(missing_ok=True)
    return _demo_database(session)


def _plan_today(ctx: Context) -> None:
    """Plan and publish today, as the offices would have done this morning."""
    with ctx.storage.read() as uow:
        townships = uow.townships.find()
    # Of a large county a dozen townships show enough.
    for township in townships[:12]:
        try:
            plan = plan_routes(
                ctx, township_code=township.code, day=ctx.clock.today(), actor="system", seconds=2.0
            )
            publish_day(ctx, township_code=township.code, day=ctx.clock.today(), actor="system")
        except NoPlan as error:
            click.echo(f"  {township.name}: {error}")
        else:
            visits = sum(len(squad.visits) for squad in plan.squads)
            click.echo(f"  {township.name}: {len(plan.squads)} squads, {visits} stops planned and published")


def _tell(ctx: Context, accounts: list[tuple[User, str]]) -> None:
    click.echo("\nDemo logins (public, for trying out only):")
    with ctx.storage.read() as uow:
        names = {township.code: township.name for township in uow.townships.find()}
    for user, password in accounts:
        where = names.get(user.township_code or "", "")
        click.echo(f"  {user.name:<11} {password:<26} {user.role:<11} {user.display_name} {where}")


@click.command("serve")
@_HOST
@_PORT
@click.option("--https", is_flag=True, help="Users come by https, through a proxy on this machine.")
@click.option("--no-worker", is_flag=True, help="Do not start a worker; run `gridmgr worker` elsewhere.")
@database_option
@click.pass_obj
def serve_command(session: Session, host: str, port: int, https: bool, no_worker: bool) -> None:
    """Serve the desk, the phone view and the API."""
    _serve(session, session.ctx, host=host, port=port, https=https, worker=not no_worker)


def _serve(
    session: Session, ctx: Context, *, host: str, port: int, https: bool = False, worker: bool = True
) -> None:
    import waitress

    from webapp import create_app
    from webapp.settling import settle

    app = create_app(ctx, secret_key=secret_key(ctx), https=https)
    settle()
    # Only a proxy on this machine is believed when it says who asks and how.
    proxy = (
        {
            "trusted_proxy": "127.0.0.1",
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
            "clear_untrusted_proxy_headers": True,
        }
        if https
        else {}
    )
    try:
        server = waitress.create_server(app, host=host, port=port, threads=_THREADS, ident=None, **proxy)
    except OSError as error:
        detail = error.strerror or str(error)
        raise BadInput("upkeep.cannot_listen", host=host, port=port, detail=detail) from error
    # Ended politely, as by a supervisor, the server takes its worker along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _worker_process(session) if worker else _no_worker():
        click.echo(f"\nServing on http://{host}:{port} (stop with Ctrl+C)")
        try:
            server.run()
        finally:
            server.close()


@contextmanager
def _worker_process(session: Session) -> Iterator[None]:
    """A worker beside the server: a solver must not hold up anybody's page."""
    command = [sys.executable, "-m", "gridmgr", "--db", session.config.database, "worker"]
    process = subprocess.Popen(command)  # noqa: S603  our own program, our own words
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def _no_worker() -> Iterator[None]:
    yield


@click.command("worker")
@database_option
@click.pass_obj
def worker_command(session: Session) -> None:
    """Do background jobs as they come, until stopped."""
    over = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: over.set())
    work(session.ctx, until=over.is_set)


COMMANDS = (demo_command, serve_command, worker_command)
