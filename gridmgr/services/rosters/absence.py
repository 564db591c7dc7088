"""Leave, secondment, training and sickness registered ahead, for a month to be rostered by."""

from __future__ import annotations

from datetime import date, timedelta

from gridmgr.domain.people import ON_DUTY, Attendance
from gridmgr.errors import BadInput
from gridmgr.services.asking import existing
from gridmgr.services.context import Context, require_township

#: Longest absence registered at once, in days.
MOST_DAYS = 366


def register_absence(
    ctx: Context,
    *,
    township_code: str,
    officer_id: str,
    first: date,
    last: date,
    status: str | None,
    actor: str,
) -> None:
    """Put an officer down as away on some days, or take that back.

    On a day whose attendance is on record already, taking it back puts him on duty; on others it leaves no
    row, so that nobody else counts as absent.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, officer_id
        Whose.
    first, last
        Days, both included.
    status
        One of the absences of `gridmgr.domain.people.ATTENDANCE`; None takes it back.
    actor
        Who says so.

    Raises
    ------
    NotFound, BadInput
        Unknown township, or an officer who is not of it; days in the wrong order or too many.
    """
    length = (last - first).days + 1
    if not 1 <= length <= MOST_DAYS or status == ON_DUTY:
        raise BadInput("roster.absence_days", first=first.isoformat(), last=last.isoformat(), most=MOST_DAYS)
    days = [first + timedelta(days=n) for n in range(length)]
    with ctx.storage.write(actor) as uow:
        require_township(uow, township_code)
        own = {officer.id for officer in uow.officers.find(township_code=township_code)}
        existing(officer_id if officer_id in own else None, "word.officer", officer_id)
        rows = uow.attendance.find(first, last, township_code=township_code)
        attended = {row.day for row in rows if row.status == ON_DUTY}
        uow.attendance.remove(officer_id, first, last)
        kept = [(day, status or ON_DUTY) for day in days if status is not None or day in attended]
        uow.attendance.save(Attendance(day=day, officer_id=officer_id, status=told) for day, told in kept)
        uow.record(
            "attendance.absence",
            "officer",
            officer_id,
            township=township_code,
            first=first.isoformat(),
            last=last.isoformat(),
            status=status,
        )
        uow.commit()
