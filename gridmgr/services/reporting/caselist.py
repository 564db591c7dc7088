"""The cases of a period: as a list to print, as a workbook to filter, as points for a GIS."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import xlsxwriter

from gridmgr.domain.cases import Actor, Case, CaseStep
from gridmgr.domain.users import User
from gridmgr.errors import BadInput
from gridmgr.services.cases import search
from gridmgr.services.cases.words import body_words
from gridmgr.services.context import Context, require_township
from gridmgr.services.discretion import step_for
from gridmgr.services.documents import OfficeDocument, Table
from gridmgr.services.documents.sheets import LINED, OPTIONS, list_sheet
from gridmgr.services.reporting.casefile import actor_words, step_words
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.cases import CaseFilter
from gridmgr.texts import DEFAULT_LANGUAGE, text


@dataclass(frozen=True, kw_only=True)
class CaseList:
    """Cases opened within a period, oldest first.

    Parameters
    ----------
    first, last
        Days in the office's zone, both included.
    area
        Name of the township, "" for all.
    cases
        The cases.
    steps
        What was done, by case.
    places, items, names
        Township and village names by code, items' names by code, people's names by id.
    at
        When all this was read, in the office's zone.
    """

    first: date
    last: date
    area: str
    cases: tuple[Case, ...]
    steps: Mapping[str, Sequence[CaseStep]]
    places: Mapping[str, str]
    items: Mapping[str, str]
    names: Mapping[str, str]
    at: datetime

    def place(self, code: str | None) -> str:
        """Name of a township or village."""
        return self.places.get(code or "", code or "")

    def local(self, moment: datetime | None) -> str:
        """A time in the office's zone, to the minute."""
        return f"{moment.astimezone(self.at.tzinfo):%Y-%m-%d %H:%M}" if moment else ""


def case_list(
    ctx: Context, *, first: date, last: date, user: User | Actor, township_code: str | None = None
) -> CaseList:
    """Read the cases of a period that a user may see.

    Raises
    ------
    BadInput
        If the period is turned round.
    NotFound
        If there is no such township.
    """
    if last < first:
        raise BadInput("report.bad_period", first=first.isoformat(), last=last.isoformat())
    wanted = CaseFilter(
        township_code=township_code,
        since=ctx.clock.midnight(first),
        until=ctx.clock.midnight(last + timedelta(days=1)),
    )
    with ctx.storage.read() as uow:
        if township_code is not None:
            require_township(uow, township_code)
    found, total = search(ctx, wanted, user=user, limit=1000)
    while len(found) < total:
        more, total = search(ctx, wanted, user=user, limit=1000, offset=len(found))
        if not more:
            break
        found += more
    with ctx.storage.read() as uow:
        steps = uow.case_steps.of_cases(case.id for case in found)
        townships = {item.code: item.name for item in uow.townships.find()}
        villages = uow.villages.get_many({case.village_code for case in found if case.village_code})
        return CaseList(
            first=first,
            last=last,
            area=townships.get(township_code or "", ""),
            cases=tuple(sorted(found, key=lambda case: (case.opened_at, case.id))),
            steps={case_id: [step_for(step, user) for step in taken] for case_id, taken in steps.items()},
            places=townships | {code: village.name for code, village in villages.items()},
            items={item.code: item.name for item in uow.catalogue.find()},
            names=_names(uow, found, steps),
            at=ctx.clock.now(),
        )


def _names(uow: UnitOfWork, cases: Sequence[Case], steps: Mapping[str, Sequence[CaseStep]]) -> dict[str, str]:
    taken = [step for several in steps.values() for step in several]
    officers = {str(step.detail["officer"]) for step in taken if "officer" in step.detail}
    officers |= {case.officer_id for case in cases if case.officer_id}
    users = {user.name: user.display_name for user in uow.users.find()}
    return users | {item.id: item.name for item in uow.officers.get_many(officers).values()}


#: Columns of the list: key of the header, share of the page's width, width in characters.
_COLUMNS = (
    ("id", 3.2, 24),
    ("opened", 2.4, 17),
    ("township", 2, 14),
    ("village", 2, 16),
    ("category", 2, 14),
    ("item", 3, 24),
    ("state", 2, 14),
    ("answerable", 3, 24),
    ("filed", 2.4, 17),
    ("closed", 2.4, 17),
)


