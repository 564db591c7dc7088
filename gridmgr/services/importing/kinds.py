"""The office's tables: their columns, and how cells are read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gridmgr.clock import Clock
from gridmgr.domain.calendar import DAY_KINDS
from gridmgr.domain.incidents import SOURCES, STATES
from gridmgr.domain.inspections import EXCEPTIONS
from gridmgr.domain.people import RECUSAL_KINDS
from gridmgr.domain.places import PLACE_KINDS
from gridmgr.geo.datum import parse_datum
from gridmgr.services.importing import parse, rows
from gridmgr.services.importing.hotline import HOTLINE, read_due
from gridmgr.services.importing.tablekind import TableKind, columns, either

_EMPLOYMENT = parse.choice(
    {"编制": "staff", "在编": "staff", "聘用": "contract", "staff": "staff", "contract": "contract"}
)
_ITEM_KIND = parse.choice(
    {"基础": "basic", "委托": "entrusted", "赋权": "entrusted", "basic": "basic", "entrusted": "entrusted"}
)
_STATUS = parse.choice(
    {
        "在岗": "on_duty",
        "休假": "leave",
        "借调": "seconded",
        "培训": "training",
        "病假": "sick",
        "on_duty": "on_duty",
        "leave": "leave",
        "seconded": "seconded",
        "training": "training",
        "sick": "sick",
    }
)
_PLACE_KIND = either(
    PLACE_KINDS,
    {
        "驻地": "depot",
        "热点": "hotspot",
        "企业": "enterprise",
        "市场": "market",
        "学校": "school",
        "村委会": "committee",
        "工地": "site",
        "其他": "other",
    },
)
_SOURCE = either(
    SOURCES,
    {
        "巡查": "patrol",
        "群众": "tip",
        "微信": "wechat",
        "热线": "hotline",
        "部门": "department",
        "导入": "import",
    },
)
_STATE = either(
    STATES, {"待处理": "reported", "现场办结": "settled", "已上报": "escalated", "已结案": "closed"}
)
_RECUSAL_KIND = either(
    frozenset(RECUSAL_KINDS), {"近亲属": "relative", "原籍": "home", "利害关系": "interest", "其他": "other"}
)
_YES_NO = parse.choice({"是": "1", "否": "", "1": "1", "0": "", "yes": "1", "no": ""})


def _yes(value: Any) -> bool | None:
    answer = _YES_NO(value)
    return None if answer is None else bool(answer)


def _datum(value: Any) -> str | None:
    words = parse.text(value)
    return None if words is None else parse_datum(words)


AGENCIES = TableKind(
    name="agencies",
    columns=columns(
        "code 机构代码", "name 机构名称", "township_code 乡镇代码", "department 主管部门", required=3
    ),
    readers={},
    build=rows.agency,
)
OFFICERS = TableKind(
    name="officers",
    columns=columns(
        "id 工号",
        "name 姓名",
        "agency_code 派驻机构代码",
        "township_code 乡镇代码",
        "certificate_no 执法证号",
        "certificate_valid_to 证件有效期",
        "skills 专业领域",
        "employment 身份",
        "birth_year 出生年",
        "dispatched_on 下沉日期",
        "home_lon 经度",
        "home_lat 纬度",
        "datum 坐标系",
        required=3,
    ),
    readers={
        "certificate_valid_to": parse.day,
        "skills": parse.texts,
        "employment": _EMPLOYMENT,
        "birth_year": parse.whole,
        "dispatched_on": parse.day,
        "home_lon": parse.number,
        "home_lat": parse.number,
        "datum": _datum,
    },
    build=rows.officer,
)
VEHICLES = TableKind(
    name="vehicles",
    columns=columns("id 车牌", "township_code 乡镇代码", "seats 座位数", required=2),
    readers={"seats": parse.whole},
    build=rows.vehicle,
)
CATALOGUE = TableKind(
    name="catalogue",
    columns=columns(
        "code 事项编码",
        "name 事项名称",
        "kind 类别",
        "lead_body 主体责任单位",
        "cooperating_bodies 配合责任单位",
        "basis 法律依据",
        "deadline_rule 办理时限",
        "effective_from 生效日期",
        "effective_to 失效日期",
        "process 办理流程",
        "handed_to 下放乡镇",
        required=4,
    ),
    readers={
        "kind": _ITEM_KIND,
        "cooperating_bodies": parse.texts,
        "process": parse.steps,
        "handed_to": parse.texts,
        "effective_from": parse.day,
        "effective_to": parse.day,
    },
    build=rows.item,
)
PLACES = TableKind(
    name="places",
    columns=columns(
        "id 编号",
        "name 名称",
        "kind 类型",
        "lon 经度",
        "lat 纬度",
        "datum 坐标系",
        "priority 优先级",
        "service_minutes 停留分钟",
        "open 开始",
        "close 结束",
        "required_skills 所需专业",
        "village_code 村代码",
        required=5,
    ),
    readers={
        "kind": _PLACE_KIND,
        "lon": parse.number,
        "lat": parse.number,
        "datum": _datum,
        "priority": parse.whole,
        "service_minutes": parse.whole,
        "open": parse.clock_time,
        "close": parse.clock_time,
        "required_skills": parse.texts,
    },
    build=rows.place,
)
RECUSALS = TableKind(
    name="recusals",
    columns=columns(
        "officer_id 工号",
        "recused_from 回避村代码",
        "reason 回避事由",
        "starts_on 起始日期",
        "ends_on 截止日期",
        "kind 回避类型",
        required=3,
    ),
    readers={"starts_on": parse.day, "ends_on": parse.day, "kind": _RECUSAL_KIND},
    build=rows.recusal,
)
ATTENDANCE = TableKind(
    name="attendance",
    columns=columns("date 日期", "officer_id 工号", "status 状态", required=3),
    readers={"date": parse.day, "status": _STATUS},
    build=rows.attendance,
)
INCIDENTS = TableKind(
    name="incidents",
    columns=columns(
        "id 编号",
        "reported_at 上报时间",
        "lon 经度",
        "lat 纬度",
        "source 来源",
        "category 类别",
        "item_code 事项编码",
        "datum 坐标系",
        "description 描述",
        "village_code 村代码",
        "state 状态",
        "urgent 紧急",
        required=4,
    ),
    readers={
        "source": _SOURCE,
        "lon": parse.number,
        "lat": parse.number,
        "datum": _datum,
        "state": _STATE,
        "urgent": _yes,
    },
    build=rows.incident,
)

_DAY_KIND = either(
    DAY_KINDS,
    {
        "放假": "holiday",
        "休": "holiday",
        "上班": "makeup",
        "调休上班": "makeup",
        "班": "makeup",
        "照常": "ordinary",
    },
)
CALENDAR = TableKind(
    name="calendar",
    columns=columns("date 日期", "kind 类型", "name 节日", "source 依据文号", required=2),
    readers={"date": parse.day, "kind": _DAY_KIND},
    build=rows.calendar_day,
)
_EXCEPTION = either(
    EXCEPTIONS,
    {
        "投诉举报": "complaint",
        "事故处置": "accident",
        "转办交办": "transferred",
        "整改复查": "recheck",
        "司法协助": "court",
        "专项检查": "campaign",
    },
)
INSPECTIONS = TableKind(
    name="inspections",
    columns=columns(
        "id 编号",
        "date 检查日期",
        "place_id 点位编号",
        "place_name 点位名称",
        "agencies 检查机构",
        "exception 不计次情形",
        "reason 说明",
        required=2,
    ),
    readers={"date": parse.day, "agencies": parse.texts, "exception": _EXCEPTION},
    build=rows.inspection,
)
INSPECTION_REQUESTS = TableKind(
    name="inspection-requests",
    columns=columns(
        "id 编号",
        "agency_code 派驻机构代码",
        "matter 检查事项",
        "not_before 最早日期",
        "deadline 最晚日期",
        "place_id 点位编号",
        "place_name 点位名称",
        "skills 专业领域",
        "minutes 所需分钟",
        "priority 优先级",
        "reason 检查事由",
        required=5,
    ),
    readers={
        "not_before": parse.day,
        "deadline": parse.day,
        "skills": parse.texts,
        "minutes": parse.whole,
        "priority": parse.whole,
    },
    build=rows.inspection_request,
)


def table_kinds(clock: Clock) -> dict[str, TableKind]:
    """Every kind of table, by its name on the command line.

    Parameters
    ----------
    clock
        Its zone is that of times without one.
    """
    told = {"reported_at": parse.moment(clock.zone)}
    ordered = {**told, "due": read_due(clock.zone)}
    kinds = (
        *(AGENCIES, OFFICERS, VEHICLES, CATALOGUE, PLACES, RECUSALS, ATTENDANCE),
        replace(INCIDENTS, readers={**INCIDENTS.readers, **told}),
        replace(HOTLINE, readers={**HOTLINE.readers, **ordered}),
        *(INSPECTIONS, INSPECTION_REQUESTS, CALENDAR),
    )
    return {kind.name: kind for kind in kinds}
