"""Sums up the lines of `benchmarks.toptw` and `benchmarks.township`: ours against each peer, and over time.

``python -m benchmarks.ratios LINES.jsonl... [--plot OUT.svg]`` prints one JSON line a peer and time: mean and
worst ratio of prizes, ratio of travel over the cases in which both collect the same, and how many runs are
void because the machine was busy (CPU below 0.9 of wall time while the time given was used). Ratios are taken
case by case (same instance, routes, seed and time). The plot shows, by solver, how far the mean prize is
below the best that any solver reached on each case, against the time given.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

#: Less CPU than this part of the wall time says that something else had the core.
_QUIET = 0.9
OURS = "gridmgr"

Line = Mapping[str, Any]
Case = tuple[Any, ...]


def read(paths: Iterable[Path]) -> list[Line]:
    """All lines of the files.

    Raises
    ------
    ValueError
        If a run's answer was not valid: there is nothing to sum up then.
    """
    lines = [json.loads(row) for path in paths for row in path.read_text(encoding="utf-8").splitlines()]
    wrong = [line for line in lines if not line["valid"]]
    if wrong:
        raise ValueError(f"not valid: {json.dumps(wrong[0])}")
    return lines


def case_of(line: Line) -> Case:
    """What is the same for all solvers of one comparison, the time given last."""
    what = (line.get("instance"), line.get("m"), line.get("stops"), line["seed"])
    return (*what, line.get("seconds"))


def is_void(line: Line) -> bool:
    """Whether the run did not have its core to itself."""
    return bool(line["cpu_s"] < _QUIET * line["wall_s"])


def compare(lines: Sequence[Line], peer: str) -> list[dict[str, object]]:
    """Ours against one peer, a line a time given."""
    runs: dict[Case, dict[str, Line]] = defaultdict(dict)
    for line in lines:
        runs[case_of(line)][line["solver"]] = line
    pairs: dict[Any, list[tuple[Line, Line]]] = defaultdict(list)
    for case, by_solver in runs.items():
        if OURS in by_solver and peer in by_solver:
            pairs[case[-1]].append((by_solver[OURS], by_solver[peer]))
    return [_summary(peer, seconds, both) for seconds, both in pairs.items()]


def _summary(peer: str, seconds: float | None, pairs: Sequence[tuple[Line, Line]]) -> dict[str, object]:
    quiet = [pair for pair in pairs if not any(map(is_void, pair))]
    ratios = [ours["prize"] / theirs["prize"] for ours, theirs in quiet]
    same = [(ours["travel"], theirs["travel"]) for ours, theirs in quiet if ours["prize"] == theirs["prize"]]
    worst = min(quiet, key=lambda pair: pair[0]["prize"] / pair[1]["prize"], default=None)
    return {
        "against": peer,
        "seconds": seconds,
        "cases": len(quiet),
        "void": len(pairs) - len(quiet),
        "prize_mean_ratio": round(sum(ratios) / len(ratios), 4) if ratios else None,
        "prize_worst_ratio": round(min(ratios), 4) if ratios else None,
        "worst_case": str(case_of(worst[0])[:4]) if worst else None,
        "better": sum(ratio > 1 for ratio in ratios),
        "equal": len(same),
        "travel_ratio_where_equal": round(sum(a for a, _ in same) / sum(b for _, b in same), 4)
        if same
        else None,
        "travel_ratio": round(sum(a["travel"] for a, _ in quiet) / sum(b["travel"] for _, b in quiet), 4)
        if quiet
        else None,
    }


def gaps_over_time(lines: Sequence[Line]) -> dict[str, list[tuple[float, float]]]:
    """By solver: (seconds given, mean gap to the best seen in percent), shortest first.

    Only cases that every solver ran at every time count, so that all means are over the same cases.
    """
    best: dict[Case, int] = defaultdict(int)
    found: dict[tuple[str, float], dict[Case, int]] = defaultdict(dict)
    for line in lines:
        case = case_of(line)[:-1]
        best[case] = max(best[case], line["prize"])
        found[line["solver"], float(line["seconds"])][case] = line["prize"]
    common = set.intersection(*(set(cases) for cases in found.values())) if found else set()
    curves: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (solver, seconds), prizes in sorted(found.items()):
        if common:
            gaps = [100 * (1 - prizes[case] / best[case]) for case in common]
            curves[solver].append((seconds, sum(gaps) / len(gaps)))
    return dict(curves)


def draw(curves: Mapping[str, Sequence[tuple[float, float]]], path: Path) -> None:
    """Draw gap against time; the ending of the path says in which format."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "gridmgr"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 3.8))
    for (solver, points), mark in zip(sorted(curves.items()), "osD^v", strict=False):
        seconds, gaps = zip(*points, strict=True)
        axes.plot(seconds, gaps, marker=mark, label=solver, linewidth=2 if solver == OURS else 1.2)
    axes.set_xscale("log")
    axes.set_xlabel("seconds given")
    axes.set_ylabel("mean gap to the best seen, %")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def main(arguments: list[str] | None = None) -> None:
    """Print the lines and draw the plot."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, help="JSON lines as the benchmarks print them")
    parser.add_argument("--plot", type=Path, help="where to draw gap against time (svg, png)")
    args = parser.parse_args(arguments)
    lines = read(args.files)
    for peer in sorted({line["solver"] for line in lines} - {OURS}):
        for summary in compare(lines, peer):
            print(json.dumps(summary), flush=True)
    if args.plot:
        draw(gaps_over_time(lines), args.plot)


if __name__ == "__main__":
    main()
