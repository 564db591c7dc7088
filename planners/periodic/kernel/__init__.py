"""The compiled search over several days' routes; only this room and `planners.routing.kernel` know numba."""
