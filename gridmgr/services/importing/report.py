"""What an import did, or would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridmgr.errors import RowProblem
from gridmgr.geo.repair import Repair
from gridmgr.texts import Message


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """Outcome of one import.

    Parameters
    ----------
    kind
        What was imported: ``villages``, ``officers``, ``roads``, ...
    read
        Rows in the file.
    imported
        Rows new or changed in the database; with ``dry_run`` how many there would be.
    unchanged
        Rows that were there already with the same content.
    rejected
        Bad rows; when there are any and they were not to be skipped, nothing was imported.
    warnings
        What the user should know though it stops nothing.
    repaired
        Villages whose geometry was changed.
    unknown_columns
        Columns of the file that mean nothing to us and were left out.
    adjacent_pairs
        Pairs of villages that share a border, over the whole database after the import.
    preview
        The first rows as they were understood, for the eye.
    dry_run
        Nothing was written.
    """

    kind: str
    read: int
    imported: int
    unchanged: int = 0
    rejected: tuple[RowProblem, ...] = ()
    warnings: tuple[Message, ...] = ()
    repaired: tuple[Repair, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    adjacent_pairs: int | None = None
    preview: tuple[Mapping[str, str], ...] = ()
    dry_run: bool = False

    @property
    def refused(self) -> bool:
        """Whether bad rows kept the whole file out."""
        return bool(self.rejected) and self.imported == 0 and self.unchanged == 0

    def to_json(self, language: str) -> dict[str, Any]:
        """The report as JSON values, in words of the language."""
        values: dict[str, Any] = {
            "kind": self.kind,
            "read": self.read,
            "imported": self.imported,
            "unchanged": self.unchanged,
            "rejected": [_problem_json(problem, language) for problem in self.rejected],
            "repaired": [_repair_json(repair, language) for repair in self.repaired],
            "warnings": [warning.render(language) for warning in self.warnings],
            "unknown_columns": list(self.unknown_columns),
            "dry_run": self.dry_run,
        }
        if self.adjacent_pairs is not None:
            values["adjacent_pairs"] = self.adjacent_pairs
        return values


def _repair_json(repair: Repair, language: str) -> dict[str, Any]:
    return {
        "code": repair.code,
        "area_before_m2": round(repair.area_before_m2, 1),
        "area_after_m2": round(repair.area_after_m2, 1),
        "what": repair.what.render(language),
    }


def _problem_json(problem: RowProblem, language: str) -> dict[str, Any]:
    return {
        "row": problem.row,
        "code": problem.code,
        "field": problem.field,
        "value": problem.value,
        "reason": problem.reason.render(language),
    }
