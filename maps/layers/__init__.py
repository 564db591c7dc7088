"""Layers of the day's map, made with folium. Only numbers and our own words go through its templates.

folium writes strings into JavaScript template literals, where ``${...}`` runs; names and descriptions travel
in `Extras` instead, as JSON that a small script puts in place with ``textContent``.
"""
