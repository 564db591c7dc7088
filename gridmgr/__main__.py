"""``python -m gridmgr`` is the `gridmgr` command."""

from gridmgr.cli import main

main()
