"""Sixty enforcement items for the demo: what a township catalogue looks like, with the laws they rest on.

For demonstration: an office imports its own published list. Articles are those of the version named in force
at the time of writing; where a law was being renumbered, only the law is named.

Deadline rules are short forms, a number and a unit: ``wh`` working hours, ``wd`` working days, ``d`` calendar
days; they are an office's own promises, not the law's.
"""

from __future__ import annotations

from datetime import date

from gridmgr.demo.fields import DEPARTMENTS
from gridmgr.domain.catalogue import CatalogueItem

#: Code letters of each field.
CODE_LETTERS = {
    "市场监管": "SC",
    "城市管理": "CG",
    "自然资源": "ZR",
    "农业农村": "NY",
    "应急管理": "YJ",
    "生态环境": "HJ",
    "交通运输": "JT",
    "水利": "SL",
    "卫生健康": "WS",
}

#: Field: rows of name | kind (b basic, e entrusted) | cooperating fields | basis | deadline rule.
_ROWS = {
    "市场监管": """
无照经营|b|城市管理|《无证无照经营查处办法》第十三条|5wd
未取得许可从事食品经营|e|卫生健康|《中华人民共和国食品安全法》第一百二十二条|5wd
经营超过保质期的食品|e|卫生健康|《中华人民共和国食品安全法》第一百二十四条|3wd
未按要求进行食品贮存或者进货查验|e|卫生健康|《中华人民共和国食品安全法》第一百二十六条|5wd
生产、销售不符合保障人身财产安全标准的产品|e||《中华人民共和国产品质量法》第四十九条|10wd
销售掺杂掺假、以次充好的产品|e||《中华人民共和国产品质量法》第五十条|10wd
不按规定明码标价|b||《中华人民共和国价格法》第四十二条|2wd
销售侵犯注册商标专用权的商品|e||《中华人民共和国商标法》第六十条|10wd
发布虚假广告|e||《中华人民共和国广告法》第五十五条|10wd
使用未经检验的特种设备|e|应急管理|《中华人民共和国特种设备安全法》第八十四条|1wd
""",
    "城市管理": """
擅自在街道两侧和公共场地堆放物料、搭建|b||《城市市容和环境卫生管理条例》第三十六条|4wh
乱扔果皮纸屑、乱涂写乱张贴|b||《城市市容和环境卫生管理条例》第三十四条|4wh
随意倾倒、抛撒、堆放生活垃圾|b|生态环境|《中华人民共和国固体废物污染环境防治法》第一百一十一条|4wh
擅自倾倒、抛撒建筑垃圾|b|生态环境;交通运输|《中华人民共和国固体废物污染环境防治法》第一百一十一条|2wd
未取得建设工程规划许可证进行建设|b|自然资源|《中华人民共和国城乡规划法》第六十四条|7d
未经批准进行临时建设|b|自然资源|《中华人民共和国城乡规划法》第六十六条|7d
擅自占用、挖掘城市道路|b|交通运输|《城市道路管理条例》第四十二条|2wd
商业经营活动中使用高音广播喇叭扰民|b|生态环境|《中华人民共和国噪声污染防治法》第八十一条|4wh
未取得燃气经营许可证从事燃气经营|e|应急管理;市场监管|《城镇燃气管理条例》第四十五条|1wd
""",
    "自然资源": """
买卖或者以其他形式非法转让土地|e||《中华人民共和国土地管理法》第七十四条|30d
占用耕地建窑、建房、挖砂、采石、取土破坏种植条件|b|农业农村;水利|《中华人民共和国土地管理法》第七十五条|3wd
未经批准非法占用土地|b|农业农村|《中华人民共和国土地管理法》第七十七条|3wd
未取得乡村建设规划许可证进行建设|b|城市管理|《中华人民共和国城乡规划法》第六十五条|7d
无证采矿|e|应急管理;生态环境|《中华人民共和国矿产资源法》|1wd
毁林开垦、采石、采砂、采土|e|生态环境|《中华人民共和国森林法》第七十四条|3wd
盗伐、滥伐林木|e||《中华人民共和国森林法》第七十六条|3wd
""",
    "农业农村": """
农村村民未经批准占用土地建住宅|b|自然资源|《中华人民共和国土地管理法》第七十八条|7d
未取得农药经营许可证经营农药|e|市场监管|《农药管理条例》第五十五条|5wd
不按照标签使用农药|b||《农药管理条例》第六十条|5wd
未取得兽药经营许可证经营兽药|e|市场监管|《兽药管理条例》第五十六条|5wd
未取得种子生产经营许可证经营种子|e|市场监管|《中华人民共和国种子法》|5wd
饲养的犬只未按规定免疫接种|b|城市管理|《中华人民共和国动物防疫法》第九十二条|5wd
未经定点从事生猪屠宰|e|市场监管|《生猪屠宰管理条例》第三十一条|1wd
使用炸鱼、毒鱼、电鱼方法捕捞|b|水利|《中华人民共和国渔业法》第三十八条|1wd
""",
    "应急管理": """
未按规定对从业人员进行安全生产教育培训|e||《中华人民共和国安全生产法》第九十七条|10wd
未设置明显的安全警示标志|b||《中华人民共和国安全生产法》第九十九条|3wd
未采取措施消除事故隐患|e||《中华人民共和国安全生产法》第一百零二条|1wd
生产经营场所与员工宿舍在同一座建筑物内|b||《中华人民共和国安全生产法》第一百零五条|3wd
未经许可经营烟花爆竹|b|市场监管|《烟花爆竹安全管理条例》第三十六条|1wd
占用、堵塞、封闭疏散通道和安全出口|b|城市管理|《中华人民共和国消防法》第六十条|4wh
""",
    "生态环境": """
露天焚烧秸秆、落叶|b|农业农村|《中华人民共和国大气污染防治法》第一百一十九条|2wh
施工工地未采取扬尘污染防治措施|b|城市管理|《中华人民共和国大气污染防治法》第一百一十五条|1wd
餐饮服务业排放油烟污染|b|城市管理;市场监管|《中华人民共和国大气污染防治法》第一百一十八条|5wd
超标排放或者通过暗管排放水污染物|e|水利|《中华人民共和国水污染防治法》第八十三条|1wd
在饮用水水源保护区内违法建设或者活动|e|水利|《中华人民共和国水污染防治法》第九十一条|1wd
畜禽规模养殖未及时收集、处置粪污|b|农业农村|《中华人民共和国固体废物污染环境防治法》第一百零七条|5wd
未取得排污许可证排放污染物|e||《排污许可管理条例》第三十三条|5wd
夜间施工噪声扰民|b|城市管理|《中华人民共和国噪声污染防治法》第七十七条|4wh
""",
    "交通运输": """
擅自占用、挖掘公路|b|城市管理|《中华人民共和国公路法》第七十六条|1wd
造成公路路面损坏、污染或者影响公路畅通|b|城市管理|《中华人民共和国公路法》第七十七条|4wh
在公路建筑控制区内修建建筑物|b|自然资源|《中华人民共和国公路法》第八十一条|7d
违法超限运输|e||《公路安全保护条例》第六十四条|1wd
""",
    "水利": """
在河道管理范围内建设妨碍行洪的建筑物|e|自然资源|《中华人民共和国水法》第六十五条|3wd
未经批准擅自取水|e||《中华人民共和国水法》第六十九条|5wd
在河道管理范围内弃置渣土、擅自采砂|b|自然资源;生态环境|《中华人民共和国河道管理条例》第四十四条|1wd
在禁止开垦坡度以上陡坡地开垦|b|自然资源|《中华人民共和国水土保持法》第四十九条|5wd
""",
    "卫生健康": """
公共场所卫生质量不符合要求|b|市场监管|《公共场所卫生管理条例》第十四条|5wd
未取得医疗机构执业许可证擅自执业|e|市场监管|《中华人民共和国基本医疗卫生与健康促进法》第九十九条|1wd
非医师行医|e||《中华人民共和国医师法》第五十九条|1wd
生活饮用水供水单位卫生不合格|e|水利|《生活饮用水卫生监督管理办法》|3wd
""",
}


