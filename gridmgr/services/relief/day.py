"""What would help a day: more squads that may enforce, and stops that are left out let in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gridmgr.domain.patrols import DayPlan, Fix
from gridmgr.domain.relief import DayRelief
from gridmgr.errors import NoPlan
from gridmgr.services.context import Context, require_township
from gridmgr.services.planning.checking import own_stops
from gridmgr.services.planning.dayplan_problem import orders_of
from gridmgr.services.planning.fixes import with_fixes
from gridmgr.services.planning.routes import build_day, read_day
from gridmgr.services.relief.kept import keep, kept
from gridmgr.services.relief.squads import read_day_staff, squad_relief
from planners.stop import Progress, Stop

KIND = "day"
#: Share of the progress that squads take; the rest is for stops.
_SQUADS_SHARE = 0.6
_SECONDS = 90.0


def day_relief(ctx: Context, *, township_code: str, day: date) -> DayRelief | None:
    """What was found for the day's draft as it stands; None where nothing was worked out for it yet.

    Raises
    ------
    NotFound
        If there is no such township.
    """
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        draft_id = uow.days.head(township_code, day).draft_id
        return None if draft_id is None else kept(uow, KIND, draft_id, DayRelief)


def find_day_relief(
    ctx: Context, *, township_code: str, day: date, actor: str, stop: Stop | None = None, seed: int = 1
) -> DayRelief:
    """Work out what would help the day's draft, and keep it.

    Parameters
    ----------
    ctx
        The wired parts.
    township_code, day, actor
        Whose day, who asks.
    stop
        For cancelling and progress.
    seed
        Of every search.

    Raises
    ------
    NotFound, NoPlan
        Unknown township; no squads were formed yet, or it was stopped before the day itself was solved.
    """
    limits = stop or Stop()
    with ctx.storage.read() as uow:
        require_township(uow, township_code)
        frame = read_day(uow, township_code=township_code, day=day)
        staff = read_day_staff(uow, township_code=township_code, day=day)
    squads = squad_relief(staff, frame.draft, _part(limits, 0.0, _SQUADS_SHARE), seed=seed)
    if squads is None:
        raise NoPlan("relief.stopped")
    stops: dict[str, tuple[Fix, ...]] = {}
    if frame.draft.stage == "routes":
        built = build_day(ctx, own_stops(frame, frame.draft))
        stops = _stops(frame.draft) or {
            item.stop.id: item.fixes
            for item in with_fixes(
                built,
                orders_of(frame.draft),
                [item for item in frame.draft.unassigned if not item.forbidden],
                seed=seed,
                stop=_part(limits, _SQUADS_SHARE, 1.0),
            )
        }
    if limits.cancelled():
        # What was not tried must not look as if it had not helped.
        raise NoPlan("relief.stopped")
    found = DayRelief(revision=frame.draft.id, made_at=ctx.clock.utc_now(), squads=squads, stops=stops)
    keep(ctx, KIND, frame.draft.id, found, actor=actor)
    return found


def _stops(draft: DayPlan) -> dict[str, tuple[Fix, ...]]:
    """What the planner found itself when it planned the routes; nothing after a change by hand."""
    if not any(item.fixes for item in draft.unassigned):
        return {}
    return {item.stop.id: item.fixes for item in draft.unassigned if not item.forbidden}


def _part(stop: Stop, first: float, last: float) -> Stop:
    """The same stop with its progress from ``first`` to ``last``."""

    def told(progress: Progress) -> None:
        fraction = first + (last - first) * progress.fraction
        stop.progress(Progress(fraction=fraction, best=None))

    return replace(stop, seconds=_SECONDS, progress=told)
