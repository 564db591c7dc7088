"""What the planner gives back: a route a vehicle, the days chosen, why a customer got less than the best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planners.result import Reason


@dataclass(frozen=True, kw_only=True)
class Route:
    """What one vehicle does on its day.

    Parameters
    ----------
    vehicle
        Whose.
    customers
        Ids in order.
    load, travel, duration
        Sums over the route; duration is travel and service.
    """

    vehicle: str
    customers: tuple[str, ...]
    load: int
    travel: int
    duration: int


@dataclass(frozen=True, kw_only=True)
class Short:
    """A customer who got days that cost more than its cheapest combination.

    Parameters
    ----------
    customer
        Who.
    days
        The days it got, maybe none.
    cost
        What they cost.
    reason
        Why it got no better; codes in `planners.periodic.reasons`.
    """

    customer: str
    days: tuple[int, ...]
    cost: int
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class PeriodicPlan:
    """Several days planned at once.

    Parameters
    ----------
    routes
        One a vehicle, in the problem's order; some may be empty.
    days
        The days each customer is visited on.
    cost, travel
        Sums over customers and over routes.
    short
        Customers who got less than the best, in the problem's order.
    """

    routes: tuple[Route, ...]
    days: Mapping[str, tuple[int, ...]]
    cost: int
    travel: int
    short: tuple[Short, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A broken rule.

    Parameters
    ----------
    code
        Which; the list is in `planners.periodic.verify`.
    params
        Names and numbers.
    """

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
