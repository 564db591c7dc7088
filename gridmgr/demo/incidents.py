"""Four weeks of incidents with a daily rhythm: squads' finds, villagers' tips, hotline calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from gridmgr.demo.frame import FloatArray, random
from gridmgr.demo.patrols import ZONE
from gridmgr.demo.people import PAST_DAYS, People
from gridmgr.demo.siting import Sites
from gridmgr.demo.villages import Land
from gridmgr.domain.incidents import Incident

#: Incidents a village and day, and how many a weekend day has of a working day's.
_PER_VILLAGE_DAY, _WEEKEND_SHARE = 0.06, 0.55
#: How often each hour of the day brings one, from midnight: two humps, and an evening for noise and markets.
_DAYTIME = np.array([0, 0, 0, 0, 0, 0.3, 0.8, 2, 5, 9, 9, 6, 2, 3, 6, 8, 7, 5, 3, 2, 1.5, 1, 0.4, 0])
_EVENING = np.array([2, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 6, 9, 10, 8, 5, 3])
_SOURCES, _SOURCE_SHARES = ("patrol", "tip", "hotline", "department"), (0.46, 0.27, 0.2, 0.07)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matter:
    """A kind of incident."""

    category: str
    item: str
    weight: int
    words: tuple[str, ...]
    where: str = "any"
    evening: bool = False


def _matter(
    category: str, item: str, weight: int, where: str, words: str, *, evening: bool = False
) -> _Matter:
    return _Matter(
        category=category,
        item=item,
        weight=weight,
        words=tuple(words.split("|")),
        where=where,
        evening=evening,
    )


_MATTERS = (
    _matter(
        "占道经营",
        "CG001",
        14,
        "town",
        "主街两侧摊贩占道经营，影响通行|门店外摆桌椅占用人行道|水果车长期停在路口叫卖",
    ),
    _matter(
        "乱堆乱放",
        "CG003",
        13,
        "any",
        "村口路边堆放生活垃圾，有异味|沟渠旁有人倾倒垃圾|空地上垃圾成堆无人清理",
    ),
    _matter("建筑垃圾", "CG004", 7, "country", "夜间有车辆偷倒渣土|废弃坑塘内倾倒建筑垃圾约两车"),
    _matter("违法建设", "ZR004", 9, "any", "村民未办手续加盖二层|耕地边新建彩钢棚|房屋翻建超出批准面积"),
    _matter("占用耕地", "ZR003", 5, "country", "耕地上堆放砂石料|农田内硬化地面约半亩"),
    _matter("河道采砂", "SL003", 4, "river", "河滩上有挖机取砂|夜间有人在河道偷采砂石"),
    _matter("秸秆焚烧", "HJ001", 8, "country", "地头有焚烧秸秆烟点|村民在田间烧杂草，烟雾较大"),
    _matter("施工扬尘", "HJ002", 5, "town", "工地未覆盖裸土，扬尘明显|渣土车未密闭，沿路遗撒"),
    _matter("餐饮油烟", "HJ003", 5, "town", "饭店油烟直排，居民反映强烈|烧烤店油烟扰民", evening=True),
    _matter(
        "噪声扰民",
        "CG008",
        8,
        "town",
        "广场音响声音过大，影响休息|商铺高音喇叭叫卖|工地夜间施工噪声大",
        evening=True,
    ),
    _matter("食品安全", "SC003", 6, "any", "超市货架上有过期食品|流动摊贩售卖无标签熟食|小作坊环境脏乱"),
    _matter("明码标价", "SC007", 3, "town", "部分商品未标价|收费与公示价格不一致"),
    _matter("农资经营", "NY002", 3, "any", "农资店台账不全，疑似无证销售农药|销售的农药标签不清"),
    _matter("养殖污染", "HJ006", 4, "country", "养殖场粪污外溢到路边沟|养殖异味大，村民投诉"),
    _matter("安全隐患", "YJ003", 6, "any", "厂房配电线路私拉乱接|仓库内易燃物混放|围墙倾斜有倒塌危险"),
    _matter("通道堵塞", "YJ006", 4, "town", "消防通道被车辆堵塞|安全出口上锁"),
    _matter("道路损坏", "JT002", 6, "any", "路面坑槽较深，骑车易摔|公路上遗撒砂石未清理"),
    _matter("超限运输", "JT004", 3, "country", "大货车绕行村道，压坏路面"),
    _matter("流浪犬只", "NY006", 4, "any", "村内犬只未拴，追咬行人|小区内有流浪狗聚集"),
    _matter("无证行医", "WS003", 2, "any", "出租屋内有人无证看牙|群众反映游医上门看病"),
)
#: What is still urgent this morning: matter's category, words.
_THIS_MORNING = (
    ("安全隐患", "厂房围墙昨夜大雨后倾斜，随时可能倒塌，已拉警戒线"),
    ("河道采砂", "群众来电：河滩上有两台挖机正在取砂"),
    ("秸秆焚烧", "卫星监测到火点，地头有明火，请速到现场"),
)


def make_incidents(
    land: Land, people: People, sites: Sites, *, seed: int, today: date, with_past: frozenset[str]
) -> tuple[Incident, ...]:
    """Incidents of the past four weeks in the townships named, and this morning's urgent ones."""
    maker = _Maker(land, people, sites, rng=random(seed, "incidents"), today=today, townships=with_past)
    made: list[Incident] = []
    for back in range(PAST_DAYS, 0, -1):
        made.extend(maker.of_day(today - timedelta(days=back)))
    made.extend(maker.this_morning())
    return tuple(made)


