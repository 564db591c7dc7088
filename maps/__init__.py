"""Maps to look at and to print: the report's page, the day's page, and the styles the desk shares.

Everything drawn here works without internet: pictures are inline SVG, scripts and styles are inlined.
"""
