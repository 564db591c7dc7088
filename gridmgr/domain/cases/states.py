"""The states of a case (GB/T 30428: 立案 派遣 处置 核查 结案 评价, with 挂账 and 作废)."""

from __future__ import annotations

#: In the order in which a case usually passes through them.
STATES = (
    "reported",
    "verified",
    "filed",
    "dispatched",
    "en_route",
    "on_scene",
    "escalated",
    "accepted",
    "suspended",
    "settled",
    "handled",
    "checked",
    "closed",
    "rated",
    "cancelled",
    "duplicate",
)
#: States in which nobody has anything left to do.
OVER_STATES = frozenset({"closed", "rated", "cancelled", "duplicate"})
OPEN_STATES = frozenset(STATES) - OVER_STATES
#: The matter itself is dealt with; what is left is checking and closing.
DONE_STATES = frozenset({"settled", "handled", "checked"})

#: What incidents are called in `gridmgr.domain.incidents`, for the parts that plan and draw: ``reported`` is
#: what a squad may be sent to, ``escalated`` is open and no squad's work, the others are over.
COARSE = {
    "reported": "reported",
    "verified": "reported",
    "filed": "reported",
    "dispatched": "reported",
    "en_route": "reported",
    "on_scene": "reported",
    "escalated": "escalated",
    "accepted": "escalated",
    "suspended": "escalated",
    "settled": "settled",
    "handled": "escalated",
    "checked": "closed",
    "closed": "closed",
    "rated": "closed",
    "cancelled": "closed",
    "duplicate": "closed",
}