class _Maker:
    """Draws incidents where and when they are likely."""

    def __init__(
        self,
        land: Land,
        people: People,
        sites: Sites,
        *,
        rng: np.random.Generator,
        today: date,
        townships: frozenset[str],
    ) -> None:
        self._land, self._sites, self._rng, self._today = land, sites, rng, today
        chosen = np.array([village.township_code in townships for village in land.villages], dtype=float)
        self._count = float(chosen.sum())
        urban = np.array([village.kind == "community" for village in land.villages], dtype=float)
        risky = np.array([{"A": 3.0, "B": 1.6, "C": 1.0}[village.risk] for village in land.villages])
        wet = np.zeros(len(urban))
        wet[land.cells.pairs[land.cells.over_river].ravel()] = 1.0
        # Villages differ in how much comes up at all: Gamma, as counts over villages usually spread.
        base = chosen * risky * rng.gamma(1.5, 1.0, len(urban))
        shapes = {"town": urban, "country": 1 - urban, "any": np.ones(len(urban))}
        shapes["river"] = wet * (1 - 0.9 * urban)
        self._likely = {where: self._shares(base * shape + chosen * 1e-9) for where, shape in shapes.items()}
        self._officers: dict[str, list[str]] = {}
        for officer in people.officers:
            self._officers.setdefault(officer.township_code, []).append(officer.id)

    def of_day(self, day: date) -> list[Incident]:
        """All incidents of one past day, by time."""
        mean = self._count * _PER_VILLAGE_DAY * (_WEEKEND_SHARE if day.weekday() >= 5 else 1.0)
        weights = np.array([matter.weight for matter in _MATTERS], dtype=float)
        drawn = []
        for _ in range(int(self._rng.poisson(mean))):
            matter = _MATTERS[int(self._rng.choice(len(_MATTERS), p=self._shares(weights)))]
            drawn.append((self._moment(day, matter), matter))
        drawn.sort(key=lambda pair: pair[0])
        return [self._incident(at, matter, number) for number, (at, matter) in enumerate(drawn, 1)]

    def this_morning(self) -> list[Incident]:
        """The urgent ones of today, known before work begins."""
        made = []
        for number, (category, words) in enumerate(_THIS_MORNING, 1):
            matter = next(matter for matter in _MATTERS if matter.category == category)
            at = datetime.combine(self._today, time(5, 40), ZONE) + timedelta(minutes=43 * number)
            # The first is the county seat's, so that whoever opens the demo there finds one.
            home = self._land.group == 0 if number == 1 else np.ones(len(self._land.group), dtype=np.bool_)
            made.append(self._incident(at, matter, number, words=words, home=home))
        return made

    def _moment(self, day: date, matter: _Matter) -> datetime:
        hour = int(self._rng.choice(24, p=self._shares(_EVENING if matter.evening else _DAYTIME)))
        return datetime.combine(
            day, time(hour, int(self._rng.integers(60)), int(self._rng.integers(60))), ZONE
        )

    def _incident(
        self,
        at: datetime,
        matter: _Matter,
        number: int,
        *,
        words: str = "",
        home: NDArray[np.bool_] | None = None,
    ) -> Incident:
        """One incident; with ``words`` it is one of this morning's urgent ones, in a village of ``home``."""
        likely = self._likely[matter.where]
        if home is not None:
            likely = self._shares(likely * home)
        cell = int(self._rng.choice(len(self._land.villages), p=likely))
        village = self._land.villages[cell]
        lon, lat = self._sites.beside_road(cell, self._rng, spread=120.0)
        source = str(self._rng.choice(_SOURCES, p=_SOURCE_SHARES)) if not words else "hotline"
        if not 8 <= at.hour < 17 and source == "patrol":
            source = "tip"
        state, settled = ("reported", None) if words else self._outcome(at)
        told = words or matter.words[int(self._rng.integers(len(matter.words)))]
        staff = self._officers[village.township_code]
        return Incident(
            id=f"QL{at:%Y%m%d}-{number:03d}",
            reported_at=at,
            source=source,
            category=matter.category,
            item_code=matter.item if words or self._rng.uniform() < 0.88 else None,
            lon=lon,
            lat=lat,
            description=f"{village.name}：{told}。",
            village_code=village.code,
            township_code=village.township_code,
            state=state,
            urgent=bool(words),
            reported_by=staff[int(self._rng.integers(len(staff)))] if source == "patrol" else None,
            settled_at=settled,
        )

    def _outcome(self, at: datetime) -> tuple[str, datetime | None]:
        """Most are settled within days; some were passed up; the freshest are often still open."""
        midnight = datetime.combine(self._today, time(0), ZONE)
        if self._rng.uniform() < 0.1:
            done = at + timedelta(days=float(self._rng.uniform(4, 20)))
            return ("closed", done.replace(microsecond=0)) if done < midnight else ("escalated", None)
        done = at + timedelta(hours=float(self._rng.lognormal(1.6, 1.5)))
        if done >= midnight or self._rng.uniform() < 0.07:
            return "reported", None
        return ("closed" if self._rng.uniform() < 0.6 else "settled"), done.replace(microsecond=0)

    @staticmethod
    def _shares(weights: FloatArray) -> FloatArray:
        shares: FloatArray = weights / weights.sum()
        return shares
