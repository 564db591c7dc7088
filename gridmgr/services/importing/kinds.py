"""The office's tables: their columns, how cells are read, and what a row becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gridmgr.clock import Clock
from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.incidents import SOURCES, STATES, Incident
from gridmgr.domain.people import Agency, Attendance, Officer
from gridmgr.domain.places import PLACE_KINDS, Place, Vehicle, Village
from gridmgr.geo.datum import parse_datum, to_wgs84
from gridmgr.services.importing import parse
from gridmgr.services.importing.locate import FAR_METRES, Locator
from gridmgr.services.importing.parse import CellProblem
from gridmgr.services.importing.sheets import Column
from gridmgr.storage import UnitOfWork
from gridmgr.texts import Message

Reader = Callable[[Any], Any]
Row = Mapping[str, Any]


class FieldProblem(Exception):
    """A row that reads well cell by cell but makes no sense.

    Parameters
    ----------
    field
        Our name of the column to blame, None for the whole row.
    key, params
        Words for the user.
    """

    def __init__(self, field: str | None, key: str, **params: Any) -> None:
        self.field = field
        self.message = Message(key, params)
        super().__init__(key)


@dataclass(kw_only=True)
class Known:
    """What is in the database already, looked up once an import; collects warnings.

    Parameters
    ----------
    townships, agencies, officers, items
        Codes and ids that exist; ``agencies`` with their township.
    villages
        By code.
    locator
        Villages by point.
    clock
        For the zone of times without one.
    """

    townships: frozenset[str]
    agencies: Mapping[str, str]
    officers: frozenset[str]
    items: frozenset[str]
    villages: Mapping[str, Village]
    locator: Locator
    clock: Clock
    warnings: list[Message] = field(default_factory=list)

    @classmethod
    def load(cls, uow: UnitOfWork, clock: Clock) -> Known:
        """Read what exists."""
        villages = uow.villages.find()
        return cls(
            townships=frozenset(t.code for t in uow.townships.find()),
            agencies={a.code: a.township_code for a in uow.agencies.find()},
            officers=frozenset(o.id for o in uow.officers.find()),
            items=frozenset(i.code for i in uow.catalogue.find()),
            villages={v.code: v for v in villages},
            locator=Locator(villages),
            clock=clock,
        )

    def require_township(self, code: str | None) -> None:
        """Refuse a township nobody imported."""
        if code is not None and code not in self.townships:
            raise FieldProblem("township_code", "import.unknown_township")


@dataclass(frozen=True, kw_only=True)
class TableKind:
    """One kind of table.

    Parameters
    ----------
    name
        As on the command line.
    columns, readers
        Columns, and a reader for each that is not plain text.
    build
        Makes the domain object of a read row; raises `FieldProblem` or ValueError.
    """

    name: str
    columns: tuple[Column, ...]
    readers: Mapping[str, Reader]
    build: Callable[[Row, Known], Any]


def _columns(*names: str, required: int) -> tuple[Column, ...]:
    """Columns from "field 表头" words; the first ``required`` ones must be there."""
    pairs = [name.split(" ", 1) for name in names]
    return tuple(
        Column(field=f, chinese=chinese, required=index < required)
        for index, (f, chinese) in enumerate(pairs)
    )


def _pick(row: Row, *names: str) -> dict[str, Any]:
    """Values of a row that are there; the dataclass's defaults stand for the others."""
    return {name: row[name] for name in names if row.get(name) is not None}


def _need(row: Row, *names: str) -> None:
    for name in names:
        if row.get(name) is None:
            raise FieldProblem(name, "import.blank")


def _point(row: Row, lon_field: str = "lon", lat_field: str = "lat") -> tuple[float, float]:
    """The row's point as WGS84 degrees."""
    lon, lat = row[lon_field], row[lat_field]
    if not -180 <= lon <= 180:
        raise FieldProblem(lon_field, "import.not_longitude")
    if not -90 <= lat <= 90:
        # A longitude of China in the latitude column is the usual mistake.
        key = "import.swapped" if -90 <= lon <= 90 else "import.not_latitude"
        raise FieldProblem(lat_field, key)
    east, north = to_wgs84(lon, lat, row.get("datum") or "wgs84")
    return float(east), float(north)


