"""Squads changed by hand on the desk: looked at in the bar first, kept or dropped, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gridmgr.domain.patrols import DayPlan
from gridmgr.services.planning import plan_routes

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
TODAY = date(2026, 3, 2)


def planned(site: Any, day: date) -> DayPlan:
    """Routes of the planner's township on a day of its own, so that tests do not meet."""
    code = site.township_of("planner")
    return plan_routes(site.ctx, township_code=code, day=day, actor="planner", seconds=0.5)


def crews(site: Any, day: date) -> list[tuple[str, tuple[str, ...], str | None]]:
    """Leader, members and vehicle of each squad as stored now."""
    with site.ctx.storage.read() as uow:
        found = uow.days.draft(site.township_of("planner"), day)
    assert found is not None
    return [(squad.leader, squad.members, squad.vehicle) for squad in found.squads]


def open_squad(page: Page, day: date, squad_id: str) -> Page:
    """The desk of the day with that squad in the detail pane."""
    page.goto(f"/desk/?date={day.isoformat()}")
    expect(page.locator("#do-publish")).to_be_enabled()
    page.locator(f'[data-key="squad-{squad_id}"]').click()
    expect(page.locator("#detail .members")).to_be_visible()
    return page


def choose(page: Page, officer_id: str, words: str) -> None:
    """One line of an officer's menu."""
    page.locator(f'[data-crew="{officer_id}"]').click()
    page.get_by_role("menuitem", name=words).click()


def test_a_member_moved_is_looked_at_kept_and_given_back_by_control_z(page_of: Open, site: Any) -> None:
    """From the squad's pane to the other squad; first dropped with Escape, then kept."""
    day = TODAY + timedelta(days=1)
    first, second = planned(site, day).squads[:2]
    before = crews(site, day)
    moved = next(name for name in first.members if name != first.leader)
    page = open_squad(page_of("planner"), day, first.id)

    choose(page, moved, f"移到第{second.number}小队")
    expect(page.locator("#preview .figures-crew")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#preview")).to_be_hidden()
    assert crews(site, day) == before

    choose(page, moved, f"移到第{second.number}小队")
    page.locator("#keep").click()
    expect(page.locator("#preview")).to_be_hidden()
    expect(page.locator(f'#detail [data-crew="{moved}"]')).to_have_count(0)
    assert crews(site, day)[1][1] == (*second.members, moved)

    page.locator("body").press("Control+z")
    expect(page.locator(f'#detail [data-crew="{moved}"]')).to_be_visible()
    assert crews(site, day) == before


def test_reserve_leader_and_vehicle_are_changed_where_they_are_shown(page_of: Open, site: Any) -> None:
    """A member goes to the reserve and comes back from the board; another one leads; no vehicle."""
    day = TODAY + timedelta(days=2)
    squad = planned(site, day).squads[0]
    member = next(name for name in squad.members if name != squad.leader)
    page = open_squad(page_of("planner"), day, squad.id)

    def keep(stored: Callable[[tuple[str, tuple[str, ...], str | None]], bool]) -> None:
        page.locator("#keep").click()
        expect(page.locator("#preview")).to_be_hidden()
        assert stored(crews(site, day)[0])

    choose(page, member, "移到机动人员")
    keep(lambda crew: member not in crew[1])
    expect(page.locator(f'#board-squads [data-crew="{member}"]')).to_be_visible()
    choose(page, member, f"编入第{squad.number}小队")
    keep(lambda crew: member in crew[1])

    choose(page, member, "设为队长")
    expect(page.locator("#preview .figures-crew")).to_contain_text(f"第{squad.number}小队队长")
    keep(lambda crew: crew[0] == member)

    page.locator("#detail .vehicle-choice").select_option("")
    keep(lambda crew: crew[2] is None)


def test_who_only_reads_sees_the_crew_but_no_menus(page_of: Open, site: Any) -> None:
    """The county's lead."""
    day = TODAY + timedelta(days=3)
    squad = planned(site, day).squads[0]
    page = page_of("lead")
    page.goto(f"/desk/?date={day.isoformat()}&township={site.township_of('planner')}")
    page.locator(f'[data-key="squad-{squad.id}"]').click()
    expect(page.locator("#detail .member")).to_have_count(len(squad.members))
    expect(page.locator("[data-crew], .vehicle-choice")).to_have_count(0)