def _row(found: CaseList, case: Case, lang: str) -> tuple[str, ...]:
    return (
        case.id,
        found.local(case.opened_at),
        found.place(case.township_code),
        found.place(case.village_code),
        case.category,
        found.items.get(case.item_code or "", case.item_code or ""),
        text(f"case.state.{case.state}", lang),
        body_words(case.answerable, lang),
        found.local(case.filed_at),
        found.local(case.closed_at),
    )


def list_document(found: CaseList, *, lang: str = DEFAULT_LANGUAGE) -> OfficeDocument:
    """The list as an office document."""

    def word(name: str, /, **params: Any) -> str:
        return text(f"casefile.{name}", lang, **params)

    table = Table(
        title="",
        head=tuple(word(name) for name, _, _ in _COLUMNS),
        widths=tuple(share for _, share, _ in _COLUMNS),
        rows=tuple(_row(found, case, lang) for case in found.cases),
    )
    area = found.area or word("whole_county")
    return OfficeDocument(
        title=f"{found.area}{word('list_title')}" if lang == "zh" else word("list_title"),
        left=word("period", first=found.first, last=found.last, n=len(found.cases)),
        right=word("made_at", at=f"{found.at:%Y-%m-%d %H:%M}"),
        parts=(table,),
        signatures=tuple(word(f"sign_{who}") for who in ("handler", "checker", "head", "date")),
        sources=word("list_sources", area=area),
        landscape=True,
    )


def list_workbook(found: CaseList, *, lang: str = DEFAULT_LANGUAGE) -> bytes:
    """The list and every step as a workbook; text is written as text, also where it begins like a formula."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as workbook:
        head = [text(f"casefile.{name}", lang) for name, _, _ in _COLUMNS]
        rows = [_row(found, case, lang) for case in found.cases]
        _sheet(workbook, text("casefile.cases_sheet", lang), head, rows, [wide for _, _, wide in _COLUMNS])
        names = ("id", "head_number", "head_time", "head_action", "head_target", "head_actor", "head_note")
        _sheet(
            workbook,
            text("casefile.steps_sheet", lang),
            [text(f"casefile.{name}", lang) for name in names],
            [_step_row(found, step, lang) for case in found.cases for step in found.steps.get(case.id, ())],
            [24, 6, 17, 14, 16, 22, 60],
        )
    return target.getvalue()


def _step_row(found: CaseList, step: CaseStep, lang: str) -> tuple[str, ...]:
    return (
        step.case_id,
        str(step.seq),
        found.local(step.at),
        text(f"case.action.{step.action}", lang),
        text(f"case.state.{step.target}", lang),
        actor_words(step, found.names, lang),
        step_words(step, found.names, lang),
    )


def _sheet(
    workbook: Any, name: str, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]
) -> None:
    sheet = list_sheet(workbook, name, head, widths)
    plain = workbook.add_format(LINED | {"num_format": "@", "text_wrap": True})
    for line, cells in enumerate(rows, start=1):
        for column, words in enumerate(cells):
            sheet.write_string(line, column, words, plain)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(head) - 1)


def list_geojson(found: CaseList, *, lang: str = DEFAULT_LANGUAGE) -> str:
    """The cases as points (RFC 7946, EPSG:4326)."""
    features = [
        {
            "type": "Feature",
            "id": case.id,
            "geometry": {"type": "Point", "coordinates": [round(case.lon, 6), round(case.lat, 6)]},
            "properties": {
                **{name: getattr(case, name) for name in ("state", "category", "item_code", "urgent")},
                **{
                    name: getattr(case, name) for name in ("supervised", "reworked", "reopened", "objections")
                },
                "state_text": text(f"case.state.{case.state}", lang),
                "township": found.place(case.township_code),
                "village": found.place(case.village_code),
                "answerable": body_words(case.answerable, lang),
                **{
                    name: moment.astimezone(found.at.tzinfo).isoformat() if moment else None
                    for name, moment in (
                        ("opened_at", case.opened_at),
                        ("filed_at", case.filed_at),
                        ("settled_at", case.settled_at),
                        ("closed_at", case.closed_at),
                    )
                },
            },
        }
        for case in found.cases
    ]
    body = {"type": "FeatureCollection", "features": features}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
