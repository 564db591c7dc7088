"""Importing agencies, officers, vehicles, catalogue, places, attendance and incidents from csv or xlsx."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.people import Attendance
from gridmgr.domain.privacy import MASK
from gridmgr.errors import BadInput, GridmgrError, RowProblem
from gridmgr.services.context import Context
from gridmgr.services.importing.calendar_days import CalendarStore
from gridmgr.services.importing.hotline_store import HotlineStore
from gridmgr.services.importing.kinds import table_kinds
from gridmgr.services.importing.parse import CellProblem
from gridmgr.services.importing.read import Read
from gridmgr.services.importing.report import ImportReport
from gridmgr.services.importing.rows import FieldProblem, Known
from gridmgr.services.importing.sheets import Sheet, cell_text, read_sheet
from gridmgr.services.importing.tablekind import Reader, TableKind
from gridmgr.services.importing.versions import plan_versions, save_versions, value_text
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

TABLE_KINDS = (
    "agencies",
    "officers",
    "vehicles",
    "catalogue",
    "places",
    "recusals",
    "attendance",
    "incidents",
    "hotline",
    "inspections",
    "inspection-requests",
    "calendar",
)
#: Rows shown before the user says yes.
PREVIEW_ROWS = 8


def import_table(
    ctx: Context,
    kind: str,
    path: Path,
    *,
    actor: str,
    skip_bad: bool = False,
    update: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Import one of the office's tables.

    Parameters
    ----------
    ctx
        The wired parts.
    kind
        One of `TABLE_KINDS`.
    path
        A .csv or .xlsx file.
    actor
        Who imports.
    skip_bad
        Take the good rows and list the rest; without it one bad row keeps the whole file out.
    update
        Rows whose id exists with other content replace it; without it they are conflicts.
    dry_run
        Say what would happen, write nothing.

    Raises
    ------
    BadInput
        When the file as a whole cannot be read; bad rows are in the report instead.
    """
    spec = table_kinds(ctx.clock).get(kind)
    if spec is None:
        raise BadInput("import.unknown_kind", kind=kind, known=", ".join(TABLE_KINDS))
    sheet = read_sheet(path, spec.columns)
    with ctx.storage.write(actor) as uow:
        known = Known.load(uow, ctx.clock)
        read, problems = _build_rows(spec, sheet, known)
        read, twice = _without_repeats(read, sheet)
        change = _change(ctx, uow, kind, read, sheet, update=update)
        problems += (*twice, *change.problems)
        problems.sort(key=lambda problem: problem.row)
        refused = bool(problems) and not skip_bad
        taken = 0 if refused else change.taken
        if taken and not dry_run:
            change.save()
            uow.record(
                f"{kind}.import",
                kind,
                path.name,
                read=len(sheet.rows),
                imported=taken,
                rejected=len(problems),
            )
            uow.commit()
    return ImportReport(
        kind=kind,
        read=len(sheet.rows),
        imported=taken,
        unchanged=0 if refused else change.unchanged,
        rejected=tuple(problems),
        warnings=(*known.warnings, *change.notes, *_unknown_columns(sheet)),
        unknown_columns=sheet.unknown_columns,
        preview=tuple(_preview(spec, cells) for _, cells in sheet.rows[:PREVIEW_ROWS]),
        dry_run=dry_run,
    )


@dataclass(frozen=True, kw_only=True)
class _Change:
    """What good rows would change: how many do, how many do not, which cannot, and the writing of it."""

    taken: int
    unchanged: int
    problems: list[RowProblem]
    save: Callable[[], None]
    notes: Sequence[Message] = ()


def _change(
    ctx: Context, uow: UnitOfWork, kind: str, read: Sequence[Read], sheet: Sheet, *, update: bool
) -> _Change:
    if kind == "catalogue":
        return _version_change(uow, read, sheet, update=update)
    store = _store(ctx, uow, kind, update=update)
    fitting, problems = store.fitting(read, sheet)
    existing = store.existing(fitting)
    fresh, changed, unchanged = _compare(existing, fitting)
    if not update and kind != "attendance":
        # Attendance is corrected from hour to hour; there the last word simply counts.
        problems += [_conflict(found) for found in changed if not _gives_way(existing[found.key])]
        changed = [found for found in changed if _gives_way(existing[found.key])]
    return _Change(
        taken=len(fresh) + len(changed),
        unchanged=unchanged,
        problems=problems,
        save=lambda: store.save(fresh, changed),
        notes=store.notes(fresh),
    )


def _store(
    ctx: Context, uow: UnitOfWork, kind: str, *, update: bool
) -> CalendarStore | HotlineStore | _Store:
    if kind == "calendar":
        return CalendarStore(uow)
    return HotlineStore(ctx, uow, update=update) if kind == "hotline" else _Store(uow, kind)


def _version_change(uow: UnitOfWork, read: Sequence[Read], sheet: Sheet, *, update: bool) -> _Change:
    known = uow.catalogue.versions(found.item.code for found in read)
    plan = plan_versions(known, ((found.row, found.item) for found in read), update=update)
    problems = [
        RowProblem(
            row=clash.row,
            field=sheet.headers.get(clash.field, clash.field),
            value=value_text(getattr(clash.item, clash.field)),
            reason=clash.reason,
            code=clash.item.code,
        )
        for clash in plan.clashes
    ]
    return _Change(
        taken=plan.taken,
        unchanged=plan.unchanged,
        problems=problems,
        save=lambda: save_versions(uow, plan),
    )


