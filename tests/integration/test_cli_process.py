"""The program as a process of its own: streams, exit codes, serving, and what is left when it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from cli_world import TODAY, VILLAGES, Cli, office_files
from click.testing import CliRunner

from gridmgr import __version__
from gridmgr.cli import main

#: How long to wait for a process on a busy machine, seconds.
PATIENCE = 60.0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cli, Path]:
    """The program over an office's villages without any officers, and the import files."""
    folder = tmp_path_factory.mktemp("office")
    cli = Cli(folder / "grid.db")
    files = office_files(folder / "files")
    cli("init")
    cli.json("import", "villages", files / "villages.geojson")
    return cli, files


def test_answers_go_to_stdout_words_to_stderr_and_the_shell_gets_a_number(office: tuple[Cli, Path]) -> None:
    """0 done, 1 refused, 3 no feasible plan; wrong usage is click's own 2."""
    cli, files = office
    done = cli.process("import", "villages", files / "villages.geojson", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["unchanged"] == VILLAGES
    refused = cli.process("import", "villages", files / "nothing.geojson", "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("gridmgr: ")
    nobody = cli.process("plan", "--date", TODAY, "--json")
    assert nobody.returncode == 3
    assert json.loads(nobody.stdout) == {"date": TODAY.isoformat(), "townships": []}
    assert "Traceback" not in refused.stderr + nobody.stderr


def test_the_environment_names_the_database(
    office: tuple[Cli, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GRIDMGR_DB, and ./gridmgr.db where nothing is named."""
    runner = CliRunner()
    named = runner.invoke(main, ["doctor"], env={"GRIDMGR_DB": str(office[0].database)})
    assert f"{VILLAGES} villages" in named.stdout
    monkeypatch.chdir(tmp_path)
    assert runner.invoke(main, ["init"], env={"GRIDMGR_DB": None}).exit_code == 0
    assert (tmp_path / "gridmgr.db").is_file()


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    """Without any database."""
    done = Cli(tmp_path / "none.db")("--version")
    assert (done.exit_code, done.stdout.strip()) == (0, f"gridmgr, version {__version__}")
    assert not (tmp_path / "none.db").exists()


def free_port() -> int:
    """A port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(cli: Cli, *words: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process that goes on until it is ended; whatever is left of it is killed."""
    command = [sys.executable, "-m", "gridmgr", "--db", str(cli.database), *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """Process numbers of a process's children."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not listed.exists():
        pytest.skip("this system does not list the children of a process below /proc")
    return [int(number) for number in listed.read_text().split()]


def wait_for(what: str, holds: Callable[[], bool]) -> None:
    """Wait until ``holds()`` is true."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


def answers(port: int) -> bool:
    """Whether a server is there."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def test_a_server_that_is_ended_takes_its_worker_along(office: tuple[Cli, Path]) -> None:
    """As by a supervisor's SIGTERM: no worker is left to do jobs nobody waits for."""
    port = free_port()
    with running(office[0], "serve", "--port", port) as server:
        wait_for("the server", lambda: answers(port))
        (worker,) = children(server)
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
        wait_for("the end of the worker", lambda: not Path(f"/proc/{worker}").exists())


def test_a_worker_ends_when_it_is_told_to(office: tuple[Cli, Path]) -> None:
    """After the job at hand."""
    with running(office[0], "worker") as worker:
        wait_for("its own handling of signals", lambda: handles_sigterm(worker.pid))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0


def handles_sigterm(pid: int) -> bool:
    """Whether a process catches SIGTERM already."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("this system does not tell below /proc which signals a process catches")
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_a_port_that_is_taken_is_refused_in_words(office: tuple[Cli, Path]) -> None:
    """And no worker stays behind."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = office[0].process("serve", "--port", port)
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr
