"""Runs the groups and prints what came of them; see the package."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, count
from typing import Any

import structlog

import benchmarks.apifuzz
from benchmarks.apifuzz.open311 import Open311Fuzzer
from benchmarks.apifuzz.openapi import ApiFuzzer, operations, rounds
from benchmarks.apifuzz.pages import PageFuzzer
from benchmarks.apifuzz.tally import Tally
from benchmarks.apifuzz.wechat import WeChatFuzzer
from benchmarks.apifuzz.world import World, opened_world
from benchmarks.machine import describe

#: Of all requests, each group's share.
SHARES = {"api": 0.6, "forms": 0.2, "wechat": 0.12, "open311": 0.08}
Rounds = Iterator[Iterable[Callable[[], None]]]


def main() -> int:
    """Run, print; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=benchmarks.apifuzz.__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(SHARES), help="groups, comma-separated")
    options = parser.parse_args()
    chosen = options.only.split(",")
    unknown = set(chosen) - set(SHARES)
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    quiet()
    shares = {name: SHARES[name] for name in chosen}
    began, tallies = time.perf_counter(), []
    with opened_world() as world:
        for name, share in shares.items():
            wanted = -(-options.cases * share // sum(shares.values()))
            tally = run_group(world, name, cases=int(wanted), seed=options.seed)
            tallies.append(tally)
            print(json.dumps(tally.facts() | {"seed": options.seed}, ensure_ascii=False), flush=True)
            for failure in tally.failures:
                print(failure, end="\n\n", file=sys.stderr, flush=True)
    print(json.dumps(_summary(tallies, options.seed, time.perf_counter() - began), ensure_ascii=False))
    return 1 if any(tally.failures for tally in tallies) else 0


def quiet() -> None:
    """Keep the line of each request to itself."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def run_group(world: World, name: str, *, cases: int, seed: int) -> Tally:
    """Run a group round by round until it has had so many requests answered; one whole round at least."""
    tally = Tally(group=name)
    with tally.watching(world.app), tally.watching(world.sealed):
        for number, turns in enumerate(_ROUNDS[name](world, tally, seed)):
            for turn in turns:
                if number and tally.cases >= cases:
                    break
                turn()
            if tally.cases >= cases:
                break
    return tally


def _api(world: World, tally: Tally, seed: int) -> Rounds:
    fuzzer = ApiFuzzer(world, tally)
    for chosen in rounds(operations(world.app), seed=seed):
        yield [partial(fuzzer.allowed, one, role, examples=3, seed=turn) for one, role, turn in chosen]


def _forms(world: World, tally: Tally, seed: int) -> Rounds:
    fuzzer = PageFuzzer(world, tally)

    def each_form(turn: int) -> Iterator[Callable[[], None]]:
        # There are more and more of them while it is gone through.
        for found in fuzzer.found:
            yield partial(fuzzer.send, found, examples=2, seed=turn)

    yield chain([fuzzer.crawl], each_form(seed * 1_000_003))
    fuzzer.add_hidden()
    for turn in count(seed * 1_000_003 + 1):
        yield each_form(turn)


def _wechat(world: World, tally: Tally, seed: int) -> Rounds:
    fuzzer = WeChatFuzzer(world, tally)
    for turn in count(seed * 1_000_003):
        yield [partial(fuzzer.send, examples=20, seed=turn)]


def _open311(world: World, tally: Tally, seed: int) -> Rounds:
    fuzzer = Open311Fuzzer(world, tally)
    for turn in count(seed * 1_000_003):
        yield [partial(fuzzer.send, examples=20, seed=turn)]


_ROUNDS: dict[str, Callable[[World, Tally, int], Rounds]] = {
    "api": _api,
    "forms": _forms,
    "wechat": _wechat,
    "open311": _open311,
}


def _summary(tallies: list[Tally], seed: int, seconds: float) -> dict[str, Any]:
    classes: Counter[str] = Counter()
    for tally in tallies:
        classes += tally.classes
    return {
        "group": "all",
        "cases": sum(tally.cases for tally in tallies),
        "classes": dict(sorted(classes.items())),
        "answers_5xx": sum(tally.stumbles for tally in tallies),
        "breaches": sum(tally.breaches for tally in tallies),
        "seconds": round(seconds, 1),
        "seed": seed,
        "machine": describe(),
    }


if __name__ == "__main__":
    sys.exit(main())
