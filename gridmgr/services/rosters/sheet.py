"""The month as a workbook: people by days to print and pin up, what each bears, and who serves with whom."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import xlsxwriter

from gridmgr.domain.rosters import RosterDay
from gridmgr.services.documents.sheets import A4, HEAD, LINED, OPTIONS, PLAIN, list_sheet, write_cell
from gridmgr.services.rosters.view import MonthView, RosterPerson
from gridmgr.texts import DEFAULT_LANGUAGE, text

_SHARES = ("days", "weekends", "holidays", "led")
_FIRST_ROW = 4
_OFF_GROUND, _HOLIDAY_GROUND = "#F1F3F5", "#F7DCDA"


def month_workbook(view: MonthView, *, lang: str = DEFAULT_LANGUAGE) -> bytes:
    """The shown roster as an xlsx file, words in `lang`."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as workbook:
        book = _Book(workbook, view, lang)
        book.grid()
        book.days()
        book.pairs()
    return target.getvalue()


class _Book:
    """Writes the sheets."""

    def __init__(self, workbook: Any, view: MonthView, lang: str) -> None:
        self._workbook = workbook
        self._view = view
        self._lang = lang
        self._names = {person.officer.id: person.officer.name for person in view.people}
        centred = LINED | {"align": "center"}
        self._formats = {
            name: workbook.add_format(style)
            for name, style in {
                "title": PLAIN | {"bold": True, "font_size": 16},
                "plain": PLAIN,
                "head": HEAD | {"align": "center"},
                "text": LINED | {"text_wrap": True},
                "working": centred,
                "makeup": centred,
                "weekend": centred | {"bg_color": _OFF_GROUND},
                "holiday": centred | {"bg_color": _HOLIDAY_GROUND},
            }.items()
        }

    def grid(self) -> None:
        """People by days."""
        view, frame = self._view, self._view.frame
        sheet = self._workbook.add_worksheet(self._word("sheet.grid"))
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 10)
        sheet.set_column(2, 1 + len(frame.dates), 3.2)
        sheet.set_column(2 + len(frame.dates), 1 + len(frame.dates) + len(_SHARES), 6)
        month = f"{frame.month:%Y-%m}"
        sheet.write_string(0, 0, self._word("sheet.title", month=month), self._formats["title"])
        state = self._word("sheet.in_force" if view.is_published else "sheet.draft")
        sheet.write_string(1, 0, state, self._formats["plain"])
        self._grid_head(sheet)
        for offset, person in enumerate(view.people):
            self._grid_row(sheet, _FIRST_ROW + offset, person)
        last = _FIRST_ROW + len(view.people)
        sheet.write_string(last + 1, 0, self._word("sheet.legend"), self._formats["plain"])
        sheet.freeze_panes(_FIRST_ROW, 2)
        sheet.repeat_rows(_FIRST_ROW - 2, _FIRST_ROW - 1)

    def _grid_head(self, sheet: Any) -> None:
        head = self._formats["head"]
        for column, key in enumerate(("agency", "person")):
            sheet.merge_range(
                _FIRST_ROW - 2, column, _FIRST_ROW - 1, column, self._word(f"sheet.{key}"), head
            )
        for column, day in enumerate(self._view.frame.dates, start=2):
            sheet.write_number(_FIRST_ROW - 2, column, day.day, head)
            weekday = self._word(f"weekday.{day.weekday()}")
            sheet.write_string(_FIRST_ROW - 1, column, weekday, self._formats[self._kind(day)])
        first = 2 + len(self._view.frame.dates)
        for column, key in enumerate(_SHARES, start=first):
            words = self._word(f"share.{key}")
            sheet.merge_range(_FIRST_ROW - 2, column, _FIRST_ROW - 1, column, words, head)

    def _grid_row(self, sheet: Any, row: int, person: RosterPerson) -> None:
        write_cell(sheet, (row, 0), person.agency_name, self._formats["text"])
        write_cell(sheet, (row, 1), person.officer.name, self._formats["text"])
        days = {item.day: item for item in self._view.roster.days} if self._view.roster else {}
        for column, day in enumerate(self._view.frame.dates, start=2):
            mark = self._mark(person, day, days.get(day))
            write_cell(sheet, (row, column), mark, self._formats[self._kind(day)])
        first = 2 + len(self._view.frame.dates)
        for column, key in enumerate(_SHARES, start=first):
            write_cell(sheet, (row, column), getattr(person.share, key), self._formats["working"])

    def _mark(self, person: RosterPerson, day: date, item: RosterDay | None) -> str | int | None:
        """The squad's number, with a sign for its leader; reserve; why away; nothing."""
        officer = person.officer.id
        if item is not None and officer in item.sent:
            squad = item.squad_of(officer)
            if squad is None:
                return self._word("mark.reserve")
            return f"{squad.number}★" if squad.leader == officer else squad.number
        away = person.away.get(day)
        return self._word(f"mark.{away}") if away else None

    def days(self) -> None:
        """Squads by days."""
        heads = ("day", "squad", "leader", "members", "vehicle", "lawful")
        sheet = list_sheet(
            self._workbook,
            self._word("sheet.days"),
            (self._word(f"sheet.{head}") for head in heads),
            (14, 8, 12, 50, 12, 30),
        )
        row = 1
        for item in self._view.roster.days if self._view.roster else ():
            when = f"{item.day.isoformat()} {self._word(f'weekday.{item.day.weekday()}')}"
            for squad in item.squads:
                members = "、".join(
                    self._names.get(member, member) for member in squad.members if member != squad.leader
                )
                leader = self._names.get(squad.leader, squad.leader)
                lawful = squad.reason.render(self._lang) if squad.reason else self._word("sheet.may_enforce")
                self._row(sheet, row, (when, squad.number, leader, members, squad.vehicle, lawful))
                row += 1
            if item.reserve:
                names = "、".join(self._names.get(person, person) for person in item.reserve)
                self._row(sheet, row, (when, self._word("mark.reserve"), None, names, None, None))
                row += 1

    def pairs(self) -> None:
        """Who serves with whom, and how often."""
        heads = ("person", "other", "times")
        sheet = list_sheet(
            self._workbook,
            self._word("sheet.pairs"),
            (self._word(f"sheet.{head}") for head in heads),
            (14, 14, 8),
        )
        for row, (pair, times) in enumerate(self._view.company.pairs, start=1):
            one, other = (self._names.get(person, person) for person in pair)
            self._row(sheet, row, (one, other, times))

    def _row(self, sheet: Any, row: int, cells: tuple[str | int | None, ...]) -> None:
        for column, value in enumerate(cells):
            write_cell(sheet, (row, column), value, self._formats["text"])

    def _kind(self, day: date) -> str:
        if day in self._view.holidays:
            return "holiday"
        return "weekend" if day in self._view.weekends else "working"

    def _word(self, key: str, **params: object) -> str:
        return text(f"roster.{key}", self._lang, **params)
