"""Every screen and every group of API endpoints, by name. A new one is added here and nowhere else."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Blueprint

from webapp.admin.deadlines import deadlines
from webapp.admin.imports import imports
from webapp.admin.keys import keys
from webapp.admin.users import users
from webapp.admin.views import admin
from webapp.api.attendance import attendance_api
from webapp.api.borders import borders_api
from webapp.api.cases import cases_api
from webapp.api.catalogue import catalogue_api
from webapp.api.catalogue_changes import catalogue_changes_api
from webapp.api.closures import closures_api
from webapp.api.days import days_api
from webapp.api.deadlines import deadlines_api
from webapp.api.departments import departments_api
from webapp.api.duplicates import duplicates_api
from webapp.api.evaluation import evaluation_api
from webapp.api.imports import imports_api
from webapp.api.incidentmap import incidentmap_api
from webapp.api.incidents import incidents_api
from webapp.api.inspections import inspections_api
from webapp.api.jobs import jobs_api
from webapp.api.joint import joint_api
from webapp.api.links import links_api
from webapp.api.maplayers import maplayers_api
from webapp.api.me import me_api
from webapp.api.ownership import ownership_api
from webapp.api.patrol import patrol_api
from webapp.api.records import records_api
from webapp.api.recusals import recusals_api
from webapp.api.relief import relief_api
from webapp.api.replan import replan_api
from webapp.api.reports import reports_api
from webapp.api.rosters import rosters_api
from webapp.api.routing import routing_api
from webapp.api.scenarios import scenarios_api
from webapp.api.scoring import scoring_api
from webapp.api.swaps import swaps_api
from webapp.api.tips import tips_api
from webapp.api.weeks import weeks_api
from webapp.auth.views import auth
from webapp.casedocuments import case_documents
from webapp.catalogue.admissions import admission_pages
from webapp.catalogue.handing import handing
from webapp.catalogue.publishing import publishing_pages
from webapp.catalogue.views import catalogue
from webapp.department.phrases import dept_phrases
from webapp.department.views import department
from webapp.desk.borders import borders
from webapp.desk.inbox import inbox
from webapp.desk.joint import joint
from webapp.desk.recusals import recusals
from webapp.desk.roster import roster
from webapp.desk.scenarios import scenarios
from webapp.desk.views import desk
from webapp.desk.week import week
from webapp.field.cases import field_cases
from webapp.field.photos import photos
from webapp.field.views import field
from webapp.open311.views import open311
from webapp.public.catalogue import public_catalogue
from webapp.public.privacy import privacy
from webapp.public.status import status
from webapp.public.tips import tips
from webapp.reports.casefiles import casefiles
from webapp.reports.evaluation import evaluation
from webapp.reports.views import reports
from webapp.wechat.views import wechat

#: Pages; their blueprints carry their own prefix (`/desk`, `/m`, `/reports`, `/admin`, `/catalogue`).
PAGES: tuple[Blueprint, ...] = (
    auth,
    desk,
    week,
    roster,
    recusals,
    borders,
    scenarios,
    inbox,
    joint,
    admin,
    users,
    imports,
    keys,
    deadlines,
    photos,
    field,
    field_cases,
    department,
    dept_phrases,
    case_documents,
    reports,
    casefiles,
    evaluation,
    catalogue,
    handing,
    admission_pages,
    publishing_pages,
)

#: Pages for everybody. Their forms carry no form token, since there is no account to act in the name of.
PUBLIC_PAGES: tuple[Blueprint, ...] = (tips, status, privacy, public_catalogue)

#: Endpoints under `/api/v1`.
API: tuple[APIBlueprint, ...] = (
    me_api,
    records_api,
    attendance_api,
    incidents_api,
    tips_api,
    cases_api,
    duplicates_api,
    joint_api,
    routing_api,
    jobs_api,
    days_api,
    deadlines_api,
    departments_api,
    relief_api,
    replan_api,
    links_api,
    scoring_api,
    closures_api,
    weeks_api,
    rosters_api,
    swaps_api,
    ownership_api,
    recusals_api,
    borders_api,
    scenarios_api,
    maplayers_api,
    incidentmap_api,
    patrol_api,
    reports_api,
    evaluation_api,
    imports_api,
    inspections_api,
    catalogue_api,
    catalogue_changes_api,
)

#: For other programs, which sign what they send or carry a key: no session, no form token.
PROGRAMS: tuple[Blueprint, ...] = (wechat, open311)
