"""The roster of a month, and exchanges of duties: made, decided by hand, published, asked for, approved."""

from gridmgr.services.rosters.board import Board, Effect, Judged
from gridmgr.services.rosters.frame import MonthFrame
from gridmgr.services.rosters.hand import CellChange, set_cell
from gridmgr.services.rosters.making import make_month, publish_month, read_month
from gridmgr.services.rosters.swap_approval import approve
from gridmgr.services.rosters.swap_checks import SwapView, WaysOut, tradable, view_swap, ways_out
from gridmgr.services.rosters.swaps import (
    ask,
    consent,
    decline,
    expire,
    refuse,
    withdraw,
)

__all__ = [
    "Board",
    "CellChange",
    "Effect",
    "Judged",
    "MonthFrame",
    "SwapView",
    "WaysOut",
    "approve",
    "ask",
    "consent",
    "decline",
    "expire",
    "make_month",
    "publish_month",
    "read_month",
    "refuse",
    "set_cell",
    "tradable",
    "view_swap",
    "ways_out",
    "withdraw",
]
