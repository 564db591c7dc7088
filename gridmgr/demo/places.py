"""Places of the demo: offices, committees, enterprises, markets, schools, building sites, hot spots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

import numpy as np

from gridmgr.demo.frame import FloatArray, random
from gridmgr.demo.names import NameMaker
from gridmgr.demo.roads import DemoRoads
from gridmgr.demo.siting import Sites
from gridmgr.demo.villages import Land
from gridmgr.domain.places import Place

_BRANDS = "鑫 恒 瑞 宏 兴 华 盛 金 福 永 天 祥 德 泰 顺 万 嘉 利 源 丰"
_BRANDS_TOO = "达 源 丰 盛 通 祥 和 旺 泰 隆 茂 康 诚 力 峰 宇 裕 光"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sort:
    """A sort of place: how it is named, where it stands, what a visit needs."""

    suffix: str
    skills: tuple[str, ...]
    minutes: int
    priority: tuple[int, int]
    weight: int = 1
    where: str = "any"
    hours: tuple[time, time] | None = None


def _sort(
    suffix: str, skill: str, minutes: int, priority: tuple[int, int], weight: int, where: str, hours: str = ""
) -> _Sort:
    window = None
    if hours:
        opened, closed = (time.fromisoformat(text) for text in hours.split("-"))
        window = (opened, closed)
    return _Sort(
        suffix=suffix,
        skills=(skill,) if skill else (),
        minutes=minutes,
        priority=priority,
        weight=weight,
        where=where,
        hours=window,
    )


_WORK = "08:30-17:30"
_ENTERPRISES = (
    _sort("食品有限公司", "市场监管", 30, (4, 6), 5, "any", _WORK),
    _sort("超市", "市场监管", 20, (2, 4), 6, "town"),
    _sort("饭店", "市场监管", 20, (3, 5), 5, "town", "09:30-14:00"),
    _sort("大药房", "市场监管", 20, (2, 4), 4, "town"),
    _sort("化工有限公司", "应急管理", 45, (6, 8), 3, "country", _WORK),
    _sort("加油站", "应急管理", 25, (4, 6), 4, "any"),
    _sort("机械制造有限公司", "应急管理", 35, (3, 5), 5, "country", _WORK),
    _sort("建材有限公司", "生态环境", 30, (4, 6), 5, "country", _WORK),
    _sort("塑料制品厂", "生态环境", 30, (4, 6), 3, "country", _WORK),
    _sort("生猪养殖场", "农业农村", 30, (3, 5), 4, "country"),
    _sort("农资经营部", "农业农村", 20, (2, 4), 4, "any", _WORK),
    _sort("种植专业合作社", "农业农村", 25, (1, 3), 4, "country"),
    _sort("砂石料场", "自然资源", 30, (5, 7), 3, "country"),
    _sort("物流有限公司", "交通运输", 25, (2, 4), 3, "any"),
    _sort("宾馆", "卫生健康", 25, (2, 4), 3, "town"),
    _sort("诊所", "卫生健康", 20, (3, 5), 4, "any", _WORK),
    _sort("燃气服务站", "城市管理", 25, (5, 7), 2, "town"),
)
_MARKETS = (
    _sort("农贸市场", "市场监管", 40, (5, 7), 4, "town", "07:00-11:00"),
    _sort("集贸市场", "市场监管", 35, (5, 7), 3, "any", "07:00-10:30"),
    _sort("早市", "城市管理", 30, (4, 6), 1, "town", "06:30-09:30"),
)
_SCHOOLS = (
    _sort("中心小学", "", 25, (5, 7), 5, "any", "15:20-16:20"),
    _sort("初级中学", "", 25, (4, 6), 2, "town", "11:40-12:30"),
    _sort("幼儿园", "", 20, (4, 6), 4, "any", "15:00-16:10"),
)
_SITES = (
    _sort("安置房建设工地", "城市管理", 30, (4, 6), 2, "town"),
    _sort("道路改造工地", "交通运输", 25, (3, 5), 2, "any"),
    _sort("厂房建设工地", "生态环境", 30, (4, 6), 2, "country"),
)
_HOTSPOTS = (
    _sort("河道采砂易发点", "水利", 20, (7, 9), 4, "river"),
    _sort("建筑垃圾偷倒点", "城市管理", 15, (6, 8), 5, "country"),
    _sort("生活垃圾乱堆点", "城市管理", 12, (4, 6), 4, "any"),
    _sort("占道经营路段", "城市管理", 15, (5, 7), 5, "town", "09:00-18:00"),
    _sort("超限车辆绕行路口", "交通运输", 20, (5, 7), 3, "country"),
    _sort("秸秆禁烧重点地块", "农业农村", 15, (5, 8), 4, "country"),
    _sort("违建易发片区", "自然资源", 20, (5, 7), 4, "any"),
    _sort("排污口", "生态环境", 15, (6, 8), 3, "river"),
    _sort("夜市", "市场监管", 40, (6, 8), 1, "town", "18:00-22:00"),
)


def make_places(land: Land, roads: DemoRoads, sites: Sites, *, seed: int) -> tuple[Place, ...]:
    """All places of the county."""
    return (
        *_depots(land, sites, seed=seed),
        *_committees(land, sites, seed=seed),
        *_scatter(land, sites, "enterprise", _ENTERPRISES, letter="E", per_150=60, seed=seed),
        *_scatter(land, sites, "market", _MARKETS, letter="M", per_150=12, seed=seed),
        *_scatter(land, sites, "school", _SCHOOLS, letter="S", per_150=18, seed=seed),
        *_scatter(land, sites, "site", _SITES, letter="G", per_150=6, seed=seed),
        *_scatter(land, sites, "hotspot", _HOTSPOTS, letter="H", per_150=24, seed=seed),
        _quarry(land, roads),
    )


def _depots(land: Land, sites: Sites, *, seed: int) -> list[Place]:
    """Each township's office, in its town."""
    rng = random(seed, "depots")
    made = []
    for town, township in enumerate(land.townships):
        centre = land.terrain.towns[town]
        mine = land.of_township(town)
        cell = int(mine[np.argmin(np.hypot(*(land.cells.seeds[mine] - centre).T))])
        lon, lat = sites.beside_road(cell, rng, near=centre)
        made.append(
            Place(
                id=f"D{town + 1:03d}",
                name=f"{township.name}人民政府（综合行政执法办公室）",
                kind="depot",
                lon=lon,
                lat=lat,
                priority=0,
                service_minutes=0,
                village_code=land.villages[cell].code,
                township_code=township.code,
            )
        )
    return made


