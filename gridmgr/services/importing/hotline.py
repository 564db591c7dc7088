"""Work orders of the 12345 hotline: their columns, and what a row says.

Every county's hotline exports other headers for the same things; the common ones are taken.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gridmgr.domain.deadlines import DeadlineRule, RuleTextError, parse_rule
from gridmgr.domain.tips import Contact
from gridmgr.geo.datum import parse_datum
from gridmgr.services.importing import parse
from gridmgr.services.importing.rows import FieldProblem, Known, Row, locate, need, pick, point
from gridmgr.services.importing.sheets import cell_text
from gridmgr.services.importing.tablekind import TableKind, columns
from gridmgr.services.intake.reports import MOST_CATEGORY, MOST_CONTACT, MOST_DESCRIPTION, MOST_WORDS

#: What call takers write where nobody gave a name or number.
_NOBODY = frozenset({"匿名", "不详", "无", "未知", "不愿透露", "未提供", "保密", "-", "/", "—", "0"})
#: A day, or the midnight a spreadsheet makes of it.
_DAY_ONLY = re.compile(r"\d{4}\s*[-/.年]?\s*\d{1,2}\s*[-/.月]?\s*\d{1,2}\s*日?(?:[ T]0?0:00(?::00)?)?")
#: How spreadsheets are kept from turning numbers into numbers: ="2026", '2026.
_AS_TEXT = re.compile(r"=\"(.*)\"|'(.*)")
_MOST_ID = 100

Due = datetime | date | DeadlineRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A work order as its row tells it.

    Parameters
    ----------
    id
        The hotline's own number.
    reported_at
        When the call came in, aware.
    category, description, place_words
        What and where, in the call taker's words.
    due
        Until when it is to be done: a moment, a day (its business ends), or a length of time; None where the
        order does not say.
    contact
        Who called.
    urgent
        Marked as such.
    office
        To whom it was sent, in words.
    village_code, lon, lat
        Where, as far as the row has columns for it; degrees WGS84.
    """

    id: str
    reported_at: datetime
    category: str = ""
    description: str
    place_words: str = ""
    due: Due | None = None
    contact: Contact
    urgent: bool = False
    office: str = ""
    village_code: str | None = None
    lon: float | None = None
    lat: float | None = None

    @property
    def told_hash(self) -> str:
        """SHA-256 of everything but who called, by which the same order is known again."""
        told = [
            *(self.reported_at.timestamp(), self.category, self.description, self.place_words),
            *(_due_words(self.due), self.urgent, self.office, self.village_code, self.lon, self.lat),
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _due_words(due: Due | None) -> str:
    if isinstance(due, DeadlineRule):
        return f"{due.amount} {due.unit}"
    return "" if due is None else due.isoformat()


def read_due(zone: ZoneInfo) -> Callable[[Any], Due | None]:
    """A reader of until when: a moment, a day, or a length of time such as "5个工作日"."""
    read_moment = parse.moment(zone)

    def read(value: Any) -> Due | None:
        words = cell_text(value)
        if words is None:
            return None
        if _DAY_ONLY.fullmatch(words):
            return parse.day(words)
        try:
            return parse_rule(words)
        except RuleTextError:
            return read_moment(value)

    return read


def _code(value: Any) -> str | None:
    """A number that is text, also as spreadsheets write it to keep it so."""
    words = cell_text(value)
    found = _AS_TEXT.fullmatch(words) if words else None
    return words if found is None else (found[1] or found[2] or "").strip() or None


def _person(value: Any) -> str | None:
    words = _code(value)
    return None if words in _NOBODY else words


def _datum(value: Any) -> str | None:
    words = cell_text(value)
    return None if words is None else parse_datum(words)


_URGENT = parse.choice(
    {"紧急": "1", "特急": "1", "加急": "1", "特提": "1", "急件": "1", "是": "1", "1": "1", "yes": "1"}
    | {"一般": "", "普通": "", "平件": "", "常规": "", "否": "", "0": "", "no": ""}
)


def _urgent(value: Any) -> bool:
    return bool(_URGENT(value))


def order(row: Row, known: Known) -> Order:
    """A work order of a call that was made."""
    need(row, "id", "reported_at")
    if row["reported_at"] > known.clock.now():
        raise FieldProblem("reported_at", "import.in_future")
    values = pick(row, "id", "reported_at", "category", "place_words", "due", "urgent", "office")
    found = Order(
        description=_words(row),
        contact=Contact(name=row.get("name") or "", phone=row.get("phone") or ""),
        **values,
        **_where(row, known),
    )
    _check_lengths(found)
    _check_due(found, known)
    return found


def _words(row: Row) -> str:
    """Title and content; the title alone where it says all, and once where the content begins with it."""
    title, told = row.get("title") or "", row.get("description") or ""
    if not (title or told):
        raise FieldProblem("description", "import.blank")
    return told if told.startswith(title) else "\n".join(part for part in (title, told) if part)


def _where(row: Row, known: Known) -> dict[str, Any]:
    lon, lat, village = row.get("lon"), row.get("lat"), row.get("village_code")
    if (lon is None) != (lat is None):
        raise FieldProblem("lon" if lon is None else "lat", "import.half_point")
    if village is not None and village not in known.villages:
        raise FieldProblem("village_code", "import.unknown_village")
    if lon is None:
        return {"village_code": village}
    east, north = point(row)
    locate(row, known, lon=east, lat=north, label=row["id"])
    return {"village_code": village, "lon": east, "lat": north}


def _check_lengths(found: Order) -> None:
    limits = (
        ("id", found.id, _MOST_ID),
        ("description", found.description, MOST_DESCRIPTION),
        ("place_words", found.place_words, MOST_WORDS),
        ("category", found.category, MOST_CATEGORY),
        ("name", found.contact.name, MOST_CONTACT),
        ("phone", found.contact.phone, MOST_CONTACT),
    )
    for name, words, most in limits:
        if len(words) > most:
            raise FieldProblem(name, "import.too_long", most=most)


def _check_due(found: Order, known: Known) -> None:
    told = found.reported_at
    early = (
        found.due < told
        if isinstance(found.due, datetime)
        else isinstance(found.due, date) and found.due < told.astimezone(known.clock.zone).date()
    )
    if early:
        raise FieldProblem("due", "import.due_before_told")


HOTLINE = TableKind(
    name="hotline",
    columns=columns(
        "id 工单编号|工单号|工单编码|工单流水号|受理编号|诉求编号|事件编号|流水号|编号",
        "reported_at 来电时间|受理时间|登记时间|诉求时间|反映时间|创建时间|来件时间|上报时间",
        "description 诉求内容|工单内容|诉求描述|反映内容|问题描述|来电内容|主要内容|内容",
        "title 诉求标题|工单标题|标题|主题",
        "name 诉求人|诉求人姓名|来电人|来电人姓名|反映人|市民姓名|联系人|姓名",
        "phone 联系电话|联系方式|来电号码|来电电话|诉求人电话|联系号码|手机号码|手机号|电话",
        "place_words 诉求地址|事发地址|问题地址|事发地点|诉求地点|诉求位置|详细地址|地址|地点",
        "category 诉求类型|诉求类别|问题类型|问题分类|诉求分类|工单类型|事项分类|归口类别",
        "due 办理时限|办结时限|办理期限|办理截止时间|截止时间|要求办结时间|承办时限|到期时间",
        "urgent 紧急程度|紧急|是否紧急|缓急程度",
        "office 承办单位|责任单位|主办单位|承办部门|所属乡镇|乡镇",
        "village_code 村代码",
        "lon 经度",
        "lat 纬度",
        "datum 坐标系",
        required=3,
    ),
    readers={
        "id": _code,
        "name": _person,
        "phone": _person,
        "urgent": _urgent,
        "lon": parse.number,
        "lat": parse.number,
        "datum": _datum,
    },
    build=order,
    personal=frozenset({"name", "phone"}),
)
