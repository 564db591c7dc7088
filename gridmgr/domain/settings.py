"""Rules the office sets for itself; data, not code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from gridmgr.domain.places import PLACE_KINDS
from gridmgr.domain.tips import TIP_SOURCES
from gridmgr.domain.validate import require_at_least, require_choice
from gridmgr.domain.weekrules import WeekRules

TENURE_RULES = frozenset({"cost", "fixed"})
PAIR_RULES = frozenset({"scope", "same_agency", "pooled"})
UNLISTED_RULES = frozenset({"refuse", "warn"})
#: Giving up more of a day's prize than so many percent for the sake of variation is no planning any more.
MOST_UNPREDICTABLE = 10.0
#: Nothing but a required stop is worth more than that.
MOST_PER_CHANGE = 1000
#: A week without any duty is no roster.
MOST_REST_DAYS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSettings:
    """How a county's offices work.

    Parameters
    ----------
    shift_start, shift_end
        Local times of a squad's working day.
    lunch_earliest, lunch_latest, lunch_minutes
        The break starts between the first two.
    pair_rule
        Which two certified officers make a squad lawful: both hold the item's scope (``scope``), same agency
        (``same_agency``), any two (``pooled``). Provinces differ; strict is the default.
    squad_min, squad_max
        Members a squad.
    office_per_squad
        Office staff who go along with each squad, where there are enough.
    max_squads
        Most squads a township sends a day.
    max_days_in_row
        Most days in a row on which an officer is sent on joint patrol; 0 for no such rule.
    rest_days_a_week
        Least days without joint patrol in a calendar week. 劳动法 Art 38 asks for one day of rest a week.
    office_owns_villages
        Whether the office's own staff answer for villages like dispatched officers do.
    min_tenure_days
        A village is not to change its lead officer within so many days; 0 for no such rule.
    tenure_rule
        Whether assigning ownership may not do so at all (``fixed``), or only at a price (``cost``).
    neighbour_minutes
        Villages without a common border count as neighbours up to so far by road; over three times as much a
        border has no crossing.
    village_visit_minutes
        Stay of a village patrol.
    snap_limit_metres
        A stop farther than this from any road is not routed.
    detour_factor, straight_kmh
        Straight-line travel where no roads were imported.
    place_interval_days
        Days after which a place of priority 10 is due again; lower priorities wait longer in proportion.
    plan_seconds
        Default solving time.
    balance_percent
        Per cent more travel that may be spent to even out how long the squads of a day work; 0 for none.
    prize_per_change
        Prize that moving, re-ordering or dropping one stop must bring when the rest of a day is planned
        anew; 0 for any gain of prize being worth any change.
    unpredictability
        At most so many percent of a day's prize are given up to vary times and order on purpose,
        0 to `MOST_UNPREDICTABLE`; 0 for never.
    week_reserve_percent, week_slack_days, week_bunching, week_waiting
        How a week is planned at once, see `gridmgr.domain.weekrules.WeekRules`.
    inspection_kinds
        Kinds of place whose visits are inspections, capped and spaced.
    inspection_cap, inspection_spacing_days
        Inspections a place bears a calendar year; least days from one to the next.
    inspection_key_priority, inspection_key_cap
        Places of this priority and higher are watched closely and bear so many a year.
    inspection_merge_percent
        Share of its own time that each further agency's matter adds to a joint inspection.
    tip_daily_cap, tip_address_cap
        Reports taken by the public form a day: in all, and from one network address (which a whole village
        may share).
    contact_keep_days, spam_keep_days
        Days after which contact data of closed reports, and contact data and photos of spam, are deleted.
    open311_sources
        Ways in whose incidents anybody may read over Open311, masked.
    track_keep_days
        Days after which officers' movement tracks are deleted; 0 for never.
    unlisted_duty
        Whether a duty that is neither on the list nor admitted cannot be dispatched to a township
        (``refuse``), or only with a warning (``warn``).
    duplicate_metres, duplicate_days
        Two reports may tell of the same matter where they lie no farther apart in place and time.
    duplicate_text_percent, duplicate_percent
        Least likeness of their words, least score in all; see `gridmgr.domain.routing.duplicates`.
    joint_metres, joint_days
        Bodies handle one matter where their cases lie no farther apart in place and time.
    """

    shift_start: time = time(8, 30)
    shift_end: time = time(16, 30)
    lunch_earliest: time = time(11, 30)
    lunch_latest: time = time(13, 0)
    lunch_minutes: int = 60
    pair_rule: str = "scope"
    squad_min: int = 3
    squad_max: int = 5
    office_per_squad: int = 1
    max_squads: int = 4
    max_days_in_row: int = 6
    rest_days_a_week: int = 1
    office_owns_villages: bool = True
    min_tenure_days: int = 365
    tenure_rule: str = "cost"
    neighbour_minutes: int = 15
    village_visit_minutes: int = 25
    snap_limit_metres: int = 1000
    detour_factor: float = 1.35
    straight_kmh: float = 30.0
    place_interval_days: int = 7
    plan_seconds: float = 5.0
    balance_percent: int = 0
    prize_per_change: int = 5
    unpredictability: float = 0.0
    week_reserve_percent: int = 10
    week_slack_days: int = 1
    week_bunching: int = 2
    week_waiting: int = 1
    inspection_kinds: tuple[str, ...] = ("enterprise",)
    inspection_cap: int = 4
    inspection_spacing_days: int = 30
    inspection_key_priority: int = 8
    inspection_key_cap: int = 12
    inspection_merge_percent: int = 50
    tip_daily_cap: int = 500
    tip_address_cap: int = 40
    contact_keep_days: int = 90
    spam_keep_days: int = 30
    track_keep_days: int = 365
    open311_sources: tuple[str, ...] = ("open311",)
    unlisted_duty: str = "refuse"
    duplicate_metres: int = 200
    duplicate_days: int = 7
    duplicate_text_percent: int = 5
    duplicate_percent: int = 50
    joint_metres: int = 100
    joint_days: int = 30

    def __post_init__(self) -> None:
        require_choice("OfficeSettings", "unlisted_duty", self.unlisted_duty, UNLISTED_RULES)
        require_choice("OfficeSettings", "pair_rule", self.pair_rule, PAIR_RULES)
        require_choice("OfficeSettings", "tenure_rule", self.tenure_rule, TENURE_RULES)
        require_at_least("OfficeSettings", "squad_min", self.squad_min, 1)
        require_at_least("OfficeSettings", "squad_max", self.squad_max, self.squad_min)
        require_at_least("OfficeSettings", "max_squads", self.max_squads, 1)
        require_at_least("OfficeSettings", "detour_factor", self.detour_factor, 1)
        for field in (
            "lunch_minutes",
            "min_tenure_days",
            "office_per_squad",
            "village_visit_minutes",
            "max_days_in_row",
        ):
            require_at_least("OfficeSettings", field, getattr(self, field), 0)
        if not 0 <= self.rest_days_a_week <= MOST_REST_DAYS:
            raise ValueError(
                f"OfficeSettings.rest_days_a_week must be 0 to {MOST_REST_DAYS}, got {self.rest_days_a_week}"
            )
        for field in ("neighbour_minutes", "snap_limit_metres", "straight_kmh", "place_interval_days"):
            require_at_least("OfficeSettings", field, getattr(self, field), 1)
        require_at_least("OfficeSettings", "plan_seconds", self.plan_seconds, 0.1)
        if not 0 <= self.balance_percent <= 100:
            raise ValueError(f"OfficeSettings.balance_percent must be 0 to 100, got {self.balance_percent}")
        if not 0 <= self.prize_per_change <= MOST_PER_CHANGE:
            raise ValueError(
                f"OfficeSettings.prize_per_change must be 0 to {MOST_PER_CHANGE}, got {self.prize_per_change}"
            )
        if not 0 <= self.unpredictability <= MOST_UNPREDICTABLE:
            raise ValueError(
                f"OfficeSettings.unpredictability must be 0 to {MOST_UNPREDICTABLE:g}, "
                f"got {self.unpredictability!r}"
            )
        self._check_week()
        self._check_inspections()
        self._check_tips()
        self._check_routing()
        if self.shift_end <= self.shift_start:
            raise ValueError(f"OfficeSettings.shift_end must be after shift_start, got {self.shift_end}")
        if self.lunch_latest < self.lunch_earliest:
            raise ValueError(
                f"OfficeSettings.lunch_latest must not be before lunch_earliest, got {self.lunch_latest}"
            )

    @property
    def week_rules(self) -> WeekRules:
        """How a week is planned at once."""
        return WeekRules(
            reserve_percent=self.week_reserve_percent,
            slack_days=self.week_slack_days,
            bunching=self.week_bunching,
            waiting=self.week_waiting,
        )

    def _check_week(self) -> None:
        try:
            _ = self.week_rules
        except ValueError as error:
            raise ValueError(str(error).replace("WeekRules.", "OfficeSettings.week_")) from error

    def _check_routing(self) -> None:
        for field in ("duplicate_metres", "duplicate_days", "joint_metres", "joint_days"):
            require_at_least("OfficeSettings", field, getattr(self, field), 1)
        for field in ("duplicate_text_percent", "duplicate_percent"):
            if not 0 <= getattr(self, field) <= 100:
                raise ValueError(f"OfficeSettings.{field} must be 0 to 100, got {getattr(self, field)}")

    def _check_inspections(self) -> None:
        for kind in self.inspection_kinds:
            require_choice("OfficeSettings", "inspection_kinds", kind, PLACE_KINDS)
        for field in (
            "inspection_cap",
            "inspection_spacing_days",
            "inspection_key_priority",
            "inspection_merge_percent",
        ):
            require_at_least("OfficeSettings", field, getattr(self, field), 0)
        require_at_least("OfficeSettings", "inspection_key_cap", self.inspection_key_cap, self.inspection_cap)

    def _check_tips(self) -> None:
        require_at_least("OfficeSettings", "tip_daily_cap", self.tip_daily_cap, 1)
        require_at_least("OfficeSettings", "tip_address_cap", self.tip_address_cap, 1)
        for source in self.open311_sources:
            require_choice("OfficeSettings", "open311_sources", source, TIP_SOURCES)
        for field in ("contact_keep_days", "spam_keep_days", "track_keep_days"):
            require_at_least("OfficeSettings", field, getattr(self, field), 0)
