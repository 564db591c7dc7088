"""The evaluation to take home: a document to print, a workbook, a CSV table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter

from gridmgr.domain.evaluation import EXCLUSIONS, FEWEST, Index, Score
from gridmgr.services.documents import Facts, OfficeDocument, Table
from gridmgr.services.documents.sheets import LINED, OPTIONS, list_sheet, write_cell
from gridmgr.services.evaluating.report import EvaluationReport
from gridmgr.texts import DEFAULT_LANGUAGE, text

#: What a spreadsheet would take for a formula at the start of a cell of a CSV file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "code",
    "name",
    "place",
    "index",
    "hits",
    "of",
    "rate",
    "low",
    "high",
    "drawn",
    "standing",
    "waiting",
    "left_out",
)
_SHARES = frozenset({"rate", "low", "high", "drawn"})
_MONTH_WIDTH = 12
_WIDTHS = (16, 24, 24, 16, 9, 9, 9, 9, 9, 9, 14, 9, 9)


def word(name: str, lang: str, **params: Any) -> str:
    """Words of the evaluation."""
    return text(f"evaluation.{name}", lang, **params)


def title_of(report: EvaluationReport, lang: str) -> str:
    """Title of the whole."""
    return word("report_title", lang, group=word(f"by_{report.group}", lang))


def figures(report: EvaluationReport, lang: str) -> Iterator[tuple[Any, ...]]:
    """A line for every body and index, and for everybody together; shares are numbers from 0 to 1."""
    everybody = ("", word("everybody", lang), "", report.common)
    for code, name, place, scores in [
        *((row.body, row.name, row.place, row.scores) for row in report.rows),
        everybody,
    ]:
        for index in report.indices:
            score = scores[index.id]
            tally = score.tally
            yield (
                code,
                name,
                place,
                word(f"index_{index.id}", lang),
                tally.hits,
                tally.of,
                tally.rate,
                score.low,
                score.high,
                score.drawn,
                word(f"standing_{score.standing}", lang),
                tally.waiting,
                sum(tally.excluded.values()),
            )


def csv_of(report: EvaluationReport, *, lang: str = DEFAULT_LANGUAGE) -> bytes:
    """The figures as CSV, UTF-8 with a mark so that spreadsheets read it; shares from 0 to 1."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([word(f"column_{name}", lang) for name in _COLUMNS])
    for line in figures(report, lang):
        writer.writerow([_plain(cell) for cell in line])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.4f}"
    words = str(cell)
    return f"'{words}" if words.startswith(_FORMULA) else words


