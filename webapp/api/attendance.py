"""Who is on duty on which day."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field

from gridmgr.domain.people import Attendance
from gridmgr.services import records
from webapp.api.schemas import Answer, Body, Code, Day, Query
from webapp.guards import require_scope, requires, scope
from webapp.state import ctx, me

attendance_api = APIBlueprint("api_attendance", __name__, tag="attendance")

Status = Literal["on_duty", "leave", "seconded", "training", "sick"]


class AttendanceQuery(Query):
    """Which days, both included."""

    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="to")]
    township: Code | None = None


class AttendanceRow(Answer):
    """One officer on one day."""

    day: Day
    officer_id: str
    status: str


class AttendanceList(Answer):
    """Rows by day and officer.

    On a day on which nobody is on record as on duty, whoever has no row counts as on duty: leave and training
    may be registered ahead. On other days whoever has no row counts as absent.
    """

    attendance: list[AttendanceRow]


class AttendanceIn(Body):
    """One officer on one day."""

    day: Day
    officer_id: Code
    status: Status


class AttendanceSet(Body):
    """Rows to set; those of the same day and officer are replaced."""

    township: Code
    attendance: Annotated[list[AttendanceIn], Field(min_length=1, max_length=5000)]


@attendance_api.get("/attendance")
@attendance_api.input(AttendanceQuery, location="query", arg_name="query")
@attendance_api.output(AttendanceList)
@requires("planner", "lead", "admin")
def get_attendance(query: AttendanceQuery) -> dict[str, Any]:
    """List attendance."""
    found = records.attendance(ctx(), township_code=scope(query.township), first=query.first, last=query.last)
    return {"attendance": found}


@attendance_api.put("/attendance")
@attendance_api.input(AttendanceSet, arg_name="body")
@attendance_api.output(AttendanceList)
@requires("planner", "admin")
def put_attendance(body: AttendanceSet) -> dict[str, Any]:
    """Set attendance."""
    require_scope(body.township)
    rows = [Attendance(day=row.day, officer_id=row.officer_id, status=row.status) for row in body.attendance]
    return {"attendance": records.save_attendance(ctx(), rows, township_code=body.township, actor=me().name)}
