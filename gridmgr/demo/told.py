"""What several bodies are at, and what waits in the inbox: a matter joined, one undecided, four reports.

The services that load the demo file the cases and take their steps, so that it is the product's own rules
which find what is handled twice, what is told twice, and who should deal with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from gridmgr.demo.fields import DEPARTMENTS
from gridmgr.demo.frame import random
from gridmgr.demo.passed_up import office_time
from gridmgr.demo.patrols import ZONE
from gridmgr.demo.siting import Sites
from gridmgr.demo.villages import Land
from gridmgr.domain.incidents import Incident
from gridmgr.domain.people import Agency

_BODIES = {department.field: f"县{department.name}" for department in DEPARTMENTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentCase:
    """A case that was passed to a department.

    Parameters
    ----------
    incident
        What was reported.
    department
        To whom.
    sent_at, accepted_at
        When; the latter None where it was not accepted yet.
    """

    incident: Incident
    department: str
    sent_at: datetime
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMatter:
    """One matter that two departments were sent to.

    Parameters
    ----------
    cases
        By time; the first one's department leads where it was joined.
    joined_at
        When somebody joined them, None where that is still to be decided.
    opinion_at, opinion
        When the second department gave its opinion on the first case, and which.
    """

    cases: tuple[SentCase, ...]
    joined_at: datetime | None = None
    opinion_at: datetime | None = None
    opinion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxReport:
    """A report that nobody has looked at yet.

    Parameters
    ----------
    id
        Its number in the office.
    source, category, description, place_words
        As told.
    reported_at
        Aware.
    township_code
        Whose.
    incident
        What it became; None where its place is still to be found.
    """

    id: str
    source: str
    category: str
    description: str
    place_words: str
    reported_at: datetime
    township_code: str
    incident: Incident | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A kind of matter that concerns two fields, told by three people."""

    category: str
    item: str
    fields: tuple[str, str]
    told: tuple[str, ...]
    opinion: str = ""


_JOINED = (
    _Kind(
        category="食品安全",
        item="SC002",
        fields=("市场监管", "卫生健康"),
        told=("街口小餐馆没有食品经营许可证，后厨脏乱", "街口那家饭馆后厨污水横流，服务员没有健康证"),
        opinion="经核，从业人员健康证明缺失属实，建议由贵局一并责令整改，我委配合复查。",
    ),
    _Kind(
        category="无照经营",
        item="SC001",
        fields=("市场监管", "城市管理"),
        told=("路口流动餐车没有营业执照，卖熟食", "餐车天天占着路口卖熟食，油污满地"),
        opinion="占道问题已责令撤离；无照经营请贵局依法处理，我局配合。",
    ),
    _Kind(
        category="燃气安全",
        item="CG009",
        fields=("城市管理", "应急管理"),
        told=("沿街门店无证倒灌液化气瓶", "门店里堆着十几个液化气瓶，还给人换气，怕出事"),
        opinion="现场存放超量，已要求当日清运；许可问题请贵局依法处理。",
    ),
    _Kind(
        category="水污染",
        item="HJ004",
        fields=("生态环境", "水利"),
        told=("厂房后墙有暗管往河沟排黑水", "河沟水发黑发臭，怀疑是上游小厂偷排"),
        opinion="排口位于河道管理范围内，未经审批，建议一并封堵。",
    ),
)
_OPEN = (
    _Kind(
        category="建筑垃圾",
        item="CG004",
        fields=("交通运输", "生态环境"),
        told=(
            "夜间渣土车沿路遗撒，往废弃坑塘倾倒建筑垃圾",
            "坑塘里倒了好几车砖头渣土，扬尘很大",
            "又有车往坑塘里偷倒渣土，昨天半夜倒了两车",
        ),
    ),
    _Kind(
        category="餐饮油烟",
        item="HJ003",
        fields=("城市管理", "市场监管"),
        told=(
            "烧烤店炉子摆到路边，油烟扰民",
            "烧烤店没有排烟设施，占着人行道烤串",
            "楼下烧烤摊油烟太大，不敢开窗",
        ),
    ),
    _Kind(
        category="河道采砂",
        item="SL003",
        fields=("自然资源", "生态环境"),
        told=(
            "河滩上有挖机取砂，挖出大坑",
            "河滩砂石堆占滩地，污水直排河里",
            "河滩上那台挖机又在取砂了，请来人看看",
        ),
    ),
)
#: Reports of one matter in two people's words, and one whose place is words only.
_TWICE = ("道路损坏", "村口桥头路面有个大坑，骑车容易摔", "桥头的路坏了，坑很深，昨晚有人骑车摔倒")
_UNPLACED = ("乱堆乱放", "路边垃圾堆了好几天没人清，味道很大", "集市北头小桥旁边")
#: How far apart people put one and the same matter, metres.
_APART = 28.0


