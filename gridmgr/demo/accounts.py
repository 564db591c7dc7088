"""Accounts to try the demo with, one a role. Their passwords are public: for demonstrations only."""

from __future__ import annotations

from collections import Counter

from gridmgr.demo.county import DemoCounty
from gridmgr.domain.people import Officer
from gridmgr.domain.users import User

#: Public: for demonstrations only.
DEMO_PASSWORD = "walk-the-grid-2468"  # noqa: S105
DEMO_NAMES = ("planner", "officer", "department", "lead", "admin")


def demo_users(county: DemoCounty) -> list[tuple[User, str]]:
    """A planner and an officer of the largest township, a department, the county lead and the administrator.

    The officer is on duty today and certified, so that today's squads are likely to include him; the
    department account is the one of the officer's agency's department where he has one.

    Returns
    -------
    list of (User, str)
        Accounts with their plain passwords.
    """
    sizes = Counter(village.township_code for village in county.villages)
    township = max(county.townships, key=lambda t: (sizes[t.code], t.code))
    officer = _officer(county, township.code)
    department = next(
        agency for agency in county.agencies if agency.township_code == township.code and not agency.is_office
    )
    users = (
        User(
            name="planner", display_name=f"{township.name}调度员", role="planner", township_code=township.code
        ),
        User(
            name="officer",
            display_name=officer.name,
            role="officer",
            township_code=township.code,
            agency_code=officer.agency_code,
            officer_id=officer.id,
        ),
        User(
            name="department",
            display_name=f"{department.department}联络员",
            role="department",
            agency_code=department.code,
        ),
        User(name="lead", display_name=f"{township.county_name}综合执法局负责人", role="lead"),
        User(name="admin", display_name="系统管理员", role="admin"),
    )
    return [(user, DEMO_PASSWORD) for user in users]


def _officer(county: DemoCounty, township_code: str) -> Officer:
    """Whoever is surely sent today: certified, and of those on duty in an agency alone or least sent so far.

    Every agency sends one person a day in fair turns, so that this one's turn it is.
    """
    on_duty = {
        row.officer_id for row in county.attendance if row.day == county.today and row.status == "on_duty"
    }
    office = {agency.code for agency in county.agencies if agency.is_office}
    duties = Counter(
        member
        for plan in county.day_plans
        if plan.township_code == township_code
        for squad in plan.squads
        for member in squad.members
    )
    mine = [officer for officer in county.officers if officer.township_code == township_code]

    def lead_over_colleagues(officer: Officer) -> int:
        others = [
            duties[o.id]
            for o in mine
            if o.agency_code == officer.agency_code and o.id in on_duty - {officer.id}
        ]
        return min(others, default=1000) - duties[officer.id]

    return min(
        mine,
        key=lambda o: (
            o.id not in on_duty,
            not o.certified_on(county.today),
            o.agency_code in office,
            -lead_over_colleagues(o),
            o.id,
        ),
    )
