"""Reading village files: GeoJSON, GeoPackage, Shapefile (zipped too), TopoJSON, KML.

`read_layer` finds out what a file is from its first bytes (never from its name), picks the layer, finds the
real encoding of its text, and gives columns and geometries as they stand. `layer_names` tells which layers
there are.
"""

from gridmgr.geo.readers.layers import layer_names, read_layer
from gridmgr.geo.readers.table import LayerTable

__all__ = ["LayerTable", "layer_names", "read_layer"]
