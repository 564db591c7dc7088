"""The professional fields of the demo: one vocabulary for officers' skills, places' needs and incidents.

Nine departments send agencies to the townships; the office's own people hold the broad field and several
others, so that joint squads usually have two certified officers for what they meet.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Field of the office's own people.
BROAD = "综合执法"


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A county department that sends agencies.

    Parameters
    ----------
    field
        Its professional field.
    name
        The department.
    unit
        Word for its agency in a township.
    related
        Fields its people often hold besides.
    """

    field: str
    name: str
    unit: str
    related: tuple[str, ...]


#: In the order in which smaller townships do without: the last ones first.
DEPARTMENTS = (
    Department(field="市场监管", name="市场监督管理局", unit="市场监督管理所", related=("卫生健康",)),
    Department(field="城市管理", name="城市管理局", unit="城市管理执法中队", related=("自然资源",)),
    Department(field="自然资源", name="自然资源局", unit="自然资源所", related=("城市管理", "水利")),
    Department(field="农业农村", name="农业农村局", unit="农业综合执法中队", related=("市场监管",)),
    Department(field="应急管理", name="应急管理局", unit="应急管理站", related=("生态环境",)),
    Department(field="生态环境", name="生态环境局", unit="生态环境所", related=("水利", "城市管理")),
    Department(field="交通运输", name="交通运输局", unit="交通运输执法中队", related=("应急管理",)),
    Department(field="水利", name="水利局", unit="水利站", related=("自然资源",)),
    Department(field="卫生健康", name="卫生健康委员会", unit="卫生监督站", related=("市场监管",)),
)
FIELDS = tuple(department.field for department in DEPARTMENTS)