#: How the office handles an item it leads, and one a department leads.
_OFFICE_STEPS = ("核实线索", "现场检查取证", "责令改正或当场处罚", "立案调查", "作出决定并送达", "复查结案")
_DEPARTMENT_STEPS = (
    "核实线索",
    "现场制止并固定证据",
    "移送主体责任单位",
    "部门调查处理",
    "反馈结果",
    "复查结案",
)


def make_catalogue(*, today: date) -> tuple[CatalogueItem, ...]:
    """The sixty items, in force since the first day of last year; one basis was renewed this year."""
    bodies = {department.field: f"县{department.name}" for department in DEPARTMENTS}
    items = []
    for field, rows in _ROWS.items():
        for number, row in enumerate(rows.strip().splitlines(), start=1):
            name, kind, helpers, basis, rule = row.split("|")
            items.append(
                CatalogueItem(
                    code=f"{CODE_LETTERS[field]}{number:03d}",
                    name=name,
                    kind="basic" if kind == "b" else "entrusted",
                    lead_body="乡镇综合行政执法办公室" if kind == "b" else bodies[field],
                    cooperating_bodies=tuple(bodies[helper] for helper in helpers.split(";") if helper),
                    basis=basis,
                    deadline_rule=rule,
                    process=_OFFICE_STEPS if kind == "b" else _DEPARTMENT_STEPS,
                    effective_from=date(today.year - 1, 1, 1),
                )
            )
    return tuple(items)
