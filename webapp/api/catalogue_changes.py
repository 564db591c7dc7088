"""How the catalogue changes: requests, offers, proposals of powers to hand down, admissions of new duties."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from gridmgr.domain.admissions import Admission
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.wishes import Proposal, Wish
from gridmgr.services.catalogue import admissions, proposals, wishes
from webapp.api.catalogue import item_out
from webapp.api.catalogue_models import (
    AdmissionIn,
    AdmissionList,
    AdmissionOut,
    ApproveIn,
    DecisionIn,
    LineIn,
    LineOut,
    OfferIn,
    OpinionIn,
    ProposalList,
    ProposalOut,
    ReasonIn,
    RequestIn,
    ReviewIn,
    WhyIn,
    WishBoard,
    WishOut,
)
from webapp.guards import requires
from webapp.state import ctx, me
from webapp.texts import say, t

catalogue_changes_api = APIBlueprint("api_catalogue_changes", __name__, tag="catalogue")

READERS = ("planner", "department", "lead", "admin")


def _wish_out(wish: Wish) -> dict[str, Any]:
    names = [name for name in WishOut.model_fields if name != "state_text"]
    return {name: getattr(wish, name) for name in names} | {"state_text": t(f"catalogue.wish_{wish.state}")}


def _proposal_out(proposal: Proposal) -> dict[str, Any]:
    plain = ("id", "created_at", "created_by", "state", "decided_at", "decided_by", "reason")
    line_fields = [name for name in LineOut.model_fields if name != "number"]
    return {
        **{name: getattr(proposal, name) for name in plain},
        "effective_from": proposal.effective_from,
        "state_text": t(f"catalogue.proposal_{proposal.state}"),
        "lines": [
            {"number": number, **{name: getattr(line, name) for name in line_fields}}
            for number, line in enumerate(proposal.lines, start=1)
        ],
        "left_out": [{"wish_id": left.wish_id, "reason": say(left.reason)} for left in proposal.left_out],
    }


def _admission_out(admission: Admission) -> dict[str, Any]:
    other = ("item", "state_text")
    return {
        **{name: getattr(admission, name) for name in AdmissionOut.model_fields if name not in other},
        "item": item_out(admission.item),
        "state_text": t(f"catalogue.admission_state_{admission.state}"),
    }


@catalogue_changes_api.get("/catalogue/wishes")
@catalogue_changes_api.output(WishBoard)
@requires(*READERS)
def get_wishes() -> dict[str, Any]:
    """List requests and offers of the county."""
    board = wishes.wish_board(ctx())
    return {
        "requests": [_wish_out(wish) for wish in board.requests],
        "offers": [_wish_out(wish) for wish in board.offers],
        "matches": [match for found in board.matches.values() for match in found],
    }


@catalogue_changes_api.post("/catalogue/requests")
@catalogue_changes_api.input(RequestIn, arg_name="body")
@catalogue_changes_api.output(WishOut, status_code=201)
@requires("planner", "admin")
def post_request(body: RequestIn) -> dict[str, Any]:
    """Ask for a power."""
    wish = wishes.request_power(
        ctx(),
        township_code=body.township,
        item_code=body.item_code,
        item_name=body.item_name,
        body=body.body,
        why=body.why,
        user=me(),
    )
    return _wish_out(wish)


@catalogue_changes_api.post("/catalogue/offers")
@catalogue_changes_api.input(OfferIn, arg_name="body")
@catalogue_changes_api.output(WishOut, status_code=201)
@requires("department", "admin")
def post_offer(body: OfferIn) -> dict[str, Any]:
    """Offer a power."""
    wish = wishes.offer_power(
        ctx(),
        item_code=body.item_code,
        item_name=body.item_name,
        body=body.body,
        townships=tuple(body.townships),
        conditions=body.conditions,
        user=me(),
    )
    return _wish_out(wish)


@catalogue_changes_api.post("/catalogue/wishes/<wish_id>/withdraw")
@catalogue_changes_api.input(WhyIn, arg_name="body")
@catalogue_changes_api.output(WishOut)
@requires("planner", "department", "admin")
def post_withdraw_wish(wish_id: str, body: WhyIn) -> dict[str, Any]:
    """Take back an open request or offer."""
    return _wish_out(wishes.withdraw_wish(ctx(), wish_id, why=body.why, user=me()))


@catalogue_changes_api.get("/catalogue/proposals")
@catalogue_changes_api.output(ProposalList)
@requires(*READERS)
def get_proposals() -> dict[str, Any]:
    """List proposals."""
    return {"proposals": [_proposal_out(item) for item in proposals.list_proposals(ctx())]}


@catalogue_changes_api.post("/catalogue/proposals")
@catalogue_changes_api.output(ProposalOut, status_code=201)
@catalogue_changes_api.doc(responses=[409])
@requires("lead", "admin")
def post_proposal() -> dict[str, Any]:
    """Match all open requests and offers into a list to decide."""
    return _proposal_out(proposals.make_proposal(ctx(), user=me()))


@catalogue_changes_api.get("/catalogue/proposals/<proposal_id>")
@catalogue_changes_api.output(ProposalOut)
@requires(*READERS)
def get_proposal(proposal_id: str) -> dict[str, Any]:
    """Show a proposal."""
    return _proposal_out(proposals.get_proposal(ctx(), proposal_id))


@catalogue_changes_api.put("/catalogue/proposals/<proposal_id>/lines/<int:number>")
@catalogue_changes_api.input(LineIn, arg_name="body")
@catalogue_changes_api.output(ProposalOut)
@requires("lead", "admin")
def put_line(proposal_id: str, number: int, body: LineIn) -> dict[str, Any]:
    """Strike a line, or let it stand again."""
    return _proposal_out(proposals.keep_line(ctx(), proposal_id, number, kept=body.kept, user=me()))


@catalogue_changes_api.post("/catalogue/proposals/<proposal_id>/approve")
@catalogue_changes_api.input(ApproveIn, arg_name="body")
@catalogue_changes_api.output(ProposalOut)
@requires("lead")
def post_approve(proposal_id: str, body: ApproveIn) -> dict[str, Any]:
    """Make the standing lines into new versions of their items."""
    decided = proposals.approve_proposal(
        ctx(), proposal_id, effective_from=body.effective_from, reason=body.reason, user=me()
    )
    return _proposal_out(decided)


@catalogue_changes_api.post("/catalogue/proposals/<proposal_id>/refuse")
@catalogue_changes_api.input(ReasonIn, arg_name="body")
@catalogue_changes_api.output(ProposalOut)
@requires("lead")
def post_refuse(proposal_id: str, body: ReasonIn) -> dict[str, Any]:
    """Refuse a proposal; its requests and offers are open again."""
    return _proposal_out(proposals.refuse_proposal(ctx(), proposal_id, reason=body.reason, user=me()))


@catalogue_changes_api.get("/catalogue/admissions")
@catalogue_changes_api.output(AdmissionList)
@requires(*READERS)
def get_admissions() -> dict[str, Any]:
    """List admissions of new duties."""
    return {"admissions": [_admission_out(item) for item in admissions.list_admissions(ctx())]}


@catalogue_changes_api.post("/catalogue/admissions")
@catalogue_changes_api.input(AdmissionIn, arg_name="body")
@catalogue_changes_api.output(AdmissionOut, status_code=201)
@requires("department", "admin")
def post_admission(body: AdmissionIn) -> dict[str, Any]:
    """Ask for a new duty to come down to townships."""
    made = admissions.ask_admission(ctx(), _new_item(body), body=body.body, why=body.why, user=me())
    return _admission_out(made)


def _new_item(body: AdmissionIn) -> CatalogueItem:
    return CatalogueItem(
        code=body.code,
        name=body.name,
        kind=body.kind,
        lead_body=body.lead_body.strip() or body.body.strip() or t("catalogue.office_body"),
        cooperating_bodies=tuple(body.cooperating_bodies),
        basis=body.basis,
        deadline_rule=body.deadline_rule,
        process=tuple(body.process),
        handed_to=tuple(body.townships),
    )


@catalogue_changes_api.get("/catalogue/admissions/<admission_id>")
@catalogue_changes_api.output(AdmissionOut)
@requires(*READERS)
def get_admission(admission_id: str) -> dict[str, Any]:
    """Show an admission."""
    return _admission_out(admissions.get_admission(ctx(), admission_id))


@catalogue_changes_api.post("/catalogue/admissions/<admission_id>/opinion")
@catalogue_changes_api.input(OpinionIn, arg_name="body")
@catalogue_changes_api.output(AdmissionOut)
@requires("planner", "admin")
def post_opinion(admission_id: str, body: OpinionIn) -> dict[str, Any]:
    """Say a township's opinion."""
    heard = admissions.give_opinion(
        ctx(), admission_id, township_code=body.township, agrees=body.agrees, words=body.words, user=me()
    )
    return _admission_out(heard)