def _agency(row: Row, known: Known) -> Agency:
    _need(row, "code", "name", "township_code")
    known.require_township(row["township_code"])
    return Agency(**_pick(row, "code", "name", "township_code"), department=row.get("department") or "")


def _officer(row: Row, known: Known) -> Officer:
    _need(row, "id", "name", "agency_code")
    home_township = known.agencies.get(row["agency_code"])
    if home_township is None:
        raise FieldProblem("agency_code", "import.unknown_agency")
    township = row.get("township_code") or home_township
    known.require_township(township)
    values = _pick(
        row,
        "id",
        "name",
        "agency_code",
        "certificate_no",
        "certificate_valid_to",
        "skills",
        "employment",
        "birth_year",
        "dispatched_on",
    )
    if values.get("birth_year", 1980) not in parse.YEARS:
        raise FieldProblem("birth_year", "import.not_date")
    if (row.get("home_lon") is None) != (row.get("home_lat") is None):
        raise FieldProblem("home_lon", "import.half_point")
    if row.get("home_lon") is not None:
        values["home_lon"], values["home_lat"] = _point(row, "home_lon", "home_lat")
    return Officer(township_code=township, **values)


def _vehicle(row: Row, known: Known) -> Vehicle:
    _need(row, "id", "township_code")
    known.require_township(row["township_code"])
    return Vehicle(**_pick(row, "id", "township_code", "seats"))


def _item(row: Row, known: Known) -> CatalogueItem:
    _need(row, "code", "name", "kind", "lead_body")
    if row.get("effective_from") and row.get("effective_to") and row["effective_to"] < row["effective_from"]:
        raise FieldProblem("effective_to", "import.ends_before_start")
    names = ("code", "name", "kind", "lead_body", "cooperating_bodies", "basis", "deadline_rule")
    return CatalogueItem(**_pick(row, *names, "effective_from", "effective_to"))


def _locate(row: Row, known: Known, *, lon: float, lat: float, label: str) -> Village | None:
    """The village a row belongs to; far outside all is a bad row, near is a warning."""
    given = row.get("village_code")
    if given is not None and given not in known.villages:
        raise FieldProblem("village_code", "import.unknown_village")
    found = known.locator.find(lon, lat)
    if found is None:
        return None
    if found.outside_metres > FAR_METRES:
        kilometres = round(found.outside_metres / 1000, 1)
        raise FieldProblem("lon", "import.far_outside", kilometres=kilometres, village=found.village.name)
    if found.outside_metres > 0:
        metres = round(found.outside_metres)
        values = {"what": label, "metres": metres, "village": found.village.name}
        known.warnings.append(Message("import.near_outside", values))
    elif given is not None and found.village.code != given:
        values = {"what": label, "given": given, "found": f"{found.village.code} {found.village.name}"}
        known.warnings.append(Message("import.other_village", values))
    return known.villages[given] if given is not None else found.village


def _place(row: Row, known: Known) -> Place:
    _need(row, "id", "name", "kind", "lon", "lat")
    lon, lat = _point(row)
    village = _locate(row, known, lon=lon, lat=lat, label=f"{row['id']} {row['name']}")
    if (row.get("open") is None) != (row.get("close") is None):
        raise FieldProblem("open", "import.half_window")
    if row.get("open") is not None and row["close"] <= row["open"]:
        raise FieldProblem("close", "import.closes_before_open")
    values = _pick(row, "id", "name", "kind", "priority", "service_minutes", "open", "close")
    return Place(
        lon=lon,
        lat=lat,
        required_skills=row.get("required_skills") or (),
        village_code=village.code if village else None,
        township_code=village.township_code if village else None,
        **values,
    )


