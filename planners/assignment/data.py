"""What the ownership planner is asked: one township's villages, officers, borders and weights.

Nothing here knows a solver or Gridmgr's domain. Every class checks itself when it is built; an error names
the field and the value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float64]
Point = tuple[float, float]

COVERAGE_UNITS_PER_HOUR = 100  # a village's coverage weight counts hundredths of risk-weighted hours


@dataclass(frozen=True, kw_only=True)
class Village:
    """A village that needs one lead officer.

    Parameters
    ----------
    code
        The village's code, unique in its township.
    workload
        Hours of work a week it asks for, positive. Loads are balanced on this.
    risk
        Factor that makes it matter more who goes uncovered when people are short, positive; 1 is usual.
    needs
        Skill or trade to weight, 0 to 1: how much of the village's work asks for it.
    position
        (x, y) in metres of a local projection; needed unless the problem brings travel minutes.
    premises
        How many premises ask for a skill or trade; only told beside the lead, not weighed.
    """

    code: str
    workload: float
    risk: float = 1.0
    needs: Mapping[str, float] = field(default_factory=dict)
    position: Point | None = None
    premises: int = 0

    def __post_init__(self) -> None:
        if not self.code:
            raise ValueError(f"Village.code must not be empty, got {self.code!r}")
        if not (math.isfinite(self.workload) and self.workload > 0):
            raise ValueError(f"Village.workload of {self.code} must be positive, got {self.workload!r}")
        if not (math.isfinite(self.risk) and self.risk > 0):
            raise ValueError(f"Village.risk of {self.code} must be positive, got {self.risk!r}")
        for skill, weight in self.needs.items():
            if not 0 <= weight <= 1:
                raise ValueError(f"Village.needs[{skill!r}] of {self.code} must be 0 to 1, got {weight!r}")
        if self.premises < 0:
            raise ValueError(f"Village.premises of {self.code} must be zero or more, got {self.premises!r}")
        _check_position("Village", self.code, self.position)

    @property
    def coverage_weight(self) -> int:
        """Worth of covering this village, in whole hundredths of risk-weighted hours, at least 1.

        Whole numbers, so that "covers as much as possible" is decided exactly.
        """
        return max(1, round(COVERAGE_UNITS_PER_HOUR * self.workload * self.risk))


@dataclass(frozen=True, kw_only=True)
class Officer:
    """Someone who may answer for villages.

    Parameters
    ----------
    id
        The officer's id, unique in the township.
    capacity
        Most villages to lead, 1 or 2.
    skills
        Skills and trades the officer brings.
    position
        Home or post, (x, y) in metres of the villages' projection; needed unless the problem brings travel
        minutes.
    previous
        Codes of the villages led under the last published plan. Codes that are no village of this problem
        are passed over: a township's villages change between two plans.
    previous_support
        The same for villages supported.
    certified
        Whether the officer holds a valid enforcement certificate.
    young
        Those of ``previous`` held for less than the minimum tenure: taking them away costs
        `Weights.tenure` more, or is forbidden (`Problem.keep_young`).
    recused
        Codes of villages the officer may not answer for at all, as lead or support. Unknown codes are
        passed over.
    trades
        Skill or trade to weight, 0 to 1: how much of it the officer's agency brings where the officer's own
        certificate does not.
    """

    id: str
    capacity: int = 2
    skills: frozenset[str] = frozenset()
    position: Point | None = None
    previous: tuple[str, ...] = ()
    previous_support: tuple[str, ...] = ()
    certified: bool = True
    young: frozenset[str] = frozenset()
    recused: frozenset[str] = frozenset()
    trades: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError(f"Officer.id must not be empty, got {self.id!r}")
        if self.capacity not in (1, 2):
            raise ValueError(f"Officer.capacity of {self.id} must be 1 or 2, got {self.capacity!r}")
        strange = sorted(self.young.difference(self.previous))
        if strange:
            raise ValueError(
                f"Officer.young of {self.id} names {strange[0]}, which is not in Officer.previous"
            )
        for skill, weight in self.trades.items():
            if not 0 <= weight <= 1:
                raise ValueError(f"Officer.trades[{skill!r}] of {self.id} must be 0 to 1, got {weight!r}")
        _check_position("Officer", self.id, self.position)

    def brings(self, skill: str) -> float:
        """How much of a skill or trade the officer brings: 1 by certificate, else what the agency does."""
        return 1.0 if skill in self.skills else self.trades.get(skill, 0.0)


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What the parts of a plan cost, all in points; lower is better.

    Parameters
    ----------
    load
        Points for one squared relative deviation from the target load: an officer with no village or with
        twice the target costs this much.
    travel
        Points per minute between an officer and each of the officer's villages, one way.
    skill
        Points per unit of needed skill weight that neither the lead's certificate nor the agency brings.
    change
        Points per village taken from a lead of the last plan who is still here.
    tenure
        Further points per village taken from such a lead before the minimum tenure is over.
    uncertified
        Points per village led or supported by an officer without a valid certificate.
    apart
        Points per pair of villages that do not border each other; only where the problem allows such pairs.
    """

    load: float = 10.0
    travel: float = 0.1
    skill: float = 4.0
    change: float = 3.0
    tenure: float = 6.0
    uncertified: float = 6.0
    apart: float = 8.0

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"Weights.{item.name} must be zero or more, got {value!r}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """One township: who shall answer for which village.

    Parameters
    ----------
    villages, officers
        In any order: the answer does not depend on it.
    adjacent
        Pairs of codes of villages that border each other, in either order.
    weights
        What the parts of a plan cost.
    require_adjacent_pairs
        Whether an officer's two villages must border each other (hard), or may cost `Weights.apart`.
    travel_minutes
        Minutes from officer (row) to village (column), in the order of ``officers`` and ``villages``. Must be
        finite: give a village without a road a large number. None: straight line between positions.
    metres_per_minute
        Speed for the straight line; the default is 24 km/h, a village road with its bends.
    near_by_road
        Pairs of codes of villages that share no border and are neighbours all the same, over a bridge or
        around an enclave: they may go together like bordering ones.
    keep_young
        Whether a village held for less than the minimum tenure stays with its lead whatever it costs.
    most_changes
        At most so many villages are taken from a lead of the last plan who is still here; None for any
        number. Coverage goes before: where it cannot be reached within them, there is no plan.
    """

    villages: tuple[Village, ...]
    officers: tuple[Officer, ...]
    adjacent: frozenset[tuple[str, str]] = frozenset()
    weights: Weights = field(default_factory=Weights)
    require_adjacent_pairs: bool = True
    travel_minutes: FloatMatrix | None = None
    metres_per_minute: float = 400.0
    near_by_road: frozenset[tuple[str, str]] = frozenset()
    keep_young: bool = False
    most_changes: int | None = None

    def __post_init__(self) -> None:
        codes = [village.code for village in self.villages]
        _check_unique("Problem.villages", codes)
        _check_unique("Problem.officers", [officer.id for officer in self.officers])
        known = set(codes)
        for pair in sorted(self.adjacent):
            _check_pair("adjacent", pair, known)
        for pair in sorted(self.near_by_road):
            _check_pair("near_by_road", pair, known)
        _check_unique("Officer.previous", [c for o in self.officers for c in set(o.previous) if c in known])
        if not (math.isfinite(self.metres_per_minute) and self.metres_per_minute > 0):
            raise ValueError(f"Problem.metres_per_minute must be positive, got {self.metres_per_minute!r}")
        if self.most_changes is not None and self.most_changes < 0:
            raise ValueError(f"Problem.most_changes must be zero or more, got {self.most_changes!r}")
        if self.travel_minutes is None:
            self._check_positions()
        else:
            self._keep_minutes(self.travel_minutes)

    def _check_positions(self) -> None:
        if not (self.villages and self.officers):
            return
        nowhere = [v.code for v in self.villages if v.position is None]
        nowhere += [o.id for o in self.officers if o.position is None]
        if nowhere:
            raise ValueError(f"position or Problem.travel_minutes is missing for {', '.join(nowhere)}")

    def _keep_minutes(self, given: FloatMatrix) -> None:
        minutes = np.array(given, dtype=np.float64)
        expected = (len(self.officers), len(self.villages))
        if minutes.shape != expected:
            raise ValueError(f"Problem.travel_minutes must have shape {expected}, got {minutes.shape}")
        if not np.all(np.isfinite(minutes) & (minutes >= 0)):
            row, column = np.argwhere(~(np.isfinite(minutes) & (minutes >= 0)))[0]
            way = f"from {self.officers[row].id} to {self.villages[column].code}"
            raise ValueError(
                f"Problem.travel_minutes must be finite and zero or more, got {minutes[row, column]} {way}"
            )
        minutes.setflags(write=False)
        object.__setattr__(self, "travel_minutes", minutes)

    @property
    def minutes(self) -> FloatMatrix:
        """Minutes from officer (row) to village (column), given or by straight line."""
        if self.travel_minutes is not None:
            return self.travel_minutes
        if not (self.villages and self.officers):
            return np.zeros((len(self.officers), len(self.villages)))
        homes = np.array([o.position for o in self.officers], dtype=np.float64)
        places = np.array([v.position for v in self.villages], dtype=np.float64)
        offsets = homes[:, None, :] - places[None, :, :]
        return np.asarray(np.hypot(offsets[..., 0], offsets[..., 1]) / self.metres_per_minute)

    @property
    def target_load(self) -> float:
        """Hours a week an officer should carry: the coverable work, spread over those who can be in use.

        Depends on the problem alone, so that the cost of one officer's villages does not hang on the others.
        """
        in_use = min(len(self.officers), len(self.villages))
        if not in_use:
            return 0.0
        coverable = min(len(self.villages), sum(o.capacity for o in self.officers))
        mean = math.fsum(v.workload for v in self.villages) / len(self.villages)
        return mean * coverable / in_use

    @property
    def previous_leads(self) -> dict[str, str]:
        """Village code to the officer who led it under the last plan, where that officer is still here."""
        known = {village.code for village in self.villages}
        return {code: officer.id for officer in self.officers for code in officer.previous if code in known}

    @property
    def kept_leads(self) -> dict[str, str]:
        """Village code to the officer who must keep it, where `keep_young` forbids taking it away.

        Recusal goes before tenure, and nobody must keep more than the capacity: then the first of
        ``previous`` stay.
        """
        known = {village.code for village in self.villages}
        kept: dict[str, str] = {}
        for officer in self.officers if self.keep_young else ():
            young = [c for c in dict.fromkeys(officer.previous) if c in officer.young - officer.recused]
            kept |= dict.fromkeys([code for code in young if code in known][: officer.capacity], officer.id)
        return kept

    def borders(self, one: str, /, other: str) -> bool:
        """Whether two villages are neighbours: by a border, or by road."""
        either = self.adjacent | self.near_by_road
        return (one, other) in either or (other, one) in either

    def by_road_only(self, one: str, /, other: str) -> bool:
        """Whether two villages are neighbours by road and share no border."""
        bordering = (one, other) in self.adjacent or (other, one) in self.adjacent
        return not bordering and self.borders(one, other)


def _check_position(owner: str, name: str, position: Point | None) -> None:
    if position is None:
        return
    if len(position) != 2 or not all(math.isfinite(value) for value in position):
        raise ValueError(f"{owner}.position of {name} must be two finite numbers, got {position!r}")


def _check_unique(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} has {name} more than once")
        seen.add(name)


def _check_pair(what: str, pair: tuple[str, str], known: set[str]) -> None:
    one, other = pair
    if one == other:
        raise ValueError(f"Problem.{what} pairs {one} with itself")
    for code in pair:
        if code not in known:
            raise ValueError(f"Problem.{what} names {code}, which is no village of this problem")
