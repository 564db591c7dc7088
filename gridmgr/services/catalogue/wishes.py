"""Requests of townships (点菜) and offers of departments (端菜)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gridmgr.domain.bodies import same_body
from gridmgr.domain.users import User
from gridmgr.domain.wishes import Match, Wish, rank_offers
from gridmgr.errors import BadInput, Conflict, Forbidden
from gridmgr.services.asking import existing, needed, new_number
from gridmgr.services.catalogue.papers import body_of, require_townships
from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork


def request_power(
    ctx: Context,
    *,
    township_code: str,
    item_code: str | None,
    item_name: str,
    body: str,
    why: str,
    user: User,
) -> Wish:
    """Ask for a power to be handed down to a township.

    Raises
    ------
    BadInput
        If neither item nor name is given, the item is not in force, or no reason is given.
    Forbidden
        If the township is not the user's.
    Conflict
        If the township leads the item already, or asked for it already.
    """
    if not user.may_see(township_code):
        raise Forbidden("error.township_scope", township=township_code)
    with ctx.storage.write(user.name) as uow:
        require_townships(uow, (township_code,))
        name, holder = _named(uow, item_code, item_name, body)
        item = uow.catalogue.on(item_code, uow.today()) if item_code else None
        if item is not None and item.is_led_by_office(township_code):
            raise Conflict("catalogue.already_handed", item=item.name)
        wish = Wish(
            id=new_number(ctx),
            side="request",
            item_name=name,
            item_code=item_code or None,
            body=holder,
            townships=(township_code,),
            words=needed(why, "catalogue.why_needed"),
            made_by=user.name,
            made_at=uow.now(),
        )
        _refuse_twice(uow, wish)
        uow.wishes.add(wish)
        uow.record("wish.make", "wish", wish.id, side=wish.side, item=item_code, township=township_code)
        uow.commit()
    return wish


def offer_power(
    ctx: Context,
    *,
    item_code: str | None,
    item_name: str,
    body: str,
    townships: tuple[str, ...],
    conditions: str,
    user: User,
) -> Wish:
    """Offer a power to townships; to all where none is named.

    Raises
    ------
    BadInput
        If neither item nor name is given, the item is not in force, a township is unknown, or nothing is said
        of conditions.
    Forbidden
        If the item is another department's.
    Conflict
        If it is offered already.
    """
    with ctx.storage.write(user.name) as uow:
        require_townships(uow, townships)
        name, holder = _named(uow, item_code, item_name, body)
        own = user.department
        if item_code and own and not same_body(own, holder):
            raise Forbidden("catalogue.not_your_item", item=name, body=holder)
        wish = Wish(
            id=new_number(ctx),
            side="offer",
            item_name=name,
            item_code=item_code or None,
            body=body_of(user, holder),
            townships=tuple(sorted(set(townships))),
            words=needed(conditions, "catalogue.conditions_needed"),
            made_by=user.name,
            made_at=uow.now(),
        )
        _refuse_twice(uow, wish)
        uow.wishes.add(wish)
        uow.record("wish.make", "wish", wish.id, side=wish.side, item=item_code, body=wish.body)
        uow.commit()
    return wish


def _named(uow: UnitOfWork, code: str | None, name: str, body: str) -> tuple[str, str]:
    """Name and holder of the power: of the item where one is named, else as filled in."""
    if not code:
        return needed(name, "catalogue.item_needed"), body.strip()
    item = uow.catalogue.on(code, uow.today())
    if item is None:
        raise BadInput("error.no_such_item", item=code)
    return item.name, item.lead_body


def _refuse_twice(uow: UnitOfWork, wish: Wish) -> None:
    for other in uow.wishes.find({"open", "proposed"}):
        same_side = other.side == wish.side and other.townships == wish.townships
        if same_side and (other.item_code, other.item_name) == (wish.item_code, wish.item_name):
            raise Conflict("catalogue.wished_already", item=wish.item_name, id=other.id)


def withdraw_wish(ctx: Context, wish_id: str, *, why: str, user: User) -> Wish:
    """Take back a request or an offer that is still open.

    Raises
    ------
    NotFound
        If there is none.
    Forbidden
        If it is another township's or department's.
    Conflict
        If it stands in a proposal or was decided.
    """
    with ctx.storage.write(user.name) as uow:
        wish = existing(uow.wishes.get(wish_id), "word.wish", wish_id)
        _require_own(uow, wish, user)
        if wish.state != "open":
            raise Conflict("catalogue.wish_not_open", id=wish.id)
        taken = replace(wish, state="withdrawn", answer=needed(why, "catalogue.why_needed"))
        uow.wishes.change(wish, taken)
        uow.record("wish.withdraw", "wish", wish.id, why=taken.answer)
        uow.commit()
    return taken


def _require_own(uow: UnitOfWork, wish: Wish, user: User) -> None:
    if user.role == "admin":
        return
    if wish.side == "request" and user.role == "planner" and user.may_see(wish.townships[0]):
        return
    own = user.department
    if wish.side == "offer" and user.role == "department" and (not own or same_body(own, wish.body)):
        return
    raise Forbidden("error.forbidden")


@dataclass(frozen=True, kw_only=True)
class WishBoard:
    """Requests and offers, the newest first, and how offers answer each open request."""

    requests: tuple[Wish, ...]
    offers: tuple[Wish, ...]
    matches: dict[str, tuple[Match, ...]]


def wish_board(ctx: Context) -> WishBoard:
    """Read requests and offers."""
    with ctx.storage.read() as uow:
        wishes = uow.wishes.find()
    offers = [wish for wish in wishes if wish.side == "offer" and wish.state == "open"]
    requests = tuple(wish for wish in wishes if wish.side == "request")
    return WishBoard(
        requests=requests,
        offers=tuple(wish for wish in wishes if wish.side == "offer"),
        matches={wish.id: tuple(rank_offers(wish, offers)) for wish in requests if wish.state == "open"},
    )
