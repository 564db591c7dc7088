"""The user who asks."""

from __future__ import annotations

from apiflask import APIBlueprint

from gridmgr.domain.users import User
from webapp.api.schemas import Answer
from webapp.guards import signed_in
from webapp.state import me

me_api = APIBlueprint("api_me", __name__, tag="me")


class MeOut(Answer):
    """The user who is logged in."""

    name: str
    display_name: str
    role: str
    township_code: str | None
    agency_code: str | None
    officer_id: str | None
    language: str


@me_api.get("/me")
@me_api.output(MeOut)
@signed_in
def get_me() -> User:
    """Say who is logged in."""
    return me()
