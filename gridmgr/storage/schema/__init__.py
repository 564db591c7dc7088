"""All tables, one module an area. Migrations make the same; a test compares the two."""

from __future__ import annotations

from gridmgr.storage.schema.apikeys import api_key
from gridmgr.storage.schema.base import metadata
from gridmgr.storage.schema.cases import case_file, case_step, penalty
from gridmgr.storage.schema.catalogue import catalogue_paper, catalogue_version
from gridmgr.storage.schema.closures import road_closure
from gridmgr.storage.schema.deadlines import calendar_day, case_clock
from gridmgr.storage.schema.departments import phrase
from gridmgr.storage.schema.evaluation import evaluation_appeal
from gridmgr.storage.schema.field import check_in, track
from gridmgr.storage.schema.incidents import attachment, incident
from gridmgr.storage.schema.inspections import (
    inspection,
    inspection_limit,
    inspection_permit,
    inspection_request,
)
from gridmgr.storage.schema.ownership import ownership_comparison
from gridmgr.storage.schema.people import agency, attendance, officer, recusal, vehicle
from gridmgr.storage.schema.places import place, road_network, township, village, village_adjacency
from gridmgr.storage.schema.plans import day_head, day_revision, ownership_head, ownership_revision, week_plan
from gridmgr.storage.schema.relief import relief
from gridmgr.storage.schema.rosters import roster_head, roster_revision, swap_request
from gridmgr.storage.schema.routing import joint_case, joint_matter
from gridmgr.storage.schema.system import audit_event, job, login_session, setting, user_account
from gridmgr.storage.schema.tips import tip
from gridmgr.storage.schema.wechat import wechat_follower, wechat_message, wechat_photo

__all__ = [
    "agency",
    "api_key",
    "attachment",
    "attendance",
    "audit_event",
    "calendar_day",
    "case_clock",
    "case_file",
    "case_step",
    "catalogue_paper",
    "catalogue_version",
    "check_in",
    "day_head",
    "day_revision",
    "evaluation_appeal",
    "incident",
    "inspection",
    "inspection_limit",
    "inspection_permit",
    "inspection_request",
    "job",
    "joint_case",
    "joint_matter",
    "login_session",
    "metadata",
    "officer",
    "ownership_comparison",
    "ownership_head",
    "ownership_revision",
    "penalty",
    "phrase",
    "place",
    "recusal",
    "relief",
    "road_closure",
    "road_network",
    "roster_head",
    "roster_revision",
    "setting",
    "swap_request",
    "tip",
    "township",
    "track",
    "user_account",
    "vehicle",
    "village",
    "village_adjacency",
    "wechat_follower",
    "wechat_message",
    "wechat_photo",
    "week_plan",
]
