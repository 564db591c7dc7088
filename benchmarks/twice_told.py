"""Reports of a county in which some matters are told twice: drawn from a seed, so that the truth is known.

Every matter has a kind, a place and a moment. Whoever tells it picks one of several ways to say each part of
it, so that two reports of one matter share the facts and seldom the sentence. A second report of the same
matter (a *repeat*) stands some tens of metres off, hours or days later, in other words, at times under
another kind. Beside them stand reports that only look like repeats (*near misses*): another matter at the
same corner; the same kind of matter a few streets on; the same kind at the same place, weeks after the first
was settled; and another matter of the same kind next door.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from gridmgr.domain.incidents import Incident

#: South-west corner and side of the county, degrees and metres.
CORNER, SIDE = (113.4, 34.2), 40_000.0
_METRES_A_DEGREE = 111_320.0
FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
TOWNSHIPS = 20
#: Share of repeats, and of near misses of each sort, among matters.
REPEATS, NEAR_MISSES = 0.2, 0.08
#: A repeat's place is off by so many metres (a phone, a tap on a map), its moment by so many days (mean).
_OFF_METRES, _LAG_DAYS = 35.0, 1.5
#: How often the one who repeats names another kind, and the kind not at all.
_OTHER_KIND, _NO_KIND = 0.1, 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of matter and the ways to tell it."""

    category: str
    item: str
    what: tuple[str, ...]
    more: tuple[str, ...]


def _kind(category: str, item: str, what: str, more: str) -> Kind:
    return Kind(category=category, item=item, what=tuple(what.split("|")), more=tuple(more.split("|")))


