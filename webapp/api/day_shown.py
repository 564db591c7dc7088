"""A day's domain objects as the API's models: words, names, local times."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gridmgr.domain.patrols import CheckIn, DayPlan, Squad, StopInfo, Unassigned, Visit
from gridmgr.services.planning import DayDifference, EditPreview, Finding, SquadPreview
from gridmgr.services.planning.arrivals import Arrivals
from gridmgr.services.planning.publishing import StopChange
from gridmgr.services.queries.dayview import DayView, Owners, PlanWords, TownshipDay
from gridmgr.services.queries.linkview import LinkView, link_views
from webapp.state import ctx
from webapp.texts import say, t


def local(moment: datetime | None) -> datetime | None:
    """The moment in the office's zone."""
    return None if moment is None else moment.astimezone(ctx().clock.zone)


def day_shown(view: DayView) -> dict[str, Any]:
    """A day for `DayOut`."""
    head = view.head
    same = head.published_id is not None and head.published_id == head.draft_id
    shown = PlanShown(view)
    return {
        "township": view.township,
        "date": head.day,
        "version": head.version,
        "state": view.state.key.rsplit(".", 1)[-1],
        "state_text": say(view.state),
        "draft_id": head.draft_id,
        "published_id": head.published_id,
        "published_at": local(head.published_at),
        "draft": shown.plan(view.draft) if view.draft else None,
        "published": shown.plan(view.published) if view.published and not same else None,
        "published_same": same,
        "people": _people(view),
        "attendance_on_record": view.attendance_on_record,
        "vehicles": view.vehicles,
        "depot": view.depot,
        "ownership": ownership_summary(view.owners, villages=len(view.villages)),
        "can_undo": view.draft is not None and view.draft.parent_id is not None,
        "roads": _roads(view),
    }


def township_day_shown(item: TownshipDay) -> dict[str, Any]:
    """A township's day in one line, for `TownshipDayOut`."""
    draft = item.draft
    return {
        "code": item.township.code,
        "name": item.township.name,
        "state": item.state.key.rsplit(".", 1)[-1],
        "state_text": say(item.state),
        "published_at": local(item.head.published_at),
        "squads": len(draft.squads) if draft else 0,
        "patrol_only": sum(squad.patrol_only for squad in draft.squads) if draft else 0,
        "visits": sum(1 for _ in draft.visits()) if draft else 0,
        "done": item.done,
        "unassigned": len(draft.unassigned) if draft else 0,
    }


def _people(view: DayView) -> dict[str, Any]:
    return {
        officer_id: {
            "name": person.officer.name,
            "agency": person.officer.agency_code,
            "agency_name": person.agency_name,
            "is_office": person.officer.agency_code in view.offices,
            "certified": person.certified,
            "certificate_valid_to": person.officer.certificate_valid_to,
            "skills": list(person.officer.skills),
            "status": person.status,
            "status_text": t(f"day.status.{person.status}"),
        }
        for officer_id, person in view.people.items()
    }


def ownership_summary(owners: Owners, *, villages: int) -> dict[str, Any]:
    """How ownership stands, for `OwnershipSummary`."""
    covered = len(owners.by_village())
    return {
        "version": owners.head.version,
        "state": owners.state,
        "state_text": t(f"day.ownership.{owners.state}"),
        "published_at": local(owners.head.published_at),
        "villages": villages,
        "covered": covered,
        "uncovered": max(0, villages - covered),
        "missing_officers": owners.plan.missing_officers if owners.plan else 0,
    }


def _roads(view: DayView) -> dict[str, Any]:
    imported = view.roads is not None
    text = t(f"day.travel.{view.travel_method}")
    return {"method": view.travel_method, "imported": imported, "text": text}