def _build_rows(spec: TableKind, sheet: Sheet, known: Known) -> tuple[list[Read], list[RowProblem]]:
    read: list[Read] = []
    problems: list[RowProblem] = []
    for number, cells in sheet.rows:
        values, bad = _read_cells(spec, sheet, number, cells)
        problems += bad
        if bad:
            continue
        try:
            item = spec.build(values, known)
        except FieldProblem as problem:
            problems.append(_problem(sheet, number, cells, problem.field, problem.message))
        except ValueError as error:
            message = Message("import.invalid", {"reason": str(error)})
            problems.append(_problem(sheet, number, cells, None, message))
        else:
            read.append(Read(number, _key(item), item))
    return read, problems


def _read_cells(
    spec: TableKind, sheet: Sheet, number: int, cells: Mapping[str, Any]
) -> tuple[dict[str, Any], list[RowProblem]]:
    values: dict[str, Any] = {}
    problems = []
    for field, cell in cells.items():
        reader: Reader = spec.readers.get(field, cell_text)
        try:
            values[field] = reader(cell)
        except (CellProblem, GridmgrError) as problem:
            problems.append(_problem(sheet, number, cells, field, problem.message))
    return values, problems


def _problem(
    sheet: Sheet, number: int, cells: Mapping[str, Any], field: str | None, message: Message
) -> RowProblem:
    return RowProblem(
        row=number,
        field=sheet.headers.get(field, field) if field else None,
        value=cell_text(cells.get(field)) if field else None,
        reason=message,
        code=cell_text(cells.get("id") or cells.get("code")),
    )


def _key(item: Any) -> Any:
    if isinstance(item, Attendance):
        return (item.day, item.officer_id)
    if isinstance(item, CatalogueItem):
        return (item.code, item.effective_from)
    return item.id if hasattr(item, "id") else item.code


def _key_text(key: Any) -> str:
    return " ".join(str(part) for part in key if part is not None) if isinstance(key, tuple) else str(key)


def _without_repeats(read: Sequence[Read], sheet: Sheet) -> tuple[list[Read], list[RowProblem]]:
    """Rows that stand twice: the same content once more is dropped, other content is a problem for both."""
    counts = Counter(found.key for found in read)
    single = {found.key: found for found in reversed(read)}
    kept: list[Read] = []
    problems = []
    for found in read:
        first = single[found.key]
        if counts[found.key] == 1 or (found is first and _all_same(read, found)):
            kept.append(found)
        elif not _all_same(read, found):
            message = Message("import.repeated", {"first": first.row})
            header = sheet.headers.get("id") or sheet.headers.get("code")
            problems.append(
                RowProblem(row=found.row, field=header, value=_key_text(found.key), reason=message)
            )
    return kept, problems


def _all_same(read: Sequence[Read], found: Read) -> bool:
    return all(other.item == found.item for other in read if other.key == found.key)


def _compare(existing: Mapping[Any, Any], read: Sequence[Read]) -> tuple[list[Read], list[Read], int]:
    fresh = [found for found in read if found.key not in existing]
    changed = [found for found in read if found.key in existing and existing[found.key] != found.item]
    return fresh, changed, len(read) - len(fresh) - len(changed)


def _gives_way(item: Any) -> bool:
    """Whether what is on record was written down until somebody knows better."""
    return bool(getattr(item, "provisional", False))


def _conflict(found: Read) -> RowProblem:
    code = _key_text(found.key)
    return RowProblem(row=found.row, field=None, value=None, reason=Message("import.conflict"), code=code)


def _unknown_columns(sheet: Sheet) -> tuple[Message, ...]:
    if not sheet.unknown_columns:
        return ()
    return (Message("import.unknown_columns", {"columns": ", ".join(sheet.unknown_columns)}),)


def _preview(spec: TableKind, cells: Mapping[str, Any]) -> dict[str, str]:
    words = {field: cell_text(value) or "" for field, value in cells.items()}
    return {field: MASK if value and field in spec.personal else value for field, value in words.items()}


class _Store:
    """The repository of one kind, behind one shape."""

    def __init__(self, uow: UnitOfWork, kind: str) -> None:
        self._uow = uow
        self._attendance = kind == "attendance"
        if not self._attendance:
            self._repository: Any = getattr(uow, kind.replace("-", "_"))

    def fitting(self, read: Sequence[Read], _sheet: Sheet) -> tuple[Sequence[Read], list[RowProblem]]:
        """All rows: they need no other row of their table."""
        return read, []

    def notes(self, _fresh: Sequence[Read]) -> Sequence[Message]:
        """Nothing to say of new rows."""
        return ()

    def existing(self, read: Sequence[Read]) -> Mapping[Any, Any]:
        """What is stored under the rows' keys."""
        if not read:
            return {}
        if self._attendance:
            days = [found.item.day for found in read]
            return {_key(item): item for item in self._uow.attendance.find(min(days), max(days))}
        found: Mapping[Any, Any] = self._repository.get_many([row.key for row in read])
        return found

    def save(self, fresh: Sequence[Read], changed: Sequence[Read]) -> None:
        """Write new and changed objects."""
        if self._attendance:
            self._uow.attendance.save([row.item for row in (*fresh, *changed)])
            return
        self._repository.add_many([row.item for row in fresh])
        for row in changed:
            self._repository.replace(row.item)
