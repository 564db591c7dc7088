"""Joint matters: several bodies at one matter, joined under one lead, dismissed, or taken apart again."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from gridmgr.services.routing import joint, jointviews
from webapp.api.joint_models import JoinIn, JointIn, JointList, JointOut, JointQuery, ReasonIn
from webapp.api.joint_shown import joint_shown
from webapp.guards import requires, scope
from webapp.state import ctx, me

joint_api = APIBlueprint("api_joint", __name__, tag="cases")


@joint_api.get("/joint")
@joint_api.input(JointQuery, location="query", arg_name="query")
@joint_api.output(JointList)
@requires("planner", "department", "lead", "admin")
def get_joint(query: JointQuery) -> dict[str, Any]:
    """List matters that several bodies are at; a department's liaison sees those it is concerned with."""
    states = jointviews.LISTED if query.state is None else (query.state,)
    found = jointviews.listed(ctx(), township_code=scope(query.township), states=states, user=me())
    return {"matters": [joint_shown(item) for item in found]}


@joint_api.post("/joint")
@joint_api.input(JointIn, arg_name="body")
@joint_api.output(JointOut, status_code=201)
@requires("planner", "lead", "admin")
def post_joint(body: JointIn) -> dict[str, Any]:
    """Join cases that no rule found."""
    made = joint.join_by_hand(ctx(), body.cases, lead=body.lead, note=body.note, user=me())
    return joint_shown(made)


@joint_api.get("/joint/<matter_id>")
@joint_api.output(JointOut)
@requires("planner", "department", "lead", "admin")
def get_one_joint(matter_id: str) -> dict[str, Any]:
    """Show one joint matter."""
    return joint_shown(jointviews.find(ctx(), matter_id, user=me()))


@joint_api.post("/joint/<matter_id>/join")
@joint_api.input(JoinIn, arg_name="body")
@joint_api.output(JointOut)
@requires("planner", "lead", "admin")
def post_join(matter_id: str, body: JoinIn) -> dict[str, Any]:
    """Join a suggestion under one lead body; every case's trail says so."""
    return joint_shown(joint.join(ctx(), matter_id, lead=body.lead, note=body.note, user=me()))


@joint_api.post("/joint/<matter_id>/dismiss")
@joint_api.input(ReasonIn, arg_name="body")
@joint_api.output(JointOut)
@requires("planner", "lead", "admin")
def post_dismiss(matter_id: str, body: ReasonIn) -> dict[str, Any]:
    """Say that a suggestion is not one matter; it is not suggested again."""
    return joint_shown(joint.dismiss(ctx(), matter_id, why=body.why, user=me()))


@joint_api.post("/joint/<matter_id>/undo")
@joint_api.input(ReasonIn, arg_name="body")
@joint_api.output(JointOut)
@requires("planner", "lead", "admin")
def post_undo(matter_id: str, body: ReasonIn) -> dict[str, Any]:
    """Take a joining back; every case goes on by itself."""
    return joint_shown(joint.undo(ctx(), matter_id, why=body.why, user=me()))
