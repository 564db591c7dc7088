"""Powers handed down: townships' requests, departments' offers, and the lists the county lead decides."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template, request, url_for

from gridmgr.services.catalogue import proposals, reading, wishes
from webapp.catalogue.forms import Answer, code_of, day_of, done
from webapp.catalogue.views import READERS, township_names
from webapp.guards import my_townships, requires
from webapp.state import ctx, me

handing = Blueprint("handing", __name__, url_prefix="/catalogue/handing")


@handing.get("/")
@requires(*READERS)
def index() -> str:
    """Show requests, offers and proposals."""
    return _board()


def _board(problem: str | None = None) -> str:
    today = ctx().clock.today()
    board = wishes.wish_board(ctx())
    return render_template(
        "catalogue/handing.html",
        problem=problem,
        form=request.form,
        board=board,
        offers_by_id={wish.id: wish for wish in board.offers},
        proposals=proposals.list_proposals(ctx()),
        items=reading.catalogue_on(ctx(), day=today),
        townships=my_townships(),
        names=township_names(),
        open_count=sum(wish.state == "open" for wish in (*board.requests, *board.offers)),
    )


def _back() -> str:
    return url_for("handing.index")


@handing.post("/requests")
@requires("planner", "admin")
def post_request() -> Answer:
    """Ask for a power."""
    form = request.form
    return done(
        lambda: wishes.request_power(
            ctx(),
            township_code=form.get("township", "") or me().township_code or "",
            item_code=code_of(form.get("item", "")),
            item_name=form.get("item_name", ""),
            body=form.get("body", ""),
            why=form.get("words", ""),
            user=me(),
        ),
        address=_back,
        words="catalogue.request_made",
        page=_board,
    )


@handing.post("/offers")
@requires("department", "admin")
def post_offer() -> Answer:
    """Offer a power."""
    form = request.form
    return done(
        lambda: wishes.offer_power(
            ctx(),
            item_code=code_of(form.get("item", "")),
            item_name=form.get("item_name", ""),
            body=form.get("body", ""),
            townships=tuple(form.getlist("townships")),
            conditions=form.get("words", ""),
            user=me(),
        ),
        address=_back,
        words="catalogue.offer_made",
        page=_board,
    )


@handing.post("/wishes/<wish_id>/withdraw")
@requires("planner", "department", "admin")
def withdraw(wish_id: str) -> Answer:
    """Take back a request or an offer."""
    return done(
        lambda: wishes.withdraw_wish(ctx(), wish_id, why=request.form.get("words", ""), user=me()),
        address=_back,
        words="catalogue.wish_taken_back",
        page=_board,
    )


@handing.post("/proposals")
@requires("lead", "admin")
def propose() -> Answer:
    """Match all open requests and offers."""
    return done(
        lambda: proposals.make_proposal(ctx(), user=me()),
        address=lambda: url_for("handing.proposal", proposal_id=proposals.list_proposals(ctx())[0].id),
        words="catalogue.proposal_made",
        page=_board,
    )


@handing.get("/proposals/<proposal_id>")
@requires(*READERS)
def proposal(proposal_id: str) -> str:
    """Show a proposal."""
    return _proposal(proposal_id)


def _proposal(proposal_id: str, problem: str | None = None) -> str:
    board = wishes.wish_board(ctx())
    return render_template(
        "catalogue/proposal.html",
        problem=problem,
        form=request.form,
        proposal=proposals.get_proposal(ctx(), proposal_id),
        wishes={wish.id: wish for wish in (*board.requests, *board.offers)},
        names=township_names(),
        tomorrow=ctx().clock.today() + timedelta(days=1),
    )


@handing.post("/proposals/<proposal_id>/lines/<int:number>")
@requires("lead", "admin")
def keep_line(proposal_id: str, number: int) -> Answer:
    """Strike a line, or let it stand again."""
    kept = request.form.get("kept") == "1"
    return done(
        lambda: proposals.keep_line(ctx(), proposal_id, number, kept=kept, user=me()),
        address=lambda: url_for("handing.proposal", proposal_id=proposal_id),
        words="catalogue.line_kept" if kept else "catalogue.line_struck",
        page=lambda problem: _proposal(proposal_id, problem),
    )


@handing.post("/proposals/<proposal_id>/decide")
@requires("lead")
def decide(proposal_id: str) -> Answer:
    """Approve or refuse a proposal."""
    reason, day = request.form.get("reason", ""), day_of(request.form.get("effective_from", ""))
    approve = request.form.get("decision") == "approve"

    def decided() -> object:
        if not approve:
            return proposals.refuse_proposal(ctx(), proposal_id, reason=reason, user=me())
        chosen = day or ctx().clock.today()
        return proposals.approve_proposal(ctx(), proposal_id, effective_from=chosen, reason=reason, user=me())

    return done(
        decided,
        address=lambda: url_for("handing.proposal", proposal_id=proposal_id),
        words="catalogue.approved" if approve else "catalogue.refused",
        page=lambda problem: _proposal(proposal_id, problem),
    )
