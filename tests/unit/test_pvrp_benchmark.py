"""The periodic benchmark reads Cordeau's files right and judges answers by their numbers alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.pvrp import gridmgr, main, read

FILE = """1 1 2 3
0 10
0 10
0 10
 0 0 0 0 0 0 0
 1 3 4 0 6 1 2 4 1
 2 0 5 0 5 2 1 3
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of two customers on three days."""
    path = tmp_path / "p99"
    path.write_text(FILE, encoding="ascii")
    return path


def test_the_first_day_is_the_highest_bit(path: Path) -> None:
    """Bits 100 are the first day, 011 the other two."""
    first, second = read(path).problem().customers
    assert [pattern.days for pattern in first.patterns] == [(0,), (2,)]
    assert [pattern.days for pattern in second.patterns] == [(1, 2)]


def test_an_answer_is_walked_in_the_numbers_of_the_file(path: Path) -> None:
    """Load keeps the two customers apart: out and back three times, ten long each."""
    instance = read(path)
    orders = gridmgr(instance.problem(), 1.0, 1)
    assert instance.walk(orders) == (pytest.approx(30.0), True)
    assert instance.walk({**orders, "2/0": ("1", "2")})[1] is False
    assert instance.walk({name: order for name, order in orders.items() if name < "2"})[1] is False


def test_peers_are_put_on_the_same_footing(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All find the only answer, judged in the file's numbers against the best known."""
    pytest.importorskip("pyvrp", reason="pyvrp is a development-only peer")
    pytest.importorskip("vroom", reason="pyvroom is a development-only peer")
    (path.parent / "best_known.csv").write_text("instance,best_known\np99,30\n", encoding="ascii")
    arguments = ["pvrp", str(path), "--seconds", "0.6", "--against", "pyvrp,vroom,ortools"]
    monkeypatch.setattr(sys, "argv", arguments)
    main()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["solver"] for line in lines] == ["gridmgr", "pyvrp", "vroom", "ortools"]
    assert all(line["valid"] and line["gap"] == 0 for line in lines)


def test_days_are_chosen_where_load_fits_and_neighbours_go(path: Path) -> None:
    """The heavy customer has only days two and three; the other keeps off what it fills."""
    pytest.importorskip("pyvrp", reason="pyvrp is a development-only peer")
    from benchmarks import periodic_peers

    assert periodic_peers.choose_days(read(path).problem()) == {"2": (1, 2), "1": (0,)}


def test_a_bad_row_is_named(path: Path) -> None:
    """By file and line."""
    path.write_text(FILE.replace("0 5 0 5 2", "0 x 0 5 2"), encoding="ascii")
    with pytest.raises(ValueError, match="p99, line 7"):
        read(path)
