"""The coverage report as a workbook: summary, villages, gaps, places, inspections; to filter and to print.

Text is written as text: a village named ``=1+1`` stays a name (`strings_to_formulas` is off).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from gridmgr.domain.coverage_report import (
    CoverageReport,
    Gap,
    InspectionRow,
    PlaceRow,
    TownshipRow,
    VillageRow,
)
from gridmgr.services.documents.sheets import A4, HEAD, LINED, OPTIONS, PLAIN, write_cell
from gridmgr.texts import DEFAULT_LANGUAGE, text


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    head
        Key of its header within ``report.``.
    width
        In characters.
    style
        Name of the cell format, see `_Book`.
    value
        Gives the cell of a row; None leaves it empty.
    """

    head: str
    width: float
    style: str
    value: Callable[[Any], Any]


def coverage_workbook(report: CoverageReport, *, lang: str = DEFAULT_LANGUAGE) -> bytes:
    """The report as an xlsx file, words in `lang`."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as workbook:
        book = _Book(workbook, report, lang)
        book.summary()
        book.table("villages", _village_columns(lang), report.villages)
        book.table("gaps", _gap_columns(lang), report.gaps)
        book.table("places_all", _place_columns(lang), report.places)
        book.table("inspections", _inspection_columns(lang), report.inspections)
    return target.getvalue()


class _Book:
    """Writes the sheets of one workbook."""

    def __init__(self, workbook: Any, report: CoverageReport, lang: str) -> None:
        self._workbook = workbook
        self._report = report
        self._lang = lang
        self._formats = {
            name: workbook.add_format(style)
            for name, style in {
                "title": PLAIN | {"bold": True, "font_size": 16, "valign": "vcenter"},
                "plain": PLAIN,
                "heading": PLAIN | {"bold": True, "font_size": 12},
                "head": HEAD | {"valign": "vcenter"},
                "text": LINED | {"num_format": "@"},
                "wrap": LINED | {"text_wrap": True},
                "whole": LINED | {"num_format": "0"},
                "tenth": LINED | {"num_format": "0.0"},
                "share": LINED | {"num_format": "0.0%"},
                "date": LINED | {"num_format": "yyyy-mm-dd", "align": "left"},
            }.items()
        }

    def summary(self) -> None:
        """First sheet: figures with those of the period before, townships, sources."""
        report = self._report
        sheet = self._sheet("summary", landscape=True)
        sheet.write_string(0, 0, self._word("area_title", area=report.area), self._formats["title"])
        sheet.set_row(0, 26)
        period = self._word("period", first=report.first.isoformat(), last=report.last.isoformat())
        sheet.write_string(1, 0, period, self._formats["plain"])
        at = self._word("generated", at=f"{report.generated_at:%Y-%m-%d %H:%M}")
        sheet.write_string(2, 0, at, self._formats["plain"])
        row = self._figures(sheet, 4)
        sheet.write_string(row + 1, 0, self._word("townships"), self._formats["heading"])
        row = self._rows(sheet, row + 2, _township_columns(), report.townships)
        sheet.write_string(row + 1, 0, self._word("sources"), self._formats["heading"])
        notes = [source.render(self._lang) for source in report.sources] + [self._word("note_debt")]
        for offset, note in enumerate(notes):
            sheet.write_string(row + 2 + offset, 0, note, self._formats["plain"])
        signs = "        ".join(
            self._word(key) + self._word("colon") + "____________"
            for key in ("sign_made", "sign_checked", "sign_head", "sign_date")
        )
        sheet.write_string(row + 3 + len(notes), 0, signs, self._formats["plain"])

    def table(self, name: str, columns: Sequence[Column], rows: Sequence[Any]) -> None:
        """A sheet that is one table with a frozen, filtered header."""
        sheet = self._sheet(name, landscape=True)
        last = self._rows(sheet, 0, columns, rows)
        sheet.freeze_panes(1, 2)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, max(last - 1, 0), len(columns) - 1)

    def _figures(self, sheet: Any, row: int) -> int:
        headline = self._report.headline
        for column, key in enumerate(("measure", "now", "before")):
            sheet.write_string(row, column, self._word(key), self._formats["head"])
        figures = [
            ("figure_lead", headline.lead_share, "share"),
            ("figure_visits", headline.visit_share, "share"),
            ("figure_overdue", headline.overdue, "whole"),
        ]
        for offset, (key, figure, style) in enumerate(figures, start=1):
            sheet.write_string(row + offset, 0, self._word(key), self._formats["text"])
            self._cell(sheet, (row + offset, 1), figure.value, style)
            self._cell(sheet, (row + offset, 2), figure.before, style)
        return row + len(figures) + 1

    def _rows(self, sheet: Any, top: int, columns: Sequence[Column], rows: Sequence[Any]) -> int:
        """Write a header and its rows; gives the first free row."""
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
            sheet.write_string(top, index, self._word(column.head), self._formats["head"])
        for line, row in enumerate(rows, start=top + 1):
            for index, column in enumerate(columns):
                self._cell(sheet, (line, index), column.value(row), column.style)
        return top + 1 + len(rows)

    def _cell(self, sheet: Any, at: tuple[int, int], value: Any, style: str) -> None:
        if style == "date" and value is not None:
            sheet.write_datetime(*at, value, self._formats[style])
        else:
            write_cell(sheet, at, value, self._formats[style])

    def _sheet(self, name: str, *, landscape: bool) -> Any:
        sheet = self._workbook.add_worksheet(self._word(name))
        sheet.set_paper(A4)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        page = f"{self._word('page')} &P {self._word('page_of')} &N {self._word('page_end')}".strip()
        # An ampersand starts a code in headers and footers; doubled it is itself.
        title = self._word("area_title", area=self._report.area).replace("&", "&&")
        at = self._word("generated", at=f"{self._report.generated_at:%Y-%m-%d %H:%M}")
        sheet.set_footer(f"&L{title[:80]}&C{page}&R{at}")
        return sheet

    def _word(self, name: str, **params: Any) -> str:
        return text(f"report.{name}", self._lang, **params)


def _township_columns() -> list[Column]:
    def share(row: TownshipRow) -> float | None:
        return row.made / row.required if row.required else None

    return [
        Column("township", 28, "text", lambda row: row.name),
        Column("village_count", 12, "whole", lambda row: row.villages),
        Column("with_lead", 12, "whole", lambda row: row.with_lead),
        Column("required", 12, "tenth", lambda row: row.required),
        Column("made", 12, "tenth", lambda row: row.made),
        Column("rate", 10, "share", share),
        Column("overdue_villages", 12, "whole", lambda row: row.overdue),
        Column("mean_overdue", 12, "tenth", lambda row: row.overdue_mean_days),
        Column("overdue_places", 12, "whole", lambda row: row.places_overdue),
        Column("gap_count", 10, "whole", lambda row: row.gaps),
        Column("working_days", 12, "whole", lambda row: row.working_days),
        Column("planned_of", 12, "whole", lambda row: row.planned_days),
    ]


def _village_columns(lang: str) -> list[Column]:
    def dates(row: VillageRow) -> str:
        return " ".join(f"{day:%m-%d}" for day in row.visit_days)

    return [
        Column("code", 15, "text", lambda row: row.coverage.village_code),
        Column("village", 18, "text", lambda row: row.name),
        Column("township", 16, "text", lambda row: row.township_name),
        Column("risk", 7, "text", lambda row: row.risk),
        Column("lead", 11, "text", lambda row: row.lead),
        Column("required", 9, "tenth", lambda row: row.required),
        Column("visits", 9, "whole", lambda row: len(row.visit_days)),
        Column("planned_days", 9, "whole", lambda row: row.planned_days),
        Column("last_visit", 12, "date", lambda row: row.coverage.last_visit),
        Column("days_since", 9, "whole", lambda row: row.coverage.days_since),
        Column("overdue", 9, "whole", lambda row: row.coverage.overdue_days),
        Column("longest", 9, "whole", lambda row: row.between.longest),
        Column("mean_gap", 9, "tenth", lambda row: row.between.mean),
        Column("debt", 10, "tenth", lambda row: row.coverage.debt),
        Column("cause", 50, "wrap", lambda row: row.cause.render(lang) if row.cause else None),
        Column("visit_days", 30, "wrap", dates),
    ]


def _gap_columns(lang: str) -> list[Column]:
    def also(gap: Gap) -> str:
        return text("report.join", lang).join(cause.render(lang) for cause in gap.also)

    return [
        Column("kind", 16, "text", lambda gap: text(f"report.kind_{gap.kind}", lang)),
        Column("name", 20, "text", lambda gap: gap.name),
        Column("township", 16, "text", lambda gap: gap.township_name),
        Column("code", 15, "text", lambda gap: gap.subject_id),
        Column("severity", 9, "tenth", lambda gap: gap.severity),
        Column("overdue", 9, "whole", lambda gap: gap.days),
        Column("missing", 9, "tenth", lambda gap: gap.missing),
        Column("cause", 55, "wrap", lambda gap: gap.cause.render(lang)),
        Column("fix", 40, "wrap", lambda gap: gap.fix.render(lang) if gap.fix else None),
        Column("also_head", 40, "wrap", also),
    ]


def _place_columns(lang: str) -> list[Column]:
    def kind(row: PlaceRow) -> str:
        return text(f"report.place_{row.kind}", lang)

    return [
        Column("code", 15, "text", lambda row: row.id),
        Column("place", 24, "text", lambda row: row.name),
        Column("place_kind", 11, "text", kind),
        Column("township", 16, "text", lambda row: row.township_name),
        Column("village", 18, "text", lambda row: row.village_name),
        Column("priority", 8, "whole", lambda row: row.priority),
        Column("interval", 10, "whole", lambda row: row.interval_days),
        Column("visits", 9, "whole", lambda row: row.visits),
        Column("last_visit", 12, "date", lambda row: row.last_visit),
        Column("days_since", 9, "whole", lambda row: row.days_since),
        Column("overdue", 9, "whole", lambda row: row.overdue_days),
        Column("cause", 55, "wrap", lambda row: row.cause.render(lang) if row.cause else None),
    ]


def _inspection_columns(lang: str) -> list[Column]:
    def standing(row: InspectionRow) -> str:
        return text("report.inspected_full" if row.is_full else "report.inspected_free", lang)

    return [
        Column("code", 15, "text", lambda row: row.id),
        Column("premises", 24, "text", lambda row: row.name),
        Column("township", 16, "text", lambda row: row.township_name),
        Column("inspected", 11, "whole", lambda row: row.count),
        Column("inspection_cap", 11, "whole", lambda row: row.yearly_cap),
        Column("standing", 12, "text", standing),
        Column("exceptions", 11, "whole", lambda row: row.exceptions),
        Column("last_inspection", 12, "date", lambda row: row.last),
        Column("spacing", 11, "whole", lambda row: row.spacing_days),
        Column("next_inspection", 13, "date", lambda row: row.earliest),
        Column("saved_visits", 12, "whole", lambda row: row.saved),
    ]
