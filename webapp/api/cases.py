"""Cases: filed from incidents, listed, shown with their trail, taken from step to step."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint

from gridmgr.domain.cases import OPEN_STATES, OVER_STATES
from gridmgr.errors import BadInput
from gridmgr.services import cases
from gridmgr.services.cases.evidence import SOUND
from gridmgr.services.cases.reading import first_choices
from gridmgr.services.files import Document, read_document
from gridmgr.services.photos import Photo, read_photo
from webapp.api.case_models import (
    CaseIn,
    CaseIncidentQuery,
    CaseList,
    CaseQuery,
    CaseViewOut,
    DocumentIn,
    EvidenceList,
    FirstChoices,
    StepIn,
)
from webapp.api.case_shown import case_shown, choices_shown, evidence_shown, view_shown
from webapp.guards import requires, scope, signed_in
from webapp.state import ctx, me

cases_api = APIBlueprint("api_cases", __name__, tag="cases")


@cases_api.get("/cases")
@cases_api.input(CaseQuery, location="query", arg_name="query")
@cases_api.output(CaseList)
@signed_in
def get_cases(query: CaseQuery) -> dict[str, Any]:
    """List cases; department users get those that their department has or had to do with."""
    found, total = cases.search(
        ctx(),
        cases.CaseFilter(
            township_code=scope(query.township),
            village_code=query.village,
            item_code=query.item,
            department=query.department,
            answerable=query.answerable,
            states=_states(query),
            urgent=query.urgent,
            supervised=query.supervised,
            help=None if query.help is None else {query.help},
            since=query.since,
            until=query.until,
            words=query.words,
        ),
        user=me(),
        limit=query.limit,
        offset=query.offset,
    )
    return {"total": total, "cases": [case_shown(case) for case in found]}


def _states(query: CaseQuery) -> frozenset[str] | None:
    within = {None: None, True: OPEN_STATES, False: OVER_STATES}[query.open]
    if query.state is None:
        return within
    return frozenset({query.state}) if within is None else within & {query.state}


@cases_api.post("/cases")
@cases_api.input(CaseIn, arg_name="body")
@cases_api.output(CaseViewOut, status_code=201)
@requires("planner", "officer", "admin")
def post_case(body: CaseIn) -> dict[str, Any]:
    """File an incident as a case, or take another first step on it: verify, cancel, mark_duplicate."""
    filed = cases.file_case(
        ctx(),
        body.incident_id,
        user=me(),
        step=body.step(),
        photos=photos_of(body.photos),
        documents=documents_of(body.documents),
        urgent=body.urgent,
        item_code=body.item_code,
    )
    return _view(filed.case.id)


@cases_api.get("/cases/first-steps")
@cases_api.input(CaseIncidentQuery, location="query", arg_name="query")
@cases_api.output(FirstChoices)
@cases_api.doc(responses=[404])
@signed_in
def get_first_steps(query: CaseIncidentQuery) -> dict[str, Any]:
    """Tell an incident's case, or what the user may do with an incident that has none."""
    case_id, choices = first_choices(ctx(), query.incident, user=me())
    return {"case_id": case_id, "allowed": choices_shown(choices)}


@cases_api.get("/cases/<case_id>")
@cases_api.output(CaseViewOut)
@signed_in
def get_case(case_id: str) -> dict[str, Any]:
    """Show a case with its whole trail, its evidence hashed anew, and what may be done next."""
    return _view(case_id)


@cases_api.post("/cases/<case_id>/steps")
@cases_api.input(StepIn, arg_name="body")
@cases_api.output(CaseViewOut, status_code=201)
@signed_in
def post_step(case_id: str, body: StepIn) -> dict[str, Any]:
    """Take a step.

    Refused with 409 when the case's state does not allow it or it changed since, 403 when it is not this
    user's, 400 when something is missing; the message says what, who may, or which state it takes.
    """
    cases.act(
        ctx(),
        case_id,
        body.step(),
        user=me(),
        photos=photos_of(body.photos),
        documents=documents_of(body.documents),
        expected_version=body.version,
    )
    return _view(case_id)


@cases_api.post("/cases/<case_id>/words")
@cases_api.output(CaseViewOut)
@signed_in
def post_words(case_id: str) -> dict[str, Any]:
    """Show a case with people's words as they are, to officers and departments that handle it.

    The look goes on record. Everywhere else names, telephones and the like are masked for them.
    """
    return view_shown(cases.look(ctx(), case_id, user=me()), departments=cases.departments(ctx()))


@cases_api.get("/cases/<case_id>/evidence")
@cases_api.output(EvidenceList)
@signed_in
def get_evidence(case_id: str) -> dict[str, Any]:
    """Hash every photo and file of a case anew and compare with what its steps and the audit trail say."""
    found = cases.verify_evidence(ctx(), case_id, user=me())
    return {"sound": all(item.state == SOUND for item in found), "evidence": evidence_shown(found)}


def _view(case_id: str) -> dict[str, Any]:
    return view_shown(cases.view(ctx(), case_id, user=me()), departments=cases.departments(ctx()))


def photos_of(encoded: Sequence[str]) -> list[Photo]:
    """Photos sent in base64.

    Raises
    ------
    BadInput
        If one is no base64 or no picture.
    """
    try:
        return [read_photo(base64.b64decode(text, validate=True)) for text in encoded]
    except ValueError as error:
        raise BadInput("field.photo_unreadable") from error


def documents_of(given: Sequence[DocumentIn]) -> list[Document]:
    """Documents sent in base64.

    Raises
    ------
    BadInput
        If one is no base64 or no document of a known type.
    """
    try:
        decoded = [(base64.b64decode(item.content, validate=True), item.name) for item in given]
    except ValueError as error:
        raise BadInput("file.unknown_type", name=", ".join(item.name for item in given)) from error
    return [read_document(data, name) for data, name in decoded]
