"""The command line. Every command translates words into a service call and its answer back into words.

Exit codes: 0 done, 1 refused or bad input, 2 wrong usage, 3 no feasible plan. With ``--json`` exactly one
JSON document goes to stdout; messages go to stderr.
"""

from gridmgr.cli.main import main

__all__ = ["main"]
