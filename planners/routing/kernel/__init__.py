"""The route kernel: ruin and recreate, compiled by numba on plain arrays.

It proposes orders of visits; times, reasons and checks stay with the rest of `planners.routing`.
"""
