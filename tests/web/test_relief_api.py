"""What would help a day, over the API."""

from __future__ import annotations

from collections.abc import Callable

from conftest import EAST, TODAY
from field_world import add_matter, day_plan, publish
from flask.testing import FlaskClient

from gridmgr.domain.settings import OfficeSettings
from gridmgr.services import jobs
from gridmgr.services.context import Context

PATH = f"/api/v1/days/{EAST}/{TODAY}/relief"


def test_relief_is_asked_for_worked_out_and_read(ctx: Context, as_user: Callable[[str], FlaskClient]) -> None:
    """Nothing at first, a job, then reasons and remedies in words; the county lead reads and may not ask."""
    with ctx.storage.write("test") as uow:
        uow.settings.save_office(OfficeSettings(squad_min=1, max_squads=2))
        uow.record("test.rules", "settings", "office")
        uow.commit()
    add_matter(ctx)
    publish(ctx, day_plan("d1"))
    planner = as_user("planner")
    assert planner.get(PATH).json == {
        "ready": False, "revision": None, "made_at": None, "squads": None, "stops": [],
    }  # fmt: skip
    asked = planner.post(PATH)
    assert asked.status_code == 202
    assert planner.post(PATH).json["id"] == asked.json["id"]
    jobs.run_next(ctx)
    assert planner.get(f"/api/v1/jobs/{asked.json['id']}").json["state"] == "done"
    told = as_user("lead").get(PATH).json
    assert told["ready"]
    assert told["revision"] == "d1"
    squads = told["squads"]
    assert (squads["formed"], squads["asked"]) == (1, 2)
    assert squads["reasons"]
    assert all(item["after"] > item["before"] for item in squads["remedies"])
    assert as_user("lead").post(PATH).status_code == 403
    assert as_user("planner_west").get(PATH).status_code == 403
    assert as_user("officer").get(PATH).status_code == 403