KINDS = (
    _kind(
        "乱堆乱放",
        "CG003",
        "有人倾倒生活垃圾|垃圾堆了一大堆|堆满了生活垃圾没人清|垃圾成堆|好多垃圾袋扔在那里|垃圾桶满了，垃圾散了一地",
        "味道很大|臭气熏天|苍蝇很多|几天没人清理|希望尽快清走|影响村容",
    ),
    _kind(
        "占道经营",
        "CG001",
        "摊贩占道经营|小摊占了人行道|流动摊点把路堵了|水果车停在路口叫卖|门店外摆占用人行道|卖菜的摆到马路上",
        "行人没法走|影响通行|上下班堵车|接送孩子不安全|天天如此|请管一管",
    ),
    _kind(
        "建筑垃圾",
        "CG004",
        "有车偷倒渣土|倾倒建筑垃圾|装修垃圾倒在坑里|渣土堆在路边|夜里有人倒砖头瓦块|拆房的建筑垃圾没拉走",
        "大概两三车|尘土飞扬|车牌看不清|已经好几次了|堵住了水沟|请查处",
    ),
    _kind(
        "违法建设",
        "ZR004",
        "村民没手续加盖二层|有人私自建房|违建房子正在施工|搭了彩钢棚|房屋超面积翻建|违章搭建",
        "砖已经运来了|挡住邻居采光|半夜还在干|没有公示牌|请制止|已经封顶",
    ),
    _kind(
        "噪声扰民",
        "CG008",
        "广场音响声音太大|商铺喇叭一直叫卖|工地夜里施工噪声大|跳舞的音乐吵|KTV半夜还很吵|店门口高音喇叭扰民",
        "孩子没法睡|老人休息不好|从早响到晚|说了也不听|请协调|影响学习",
    ),
    _kind(
        "秸秆焚烧",
        "HJ001",
        "有人烧秸秆|地里着火冒烟|田间焚烧杂草|烧玉米秆|看到火点|地头在烧东西",
        "烟很大|怕烧到树|呛得受不了|靠近高压线|快来人看看|看不清路",
    ),
    _kind(
        "餐饮油烟",
        "HJ003",
        "饭店油烟直排|烧烤店油烟扰民|厨房排烟口对着住户|小餐馆没装油烟净化|油烟味飘到楼上|烤串的烟太大",
        "不敢开窗|衣服都是味|反映多次|晚上最严重|老人咳嗽|请处理",
    ),
    _kind(
        "安全隐患",
        "YJ003",
        "电线私拉乱接|围墙歪了快倒|厂房堆满易燃物|井盖没了|线路老化冒火花|楼梯间堆杂物充电",
        "很危险|怕出事|孩子常在那玩|已经有人摔了|尽快处理|下雨更危险",
    ),
    _kind(
        "道路损坏",
        "JT002",
        "路面坑太深|路上有个大坑|水泥路塌了一块|坑槽没有修|路面裂开下沉|桥头路面破损",
        "骑车摔了|晚上看不见|积水很深|车底盘刮了|请维修|越来越大",
    ),
    _kind(
        "食品安全",
        "SC003",
        "超市卖过期食品|小店的面包过期了|卖无标签熟食|摊贩卖的肉变质|小作坊很脏|牛奶过期还在卖",
        "吃了拉肚子|有照片|老板不承认|学生常去买|请检查|已经不是第一次",
    ),
    _kind(
        "养殖污染",
        "HJ006",
        "养猪场粪水流到沟里|养殖场很臭|粪污外溢|鸡场粪便堆在路边|猪粪直接排到河里|养殖户排污水",
        "井水都不敢喝|夏天没法开窗|鱼死了|庄稼也烧了|请环保看看|下雨流一路",
    ),
    _kind(
        "流浪犬只",
        "NY006",
        "狗没拴追着人咬|流浪狗成群|大狗乱跑|有狗咬人|野狗聚在小区|遛狗不牵绳",
        "孩子不敢出门|已经咬伤一人|晚上叫个不停|请抓一下|老人被吓到|没打疫苗",
    ),
)
_WHERE = (
    "村口|村头|进村路口",
    "老槐树旁|老槐树下|大槐树边上",
    "小学门口|学校旁边|小学大门外",
    "卫生室对面|村卫生室旁|卫生所那里",
    "桥头|桥边|石桥旁",
    "超市门前|超市旁边|便民超市门口",
    "村委会后面|大队部后边|村部北侧",
    "集市南头|集市上|市场南口",
    "河堤上|河边|河堤旁",
    "主街中段|主街上|大街中间",
    "东头坑塘边|村东坑塘|东边水坑",
    "幼儿园路口|幼儿园附近|幼儿园旁的路口",
)
_LEAD = ("", "", "", "您好，", "反映一下，", "麻烦看看，", "我是附近居民，", "你好，我要反映：")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A set of reports and which of them tell the same.

    Parameters
    ----------
    incidents
        By time.
    same
        Id of the first report of a matter, by the id of each later one of the same matter.
    near_misses
        Ids of the reports made to look like another.
    """

    incidents: tuple[Incident, ...]
    same: dict[str, str]
    near_misses: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matter:
    kind: Kind
    where: tuple[str, ...]
    east: float
    north: float
    at: datetime
    over_at: datetime | None


def draw(matters: int, *, seed: int, days: float) -> Truth:
    """Draw reports of so many matters over so many days, about 1.5 a matter."""
    return _Drawer(np.random.default_rng(seed), days).all(matters)


class _Drawer:
    """Draws matters and what people tell of them."""

    def __init__(self, random: np.random.Generator, days: float) -> None:
        self._random, self._days = random, days
        self._told: list[Incident] = []

    def all(self, matters: int) -> Truth:
        """As `draw`."""
        same: dict[str, str] = {}
        misses: set[str] = set()
        for _ in range(matters):
            matter = self._matter()
            first = self._tell(matter, off=8.0)
            if self._random.random() < REPEATS:
                same[self._repeat(matter).id] = first.id
                while self._random.random() < 0.3:
                    same[self._repeat(matter).id] = first.id
            for other in self._lookalikes(matter):
                misses.add(self._tell(other, off=8.0).id)
        ordered = sorted(self._told, key=lambda item: (item.reported_at, item.id))
        # A repeat may be told before the report that was drawn first: the earliest one is the original.
        times = {item.id: item.reported_at for item in ordered}
        return Truth(incidents=tuple(ordered), same=_by_earliest(same, times), near_misses=frozenset(misses))

    def _matter(self) -> _Matter:
        random = self._random
        # Three quarters of all matters lie in a few dozen built-up spots, as they do.
        east, north = random.uniform(0, SIDE, 2)
        if random.random() < 0.75:
            spot = np.random.default_rng(int(random.integers(400)))
            east, north = spot.uniform(0, SIDE, 2) + random.normal(0, 350, 2)
        at = FIRST_DAY + timedelta(days=float(random.uniform(0, self._days)))
        over = at + timedelta(days=float(random.lognormal(0.7, 0.9)))
        return _Matter(
            kind=KINDS[int(random.integers(len(KINDS)))],
            where=tuple(_WHERE[int(random.integers(len(_WHERE)))].split("|")),
            east=float(np.clip(east, 0, SIDE)),
            north=float(np.clip(north, 0, SIDE)),
            at=at,
            over_at=None if random.random() < 0.1 else over,
        )

    def _repeat(self, matter: _Matter) -> Incident:
        later = matter.at + timedelta(days=float(self._random.exponential(_LAG_DAYS)))
        if matter.over_at is not None:
            later = min(later, matter.over_at + timedelta(days=1))
        told = self._tell(replace(matter, at=later), off=_OFF_METRES)
        chance = self._random.random()
        if chance < _OTHER_KIND:
            other = KINDS[int(self._random.integers(len(KINDS)))]
            told = replace(told, category=other.category, item_code=None)
        elif chance < _OTHER_KIND + _NO_KIND:
            told = replace(told, category="", item_code=None)
        self._told[-1] = told
        return told

    def _lookalikes(self, matter: _Matter) -> list[_Matter]:
        """Matters that look like this one and are another."""
        random, found = self._random, []
        soon = matter.at + timedelta(days=float(random.uniform(0, 4)))
        others = [kind for kind in KINDS if kind is not matter.kind]
        if random.random() < NEAR_MISSES:
            kind = others[int(random.integers(len(others)))]
            found.append(replace(matter, kind=kind, at=soon, over_at=soon + timedelta(days=2)))
        if random.random() < NEAR_MISSES:
            found.append(self._aside(matter, soon, metres=float(random.uniform(250, 800)), same_spot=False))
        if random.random() < NEAR_MISSES and matter.over_at is not None:
            again = matter.over_at + timedelta(days=float(random.uniform(15, 60)))
            found.append(replace(matter, at=again, over_at=again + timedelta(days=2)))
        if random.random() < NEAR_MISSES:
            found.append(self._aside(matter, soon, metres=float(random.uniform(90, 180)), same_spot=False))
        return found

    def _aside(self, matter: _Matter, at: datetime, *, metres: float, same_spot: bool) -> _Matter:
        angle = float(self._random.uniform(0, 2 * np.pi))
        return replace(
            matter,
            where=matter.where
            if same_spot
            else tuple(_WHERE[int(self._random.integers(len(_WHERE)))].split("|")),
            east=matter.east + metres * float(np.cos(angle)),
            north=matter.north + metres * float(np.sin(angle)),
            at=at,
            over_at=at + timedelta(days=2),
        )

    def _tell(self, matter: _Matter, *, off: float) -> Incident:
        random = self._random
        east, north = np.array([matter.east, matter.north]) + random.normal(0, off, 2)
        lat = CORNER[1] + north / _METRES_A_DEGREE
        lon = CORNER[0] + east / (_METRES_A_DEGREE * np.cos(np.radians(CORNER[1])))
        told = Incident(
            id=f"r{len(self._told):06d}",
            reported_at=matter.at,
            source="tip",
            category=matter.kind.category,
            item_code=matter.kind.item if random.random() < 0.6 else None,
            lon=float(lon),
            lat=float(lat),
            description=self._sentence(matter),
            township_code=f"T{int(np.clip(north / SIDE * TOWNSHIPS, 0, TOWNSHIPS - 1)):02d}",
            state="reported" if matter.over_at is None else "closed",
            settled_at=matter.over_at,
        )
        self._told.append(told)
        return told

    def _sentence(self, matter: _Matter) -> str:
        what, where = self._pick(matter.kind.what), self._pick(matter.where)
        said = f"{where}{what}" if self._random.random() < 0.7 else f"{what}，在{where}"
        more = self._pick(matter.kind.more) if self._random.random() < 0.7 else ""
        return self._pick(_LEAD) + "，".join(part for part in (said, more) if part) + "。"

    def _pick(self, ways: tuple[str, ...]) -> str:
        return ways[int(self._random.integers(len(ways)))]


def _by_earliest(same: dict[str, str], times: dict[str, datetime]) -> dict[str, str]:
    groups: dict[str, list[str]] = {}
    for later, first in same.items():
        groups.setdefault(first, [first]).append(later)
    found = {}
    for members in groups.values():
        first, *rest = sorted(members, key=lambda name: (times[name], name))
        found.update(dict.fromkeys(rest, first))
    return found
