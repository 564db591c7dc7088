"""Puts something of everything into the demo county, and notes the ids."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from PIL import Image

from gridmgr.domain.cases import ACTIONS, Step
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.evaluation import GROUNDS
from gridmgr.domain.evaluation.appeals import ALL_INDICES
from gridmgr.domain.incidents import Incident
from gridmgr.domain.patrols import DayPlan
from gridmgr.domain.tips import Contact
from gridmgr.domain.users import User
from gridmgr.services import apikeys, jobs
from gridmgr.services.cases import act, departments, file_case
from gridmgr.services.catalogue import admissions, proposals, wishes
from gridmgr.services.closures import add_closure
from gridmgr.services.context import Context
from gridmgr.services.deadlines.working import ask_extension
from gridmgr.services.evaluating.appealing import ask_appeal
from gridmgr.services.fieldwork import Arrival, check_in
from gridmgr.services.inspections import grant_permit
from gridmgr.services.intake.reports import Report, take_report
from gridmgr.services.photos import Photo, read_photo
from gridmgr.services.planning import Events, plan_routes, publish_day
from gridmgr.storage.codec import encode

_SETTLED: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("officer", {"action": "arrive"}),
    ("officer", {"action": "settle", "note": "当场整改"}),
    ("planner", {"action": "check"}),
    ("planner", {"action": "close"}),
)
#: Steps of cases that end in as many states, by who takes them; ``{body}`` and ``{squad}`` are filled in.
WAYS: tuple[tuple[tuple[str, Mapping[str, Any]], ...], ...] = (
    (),
    (("planner", {"action": "dispatch", "squad_id": "{squad}"}),),
    (("officer", {"action": "arrive"}),),
    (("officer", {"action": "arrive"}), ("officer", {"action": "settle", "note": "当场整改"})),
    (("planner", {"action": "escalate", "body": "{body}", "note": "需专业检测"}),),
    (
        ("planner", {"action": "escalate", "body": "{body}", "note": "需专业检测"}),
        ("department", {"action": "accept"}),
    ),
    (
        ("planner", {"action": "escalate", "body": "{body}", "note": "需专业检测"}),
        ("department", {"action": "accept"}),
        ("department", {"action": "handle", "note": "已督促整改"}),
    ),
    (("planner", {"action": "suspend", "note": "等待鉴定"}),),
    (("lead", {"action": "supervise", "level": 1, "note": "限期办结"}),),
    _SETTLED,
    (("planner", {"action": "cancel", "note": "误报"}),),
)


def fill(ctx: Context, users: Mapping[str, User], *, today: date) -> dict[str, tuple[str, ...]]:
    """Fill it.

    Parameters
    ----------
    ctx
        Over the demo county.
    users
        One a role.
    today
        The county's day.

    Returns
    -------
    dict
        Ids by the name of the field or parameter that takes them.
    """
    township = users["planner"].township_code or ""
    plan_routes(ctx, township_code=township, day=today, actor="planner", seconds=0.3)
    plan = publish_day(ctx, township_code=township, day=today, actor="planner")
    plan_routes(ctx, township_code=township, day=today + timedelta(days=1), actor="planner", seconds=0.3)
    known = _of_the_demo(ctx, today) | _of_the_day(plan, today)
    known |= _cases(ctx, users, plan)
    known |= _tips(ctx, users, township, known["village_code"])
    known |= _papers(ctx, users)
    check_in(ctx, Arrival(id="fuzz-here", stop_id=known["stop_id"][0]), user=users["officer"])
    known |= _rest(ctx, users, known, today)
    return {name: tuple(dict.fromkeys(values)) for name, values in (known | _same(known)).items()}


def photo(colour: str = "brown") -> Photo:
    """A photo."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(picture, "JPEG")
    return read_photo(picture.getvalue())


def _of_the_demo(ctx: Context, today: date) -> dict[str, list[str]]:
    with ctx.storage.read() as uow:
        found: dict[str, list[str]] = {
            "township": [item.code for item in uow.townships.find()],
            "village_code": [item.code for item in uow.villages.find()][:20],
            "agency": [item.code for item in uow.agencies.find()],
            "officer_id": [item.id for item in uow.officers.find()],
            "place": [item.id for item in uow.places.find()],
            "item_code": [item.code for item in uow.catalogue.in_force(today)],
            "request_ids": [item.id for item in uow.inspection_requests.find()],
        }
    found["body"] = [*departments(ctx), "office"]
    return found