def _committees(land: Land, sites: Sites, *, seed: int) -> list[Place]:
    """Each village's committee, near its middle; patrols of the village start there."""
    rng = random(seed, "committees")
    made = []
    for cell, village in enumerate(land.villages):
        lon, lat = sites.beside_road(cell, rng, near=land.cells.seeds[cell])
        body = "社区居民委员会" if village.kind == "community" else "村民委员会"
        stem = village.name.removesuffix("社区").removesuffix("村")
        made.append(
            Place(
                id=f"C{village.code}",
                name=f"{stem}{body}",
                kind="committee",
                lon=lon,
                lat=lat,
                priority=0,
                service_minutes=20,
                village_code=village.code,
                township_code=village.township_code,
            )
        )
    return made


def _scatter(
    land: Land, sites: Sites, kind: str, sorts: tuple[_Sort, ...], *, letter: str, per_150: int, seed: int
) -> list[Place]:
    """So many places of a kind, each in a village that suits its sort."""
    rng = random(seed, f"places {kind}")
    maker = NameMaker(seed, f"places {kind}")
    likely = _likely_cells(land)
    weights = np.array([sort.weight for sort in sorts], dtype=float)
    made = []
    for number in range(1, max(1, round(len(land.villages) * per_150 / 150)) + 1):
        sort = sorts[int(rng.choice(len(sorts), p=weights / weights.sum()))]
        cell = int(rng.choice(len(land.villages), p=likely[sort.where]))
        village = land.villages[cell]
        lon, lat = sites.beside_road(cell, rng, spread=70.0)
        stem = village.name.removesuffix("社区").removesuffix("村")
        if kind == "enterprise":
            head = maker.of(f"{village.code}{sort.suffix}", _BRANDS, _BRANDS_TOO)
            before = "清岚" if "公司" in sort.suffix else stem if rng.uniform() < 0.3 else ""
            stem = before + head
        made.append(
            Place(
                id=f"{letter}{number:04d}",
                name=maker.of(sort.suffix, stem) + sort.suffix,
                kind=kind,
                lon=lon,
                lat=lat,
                priority=int(rng.integers(sort.priority[0], sort.priority[1] + 1)),
                service_minutes=sort.minutes,
                open=sort.hours[0] if sort.hours else None,
                close=sort.hours[1] if sort.hours else None,
                required_skills=sort.skills,
                village_code=village.code,
                township_code=village.township_code,
            )
        )
    return made


def _likely_cells(land: Land) -> dict[str, FloatArray]:
    """How likely a place of each whereabouts lies in each village; sums are 1."""
    urban = np.array([village.kind == "community" for village in land.villages], dtype=float)
    wet = np.zeros(len(urban))
    wet[land.cells.pairs[land.cells.over_river].ravel()] = 1.0
    distance = np.hypot(*(land.cells.seeds - land.terrain.towns[land.group]).T)
    near = np.exp(-distance / 4500.0)
    options = {
        "town": urban,
        "country": (1 - 0.85 * urban) * (0.15 + near) * (1 - 0.6 * land.hills),
        "any": (0.25 + near) * (1 + urban),
        "river": wet * (1 - 0.7 * urban) + 1e-9,
    }
    return {where: weight / weight.sum() for where, weight in options.items()}


def _quarry(land: Land, roads: DemoRoads) -> Place:
    """The one place no road leads to, so that reports have something to show."""
    lon, lat = roads.points[roads.stranded].tolist()
    cell = roads.stranded_cell
    village = land.villages[cell]
    return Place(
        id="H9999",
        name=f"{village.name}废弃采石场",
        kind="hotspot",
        lon=lon,
        lat=lat,
        priority=6,
        service_minutes=25,
        required_skills=("自然资源",),
        village_code=village.code,
        township_code=village.township_code,
    )
