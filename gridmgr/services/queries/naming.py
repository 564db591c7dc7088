"""Names in the place of ids in stored reasons of plans, at the moment somebody reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gridmgr.domain.assignments import OwnershipPlan
from gridmgr.domain.patrols import DayPlan, Squad
from gridmgr.texts import Message


@dataclass(frozen=True, kw_only=True)
class Names:
    """What people call things, by their ids.

    Parameters
    ----------
    officers, villages, agencies
        Names by id or code.
    """

    officers: Mapping[str, str]
    villages: Mapping[str, str]
    agencies: Mapping[str, str]

    def plan(self, plan: DayPlan) -> DayPlan:
        """The plan with names in everything it says."""
        fields = self._fields(plan)
        return replace(
            plan,
            change=_named(plan.change, fields),
            squads=tuple(_named_squad(squad, fields) for squad in plan.squads),
            unassigned=tuple(replace(item, reason=_named(item.reason, fields)) for item in plan.unassigned),
            short=tuple(replace(item, reason=_named(item.reason, fields)) for item in plan.short),
            notes=tuple(_named(note, fields) for note in plan.notes),
        )

    def ownership(self, plan: OwnershipPlan) -> OwnershipPlan:
        """The plan with names in everything it says."""
        # ``other`` is an officer beside an officer, a village beside a village.
        either = {**self.villages, **self.officers}
        fields = {
            "officer": self.officers,
            "village": self.villages,
            "with": self.villages,
            "other": either,
        }
        return replace(
            plan,
            responsibilities=tuple(
                replace(r, why=tuple(_named(message, fields) for message in r.why))
                for r in plan.responsibilities
            ),
            uncovered=tuple(replace(item, reason=_named(item.reason, fields)) for item in plan.uncovered),
            why=tuple(_named(message, fields) for message in plan.why),
        )

    def message(self, message: Message, plan: DayPlan) -> Message:
        """One message about a plan, such as a finding, with names in it."""
        return _named(message, self._fields(plan))

    def _fields(self, plan: DayPlan) -> Mapping[str, Mapping[str, str]]:
        """Names by parameter of a reason, then by id."""
        stops = {visit.stop.id: visit.stop.name for visit in plan.visits()}
        stops |= {item.stop.id: item.stop.name for item in plan.unassigned}
        return {
            "person": self.officers,
            "officer": self.officers,
            "agency": self.agencies,
            "village": self.villages,
            "squad": {squad.id: str(squad.number) for squad in plan.squads},
            "stop": stops,
            "other": stops,
        }


def _named_squad(squad: Squad, fields: Mapping[str, Mapping[str, str]]) -> Squad:
    return squad if squad.reason is None else replace(squad, reason=_named(squad.reason, fields))


def _named(message: Message, fields: Mapping[str, Mapping[str, str]]) -> Message:
    values = {}
    for field, value in message.params.items():
        if isinstance(value, Message):
            values[field] = _named(value, fields)
        else:
            values[field] = fields.get(field, {}).get(str(value), value)
    return Message(message.key, values)
