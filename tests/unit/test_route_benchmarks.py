"""The route benchmarks read their files, walk every answer again, and put peers on the same footing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyvrp", reason="pyvrp is a development-only peer")
pytest.importorskip("vroom", reason="pyvroom is a development-only peer")

from benchmarks import replan, toptw, township
from benchmarks.peers import PEERS, Answer, chosen, timed
from planners.routing import make_plan, verify

FOUR_CORNERS = """1 2 3 1
0 0
 0 0.00 0.00 0.00 0.00 0 0 0 20
 1 3.00 0.00 1.00 10.00 1 1 1 0 20
 2 3.00 4.00 1.00 20.00 1 1 1 8 9
 3 0.00 9.99 1.00 30.00 1 1 1 0 5
"""
CONTRACT = {"instance", "m", "solver", "seed", "prize", "travel", "cpu_s", "wall_s", "valid"}


@pytest.fixture
def corners(tmp_path: Path) -> Path:
    """Three vertices; the third cannot be reached before it closes."""
    path = tmp_path / "corners.txt"
    path.write_text(FOUR_CORNERS, encoding="ascii")
    return path


def test_ways_are_rounded_down_to_one_decimal(corners: Path) -> None:
    """9.99 becomes 9.9, which is 99 tenths."""
    assert toptw.read(corners).ways[0][3] == 99


def test_a_walk_adds_up_prize_and_travel(corners: Path) -> None:
    """0 -> 1 -> 2 -> 0 is 3 + 4 + 5 and in time: at 2 by 8, the opening, back at 14."""
    assert toptw.read(corners).walk({"r0": ("1", "2")}, 1) == (30, 12.0, True)


@pytest.mark.parametrize(
    "orders",
    [
        {"r0": ("3",)},
        {"r0": ("1", "1")},
        {"r0": ("1",), "r1": ("2",)},
    ],
    ids=["late", "visited twice", "too many routes"],
)
def test_a_walk_tells_what_is_not_valid(corners: Path, orders: dict[str, tuple[str, ...]]) -> None:
    """Each breaks one rule of the instance with one route."""
    assert toptw.read(corners).walk(orders, 1)[2] is False


def test_a_bad_row_is_named(tmp_path: Path) -> None:
    """File and line."""
    path = tmp_path / "bad.txt"
    path.write_text("h\nh\n0 0 0 0 0 0 0 0 9\n1 x 0 0 0 0 0 0 9\n", encoding="ascii")
    with pytest.raises(ValueError, match=r"bad\.txt, line 4"):
        toptw.read(path)


def test_each_solver_prints_a_valid_line_with_every_figure(
    corners: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours and all peers find the only best answer."""
    arguments = ["toptw", str(corners), "--m", "1", "--seconds", "0.3", "--seeds", "1"]
    monkeypatch.setattr(sys, "argv", [*arguments, "--against", "pyvrp,vroom,ortools"])
    toptw.main()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["solver"] for line in lines] == ["gridmgr", "pyvrp", "vroom", "ortools"]
    assert all(line.keys() >= CONTRACT and line["valid"] and line["prize"] == 30 for line in lines)


@pytest.mark.parametrize("name", ["gridmgr", *PEERS])
def test_every_solvers_township_answer_keeps_lunch_skills_and_windows(name: str) -> None:
    """As `verify` sees it, which knows no solver; and it visits somebody."""
    problem = township.township(25, seed=1)
    answer = timed(chosen(",".join(PEERS))[name], problem, 0.5, 1)
    assert verify(problem, make_plan(problem, answer.orders)) == ()
    line = township.line(problem, name, 1, answer)
    assert line["valid"] is True
    assert int(str(line["prize"])) > 100


def test_a_township_answer_without_regard_for_time_is_called_invalid() -> None:
    """One squad cannot visit everybody."""
    problem = township.township(25, seed=1)
    everybody = {"q0": tuple(stop.id for stop in problem.stops), "q1": ()}
    line = township.line(problem, "wishful", 1, Answer(orders=everybody, cpu_s=0, wall_s=0))
    assert line["valid"] is False


def test_an_unknown_peer_is_refused() -> None:
    """By name, with those there are."""
    with pytest.raises(ValueError, match="--against knows pyvrp, vroom, ortools, not magic"):
        chosen("pyvrp,magic")


@pytest.fixture(scope="module")
def noon() -> replan.MidDay:
    """A small day stopped at noon."""
    return replan.mid_day(25, seed=1)


@pytest.mark.parametrize("name", ["gridmgr", "vroom"])
def test_mid_day_answers_are_valid_from_where_squads_stand(noon: replan.MidDay, name: str) -> None:
    """Ours takes the incidents in and is worth no less than the old plan's rest; VROOM's is walked too."""
    solver = replan.ours(noon, 0) if name == "gridmgr" else PEERS[name]
    line = replan.line(noon, name, 1, timed(solver, noon.problem, 0.5, 1))
    assert line["valid"] is True
    assert line.keys() >= (CONTRACT - {"instance", "m"}) | {"kept", "changes", "late_min"}
    assert int(str(line["prize"])) >= int(str(line["kept"]))


def test_at_mid_day_squads_start_no_earlier_than_now_and_done_stops_are_gone(noon: replan.MidDay) -> None:
    """What the squads were told names open stops only."""
    assert all(squad.start >= replan.NOON for squad in noon.problem.squads)
    assert noon.followed.starts
    assert min(noon.followed.starts.values()) > replan.NOON
    assert all(noon.problem.has_stop(name) for name in noon.followed.places)
