"""Every reason the rostering planner can give, with the parameters its words may use.

``because`` is the only way a reason is made here, so that a reason without its numbers cannot exist and a
test can hold the text catalogue to this table. Parameters named ``person``, ``agency`` and ``vehicle`` hold
ids: the caller may replace them by names before showing the words.
"""

from __future__ import annotations

from types import MappingProxyType

from planners.result import Reason

PATROL_ONLY = MappingProxyType(
    {
        "too_few_certified": ("certified", "needed", "members"),
        "no_shared_scope": ("certified",),
        "no_same_agency_pair": ("certified",),
        "no_scope_recorded": ("certified",),
        "certificate_expired": ("person", "until"),
    }
)
"""Why a squad may patrol but not enforce."""

BREACHES = MappingProxyType(
    {
        "squad_too_small": ("members", "needed"),
        "squad_too_large": ("members", "allowed"),
        "member_not_available": ("person",),
        "member_twice": ("person",),
        "leader_not_member": ("person",),
        "leader_not_certified": ("person",),
        "vehicle_seats_short": ("vehicle", "seats", "members"),
    }
)
"""House rules that one squad breaks."""

NOTES = MappingProxyType(
    {
        "no_vehicle": (),
        "no_driver": ("vehicle",),
        "leader_not_qualified": ("person",),
        "nobody_available": ("people",),
        "too_few_people": ("present", "needed"),
        "fewer_vehicles": ("vehicles", "wanted"),
        "vehicle_too_small": ("vehicle", "seats", "needed"),
        "turn_uncertified": ("agency", "person", "certified"),
        "agency_nobody_available": ("agency", "people", "leave", "seconded", "training", "sick", "other"),
        "agency_no_certificate": ("agency", "available"),
        "agency_resting": ("agency", "available", "sent", "expected"),
        "office_resting": ("available", "sent", "expected"),
        "reserve_squads_full": ("squads", "places"),
        "reserve_no_seat": ("squads", "seats"),
        "reserve_too_few_people": ("present", "needed"),
        "roster_stopped_early": ("done", "wanted", "missing"),
    }
)
"""What the planner should know about a day, an agency, a squad or a person left in reserve."""

RELIEF = MappingProxyType(
    {
        "relief_vehicles": ("vehicles", "needed"),
        "relief_people": ("sent", "needed"),
        "relief_certified": ("certified", "needed"),
        "relief_pairs_scope": ("certified", "squads"),
        "relief_pairs_same_agency": ("certified", "squads"),
        "relief_pairs_pooled": ("certified", "squads"),
        "relief_away": ("people", "leave", "seconded", "training", "sick", "other"),
    }
)
"""What keeps a day from more lawful squads."""

FINDINGS = MappingProxyType(
    {
        "verify_day_unknown": ("day",),
        "verify_day_missing": ("day",),
        "verify_day_twice": ("day",),
        "verify_person_unknown": ("day", "person"),
        "verify_not_available": ("day", "person"),
        "verify_lock_broken": ("day", "person"),
        "verify_agency_count": ("day", "agency", "sent", "expected"),
        "verify_office_count": ("day", "sent", "expected"),
        "verify_person_lost": ("day", "person"),
        "verify_person_not_sent": ("day", "person"),
        "verify_person_twice": ("day", "person"),
        "verify_too_many_squads": ("day", "squads", "allowed"),
        "verify_squad_number": ("day", "squad"),
        "verify_squad_rule": ("day", "squad", "rule"),
        "verify_scopes_wrong": ("day", "squad", "stated", "lawful"),
        "verify_patrol_only_wrong": ("day", "squad"),
        "verify_reason_missing": ("day", "squad"),
        "verify_vehicle_unknown": ("day", "squad", "vehicle"),
        "verify_vehicle_twice": ("day", "vehicle"),
        "verify_vehicle_missing": ("day", "squad"),
        "verify_short_missing": ("day", "agency"),
        "verify_duties_wrong": ("person", "stated", "counted"),
        "verify_days_in_row": ("person", "day", "days", "allowed"),
        "verify_rest_days": ("person", "week", "duties", "allowed"),
        "verify_rested_left": ("day", "person"),
        "verify_unfair_off_turn": ("day", "person", "duties", "instead", "instead_duties"),
        "verify_unfair_turn": ("day", "person", "duties", "instead", "instead_duties"),
    }
)
"""What ``verify`` found wrong with a roster."""

LOCKS = MappingProxyType(
    {
        "lock_not_available": ("day", "person"),
        "lock_too_many": ("day", "agency", "locked", "allowed"),
        "lock_too_many_office": ("day", "locked", "allowed"),
        "lock_days_in_row": ("person", "day", "days", "allowed"),
        "lock_rest_days": ("person", "monday", "duties", "allowed"),
    }
)
"""Why duties locked by hand leave no roster."""

SWAPS = MappingProxyType(
    {
        "swap_same_person": ("person",),
        "swap_other_agency": ("person", "agency"),
        "swap_day_unknown": ("day",),
        "swap_same_day": ("day",),
        "swap_not_on_duty": ("day", "person"),
        "swap_on_duty_already": ("day", "person"),
        "swap_absent": ("day", "person", "why"),
        "swap_locked": ("day", "person"),
        "swap_days_in_row": ("day", "person", "days", "allowed"),
        "swap_rest_days": ("monday", "person", "duties", "allowed"),
        "swap_lawful_lost": ("day", "before", "after"),
        "swap_squad_rule": ("day", "rule"),
        "swap_scopes_lost": ("day", "scopes"),
        "swap_reformed": ("day",),
        "swap_leads": ("day", "squad", "person"),
    }
)
"""What an exchange of duties breaks, and what it changes though it breaks nothing."""

CODES = MappingProxyType({**PATROL_ONLY, **RELIEF, **BREACHES, **NOTES, **FINDINGS, **LOCKS, **SWAPS})
"""All codes with the names of their parameters."""


def because(code: str, /, **params: str | int | float) -> Reason:
    """Make a reason, holding it to the table.

    Raises
    ------
    ValueError
        If the code is not in `CODES` or its parameters are not exactly those of the table.
    """
    expected = CODES.get(code)
    if expected is None:
        raise ValueError(f"no such reason: {code!r}")
    if set(params) != set(expected):
        raise ValueError(f"reason {code!r} needs {sorted(expected)}, got {sorted(params)}")
    return Reason(code, params)
