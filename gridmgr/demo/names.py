"""Names that sound Chinese and belong to nobody: people, villages, towns, firms. All fictitious.

Every maker draws from its own generator and never gives the same name twice within its scope.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gridmgr.demo.frame import random

#: Fictitious: there is no prefecture 4199, so no real county has this code.
COUNTY_CODE, COUNTY_NAME = "419921", "清岚县"
SEAT_NAME = "城关镇"

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
    "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷"
    "钱汤尹黎易常武乔贺赖龚文"
)
_MEN = (
    "伟 强 磊 军 勇 杰 涛 明 超 辉 鹏 建国 建军 志强 志远 国强 海涛 文斌 俊峰 晓东 振华 永刚 "
    "卫东 长青 少华 新民 玉林 红星 春生 广平 庆丰 学文 德胜 天佑 宏伟 立新 保国 东升 子轩 "
    "浩然 一鸣 博文 宇航 家豪 金山 守信"
)
_WOMEN = (
    "芳 娜 敏 静 丽 艳 娟 霞 燕 玲 秀英 桂兰 丽华 晓燕 海燕 红梅 玉兰 淑珍 春梅 雪梅 爱玲 "
    "文静 亚楠 佳怡 慧敏 雅琴 欣悦 思雨 梦瑶 婷婷 素云 巧玲 月华 凤霞 彩云 金凤"
)
_TOWN_FIRST = "柳 石 白 青 龙 云 黄 双 西 南 大 永 长 安 金 清 东 马 竹 松 桃 枣 槐 银 凤 太 兴 福 新 北"
_TOWN_SECOND = "河 桥 峰 沙 泉 岗 山 庙 集 店 坪 岭 湖 塘 阳 林 川 溪 台 湾"
_PLAIN_LAST = "家庄 庄 楼 寨 营 屯 家集 店 堂 堡 园 场 老庄 新庄 桥 井 铺 家围"
_HILL_FIRST = (
    "黑石 青龙 老虎 白云 松树 桃花 杏花 野狐 石门 马鞍 卧龙 鹰嘴 梨树 柿树 栗子 大岭 小岭 "
    "凉水 红土 羊角 葛藤 药王 双泉 云台 旗杆 磨盘 滴水 响水 背阴 向阳 王家 李家 张家 赵家 "
    "刘家 孙家 郭家 杜家 任家 崔家"
)
_HILL_LAST = "沟 岭 坪 洼 峪 坡 崖 寺 岩 垴 涧 窑"
_RIVER_FIRST = "上 下 东 西 大 小 老 新 柳 杨 沙 石 白 王家 李家 张家 刘家 孙家 周家 吴家 马家 高家"
_RIVER_LAST = "河湾 河口 渡口 滩 河沿 桥头 堤口 河西 河东 洲"
_PLAIN_WHOLE = (
    "柳林 槐树院 杨树营 枣林 桃园 梨园 荷塘 石桥 双井 三官庙 五里堡 十里铺 八里营 关帝庙 "
    "大槐树 老君堂 白果树 青苔寺 新民 红旗 前进 胜利 团结 幸福 和平 友谊 民主 东风 光明 丰收"
)
_STREETS = (
    "东关 西关 南关 北关 南街 北街 东街 西街 文化路 建设路 人民路 中山街 新华街 和平里 清河苑 "
    "岚山路 幸福里 育才街 工农路 兴隆街 花园路 健康路 光明街 向阳里"
)
_PAIR_WORDS = "东西前后南北上下大小"


class NameMaker:
    """Draws names of one kind after another without repeating any within a scope."""

    def __init__(self, seed: int, part: str) -> None:
        self._rng = random(seed, f"names.{part}")
        self._used: set[tuple[str, str]] = set()

    def person(self) -> str:
        """A person's name, unique in the county as far as that goes."""
        return self._unique("person", self._person)

    def township(self, suffix: str) -> str:
        """A township's name with its suffix, e.g. ``镇``."""
        return self._unique("township", lambda: self._join(_TOWN_FIRST, _TOWN_SECOND)) + suffix

    def village(self, *, landscape: str) -> str:
        """A village's name for the landscape ``hill``, ``river`` or ``plain``, unique in the county."""
        makers = {"hill": self._hill, "river": self._river, "plain": self._plain}
        return self._unique("village", makers[landscape]) + "村"

    def community(self, township_name: str, *, seat: bool) -> str:
        """A community's name, unique within its township."""
        scope = f"community {township_name}"
        if seat:
            return self._unique(scope, lambda: self._pick(_STREETS)) + "社区"
        short = township_name[:-1]
        return self._unique(scope, lambda: short + self._pick("东街 西街 南街 北街 中街 新街")) + "社区"

    def of(self, scope: str, *parts: str) -> str:
        """One word of each blank-separated list, joined, unique within the scope."""
        return self._unique(scope, lambda: self._join(*parts))

    def _unique(self, scope: str, make: Callable[[], str]) -> str:
        """Draw until the name is new; then lengthen it by 东, 西, 新 ... as villages do."""
        name = ""
        for _ in range(60):
            name = make()
            if (scope, name) not in self._used:
                break
        prefix = 0
        candidate = name
        while (scope, candidate) in self._used:
            words = np.base_repr(prefix, len(_PAIR_WORDS))
            candidate = "".join(_PAIR_WORDS[int(digit)] for digit in words) + name
            prefix += 1
        self._used.add((scope, candidate))
        return candidate

    def _pick(self, words: str) -> str:
        options = words.split()
        return options[int(self._rng.integers(len(options)))]

    def _join(self, *parts: str) -> str:
        return "".join(self._pick(part) for part in parts)

    def _person(self) -> str:
        # Squaring favours the head of the list: a few surnames are far more common than the rest.
        surname = _SURNAMES[int(len(_SURNAMES) * self._rng.uniform() ** 2)]
        return surname + self._pick(_WOMEN if self._rng.uniform() < 0.34 else _MEN)

    def _plain(self) -> str:
        if self._rng.uniform() < 0.25:
            return self._pick(_PLAIN_WHOLE)
        head = _PAIR_WORDS[int(self._rng.integers(10))] if self._rng.uniform() < 0.22 else ""
        return head + _SURNAMES[int(self._rng.integers(70))] + self._pick(_PLAIN_LAST)

    def _hill(self) -> str:
        return self._join(_HILL_FIRST, _HILL_LAST)

    def _river(self) -> str:
        return self._join(_RIVER_FIRST, _RIVER_LAST)
