"""How an office wants its weeks planned at once."""

from __future__ import annotations

from dataclasses import dataclass

#: Beyond half of each day kept free a week is hardly planned any more.
MOST_RESERVE_PERCENT = 50
MOST_SLACK_DAYS = 3
#: With these at most, a visit that is due is always worth more than what it costs to make it at a bad time.
MOST_BUNCHING = 5
MOST_WAITING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRules:
    """How a week is planned; as they are without any, plans from before there were such rules were made.

    Parameters
    ----------
    reserve_percent
        Share of each squad's day that the week plan leaves free for incidents, per cent.
    slack_days
        So many of the week's last days on which squads go out are used only for what finds no room before,
        so that a lost day can be made up.
    bunching
        Cost, before risk, of each day by which two visits of a village are closer than half its interval.
    waiting
        Cost, before risk, of each day of work on which a due visit could have been made and was not.
    """

    reserve_percent: int = 0
    slack_days: int = 0
    bunching: int = 2
    waiting: int = 0

    def __post_init__(self) -> None:
        for name, most in (
            ("reserve_percent", MOST_RESERVE_PERCENT),
            ("slack_days", MOST_SLACK_DAYS),
            ("bunching", MOST_BUNCHING),
            ("waiting", MOST_WAITING),
        ):
            if not 0 <= getattr(self, name) <= most:
                raise ValueError(f"WeekRules.{name} must be 0 to {most}, got {getattr(self, name)!r}")

    def planned_seconds(self, limit: int) -> int:
        """What a week plan may fill of a squad's working time."""
        return limit * (100 - self.reserve_percent) // 100
