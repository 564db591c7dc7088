"""What a periodic problem is: customers to be visited on certain days, the vehicles of each day, the roads.

It serves two uses. In the classical periodic vehicle routing problem each customer has day combinations that
all cost nothing, and one of them must be served. In a township's week each village may be visited on any of
many combinations of days; each costs what the village still owes after it, so the time there is goes where it
lowers debt most. Cost is compared first, travel second.

Nothing here knows the search. Durations and ways are whole numbers of one unit, seconds as a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntMatrix = NDArray[np.int64]

#: Mark in the travel matrix for "no road leads there". Any negative number is understood the same way.
UNREACHABLE = -1
#: Most days that can be planned at once.
MOST_DAYS = 31


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A combination of days on which a customer may be visited.

    Parameters
    ----------
    days
        Days, from 0, ascending; empty for not being visited at all.
    cost
        What serving just these days costs, in any whole unit; compared before travel.
    """

    days: tuple[int, ...]
    cost: int = 0

    def __post_init__(self) -> None:
        if any(day < 0 for day in self.days):
            raise ValueError(f"Pattern.days must be at least 0, got {self.days}")
        if any(later <= day for day, later in zip(self.days, self.days[1:], strict=False)):
            raise ValueError(f"Pattern.days must ascend, got {self.days}")
        if self.cost < 0:
            raise ValueError(f"Pattern.cost must be at least 0, got {self.cost} for days {self.days}")


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Somebody to be visited.

    Parameters
    ----------
    id
        Name, unique in its problem.
    node
        Row and column of the place in the travel matrix.
    patterns
        The day combinations to choose from. One without days makes the customer optional; without it, one
        of the others must be served.
    service
        Duration of each visit.
    demand
        Load of each visit.
    """

    id: str
    node: int
    patterns: tuple[Pattern, ...]
    service: int = 0
    demand: int = 0

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("Customer.id must not be empty")
        if min(self.node, self.service, self.demand) < 0:
            raise ValueError(
                f"Customer.node, service and demand of {self.id!r} must be at least 0, "
                f"got {self.node}, {self.service} and {self.demand}"
            )
        if not self.patterns:
            raise ValueError(f"Customer.patterns of {self.id!r} must not be empty")
        days = [pattern.days for pattern in self.patterns]
        if len(set(days)) < len(days):
            raise ValueError(f"Customer.patterns of {self.id!r} name the same days more than once")

    @property
    def optional(self) -> bool:
        """Whether the customer may stay without any visit."""
        return any(not pattern.days for pattern in self.patterns)

    def cost_of(self, days: tuple[int, ...]) -> int | None:
        """Cost of serving just these days, None if they are no pattern of the customer."""
        return next((pattern.cost for pattern in self.patterns if pattern.days == days), None)


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """One vehicle, or squad, on one day.

    Parameters
    ----------
    id
        Name, unique in its problem.
    day
        When it goes.
    start_node, end_node
        Where its route begins and ends, rows of the travel matrix.
    capacity
        Most load of its route, None for no limit.
    limit
        Most travel and service of its route, None for no limit.
    """

    id: str
    day: int
    start_node: int
    end_node: int
    capacity: int | None = None
    limit: int | None = None

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("Vehicle.id must not be empty")
        if min(self.day, self.start_node, self.end_node) < 0:
            raise ValueError(
                f"Vehicle.day, start_node and end_node of {self.id!r} must be at least 0, "
                f"got {self.day}, {self.start_node} and {self.end_node}"
            )
        for name, value in (("capacity", self.capacity), ("limit", self.limit)):
            if value is not None and value < 0:
                raise ValueError(f"Vehicle.{name} of {self.id!r} must be at least 0, got {value}")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Several days to plan at once.

    Parameters
    ----------
    days
        How many, 1 to `MOST_DAYS`.
    customers, vehicles
        Who is to be visited and who goes.
    travel
        (nodes, nodes) whole durations; `UNREACHABLE` where there is no road.
    """

    days: int
    customers: tuple[Customer, ...]
    vehicles: tuple[Vehicle, ...]
    travel: IntMatrix

    def __post_init__(self) -> None:
        if not 1 <= self.days <= MOST_DAYS:
            raise ValueError(f"Problem.days must be from 1 to {MOST_DAYS}, got {self.days}")
        _require_unique("customers", (customer.id for customer in self.customers))
        _require_unique("vehicles", (vehicle.id for vehicle in self.vehicles))
        object.__setattr__(self, "travel", _frozen_matrix(self.travel))
        for customer in self.customers:
            self._check_node("customer", customer.id, customer.node)
            for pattern in customer.patterns:
                if pattern.days and pattern.days[-1] >= self.days:
                    raise ValueError(
                        f"Pattern.days of customer {customer.id!r} go beyond the last day "
                        f"{self.days - 1}, got {pattern.days}"
                    )
        for vehicle in self.vehicles:
            self._check_node("vehicle", vehicle.id, max(vehicle.start_node, vehicle.end_node))
            if vehicle.day >= self.days:
                raise ValueError(
                    f"Vehicle.day of {vehicle.id!r} must be below {self.days}, got {vehicle.day}"
                )

    def _check_node(self, kind: str, name: str, node: int) -> None:
        if node >= len(self.travel):
            raise ValueError(f"node of {kind} {name!r} must be below {len(self.travel)}, got {node}")

    @cached_property
    def _customers(self) -> Mapping[str, Customer]:
        return {customer.id: customer for customer in self.customers}

    @cached_property
    def _vehicles(self) -> Mapping[str, Vehicle]:
        return {vehicle.id: vehicle for vehicle in self.vehicles}

    def customer(self, name: str) -> Customer:
        """The customer of that id; KeyError if there is none."""
        return self._customers[name]

    def vehicle(self, name: str) -> Vehicle:
        """The vehicle of that id; KeyError if there is none."""
        return self._vehicles[name]

    def fits_alone(self, customer: Customer, vehicle: Vehicle) -> int | None:
        """Duration by which a route to this customer alone is too long (0 if it fits), None without a road.

        Load counts as no road: a vehicle too small for one visit never serves the customer.
        """
        there = int(self.travel[vehicle.start_node, customer.node])
        back = int(self.travel[customer.node, vehicle.end_node])
        if min(there, back) < 0 or (vehicle.capacity is not None and customer.demand > vehicle.capacity):
            return None
        takes = there + customer.service + back
        return 0 if vehicle.limit is None else max(0, takes - vehicle.limit)


def _require_unique(kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"Problem.{kind} name {name!r} more than once")
        seen.add(name)


def _frozen_matrix(value: Any) -> IntMatrix:
    matrix = np.array(value)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"Problem.travel must be a square matrix, got shape {matrix.shape}")
    if not np.issubdtype(matrix.dtype, np.integer):
        raise ValueError(f"Problem.travel must hold whole numbers, got {matrix.dtype}")
    matrix = matrix.astype(np.int64)
    matrix.flags.writeable = False
    return matrix
