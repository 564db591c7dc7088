"""Geography: files in, coordinates in one datum, coverages checked and mended, neighbours found.

Imports nothing of ours but `gridmgr.domain`, `gridmgr.errors` and `gridmgr.texts`; stores nothing.
"""
