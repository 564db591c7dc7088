"""Measures how long the desk waits after a drag: previews and whole plans scored over HTTP, in one process.

``python -m benchmarks.score [--villages 60] [--drags 60] [--seconds 2]`` builds a demo township in a
temporary folder, plans its day, and then moves stops from squad to squad as a planner would: each drag is one
``edits/preview`` request, each ``score`` request sends the whole plan. Prints JSON lines with the median and
the 95th percentile in milliseconds, CPU time beside wall time. The bar is 100 ms a drag.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.machine import describe
from gridmgr.bootstrap import build_context
from gridmgr.config import Config
from gridmgr.domain.users import User
from gridmgr.services.accounts import add_user
from gridmgr.services.context import Context
from gridmgr.services.demoing import load_demo
from gridmgr.services.planning import plan_routes
from webapp import create_app
from webapp.settling import settle

USER, PASSWORD = "benchmark", "Drag-the-stop-7"


def main() -> None:
    """Plan, drag, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, default=60, help="of the one township")
    parser.add_argument("--drags", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=2.0, help="planning time of the day")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ctx = build_context(Config(database=str(Path(folder) / "score.db")), must_exist=False)
        ctx.storage.migrate()
        _measure(ctx, villages=options.villages, drags=options.drags, seconds=options.seconds)
        ctx.storage.close()


def _measure(ctx: Context, *, villages: int, drags: int, seconds: float) -> None:
    load_demo(ctx, seed=1, villages=villages, townships=1, today=ctx.clock.today())
    add_user(ctx, User(name=USER, display_name=USER, role="admin"), PASSWORD, actor="benchmark")
    # A day later than those the demo has planned and gone through.
    day = ctx.clock.today() + timedelta(days=1)
    with ctx.storage.read() as uow:
        township = uow.townships.find()[0].code
    plan_routes(ctx, township_code=township, day=day, actor="benchmark", seconds=seconds)
    app = create_app(ctx, secret_key=b"score-benchmark-secret", testing=True)
    app.config["WTF_CSRF_ENABLED"] = False  # the login form's token; the API is checked by origin
    client = app.test_client()
    client.post("/login", data={"name": USER, "password": PASSWORD})
    address = f"/api/v1/days/{township}/{day}"
    draft = _answer(client.get(address))["draft"]
    orders = {squad["id"]: [visit["stop"]["id"] for visit in squad["visits"]] for squad in draft["squads"]}
    stops = sum(len(order) for order in orders.values())
    dice = random.Random(1)
    facts = {"stops": stops, "left_out": len(draft["unassigned"]), "squads": len(orders)}

    def drag() -> None:
        home = dice.choice([squad for squad, order in orders.items() if order])
        edit = {
            "action": "move",
            "stop_id": dice.choice(orders[home]),
            "squad_id": dice.choice(list(orders)),
            "position": dice.randrange(3),
        }
        _answer(client.post(f"{address}/edits/preview", json={"edit": edit}))

    def whole() -> None:
        mixed = {squad: dice.sample(order, len(order)) for squad, order in orders.items()}
        body = {"squads": [{"squad_id": squad, "stops": order} for squad, order in mixed.items()]}
        _answer(client.post(f"{address}/score", json=body))

    settle()
    for what, act in (("drag previewed", drag), ("whole plan scored", whole)):
        act()  # warms caches, as the desk does by opening the day
        _print(what, facts, [_timed(act) for _ in range(drags)])


def _answer(response: Any) -> Any:
    if response.status_code != 200:
        raise SystemExit(f"{response.status_code}: {response.get_data(as_text=True)}")
    return response.json


def _timed(act: Callable[[], None]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def _print(what: str, facts: dict[str, Any], times: list[tuple[float, float]]) -> None:
    wall = sorted(one for one, _ in times)
    line = {
        "what": what,
        **facts,
        "times": len(times),
        "median_ms": round(statistics.median(wall), 1),
        "p95_ms": round(wall[max(0, round(0.95 * len(wall)) - 1)], 1),
        "cpu_median_ms": round(statistics.median(one for _, one in times), 1),
        "machine": describe(),
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