def make_told(
    land: Land, sites: Sites, agencies: Sequence[Agency], *, seed: int, today: date
) -> tuple[tuple[SharedMatter, ...], tuple[InboxReport, ...]]:
    """Shared matters and reports of the largest township; fewer where it lacks the departments."""
    sizes = [sum(v.township_code == town.code for v in land.villages) for town in land.townships]
    town = max(zip(sizes, (t.code for t in land.townships), strict=True))[1]
    maker = _Maker(land, sites, town, seed=seed, today=today)
    here = [agency.department for agency in agencies if agency.township_code == town]
    joined, waiting = (_first(kinds, here) for kinds in (_JOINED, _OPEN))
    shared = [maker.joined(joined)] if joined else []
    reports = maker.twice()
    if waiting:
        open_one, third = maker.waiting(waiting)
        shared.append(open_one)
        reports.append(third)
    reports.append(maker.unplaced())
    return tuple(shared), tuple(reports)


def _first(kinds: Sequence[_Kind], here: Sequence[str]) -> _Kind | None:
    """The first kind both of whose departments are in the township."""
    return next((kind for kind in kinds if all(_BODIES[field] in here for field in kind.fields)), None)


class _Maker:
    """Draws the matters, each at a spot of its own."""

    def __init__(self, land: Land, sites: Sites, town: str, *, seed: int, today: date) -> None:
        self._land, self._sites, self._town = land, sites, town
        self._rng = random(seed, "told")
        self._midnight = datetime.combine(today, time(0), ZONE)
        self._cells = [n for n, village in enumerate(land.villages) if village.township_code == town]
        self._count = 0

    def joined(self, kind: _Kind) -> SharedMatter:
        """A matter that was joined two days after the second department was sent."""
        return SharedMatter(
            cases=self._cases(kind, ((5.6, 5.4), (3.6, 3.4))),
            joined_at=self._office(2.5),
            opinion_at=self._office(1.4),
            opinion=kind.opinion,
        )

    def waiting(self, kind: _Kind) -> tuple[SharedMatter, InboxReport]:
        """A matter nobody has decided on yet, and a report of the evening about it."""
        cell, spot = self._somewhere()
        shared = SharedMatter(cases=self._cases(kind, ((2.6, 2.4), (1.4, None)), at=(cell, spot)))
        return shared, self._report("tip", kind.category, kind.told[2], cell, spot, minutes=18 * 60 + 42)

    def twice(self) -> list[InboxReport]:
        """Two reports of one matter."""
        cell, spot = self._somewhere()
        category, first, second = _TWICE
        return [
            self._report("hotline", category, first, cell, spot, minutes=17 * 60 + 25),
            self._report("wechat", category, second, cell, spot, minutes=20 * 60 + 8),
        ]

    def unplaced(self) -> InboxReport:
        """A report with words only."""
        category, words, where = _UNPLACED
        at = self._evening(20 * 60 + 51)
        return InboxReport(
            id=self._number("T", at),
            source="tip",
            category=category,
            description=words,
            place_words=where,
            reported_at=at,
            township_code=self._town,
            incident=None,
        )

    def _cases(
        self,
        kind: _Kind,
        days: Sequence[tuple[float, float | None]],
        at: tuple[int, tuple[float, float]] | None = None,
    ) -> tuple[SentCase, ...]:
        cell, spot = at or self._somewhere()
        made = []
        for number, (sent, accepted) in enumerate(days):
            sent_at = self._office(sent)
            words = kind.told[number]
            incident = self._incident(
                sent_at - timedelta(minutes=95),
                "hotline" if number else "tip",
                kind.category,
                words,
                cell,
                spot,
                item=kind.item,
            )
            made.append(
                SentCase(
                    incident=incident,
                    department=_BODIES[kind.fields[number]],
                    sent_at=sent_at,
                    accepted_at=None if accepted is None else self._office(accepted),
                )
            )
        return tuple(made)

    def _report(
        self,
        source: str,
        category: str,
        words: str,
        cell: int,
        spot: tuple[float, float],
        *,
        minutes: int,
    ) -> InboxReport:
        at = self._evening(minutes)
        incident = self._incident(at, source, category, words, cell, spot)
        return InboxReport(
            id=self._number("T", at),
            source=source,
            category=category,
            description=words,
            place_words="",
            reported_at=at,
            township_code=self._town,
            incident=incident,
        )

    def _incident(
        self,
        at: datetime,
        source: str,
        category: str,
        words: str,
        cell: int,
        spot: tuple[float, float],
        *,
        item: str | None = None,
    ) -> Incident:
        lon, lat = self._sites.around(cell, spot, self._rng, metres=_APART)
        return Incident(
            id=self._number("QL", at),
            reported_at=at,
            source=source,
            category=category,
            item_code=item,
            lon=lon,
            lat=lat,
            description=words,
            village_code=self._land.villages[cell].code,
            township_code=self._town,
        )

    def _somewhere(self) -> tuple[int, tuple[float, float]]:
        cell = int(self._rng.choice(np.array(self._cells)))
        return cell, self._sites.beside_road(cell, self._rng)

    def _number(self, letters: str, at: datetime) -> str:
        self._count += 1
        return f"{letters}{at:%Y%m%d}-8{self._count:02d}"

    def _office(self, days_ago: float) -> datetime:
        return office_time(self._midnight - timedelta(days=days_ago))

    def _evening(self, minutes: int) -> datetime:
        """So many minutes into yesterday."""
        return self._midnight - timedelta(days=1) + timedelta(minutes=minutes)
