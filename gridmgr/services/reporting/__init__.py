"""Reports: the coverage gap report, its workbook and GeoJSON, and what the day's printed map shows.

The printable pages are drawn by `maps.report_page` and `maps.folium_page` from what is gathered here.
"""

from gridmgr.services.reporting.coverage import coverage_report, report_villages
from gridmgr.services.reporting.day import DayMaterials, day_materials
from gridmgr.services.reporting.geojson import coverage_geojson
from gridmgr.services.reporting.xlsx import coverage_workbook

__all__ = [
    "DayMaterials",
    "coverage_geojson",
    "coverage_report",
    "coverage_workbook",
    "day_materials",
    "report_villages",
]
