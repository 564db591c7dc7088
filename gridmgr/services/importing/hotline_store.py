"""Work orders of the hotline against what is on record: new, the same again, or changed.

They become reports of the inbox by the one way in, so that callers are protected like everybody else who
reports; name and telephone are compared, but never told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from gridmgr.domain.deadlines import DeadlineRule, due_at, under_law
from gridmgr.domain.nearness import box_around
from gridmgr.domain.routing.duplicates import MOST_DAYS_OPEN, Told, suggested
from gridmgr.domain.tips import Tip
from gridmgr.errors import RowProblem
from gridmgr.services.context import Context
from gridmgr.services.deadlines.book import book_of
from gridmgr.services.deadlines.calendars import calendar_of
from gridmgr.services.importing.hotline import Order
from gridmgr.services.importing.read import Read
from gridmgr.services.importing.sheets import Sheet
from gridmgr.services.intake.correcting import correct_within, may_correct
from gridmgr.services.intake.reports import Report, Spot, clean, take_within
from gridmgr.services.intake.vault import Vault, vault_of
from gridmgr.services.intake.wording import gazetteer_of, spot_of
from gridmgr.services.routing.duplicates import rules_of, told_by
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

_SOURCE = "hotline"
#: Pairs that may be one matter are named up to so many; of more, their number.
_MOST_PAIRS = 10


class HotlineStore:
    """Reports of the hotline, behind the shape of the other tables' repositories.

    Parameters
    ----------
    ctx
        The wired parts.
    uow
        The transaction of the import.
    update
        Whether changed orders correct the report on record.
    """

    def __init__(self, ctx: Context, uow: UnitOfWork, *, update: bool) -> None:
        self._ctx, self._uow, self._update = ctx, uow, update
        self._names = gazetteer_of(uow)
        self._calendar = calendar_of(uow, ctx.clock.zone)
        self._known: Mapping[str, Tip] = {}

    @cached_property
    def _vault(self) -> Vault:
        # A dry run over an empty inbox needs no key, and makes none.
        return vault_of(self._ctx)

    def fitting(self, read: Sequence[Read], sheet: Sheet) -> tuple[Sequence[Read], list[RowProblem]]:
        """Orders that are new, the same, or may be corrected; and what the others differ in."""
        self._known = self._uow.tips.by_sender_keys(_SOURCE, (row.key for row in read))
        kept, problems = [], []
        for row in read:
            tip = self._known.get(row.key)
            if tip is None or self._same(tip, row.item) or (self._update and may_correct(self._uow, tip)):
                kept.append(row)
            else:
                problems.append(self._conflict(row, tip, sheet))
        return kept, problems

    def existing(self, read: Sequence[Read]) -> Mapping[Any, Any]:
        """What is on record under the orders' numbers; an order that says the same stands for itself."""
        found: dict[str, Any] = {}
        for row in read:
            tip = self._known.get(row.key)
            if tip is not None:
                found[row.key] = row.item if self._same(tip, row.item) else tip
        return found

    def notes(self, fresh: Sequence[Read]) -> Sequence[Message]:
        """How many new orders find their place, whose office is unknown, and what may be told twice."""
        if not fresh:
            return ()
        spots = {row.key: self._spot(row.item) for row in fresh}
        pointed = sum(self._has_place(row.item, spots[row.key]) for row in fresh)
        found = [Message("import.hotline_placed", {"count": len(fresh), "placed": pointed})]
        offices = {row.item.office for row in fresh if row.item.office}
        unknown = sorted(name for name in offices if self._names.township_in(name) is None)
        if unknown:
            found.append(Message("import.hotline_offices", {"names": "、".join(unknown)}))
        return (*found, *self._repeats(fresh, spots))

    def save(self, fresh: Sequence[Read], changed: Sequence[Read]) -> None:
        """Take new orders into the inbox and correct those that were changed."""
        for row in fresh:
            take_within(self._ctx, self._uow, self._report(row.item), vault=self._vault)
        for row in changed:
            tip = self._known[row.key]
            correct_within(self._ctx, self._uow, tip, self._report(row.item), vault=self._vault)

    def _same(self, tip: Tip, order: Order) -> bool:
        return tip.content_hash == order.told_hash and self._contact_differs(tip, order) is None

    def _contact_differs(self, tip: Tip, order: Order) -> str | None:
        """The field of the contact that differs; none once it was deleted."""
        if tip.erased_at is not None:
            return None
        told = asdict(order.contact)
        kept = self._vault.unseal(tip.contact_sealed) if tip.contact_sealed is not None else {}
        return next((name for name in ("name", "phone") if kept.get(name, "") != told[name]), None)

    def _conflict(self, row: Read, tip: Tip, sheet: Sheet) -> RowProblem:
        order: Order = row.item
        told = {
            "reported_at": (tip.reported_at, order.reported_at),
            "category": (tip.category, order.category),
            "description": (tip.description, clean(order.description)),
            "place_words": (tip.place_words, clean(order.place_words)),
            "due": (tip.due_at, self._due(order)),
            "urgent": (tip.urgent, order.urgent),
        }
        differs = [name for name, (kept, now) in told.items() if kept != now and name in sheet.headers]
        contact = self._contact_differs(tip, order)
        name = next(iter(differs), contact)
        # Who called is not told, not even to say that it is another.
        value = str(told[name][1]) if name in told else None
        key = "import.hotline_acted_on" if self._update else "import.conflict"
        header = sheet.headers.get(name, name) if name else None
        return RowProblem(row.row, header, value, Message(key), code=order.id)

    def _report(self, order: Order) -> Report:
        return Report(
            source=_SOURCE,
            sender_key=order.id,
            category=order.category,
            description=order.description,
            urgent=order.urgent,
            lon=order.lon,
            lat=order.lat,
            place_words=order.place_words,
            village_code=order.village_code,
            reported_at=order.reported_at,
            contact=order.contact or None,
            due_at=self._due(order),
            spot=self._spot(order),
            told_hash=order.told_hash,
        )

    def _spot(self, order: Order) -> Spot:
        office = self._names.township_in(order.office) if order.office else None
        where = order.place_words or order.description
        return spot_of(self._names, where, township_code=office, village_code=order.village_code)

    def _has_place(self, order: Order, spot: Spot) -> bool:
        return order.lon is not None or spot.lon is not None

    def _due(self, order: Order) -> datetime | None:
        due = order.due
        if isinstance(due, DeadlineRule):
            rule = under_law(due, book_of(self._uow).countings)
            return due_at(rule, order.reported_at, self._calendar)
        if due is None or isinstance(due, datetime):
            return due
        return self._calendar.aware(self._calendar.closing(due))

    def _repeats(self, fresh: Sequence[Read], spots: Mapping[str, Spot]) -> Sequence[Message]:
        """Orders that may tell of what others told before, on record or in the same file."""
        rules = rules_of(self._uow.settings.office())
        days = timedelta(days=max(rules.days, MOST_DAYS_OPEN))
        earlier: list[Told] = []
        pairs = []
        for row in fresh:
            told = self._told(row.item, spots[row.key])
            if told is None:
                continue
            near = self._uow.incidents.near(
                box_around(told.lon, told.lat, rules.metres), since=told.at - days, until=told.at + days
            )
            others = (*(told_by(item) for item in near), *earlier)
            pairs += [(told.id, other.id) for other in suggested(told, others, rules)]
            earlier.append(told)
        shown = [
            Message("import.hotline_alike", {"order": order, "other": other})
            for order, other in pairs[:_MOST_PAIRS]
        ]
        rest = len(pairs) - len(shown)
        return (*shown, *([Message("import.hotline_alike_more", {"count": rest})] if rest else []))

    def _told(self, order: Order, spot: Spot) -> Told | None:
        """What counts for whether it repeats another report; None while its point is not known."""
        lon, lat = (order.lon, order.lat) if order.lon is not None else (spot.lon, spot.lat)
        if lon is None or lat is None:
            return None
        return Told(
            id=order.id,
            lon=lon,
            lat=lat,
            at=order.reported_at,
            category=order.category,
            words=order.description,
        )
