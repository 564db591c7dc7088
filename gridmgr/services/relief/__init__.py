"""Why something is missing and what would help, found by solving again with each change.

Slow, so it runs as a job; the answer is kept beside what it was found for and read from there.
"""

from gridmgr.services.relief.day import day_relief, find_day_relief

__all__ = ["day_relief", "find_day_relief"]
