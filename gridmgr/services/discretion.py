"""What people wrote, as its reader may have it.

Villagers write names, telephones and number plates into their reports, call takers and officers into theirs.
Whoever may ask for contact data reads all of it; everybody else, and every file made to be passed on, gets it
masked. Officers and departments open the words of a case they handle by `gridmgr.services.cases.look`, which
goes on record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gridmgr.domain.cases import Actor, CaseStep
from gridmgr.domain.deadlines import CaseClock
from gridmgr.domain.evaluation import Appeal
from gridmgr.domain.incidents import Incident
from gridmgr.domain.privacy import CONTACT_ROLES, mask
from gridmgr.domain.users import User

#: Who reads; None for whoever gets the file.
Reader = User | Actor | None


def reads_plain(reader: Reader) -> bool:
    """Whether a reader has people's words as they are."""
    return reader is not None and reader.role in CONTACT_ROLES


def words_for(words: str, reader: Reader) -> str:
    """Words as a reader may have them."""
    return words if reads_plain(reader) else mask(words)


def incident_for(incident: Incident, reader: Reader) -> Incident:
    """An incident as a reader may have it."""
    shown = words_for(incident.description, reader)
    return incident if shown == incident.description else replace(incident, description=shown)


def incidents_for(incidents: Iterable[Incident], reader: Reader) -> list[Incident]:
    """Incidents as a reader may have them."""
    return [incident_for(incident, reader) for incident in incidents]


def clock_for(clock: CaseClock, reader: Reader) -> CaseClock:
    """A deadline as a reader may have it: why it stands still, why more time is asked for."""
    if reads_plain(reader):
        return clock
    return replace(
        clock,
        pauses=tuple(replace(item, note=mask(item.note)) for item in clock.pauses),
        extensions=tuple(
            replace(item, reason=mask(item.reason), note=mask(item.note)) for item in clock.extensions
        ),
    )


def appeal_for(appeal: Appeal, reader: Reader) -> Appeal:
    """An appeal as a reader may have it."""
    return replace(appeal, reason=words_for(appeal.reason, reader), note=words_for(appeal.note, reader))


def step_for(step: CaseStep, reader: Reader) -> CaseStep:
    """A step of a case as a reader may have it."""
    shown = words_for(step.note, reader)
    return step if shown == step.note else replace(step, note=shown)
