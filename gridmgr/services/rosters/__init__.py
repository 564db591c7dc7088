"""The roster of a month, and exchanges of duties: made, decided by hand, published, asked for, approved."""

from gridmgr.services.rosters.absence import register_absence
from gridmgr.services.rosters.board import Board, Effect, Judged
from gridmgr.services.rosters.frame import MonthFrame
from gridmgr.services.rosters.hand import Cell, CellChange, CellWays, cell_ways, set_cell
from gridmgr.services.rosters.making import make_month, publish_month, read_month
from gridmgr.services.rosters.swap_approval import approve
from gridmgr.services.rosters.swap_checks import (
    SwapView,
    WaysOut,
    swaps_of_office,
    swaps_of_officer,
    tradable,
    view_swap,
    ways_out,
)
from gridmgr.services.rosters.swaps import (
    ask,
    consent,
    decline,
    expire,
    refuse,
    withdraw,
)
from gridmgr.services.rosters.view import MonthView, published_month, view_month

__all__ = [
    "Board",
    "Cell",
    "CellChange",
    "CellWays",
    "Effect",
    "Judged",
    "MonthFrame",
    "MonthView",
    "SwapView",
    "WaysOut",
    "approve",
    "ask",
    "cell_ways",
    "consent",
    "decline",
    "expire",
    "make_month",
    "publish_month",
    "published_month",
    "read_month",
    "refuse",
    "register_absence",
    "set_cell",
    "swaps_of_office",
    "swaps_of_officer",
    "tradable",
    "view_month",
    "view_swap",
    "ways_out",
    "withdraw",
]
