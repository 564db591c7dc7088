"""From open requests and offers to a list the county lead decides, and from that to new versions of items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.catalogue_versions import place
from gridmgr.domain.similarity import plain
from gridmgr.domain.users import User
from gridmgr.domain.wishes import LeftOut, Line, Match, Proposal, Wish, rank_offers
from gridmgr.errors import BadInput, Conflict
from gridmgr.services.asking import existing, needed, new_number
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message


def make_proposal(ctx: Context, *, user: User) -> Proposal:
    """Match all open requests with open offers.

    Raises
    ------
    Conflict
        If nothing matches, with the reason of each wish.
    """
    with ctx.storage.write(user.name) as uow:
        wishes = {wish.id: wish for wish in uow.wishes.find({"open"})}
        items = {item.code: item for item in uow.catalogue.in_force(uow.today())}
        lines, left_out = propose(list(wishes.values()), items)
        if not lines:
            raise Conflict("catalogue.nothing_matches", wishes=len(wishes))
        proposal = Proposal(
            id=new_number(ctx),
            created_at=uow.now(),
            created_by=user.name,
            lines=lines,
            left_out=left_out,
        )
        uow.proposals.add(proposal)
        for wish_id in sorted({i for line in lines for i in (*line.request_ids, line.offer_id)}):
            wish = wishes[wish_id]
            uow.wishes.change(wish, replace(wish, state="proposed", proposal_id=proposal.id))
        uow.record("proposal.make", "proposal", proposal.id, lines=len(lines), left_out=len(left_out))
        uow.commit()
    return proposal


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """A request, the offer that answers it best, and the item it is about."""

    request: Wish
    offer: Wish
    match: Match
    item: CatalogueItem


def propose(
    wishes: Sequence[Wish], items: Mapping[str, CatalogueItem]
) -> tuple[tuple[Line, ...], tuple[LeftOut, ...]]:
    """Match wishes: each request with its best offer, requests for the same offer and item in one line.

    Parameters
    ----------
    wishes
        Open ones.
    items
        Of the catalogue in force, by code.
    """
    requests = sorted((w for w in wishes if w.side == "request"), key=lambda wish: (wish.made_at, wish.id))
    offers = {wish.id: wish for wish in wishes if wish.side == "offer"}
    grouped: defaultdict[tuple[str, str], list[_Pair]] = defaultdict(list)
    left_out = []
    for request in requests:
        pair = _pair(request, offers, items)
        if isinstance(pair, Message):
            left_out.append(LeftOut(wish_id=request.id, reason=pair))
        else:
            grouped[pair.offer.id, pair.item.code].append(pair)
    used = {offer_id for offer_id, _ in grouped}
    left_out += [
        LeftOut(wish_id=offer_id, reason=Message("catalogue.left_no_request"))
        for offer_id in sorted(set(offers) - used)
    ]
    lines = sorted(
        (_line(pairs) for pairs in grouped.values()),
        key=lambda line: (not line.exact, -line.score, line.item_code, line.offer_id),
    )
    return tuple(lines), tuple(left_out)


def _pair(request: Wish, offers: Mapping[str, Wish], items: Mapping[str, CatalogueItem]) -> _Pair | Message:
    """The request with its best offer, or why there is no pair."""
    ranked = rank_offers(request, offers.values())
    if not ranked:
        return Message("catalogue.left_no_offer")
    best = ranked[0]
    offer = offers[best.offer_id]
    item = _item_of(request, offer, items)
    if item is None:
        return Message("catalogue.left_not_listed", {"offer": offer.item_name})
    if item.is_led_by_office(request.townships[0]):
        return Message("catalogue.left_led_already", {"item": item.name})
    return _Pair(request=request, offer=offer, match=best, item=item)


def _item_of(request: Wish, offer: Wish, items: Mapping[str, CatalogueItem]) -> CatalogueItem | None:
    code = offer.item_code or request.item_code
    if code is not None:
        return items.get(code)
    wanted = {plain(offer.item_name), plain(request.item_name)}
    named = [item for item in items.values() if plain(item.name) in wanted]
    return named[0] if len(named) == 1 else None


def _line(pairs: Sequence[_Pair]) -> Line:
    offer, item = pairs[0].offer, pairs[0].item
    return Line(
        item_code=item.code,
        item_name=item.name,
        body=item.lead_body,
        townships=tuple(sorted({pair.request.townships[0] for pair in pairs})),
        request_ids=tuple(pair.request.id for pair in pairs),
        offer_id=offer.id,
        exact=all(pair.match.exact for pair in pairs),
        score=min(pair.match.score for pair in pairs),
        conditions=offer.words,
    )


def keep_line(ctx: Context, proposal_id: str, number: int, *, kept: bool, user: User) -> Proposal:
    """Strike a line, or let it stand again.

    Raises
    ------
    NotFound
        If there is no such proposal.
    BadInput
        If it has no such line.
    Conflict
        If it was decided already.
    """
    with ctx.storage.write(user.name) as uow:
        proposal = _draft(uow, proposal_id)
        if not 1 <= number <= len(proposal.lines):
            raise BadInput("catalogue.no_such_line", number=number, lines=len(proposal.lines))
        lines = list(proposal.lines)
        if lines[number - 1].kept == kept:
            return proposal
        lines[number - 1] = replace(lines[number - 1], kept=kept)
        changed = replace(proposal, lines=tuple(lines))
        uow.proposals.change(proposal, changed)
        uow.record("proposal.line", "proposal", proposal.id, line=number, kept=kept)
        uow.commit()
    return changed


def approve_proposal(
    ctx: Context, proposal_id: str, *, effective_from: date, reason: str, user: User
) -> Proposal:
    """Make the lines that stand into new versions of their items.

    Wishes of struck lines are refused with the lead's words.

    Raises
    ------
    NotFound
        If there is no such proposal.
    BadInput
        If the day lies in the past.
    Conflict
        If it was decided, no line stands, or an item has a version in the way.
    """
    with ctx.storage.write(user.name) as uow:
        proposal = _draft(uow, proposal_id)
        words = needed(reason, "catalogue.reason_needed")
        if effective_from < uow.today():
            raise BadInput("catalogue.day_past", day=effective_from.isoformat())
        kept = [line for line in proposal.lines if line.kept]
        if not kept:
            raise Conflict("catalogue.no_line_kept")
        versions = _revise(uow, kept, effective_from, proposal.id)
        _answer(uow, proposal, words)
        decided = replace(
            proposal,
            state="approved",
            decided_at=uow.now(),
            decided_by=user.name,
            reason=words,
            effective_from=effective_from,
        )
        uow.proposals.change(proposal, decided)
        day = effective_from.isoformat()
        uow.record("proposal.approve", "proposal", proposal.id, why=words, versions=versions, day=day)
        uow.commit()
    return decided


def _revise(uow: UnitOfWork, lines: Sequence[Line], day: date, proposal_id: str) -> dict[str, int]:
    """Hand the items down; gives the new version of each."""
    townships: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines:
        townships[line.item_code] |= set(line.townships)
    known = uow.catalogue.versions(townships)
    numbers = {}
    for code, codes in sorted(townships.items()):
        versions = known.get(code, [])
        item = next((v for v in versions if v.holds_on(day)), None)
        if item is None:
            raise Conflict("catalogue.not_in_force_on", code=code, day=day.isoformat())
        handed = replace(item, handed_to=tuple(sorted(codes | set(item.handed_to))), effective_from=day)
        numbers[code] = add_version(uow, versions, handed, proposal=proposal_id)
    return numbers


def add_version(
    uow: UnitOfWork, versions: Sequence[CatalogueItem], item: CatalogueItem, **detail: str
) -> int:
    """Store a new version of an item within the caller's transaction; gives its number.

    Raises
    ------
    Conflict
        If another version is in the way.
    """
    placed = place(versions, item)
    if placed.outcome == "same":
        return placed.item.version
    if placed.outcome != "added":
        other = placed.other or item
        raise Conflict(
            "catalogue.version_in_the_way",
            code=item.code,
            version=other.version,
            day=str(other.effective_from),
        )
    uow.catalogue.save_versions(item.code, placed.versions)
    number = placed.item.version
    uow.record("catalogue_item.revise", "catalogue_item", item.code, versions=[number], **detail)
    return number


def refuse_proposal(ctx: Context, proposal_id: str, *, reason: str, user: User) -> Proposal:
    """Refuse a proposal; its wishes are open again.

    Raises
    ------
    NotFound
        If there is no such proposal.
    Conflict
        If it was decided already.
    """
    with ctx.storage.write(user.name) as uow:
        proposal = _draft(uow, proposal_id)
        words = needed(reason, "catalogue.reason_needed")
        for wish in _wishes_of(uow, proposal):
            uow.wishes.change(wish, replace(wish, state="open", answer=words))
        decided = replace(proposal, state="refused", decided_at=uow.now(), decided_by=user.name, reason=words)
        uow.proposals.change(proposal, decided)
        uow.record("proposal.refuse", "proposal", proposal.id, why=words)
        uow.commit()
    return decided


def _draft(uow: UnitOfWork, proposal_id: str) -> Proposal:
    proposal = existing(uow.proposals.get(proposal_id), "word.proposal", proposal_id)
    if proposal.state != "draft":
        raise Conflict("catalogue.decided_already", id=proposal_id)
    return proposal


def _wishes_of(uow: UnitOfWork, proposal: Proposal) -> list[Wish]:
    return [wish for wish in uow.wishes.find({"proposed"}) if wish.proposal_id == proposal.id]


def _answer(uow: UnitOfWork, proposal: Proposal, words: str) -> None:
    """Tell every wish what became of it; an offer is granted where one of its lines stands."""
    granted = {i for line in proposal.lines if line.kept for i in (*line.request_ids, line.offer_id)}
    for wish in _wishes_of(uow, proposal):
        state = "granted" if wish.id in granted else "refused"
        uow.wishes.change(wish, replace(wish, state=state, answer=words))


def get_proposal(ctx: Context, proposal_id: str) -> Proposal:
    """A proposal.

    Raises
    ------
    NotFound
        If there is none.
    """
    with ctx.storage.read() as uow:
        return existing(uow.proposals.get(proposal_id), "word.proposal", proposal_id)


def list_proposals(ctx: Context) -> list[Proposal]:
    """All proposals, the newest first."""
    with ctx.storage.read() as uow:
        return uow.proposals.find()
