"""The field's own objects and rules: villages, people, plans, incidents, coverage.

Knows only the standard library, numpy and shapely; neither storage nor solvers nor the web.
"""