@catalogue_changes_api.post("/catalogue/admissions/<admission_id>/review")
@catalogue_changes_api.input(ReviewIn, arg_name="body")
@catalogue_changes_api.output(AdmissionOut)
@requires("admin")
def post_review(admission_id: str, body: ReviewIn) -> dict[str, Any]:
    """Review a duty."""
    reviewed = admissions.review_admission(
        ctx(), admission_id, recommends=body.recommends, words=body.words, unheard=body.unheard, user=me()
    )
    return _admission_out(reviewed)


@catalogue_changes_api.post("/catalogue/admissions/<admission_id>/decide")
@catalogue_changes_api.input(DecisionIn, arg_name="body")
@catalogue_changes_api.output(AdmissionOut)
@requires("lead")
def post_decision(admission_id: str, body: DecisionIn) -> dict[str, Any]:
    """Admit a duty, which puts it on the list, or refuse it."""
    decided = admissions.decide_admission(
        ctx(),
        admission_id,
        admit=body.admit,
        words=body.words,
        effective_from=body.effective_from,
        user=me(),
    )
    return _admission_out(decided)


@catalogue_changes_api.post("/catalogue/admissions/<admission_id>/withdraw")
@catalogue_changes_api.input(WhyIn, arg_name="body")
@catalogue_changes_api.output(AdmissionOut)
@requires("department", "admin")
def post_withdraw_admission(admission_id: str, body: WhyIn) -> dict[str, Any]:
    """Take an admission back before it is decided."""
    return _admission_out(admissions.withdraw_admission(ctx(), admission_id, words=body.why, user=me()))
