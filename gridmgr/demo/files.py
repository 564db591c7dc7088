"""Writes the demo county as the files a user would import: villages, roads and one csv a list.

Headers are the Chinese ones of the import templates; csv files carry a byte order mark, as a spreadsheet
program needs it to show Chinese.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import shapely

from gridmgr.demo.county import DemoCounty
from gridmgr.demo.roads import DemoRoads

_STATUS = {"on_duty": "在岗", "leave": "休假", "seconded": "借调", "training": "培训", "sick": "病假"}
_EMPLOYMENT = {"staff": "编制", "contract": "聘用"}
_ITEM_KIND = {"basic": "基础", "entrusted": "委托"}


def write_files(county: DemoCounty, directory: str | Path) -> tuple[Path, ...]:
    """Write villages.geojson, roads.osm.gz and the csv files; the same county gives the same bytes.

    Parameters
    ----------
    directory
        Made when it does not exist; files of the same names are replaced.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "villages.geojson").write_text(_villages_geojson(county), encoding="utf-8")
    # Without a time in its header the archive is the same whenever it is written.
    with (folder / "roads.osm.gz").open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
        packed.write(_osm_xml(county.roads).encode())
    written = [folder / "villages.geojson", folder / "roads.osm.gz"]
    for name, (header, rows) in _tables(county).items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(header)
            writer.writerows([_cell(value) for value in row] for row in rows)
        written.append(path)
    return tuple(written)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ";".join(value)
    return str(value)


def _villages_geojson(county: DemoCounty) -> str:
    features = []
    shapes = shapely.to_geojson([village.geometry for village in county.villages])
    for village, shape in zip(county.villages, shapes, strict=True):
        properties = {
            "村代码": village.code,
            "村名称": village.name,
            "乡镇代码": village.township_code,
            "乡镇名称": village.township_name,
            "县代码": village.county_code,
            "县名称": village.county_name,
            "类型": "社区" if village.kind == "community" else "村",
            "风险等级": village.risk,
            "每周巡查次数": village.required_visits_per_week,
        }
        words = json.dumps(properties, ensure_ascii=False)
        features.append(f'{{"type":"Feature","properties":{words},"geometry":{shape}}}')
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _osm_xml(roads: DemoRoads) -> str:
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6" generator="gridmgr demo">']
    lines.extend(
        f'<node id="{number}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"/>'
        for number, (lon, lat) in enumerate(roads.points.tolist(), start=1)
    )
    for number, way in enumerate(roads.ways, start=1):
        lines.append(f'<way id="{number}" version="1">')
        lines.extend(f'<nd ref="{node + 1}"/>' for node in way.nodes)
        lines.extend(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in way.tags.items())
        lines.append("</way>")
    lines.append("</osm>\n")
    return "\n".join(lines)


def _tables(county: DemoCounty) -> dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]:
    """Header and rows of each csv file."""
    return {
        "agencies": (
            ("机构代码", "机构名称", "主管部门", "乡镇代码"),
            ((a.code, a.name, a.department, a.township_code) for a in county.agencies),
        ),
        "officers": (
            (
                *("工号", "姓名", "派驻机构代码", "乡镇代码", "执法证号", "证件有效期", "专业领域", "身份"),
                *("出生年", "下沉日期", "经度", "纬度"),
            ),
            (
                (
                    *(o.id, o.name, o.agency_code, o.township_code, o.certificate_no),
                    *(o.certificate_valid_to, o.skills, _EMPLOYMENT[o.employment], o.birth_year),
                    *(o.dispatched_on, o.home_lon, o.home_lat),
                )
                for o in county.officers
            ),
        ),
        "catalogue": (
            (
                *("事项编码", "事项名称", "类别", "主体责任单位", "配合责任单位"),
                *("法律依据", "办理时限", "生效日期", "失效日期", "办理流程"),
            ),
            (
                (
                    *(i.code, i.name, _ITEM_KIND[i.kind], i.lead_body, i.cooperating_bodies),
                    *(i.basis, i.deadline_rule, i.effective_from, i.effective_to, i.process),
                )
                for i in county.catalogue
            ),
        ),
        "places": (
            (
                *("编号", "名称", "类型", "经度", "纬度", "坐标系", "优先级"),
                *("停留分钟", "开始", "结束", "所需专业", "村代码"),
            ),
            (
                (
                    *(p.id, p.name, p.kind, p.lon, p.lat, "wgs84", p.priority),
                    *(p.service_minutes, p.open, p.close, p.required_skills, p.village_code),
                )
                for p in county.places
            ),
        ),
        "attendance": (
            ("日期", "工号", "状态"),
            ((row.day, row.officer_id, _STATUS[row.status]) for row in county.attendance),
        ),
        "incidents": (
            ("编号", "上报时间", "来源", "类别", "事项编码", "经度", "纬度", "坐标系", "描述", "村代码"),
            (
                (
                    *(i.id, i.reported_at, i.source, i.category, i.item_code),
                    *(i.lon, i.lat, "wgs84", i.description, i.village_code),
                )
                for i in county.incidents
            ),
        ),
    }