def workbook_of(report: EvaluationReport, *, lang: str = DEFAULT_LANGUAGE) -> bytes:
    """Figures, definitions, what was left out, appeals and months as a workbook."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as workbook:
        formats = {
            "text": workbook.add_format(LINED | {"text_wrap": True}),
            "share": workbook.add_format(LINED | {"num_format": "0.0%"}),
        }
        heads = [word(f"column_{name}", lang) for name in _COLUMNS]
        shares = {n for n, name in enumerate(_COLUMNS) if name in _SHARES}
        _sheet(workbook, formats, word("sheet_figures", lang), heads, figures(report, lang), _WIDTHS, shares)
        for table, sizes in (
            (definitions(report, lang), (16, 60, 60, 14, 60)),
            (left_out(report, lang), (24, 16, 24, 40)),
            (appeal_table(report, lang), (20, 24, 18, 16, 40, 16, 40)),
        ):
            _sheet(workbook, formats, table.title, table.head, table.rows, sizes)
        heads = [word("column_month", lang), *(word(f"index_{index.id}", lang) for index in report.indices)]
        months, widths = _month_lines(report), [_MONTH_WIDTH] * len(heads)
        rates = range(1, len(heads))
        _sheet(workbook, formats, word("sheet_months", lang), heads, months, widths, rates)
    return target.getvalue()


def _month_lines(report: EvaluationReport) -> Iterator[tuple[Any, ...]]:
    for month in report.months:
        rates = (month.scores[index.id].tally.rate for index in report.indices)
        yield (f"{month.first:%Y-%m}", *rates)


def _sheet(
    workbook: Any,
    formats: dict[str, Any],
    name: str,
    head: Iterable[str],
    rows: Iterable[tuple[Any, ...]],
    widths: Iterable[int],
    shares: Iterable[int] = (),
) -> None:
    sheet = list_sheet(workbook, name, head, widths)
    share = set(shares)
    for line, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells):
            write_cell(sheet, (line, column), cell, formats["share" if column in share else "text"])
    sheet.freeze_panes(1, 0)


def document_of(report: EvaluationReport, *, lang: str = DEFAULT_LANGUAGE) -> OfficeDocument:
    """The evaluation as an office document on its side."""
    area = report.area or word("county", lang)
    period = word("period", lang, first=report.first.isoformat(), last=report.last.isoformat())
    return OfficeDocument(
        title=title_of(report, lang),
        left=f"{area}    {period}",
        right=word("made_at", lang, at=f"{report.at:%Y-%m-%d %H:%M}"),
        parts=(
            _overview(report, lang),
            Facts(title=word("method", lang), rows=((word("comparison", lang), method_words(lang)),)),
            definitions(report, lang),
            left_out(report, lang),
            appeal_table(report, lang),
        ),
        signatures=tuple(text(f"report.{key}", lang) for key in ("sign_made", "sign_checked", "sign_head")),
        sources=word("data_source", lang),
        landscape=True,
    )


def method_words(lang: str) -> str:
    """How bodies are compared."""
    return word("method_words", lang, fewest=FEWEST)


def _overview(report: EvaluationReport, lang: str) -> Table:
    head = (word("column_name", lang), *(word(f"index_{index.id}", lang) for index in report.indices))
    rows = [
        (
            f"{row.name}\n{row.place}".strip(),
            *(_cell(row.scores[index.id], lang) for index in report.indices),
        )
        for row in report.rows
    ]
    rows.append((word("everybody", lang), *(_cell(report.common[i.id], lang) for i in report.indices)))
    return Table(
        title=word("sheet_figures", lang),
        head=head,
        widths=(1.6, *(1.0 for _ in report.indices)),
        rows=tuple(rows),
    )


def _cell(score: Score, lang: str) -> str:
    tally = score.tally
    if tally.rate is None or score.low is None or score.high is None:
        return "—"
    lines = [f"{tally.rate:.1%}", f"{score.low:.0%}–{score.high:.0%}", f"{tally.hits}/{tally.of}"]
    if score.standing != "same":
        lines.append(word(f"standing_{score.standing}", lang))
    return "\n".join(lines)


def definitions(report: EvaluationReport, lang: str) -> Table:
    """Numerator, denominator, direction and source of every index."""
    return Table(
        title=word("sheet_definitions", lang),
        head=tuple(word(f"column_{name}", lang) for name in ("index", "hits", "of", "direction", "source")),
        widths=(1.2, 3, 3, 1, 3),
        rows=tuple(definition(index, lang) for index in report.indices),
    )


def definition(index: Index, lang: str) -> tuple[str, str, str, str, str]:
    """An index in words."""
    return (
        word(f"index_{index.id}", lang),
        word(f"numerator_{index.id}", lang),
        word(f"denominator_{index.id}", lang),
        word("higher" if index.higher else "lower", lang),
        word(f"source_{index.source}", lang),
    )


def left_out(report: EvaluationReport, lang: str) -> Table:
    """What counts for nobody, with its reason."""
    names = {row.body: row.name for row in report.rows}
    order = {reason: n for n, reason in enumerate(EXCLUSIONS)}
    entries = sorted(report.excluded, key=lambda e: (order[e.reason], e.subject, e.body, e.index))
    return Table(
        title=word("sheet_left_out", lang),
        head=tuple(word(f"column_{name}", lang) for name in ("subject", "index", "name", "why")),
        widths=(2.2, 1.4, 2, 3),
        rows=tuple(
            (
                entry.subject,
                word(f"index_{entry.index}", lang),
                names.get(entry.body, entry.body),
                word(f"excluded_{entry.reason}", lang),
            )
            for entry in entries
        ),
    )


def appeal_table(report: EvaluationReport, lang: str) -> Table:
    """Appeals and what became of them."""
    names = {row.body: row.name for row in report.rows}
    heads = ("subject", "name", "index", "ground", "reason", "state", "note")
    return Table(
        title=word("sheet_appeals", lang),
        head=tuple(word(f"column_{name}", lang) for name in heads),
        widths=(2, 2, 1.4, 1.6, 3, 1.2, 3),
        rows=tuple(
            (
                appeal.subject,
                names.get(appeal.body, appeal.body),
                word(f"index_{appeal.index}" if appeal.index else "all_indices", lang),
                word(f"ground_{appeal.ground}", lang),
                appeal.reason,
                word(f"appeal_{appeal.state}", lang),
                appeal.note,
            )
            for appeal in report.appeals
        ),
    )
