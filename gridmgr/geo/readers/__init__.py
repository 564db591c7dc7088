"""Reading village files: GeoJSON, GeoPackage, Shapefile (zipped too), TopoJSON, KML.

`read_layer` is the whole interface: it finds out what a file is from its first bytes (never from its name),
picks the layer, finds the real encoding of its text, and gives columns and geometries as they stand.
"""

from gridmgr.geo.readers.layers import read_layer
from gridmgr.geo.readers.table import LayerTable

__all__ = ["LayerTable", "read_layer"]
