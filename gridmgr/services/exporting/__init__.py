"""A day's routes as files other programs read: GPX, KML, GeoJSON, GeoPackage and calendars."""

from gridmgr.services.exporting.routes import FORMATS, RouteExport, export_routes

__all__ = ["FORMATS", "RouteExport", "export_routes"]
