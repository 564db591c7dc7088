"""Reports: the coverage gap report and its renderings as workbook and GeoJSON.

The printable page is drawn by `maps.report_page` from the same `CoverageReport`.
"""

from gridmgr.services.reporting.coverage import coverage_report, report_villages
from gridmgr.services.reporting.geojson import coverage_geojson
from gridmgr.services.reporting.xlsx import coverage_workbook

__all__ = ["coverage_geojson", "coverage_report", "coverage_workbook", "report_villages"]
