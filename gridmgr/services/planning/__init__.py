"""The chain of the day: ownership, squads, routes, hand changes, publishing.

Every function that changes something saves a new revision and moves the township's draft to it, refusing when
somebody else moved it first. Solving happens between two transactions, never inside one.
"""

from gridmgr.domain.scenarios import ScenarioResult
from gridmgr.services.planning.checking import Finding, check_day
from gridmgr.services.planning.comparing import adopt_point, compare_and_keep, view_comparison
from gridmgr.services.planning.editing import AddStop, Edit, EditPreview, edit_day, preview_edit
from gridmgr.services.planning.lawful import OwnershipNotPublishable
from gridmgr.services.planning.links import LinkWish, add_link, remove_link
from gridmgr.services.planning.ownership import assign, change_lead, publish_ownership
from gridmgr.services.planning.publishing import DayDifference, compare_days, publish_day, undo_day
from gridmgr.services.planning.replan_events import ClosedNow, Events
from gridmgr.services.planning.replanning import Replanned, keep_rest, plan_rest, replan_day
from gridmgr.services.planning.routes import plan_routes
from gridmgr.services.planning.scenarios import SCENARIOS, compare_scenarios
from gridmgr.services.planning.scoring import DayScore, SquadScore, score_day
from gridmgr.services.planning.squad_editing import SquadChange, SquadPreview, edit_squad, preview_squad
from gridmgr.services.planning.squads import form_squads
from gridmgr.services.planning.week import plan_week, week_of

__all__ = [
    "SCENARIOS",
    "AddStop",
    "ClosedNow",
    "DayDifference",
    "DayScore",
    "Edit",
    "EditPreview",
    "Events",
    "Finding",
    "LinkWish",
    "OwnershipNotPublishable",
    "Replanned",
    "ScenarioResult",
    "SquadChange",
    "SquadPreview",
    "SquadScore",
    "add_link",
    "adopt_point",
    "assign",
    "change_lead",
    "check_day",
    "compare_and_keep",
    "compare_days",
    "compare_scenarios",
    "edit_day",
    "edit_squad",
    "form_squads",
    "keep_rest",
    "plan_rest",
    "plan_routes",
    "plan_week",
    "preview_edit",
    "preview_squad",
    "publish_day",
    "publish_ownership",
    "remove_link",
    "replan_day",
    "score_day",
    "undo_day",
    "view_comparison",
    "week_of",
]
