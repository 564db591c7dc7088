"""The report's map: villages by coverage debt, township borders, and the worst gaps by number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from gridmgr.domain.coverage_report import CoverageReport, Gap, VillageRow
from gridmgr.domain.places import Village
from gridmgr.texts import text
from maps.canvas import Canvas, Plane, path_of, push_apart, scale_bar
from maps.styles import DEBT_CLASSES, NO_REQUIREMENT, debt_colour, debt_labels

WIDTH, HEIGHT = 720.0, 392.0
LEGEND_WIDTH = 138.0
MARGIN = 8.0
#: Detail finer than this many picture units does not show on paper.
DETAIL = 0.25
#: With more villages than this only townships are named.
NAMED_VILLAGES = 90
#: With more townships than this none is named, and their borders are thin.
NAMED_TOWNSHIPS = 60
INK = "#1f2d3d"
_HATCH = "no-lead"


def coverage_picture(
    report: CoverageReport, villages: Collection[Village], *, gaps: Sequence[Gap], lang: str
) -> str:
    """Draw it.

    Parameters
    ----------
    report
        Gives each village's debt and lead officer.
    villages
        Their borders, EPSG:4326; those the report does not know are left out.
    gaps
        Numbered 1, 2, ... on the map.
    lang
        Language of the legend.

    Returns
    -------
    str
        An ``<svg>`` element; empty when there is no village to draw.
    """
    rows = {row.coverage.village_code: row for row in report.villages}
    drawn = [village for village in villages if village.code in rows]
    if not drawn:
        return ""
    canvas = Canvas(WIDTH, HEIGHT, text("report.map_alt", lang))
    _hatching(canvas)
    bounds = tuple(float(v) for v in shapely.total_bounds(np.array([v.geometry for v in drawn])))
    frame = (MARGIN, MARGIN, WIDTH - LEGEND_WIDTH - MARGIN, HEIGHT - MARGIN)
    plane = Plane.fit((bounds[0], bounds[1], bounds[2], bounds[3]), into=frame)
    shapes = dict(zip([v.code for v in drawn], _simplified(plane, [v.geometry for v in drawn]), strict=True))
    _fills(canvas, shapes, rows)
    towns = _townships(drawn, shapes)
    line = 1.1 if len(towns) <= NAMED_TOWNSHIPS else 0.6
    canvas.taken.append((WIDTH - LEGEND_WIDTH, 0.0, WIDTH, HEIGHT))
    borders = canvas.group(fill="none", stroke=INK, stroke_width=line, stroke_linejoin="round")
    for shape in towns.values():
        borders.add("path", d=path_of(shape))
    _numbers(canvas, plane, gaps)
    _names(canvas, drawn, shapes, towns)
    _legend(canvas, lang, unowned=any(row.lead is None for row in report.villages))
    _scale(canvas, plane, lang)
    return canvas.markup()


def _simplified(plane: Plane, geometries: Sequence[BaseGeometry]) -> Sequence[BaseGeometry]:
    """In picture units, without detail that would not show; shared borders stay shared."""
    moved = plane.to_picture(geometries)
    # The tolerance is compared with the square root of a triangle's area (Visvalingam-Whyatt).
    simple = shapely.coverage_simplify(moved, DETAIL)
    return [small if not small.is_empty else shape for small, shape in zip(simple, moved, strict=True)]


def _townships(drawn: Sequence[Village], shapes: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Outline of each township by name and code, in picture units."""
    own: defaultdict[tuple[str, str], list[BaseGeometry]] = defaultdict(list)
    for village in drawn:
        own[village.township_code, village.township_name].append(shapes[village.code])
    return {f"{code}\n{name}": _union(parts) for (code, name), parts in own.items()}


def _union(parts: Sequence[BaseGeometry]) -> BaseGeometry:
    try:
        return shapely.coverage_union_all(parts)
    except GEOSException:
        # Borders that overlap are no coverage; imports allow them, with a warning.
        return shapely.union_all(shapely.make_valid(np.array(parts, dtype=object), method="structure"))


def _hatching(canvas: Canvas) -> None:
    pattern = canvas.group("defs").group(
        "pattern", id=_HATCH, width=5, height=5, patternUnits="userSpaceOnUse", patternTransform="rotate(45)"
    )
    pattern.add("path", d="M0,0V5", stroke=INK, stroke_width=1, stroke_opacity=0.55)


def _fills(canvas: Canvas, shapes: Mapping[str, BaseGeometry], rows: Mapping[str, VillageRow]) -> None:
    group = canvas.group(stroke="#8c8c8c", stroke_width=0.45, fill_rule="evenodd", stroke_linejoin="round")
    hatched = canvas.group(fill=f"url(#{_HATCH})", fill_rule="evenodd")
    for code, shape in shapes.items():
        coverage, path = rows[code].coverage, path_of(shape)
        fill = debt_colour(coverage.debt, required=coverage.required_per_week)
        element = group.group(fill=fill)
        element.add("title", f"{rows[code].name} {coverage.debt:.1f}")
        element.add("path", d=path)
        if rows[code].lead is None:
            hatched.add("path", d=path)