class PlanShown:
    """Puts plans of one day into words.

    Parameters
    ----------
    view
        The day: names, owners, who arrived where.
    """

    def __init__(self, view: PlanWords) -> None:
        self._view = view
        self._owners = view.owners.by_village()

    def plan(self, plan: DayPlan) -> dict[str, Any]:
        """A plan, names in its reasons already, for `PlanOut`."""
        arrivals = Arrivals(plan, self._view.check_ins)
        same = ("id", "parent_id", "stage", "status", "engine", "seed", "seconds", "travel_method", "prize")
        method = plan.travel_method
        return {name: getattr(plan, name) for name in same} | {
            "travel_method_text": t(f"day.travel.{method}") if method else None,
            "travel_seconds": plan.travel_seconds,
            "travel_metres": sum(squad.travel_metres for squad in plan.squads),
            "change_text": say(plan.change),
            "created_at": local(plan.created_at),
            "created_by": plan.created_by,
            "squads": [self._squad(squad, arrivals) for squad in plan.squads],
            "unassigned": [self._unassigned(item) for item in plan.unassigned],
            "short": [
                {
                    "agency": item.agency_code,
                    "agency_name": self._view.agencies.get(item.agency_code, item.agency_code),
                    "reason_text": say(item.reason),
                }
                for item in plan.short
            ],
            "reserve": list(plan.reserve),
            "notes": [say(note) for note in plan.notes],
            "links": [link_shown(item) for item in link_views(plan)],
        }

    def _squad(self, squad: Squad, arrivals: Arrivals) -> dict[str, Any]:
        back = back_at(squad)
        whole = (squad.shift_end - squad.shift_start).total_seconds()
        used = (back - squad.shift_start).total_seconds() if back else 0.0
        same = (
            "id",
            "number",
            "leader",
            "vehicle",
            "patrol_only",
            "travel_seconds",
            "travel_metres",
            "return_seconds",
            "return_metres",
        )
        times = ("shift_start", "shift_end", "departs", "lunch_start", "lunch_end")
        return {
            **{name: getattr(squad, name) for name in same},
            **{name: local(getattr(squad, name)) for name in times},
            "members": list(squad.members),
            "scopes": list(squad.scopes),
            "reason_text": say(squad.reason) if squad.reason else None,
            "back_at": local(back),
            "load": round(used / whole, 3),
            "visits": [self._visit(visit, arrivals.at(visit.stop.id, squad.id)) for visit in squad.visits],
        }

    def _visit(self, visit: Visit, arrival: CheckIn | None) -> dict[str, Any]:
        return {
            "stop": self.stop(visit.stop),
            "arrive": local(visit.arrive),
            "start": local(visit.start),
            "leave": local(visit.leave),
            "travel_seconds": visit.travel_seconds,
            "travel_metres": visit.travel_metres,
            "pinned": visit.pinned,
            "done": arrival is not None,
            "arrived_at": local(arrival.arrived_at) if arrival else None,
            "left_at": local(arrival.left_at) if arrival else None,
        }

    def stop(self, stop: StopInfo) -> dict[str, Any]:
        """A stop, for `StopOut`."""
        same = ("id", "kind", "name", "lon", "lat", "village_code", "prize", "service_minutes")
        owner = self._owners.get(stop.village_code or "")
        return {name: getattr(stop, name) for name in same} | {
            "village_name": self._view.villages.get(stop.village_code or ""),
            "required": stop.required,
            "purpose": [say(message) for message in stop.purpose],
            "needs_lawful": stop.needs_lawful,
            "skills": list(stop.skills),
            "requests": list(stop.requests),
            "open": stop.open,
            "close": stop.close,
            "owner": {"id": owner[0], "name": owner[1]} if owner else None,
        }

    def _unassigned(self, item: Unassigned) -> dict[str, Any]:
        return {
            "stop": self.stop(item.stop),
            "reason_text": say(item.reason),
            "reason_code": item.reason.key.removeprefix("reason."),
            "forbidden": item.forbidden,
            "fixes": [say(fix.message) for fix in item.fixes],
        }


def link_shown(view: LinkView) -> dict[str, Any]:
    """A link, for `LinkOut`."""
    link = view.link
    return {name: getattr(link, name) for name in ("id", "kind", "squads_needed")} | {
        "stops": list(link.stops),
        "squads": list(link.squads),
        "text": say(view.words),
        "state": view.state,
        "state_text": t(f"link.state.{view.state}"),
        "coming": [
            {
                "stop_id": item.stop_id,
                "squad_id": item.squad.id,
                "squad": item.squad.number,
                **{name: local(getattr(item.visit, name)) for name in ("arrive", "start", "leave")},
                "wait_minutes": item.wait_minutes,
            }
            for item in view.coming
        ],
    }


def back_at(squad: Squad) -> datetime | None:
    """When a squad is back; None without visits."""
    if not squad.visits:
        return None
    leave = squad.visits[-1].leave
    if squad.lunch_start is not None and squad.lunch_end is not None and squad.lunch_start >= leave:
        leave += squad.lunch_end - squad.lunch_start
    return leave + timedelta(seconds=squad.return_seconds)


def finding_shown(finding: Finding) -> dict[str, Any]:
    """A finding, names in it already, for `FindingOut`."""
    return {
        "text": say(finding.message),
        "squad_id": finding.squad_id,
        "stop_id": finding.stop_id,
        "hard": finding.hard,
    }


def preview_shown(view: PlanWords, preview: EditPreview) -> dict[str, Any]:
    """A preview, for `PreviewOut`."""
    changes = ("prize_change", "travel_seconds_change", "travel_metres_change")
    return _consequences(view, preview) | {name: getattr(preview, name) for name in changes}


def squad_preview_shown(view: PlanWords, preview: SquadPreview) -> dict[str, Any]:
    """A preview of other squads, for `SquadPreviewOut`."""
    return _consequences(view, preview)


def _consequences(view: PlanWords, preview: EditPreview | SquadPreview) -> dict[str, Any]:
    plan = view.names.plan(preview.plan)
    named = {
        field: [
            finding_shown(finding) | {"text": say(view.names.message(finding.message, plan))}
            for finding in getattr(preview, field)
        ]
        for field in ("findings", "new_findings")
    }
    return named | {"plan": PlanShown(view).plan(plan)}


def difference_shown(difference: DayDifference) -> dict[str, Any]:
    """Two plans side by side, for `DifferenceOut`."""
    sums = ("prize", "travel_seconds", "travel_metres", "visits", "squads_changed")
    changes = [_change_shown(change) for change in difference.changes]
    return {name: getattr(difference, name) for name in sums} | {"changes": changes}


def _change_shown(change: StopChange) -> dict[str, Any]:
    same = ("stop_id", "name", "kind", "squad_before", "squad_after", "minutes")
    values = {name: getattr(change, name) for name in same}
    key = f"day.change.{change.kind}"
    if change.kind == "shifted" and change.minutes < 0:
        key = "day.change.earlier"
    return values | {"text": t(key, **values | {"minutes": abs(change.minutes)})}