def _of_the_day(plan: DayPlan, today: date) -> dict[str, list[str]]:
    days = [today + timedelta(days=shift) for shift in (0, 1, -1, -7)]
    visits = [visit.stop.id for visit in plan.visits()]
    moments = [f"{today}T{hour}:00:00+08:00" for hour in ("08", "09", "11")]
    return {
        "squad_id": [squad.id for squad in plan.squads],
        "stop_id": visits + [left.stop.id for left in plan.unassigned],
        "date": [day.isoformat() for day in days],
        "at": moments,
    }


def _cases(ctx: Context, users: Mapping[str, User], plan: DayPlan) -> dict[str, list[str]]:
    """A case on each of the ways, over incidents of the planner's township."""
    village = next(visit.stop for visit in plan.visits() if visit.stop.village_code)
    with ctx.storage.read() as uow:
        item = next(i for i in uow.catalogue.in_force(uow.today()) if i.basis)
    made = [
        Incident(
            id=f"fuzz-{number}",
            reported_at=ctx.clock.utc_now(),
            category="占道经营",
            description="摊主电话13700000000",
            item_code=item.code,
            lon=village.lon,
            lat=village.lat,
            village_code=village.village_code,
            township_code=plan.township_code,
        )
        for number in range(len(WAYS) + 2)
    ]
    with ctx.storage.write("fuzz") as uow:
        uow.incidents.add_many(made)
        uow.record("fuzz.fill", "incident", "*")
        uow.commit()
    words = {"body": users["department"].department, "squad": plan.squads[0].id}
    cases = []
    for incident, way in zip(made, WAYS, strict=False):
        case = file_case(ctx, incident.id, user=users["planner"], photos=(photo(),)).case
        cases.append(case.id)
        for role, fields in way:
            filled = {k: v.format(**words) if isinstance(v, str) else v for k, v in fields.items()}
            act(ctx, case.id, Step(**filled), user=users[role])
    with ctx.storage.read() as uow:
        clocks = [clock.id for case_id in cases for clock in uow.clocks.of_case(case_id)]
        photos = [e.id for case_id in cases for s in uow.case_steps.of_case(case_id) for e in s.evidence]
    return {
        "case_id": cases,
        "incident_id": [incident.id for incident in made],
        "clock_id": clocks,
        "photo_id": photos,
        "action": list(ACTIONS),
    }


def _tips(
    ctx: Context, users: Mapping[str, User], township: str, villages: list[str]
) -> dict[str, list[str]]:
    """Reports of each kind; what the first told of is settled and closed."""
    with ctx.storage.read() as uow:
        inside = uow.villages.find(township_code=township)[0].geometry.representative_point()
    reports = (
        Report(
            source="open311",
            sender_key="fuzz-0",
            description="占道经营",
            lon=inside.x,
            lat=inside.y,
            contact=Contact(name="李某", phone="13900000000"),
        ),
        Report(source="tip", sender_key="fuzz-1", description="噪音扰民", village_code=villages[0]),
        Report(source="tip", sender_key="fuzz-2", description="垃圾", place_words="桥头", photos=(photo(),)),
        Report(
            source="hotline",
            sender_key="fuzz-3",
            description="占道",
            place_words="集市",
            township_code=township,
            contact=Contact(name="王某", phone="13800000000"),
        ),
        Report(source="open311", sender_key="fuzz-4", description="路灯不亮", place_words="不详"),
    )
    taken = [take_report(ctx, report) for report in reports]
    case = file_case(ctx, taken[0].tip.incident_id or "", user=users["planner"]).case
    for role, fields in _SETTLED:
        act(ctx, case.id, Step(**fields), user=users[role])
    return {
        "tip_id": [one.tip.id for one in taken],
        "code": [one.receipt for one in taken if one.receipt],
        "request_id": [one.tip.incident_id for one in taken if one.tip.incident_id],
    }