def _attendance(row: Row, known: Known) -> Attendance:
    _need(row, "date", "officer_id", "status")
    if row["officer_id"] not in known.officers:
        raise FieldProblem("officer_id", "import.unknown_officer")
    return Attendance(day=row["date"], officer_id=row["officer_id"], status=row["status"])


def _incident(row: Row, known: Known) -> Incident:
    _need(row, "id", "reported_at", "lon", "lat")
    if row["reported_at"] > known.clock.now():
        raise FieldProblem("reported_at", "import.in_future")
    lon, lat = _point(row)
    village = _locate(row, known, lon=lon, lat=lat, label=row["id"])
    item = row.get("item_code")
    if item is not None and item not in known.items:
        raise FieldProblem("item_code", "import.unknown_item")
    values = _pick(row, "id", "reported_at", "category", "item_code", "description", "state", "urgent")
    return Incident(
        lon=lon,
        lat=lat,
        source=row.get("source") or "import",
        village_code=village.code if village else None,
        township_code=village.township_code if village else None,
        **values,
    )


def _either(english: frozenset[str], chinese: Mapping[str, str]) -> Reader:
    return parse.choice({word: word for word in sorted(english)} | dict(chinese))


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
_PLACE_KIND = _either(
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
_SOURCE = _either(
    SOURCES, {"巡查": "patrol", "群众": "tip", "热线": "hotline", "部门": "department", "导入": "import"}
)
_STATE = _either(
    STATES, {"待处理": "reported", "现场办结": "settled", "已上报": "escalated", "已结案": "closed"}
)
_YES_NO = parse.choice({"是": "1", "否": "", "1": "1", "0": "", "yes": "1", "no": ""})


def _yes(value: Any) -> bool | None:
    answer = _YES_NO(value)
    return None if answer is None else bool(answer)


def _datum(value: Any) -> str | None:
    words = parse.text(value)
    return None if words is None else parse_datum(words)


def table_kinds(clock: Clock) -> dict[str, TableKind]:
    """Every kind of table, by its name on the command line.

    Parameters
    ----------
    clock
        Its zone is that of times without one.
    """
    kinds = (
        TableKind(
            name="agencies",
            columns=_columns(
                "code 机构代码", "name 机构名称", "township_code 乡镇代码", "department 主管部门", required=3
            ),
            readers={},
            build=_agency,
        ),
        TableKind(
            name="officers",
            columns=_columns(
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
            build=_officer,
        ),
        TableKind(
            name="vehicles",
            columns=_columns("id 车牌", "township_code 乡镇代码", "seats 座位数", required=2),
            readers={"seats": parse.whole},
            build=_vehicle,
        ),
        TableKind(
            name="catalogue",
            columns=_columns(
                "code 事项编码",
                "name 事项名称",
                "kind 类别",
                "lead_body 主体责任单位",
                "cooperating_bodies 配合责任单位",
                "basis 法律依据",
                "deadline_rule 办理时限",
                "effective_from 生效日期",
                "effective_to 失效日期",
                required=4,
            ),
            readers={
                "kind": _ITEM_KIND,
                "cooperating_bodies": parse.texts,
                "effective_from": parse.day,
                "effective_to": parse.day,
            },
            build=_item,
        ),
        TableKind(
            name="places",
            columns=_columns(
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
            build=_place,
        ),
        TableKind(
            name="attendance",
            columns=_columns("date 日期", "officer_id 工号", "status 状态", required=3),
            readers={"date": parse.day, "status": _STATUS},
            build=_attendance,
        ),
        TableKind(
            name="incidents",
            columns=_columns(
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
                "reported_at": parse.moment(clock.zone),
                "source": _SOURCE,
                "lon": parse.number,
                "lat": parse.number,
                "datum": _datum,
                "state": _STATE,
                "urgent": _yes,
            },
            build=_incident,
        ),
    )
    return {kind.name: kind for kind in kinds}


__all__ = ["CellProblem", "FieldProblem", "Known", "TableKind", "table_kinds"]
