"""How a month spreads company and leadership, counted from its stored days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from gridmgr.domain.rosters import RosterDay


@dataclass(frozen=True, kw_only=True)
class Company:
    """Who served with whom in a month, and who led.

    Parameters
    ----------
    squads, mixed
        Squads in all, and those with members of more than one agency.
    lawful
        Squads that may enforce something.
    pairs
        Two people and how often they were in one squad, the most frequent first.
    spread
        How many pairs were together once, twice, and so on.
    led
        How often each person led; who never did is not in it.
    """

    squads: int
    mixed: int
    lawful: int
    pairs: tuple[tuple[tuple[str, str], int], ...]
    spread: tuple[tuple[int, int], ...]
    led: dict[str, int]

    @property
    def repeated(self) -> int:
        """Times that a pair was together again."""
        return sum(times - 1 for _, times in self.pairs)


def company_of(days: Iterable[RosterDay], agencies: dict[str, str]) -> Company:
    """Count them.

    Parameters
    ----------
    days
        Of a month.
    agencies
        Each person's agency; who is not in it counts as an agency of his own.
    """
    squads = [squad for item in days for squad in item.squads]
    pairs: Counter[tuple[str, str]] = Counter()
    led: Counter[str] = Counter()
    for squad in squads:
        pairs.update(combinations(sorted(squad.members), 2))
        led[squad.leader] += 1
    return Company(
        squads=len(squads),
        mixed=sum(len({agencies.get(m, m) for m in squad.members}) > 1 for squad in squads),
        lawful=sum(not squad.patrol_only for squad in squads),
        pairs=tuple(sorted(pairs.items(), key=lambda item: (-item[1], item[0]))),
        spread=tuple(sorted(Counter(pairs.values()).items())),
        led=dict(led),
    )
