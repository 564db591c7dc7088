"""Open311 GeoReport v2: what other programs may ask for and send, in the specification's words.

`listing` reads, `posting` takes. Only what came in by the ways the office publishes is given out, masked.
Specification: https://wiki.open311.org/GeoReport_v2/.
"""