def _numbers(canvas: Canvas, plane: Plane, gaps: Sequence[Gap]) -> None:
    radius = 8.0
    group = canvas.group(font_size=11, font_weight="bold", text_anchor="middle", fill="#ffffff")
    points = [plane.at(gap.lon, gap.lat) for gap in gaps]
    placed = push_apart(points, distance=radius * 2.1)
    for number, ((x, y), (true_x, true_y)) in enumerate(zip(placed, points, strict=True), start=1):
        if x != true_x:
            group.add("path", d=f"M{true_x:.1f},{true_y:.1f}L{x:.1f},{y:.1f}", stroke=INK, stroke_width=1.5)
        group.add("circle", cx=x, cy=y, r=radius, fill=INK, stroke="#ffffff", stroke_width=1.5)
        group.add("text", str(number), x=x, y=y + 4.0)
        canvas.taken.append((x - radius, y - radius, x + radius, y + radius))


def _names(
    canvas: Canvas,
    drawn: Sequence[Village],
    shapes: Mapping[str, BaseGeometry],
    towns: Mapping[str, BaseGeometry],
) -> None:
    halo = {"stroke": "#ffffff", "stroke_linejoin": "round", "paint_order": "stroke", "fill": INK}
    if 1 < len(towns) <= NAMED_TOWNSHIPS:
        group = canvas.group(font_weight="bold", stroke_width=3, **halo)
        for key, shape in sorted(towns.items(), key=lambda item: -item[1].area):
            _name_township(group, key.partition("\n")[2], shape)
    if len(drawn) > NAMED_VILLAGES:
        return
    group = canvas.group(stroke_width=2, **halo)
    for village in sorted(drawn, key=lambda v: -shapes[v.code].area):
        point = shapes[village.code].representative_point()
        group.label(village.name, point.x, point.y, size=7.5)


def _name_township(group: Canvas, name: str, shape: BaseGeometry) -> None:
    """Near its middle; a little above or below where that is taken."""
    point = shape.representative_point()
    for shift in (0.0, -14.0, 14.0, -26.0, 26.0):
        if group.label(name, point.x, point.y + shift, size=11):
            return


def _legend(canvas: Canvas, lang: str, *, unowned: bool) -> None:
    left, top = WIDTH - LEGEND_WIDTH + 6, 40.0
    group = canvas.group(font_size=11, fill=INK)
    group.add("text", text("maps.debt_title", lang), x=left, y=top - 14, font_weight="bold")
    entries = [(item.colour, label) for item, label in zip(DEBT_CLASSES, debt_labels(), strict=True)]
    entries.append((NO_REQUIREMENT, text("maps.no_requirement", lang)))
    if unowned:
        entries.append((f"url(#{_HATCH})", text("maps.no_lead", lang)))
    for index, (fill, label) in enumerate(entries):
        y = top + index * 19
        group.add("rect", x=left, y=y, width=22, height=13, fill=fill, stroke="#8c8c8c", stroke_width=0.6)
        group.add("text", label, x=left + 29, y=y + 10.5)
    y = top + len(entries) * 19 + 8
    group.add("circle", cx=left + 11, cy=y, r=8, fill=INK)
    group.add("text", "1", x=left + 11, y=y + 4, fill="#ffffff", font_weight="bold", text_anchor="middle")
    group.add("text", text("maps.worst_gaps", lang), x=left + 29, y=y + 4)
    group.add("path", d=f"M{left},{y + 22}h22", stroke=INK, stroke_width=1.4)
    group.add("text", text("maps.township_border", lang), x=left + 29, y=y + 26)


def _scale(canvas: Canvas, plane: Plane, lang: str) -> None:
    """Bar of scale and north arrow, below the legend."""
    metres, length = scale_bar(plane, LEGEND_WIDTH - 52)
    right, y = WIDTH - MARGIN, HEIGHT - 14
    group = canvas.group(fill="none", stroke=INK, stroke_width=1.2)
    group.add("path", d=f"M{right - length:.1f},{y - 4:g}v4h{length:.1f}v-4")
    unit = text("maps.km", lang) if metres >= 1000 else text("maps.m", lang)
    words = f"{metres / 1000 if metres >= 1000 else metres:g} {unit}"
    canvas.add("text", words, x=right, y=y - 9, font_size=10, text_anchor="end", fill=INK)
    arrow = canvas.group(fill=INK, transform=f"translate({WIDTH - LEGEND_WIDTH + 18:g},{y - 14:g})")
    arrow.add("path", d="M0,-13 6,9 0,4 -6,9Z")
    arrow.add("text", text("maps.north", lang), x=0, y=-16, font_size=10, text_anchor="middle")
