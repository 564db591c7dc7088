"""The coverage gap report as an office document: one HTML file, A4, no script, nothing from outside.

Page one is the whole message: three figures with their change, one map, the five worst gaps, signature lines,
source and time of the data. The tables follow as annexes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Protocol

from markupsafe import Markup

from gridmgr.domain.coverage_report import CoverageReport, Figure, Gap, InspectionRow, VillageRow
from gridmgr.domain.places import Village
from gridmgr.texts import DEFAULT_LANGUAGE, text
from maps.coverage_picture import coverage_picture
from maps.templating import environment


class Word(Protocol):
    """Looks up a text of the report in the page's language."""

    def __call__(self, name: str, /, **params: Any) -> str:
        """The text ``report.<name>``."""


WORST = 5
#: Rows of an annex on paper; the workbook has them all.
MOST_ROWS = 400


def coverage_page(
    report: CoverageReport,
    villages: Collection[Village],
    *,
    lang: str = DEFAULT_LANGUAGE,
    most_rows: int = MOST_ROWS,
) -> str:
    """Render it.

    Parameters
    ----------
    report
        The report.
    villages
        Borders of its villages, EPSG:4326.
    lang
        ``zh`` or ``en``.
    most_rows
        Longest table that is printed whole; of longer ones the worst rows are.

    Returns
    -------
    str
        A complete HTML document.
    """
    worst = report.worst(WORST)
    picture = coverage_picture(report, villages, gaps=[head.gap for head in worst], lang=lang)

    def word(name: str, /, **params: Any) -> str:
        return text(f"report.{name}", lang, **params)

    late_places = [row for row in report.places if row.overdue_days > 0]
    return (
        environment()
        .get_template("coverage_report.html")
        .render(
            report=report,
            lang="zh-CN" if lang == "zh" else lang,
            t=word,
            say=lambda message: "" if message is None else message.render(lang),
            figures=_figures(report, word),
            # Made by ElementTree, which escapes every name.
            picture=Markup(picture),  # noqa: S704
            worst=worst,
            facts=lambda gap: _facts(gap, word),
            villages=sorted(report.villages, key=_worst_first)[:most_rows],
            gaps=report.gaps[:most_rows],
            places=sorted(late_places, key=lambda row: -row.overdue_days)[:most_rows],
            late_places=len(late_places),
            inspections=sorted(report.inspections, key=_fullest_first)[:most_rows],
            inspected=_inspected(report.inspections),
            most_rows=most_rows,
            dates=_dates,
        )
    )


def _worst_first(row: VillageRow) -> tuple[str, float, str]:
    return row.township_code, -row.coverage.debt, row.coverage.village_code


def _fullest_first(row: InspectionRow) -> tuple[bool, int, str]:
    return not row.is_full, -row.count, row.id


def _inspected(rows: Sequence[InspectionRow]) -> dict[str, int]:
    """The premises' figures together."""
    return {
        "places": len(rows),
        "count": sum(row.count for row in rows),
        "full": sum(row.is_full for row in rows),
        "saved": sum(row.saved for row in rows),
    }


def _figures(report: CoverageReport, word: Word) -> list[dict[str, Any]]:
    """The three figures in words, each with its change and whether that is good."""
    headline, rows = report.headline, report.villages
    numbers = {
        "required": f"{sum(row.required for row in rows):.0f}",
        "made": f"{sum(row.made for row in rows):.0f}",
    }
    with_lead = sum(row.lead is not None for row in rows)
    late = headline.overdue.value or 0
    late_note = word("figure_overdue_note", days=f"{headline.overdue_mean_days:.1f}")
    return [
        {
            "label": word("figure_lead"),
            "value": _percent(headline.lead_share, word),
            "note": word("figure_lead_note", with_lead=with_lead, villages=len(rows)),
            "change": _change(headline.lead_share, word, percent=True),
            "mood": _mood(headline.lead_share, more_is_better=True),
        },
        {
            "label": word("figure_visits"),
            "value": _percent(headline.visit_share, word),
            "note": word("figure_visits_note", **numbers),
            "change": _change(headline.visit_share, word, percent=True),
            "mood": _mood(headline.visit_share, more_is_better=True),
        },
        {
            "label": word("figure_overdue"),
            "value": f"{late:.0f}",
            "note": late_note if late else word("figure_overdue_none"),
            "change": _change(headline.overdue, word, percent=False),
            "mood": _mood(headline.overdue, more_is_better=False),
        },
    ]


def _percent(figure: Figure, word: Word) -> str:
    return word("no_value") if figure.value is None else f"{figure.value:.1%}"


def _change(figure: Figure, word: Word, *, percent: bool) -> str:
    if figure.change is None:
        return word("change_unknown")
    amount = round(figure.change * 100, 1) if percent else round(figure.change)
    if amount == 0:
        return word("change_none")
    arrow = "▲" if amount > 0 else "▼"
    return word("change_points" if percent else "change_count", change=f"{arrow} {abs(amount):g}")


def _mood(figure: Figure, *, more_is_better: bool) -> str:
    if not figure.change:
        return "same"
    return "better" if (figure.change > 0) == more_is_better else "worse"


def _facts(gap: Gap, word: Word) -> list[str]:
    """Numbers of a gap in words."""
    facts = []
    if gap.days:
        facts.append(word("overdue_days", days=gap.days))
    if gap.missing is not None and gap.missing >= 1:
        facts.append(word("missing_visits", missing=f"{gap.missing:.0f}"))
    return facts


def _dates(days: Sequence[date]) -> str:
    return " ".join(f"{day:%m-%d}" for day in days)
