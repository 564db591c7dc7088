"""An installation's settings are read once, and wrong ones are refused by name."""

from __future__ import annotations

import pytest

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
