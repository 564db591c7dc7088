"""Planners: pure functions ``solve(problem, stop, seed) -> Result``.

A planner takes a validated, solver-free dataclass and gives back a plain dataclass. It imports nothing of
Gridmgr's: the services translate domain objects into problems and results back into domain objects.
"""
