"""An installation's settings are read once, and wrong ones are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from gridmgr.bootstrap import build_context
from gridmgr.config import Config
from gridmgr.errors import BadInput


def test_defaults_stand_where_nothing_is_set() -> None:
    """A SQLite file here, roads in process, the office in Shanghai's zone."""
    config = Config.from_environment({})
    assert (config.database, config.zone, config.router) == ("gridmgr.db", "Asia/Shanghai", "embedded")


def test_the_environment_is_read() -> None:
    """All four variables."""
    config = Config.from_environment(
        {
            "GRIDMGR_DB": "x.db",
            "GRIDMGR_ZONE": "Asia/Manila",
            "GRIDMGR_ROUTER": "osrm",
            "GRIDMGR_ROUTER_URL": "http://127.0.0.1:5000",
        }
    )
    assert config == Config(
        database="x.db", zone="Asia/Manila", router="osrm", router_url="http://127.0.0.1:5000"
    )


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"GRIDMGR_ZONE": "Mars/Olympus"}, "GRIDMGR_ZONE='Mars/Olympus'"),
        ({"GRIDMGR_ZONE": "../etc"}, "GRIDMGR_ZONE"),
        ({"GRIDMGR_ROUTER": "magic"}, "GRIDMGR_ROUTER='magic'"),
        ({"GRIDMGR_ROUTER": "osrm"}, "GRIDMGR_ROUTER_URL=None"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(variables: dict[str, str], name: str) -> None:
    """Before anything is opened."""
    with pytest.raises(BadInput) as caught:
        Config.from_environment(variables)
    assert name in str(caught.value)


def test_logs_leave_stdout_to_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A benchmark or command that prints JSON there is read by programs."""
    build_context(Config(database=str(tmp_path / "x.db")), must_exist=False).storage.close()
    structlog.get_logger("test").info("something happened")
    captured = capsys.readouterr()
    assert "something happened" not in captured.out
    assert "something happened" in captured.err