def _papers(ctx: Context, users: Mapping[str, User]) -> dict[str, list[str]]:
    """Wishes in a proposal and open ones, and an admission that waits."""
    department, planner = users["department"], users["planner"]
    township = planner.township_code or ""
    with ctx.storage.read() as uow:
        items = [i for i in uow.catalogue.in_force(uow.today()) if not i.is_led_by_office(township)]
    held = next(item for item in items if item.lead_body == department.department)
    asked = wishes.request_power(
        ctx,
        township_code=township,
        item_code=held.code,
        item_name="",
        body="",
        why="就近处理",
        user=planner,
    )
    offered = wishes.offer_power(
        ctx,
        item_code=held.code,
        item_name="",
        body="",
        townships=(),
        conditions="派员培训",
        user=department,
    )
    proposal = proposals.make_proposal(ctx, user=users["lead"])
    free = wishes.request_power(
        ctx,
        township_code=township,
        item_code=None,
        item_name="夜间施工",
        body="",
        why="群众反映多",
        user=planner,
    )
    duty = CatalogueItem(
        code="XZ", name="燃气入户检查", kind="entrusted", lead_body="县住建局", handed_to=(township,)
    )
    asked_for = [
        admissions.ask_admission(ctx, replace(duty, code=code), body="", why="安全检查需要", user=department)
        for code in ("XZ-001", "XZ-002")
    ]
    admissions.review_admission(
        ctx, asked_for[1].id, recommends=True, words="可以承接", unheard=True, user=users["admin"]
    )
    return {
        "wish_id": [free.id, asked.id, offered.id],
        "proposal_id": [proposal.id],
        "admission_id": [one.id for one in asked_for],
    }


def _rest(
    ctx: Context, users: Mapping[str, User], known: Mapping[str, list[str]], today: date
) -> dict[str, list[str]]:
    """A closure, an exception, an appeal, a request for more time, background jobs, a key."""
    planner = users["planner"]
    township = planner.township_code or ""
    with ctx.storage.read() as uow:
        places = uow.places.find(township_code=township)
    depot = next(place for place in places if place.kind == "depot")
    closed = add_closure(
        ctx, township_code=township, points=[(depot.lon, depot.lat)], reason="桥梁检修", actor="planner"
    )
    firm = next(place for place in places if place.kind not in ("depot", "hotspot"))
    grant_permit(
        ctx, place_id=firm.id, first=today, last=today, kind="complaint", reason="投诉", user=planner
    )
    ask_appeal(
        ctx,
        subject=known["case_id"][4],
        group="department",
        body=users["department"].department or "",
        index=ALL_INDICES,
        ground=GROUNDS[0],
        reason="不属我局",
        user=users["department"],
    )
    asked = ask_extension(ctx, known["clock_id"][0], words="2个工作日", reason="需要鉴定", user=planner)
    args = {"day": today.isoformat(), "events": encode(Events()), "preview": True}
    replan = jobs.enqueue(ctx, "replan", township_code=township, actor="planner", seconds=0.3, **args)
    jobs.run_next(ctx)
    queued = jobs.enqueue(ctx, "assign", township_code=township, actor="planner")
    key = apikeys.add_key(ctx, "模糊测试", actor="admin", per_day=apikeys.MOST_PER_DAY)
    return {
        "closure_id": [closed.id],
        "extension_id": [asked.id],
        "job_id": [replan.id, queued.id],
        "key_id": [key.key.id],
        "api_key": [key.text],
    }


_DAYS = ("effective_from", "not_before")
#: Other names of fields and parameters for the same ids.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "township": ("township_code", "townships", "handed_to"),
    "village_code": ("village", "address_id"),
    "agency": ("agency_code",),
    "officer_id": ("officer", "officers", "leader", "member", "members", "officer_ids"),
    "place": ("place_id", "places"),
    "item_code": ("item", "service_code"),
    "body": ("department", "answerable"),
    "squad_id": ("squad", "squads", "target_id"),
    "stop_id": ("stop",),
    "date": (
        "day",
        "from",
        "to",
        "first",
        "last",
        "before",
        "after",
        "until",
        "effective_from",
        "not_before",
    ),
    "at": ("starts_at", "ends_at", "arrived_at", "left_at", "found_at", "reported_at", "since", "now"),
    "case_id": ("original",),
    "incident_id": ("incident", "incidents"),
}


def _same(known: Mapping[str, list[str]]) -> dict[str, list[str]]:
    more = {"number": ["0", "1"], "ending": ["gpx", "kml", "geojson", "gpkg", "ics"]}
    for name, others in SYNONYMS.items():
        more |= dict.fromkeys(others, known[name])
    return more
