"""Every change is an event, chained by hashes so that a later edit shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

#: Hash before the first event.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """Who did what to what, when and why.

    Parameters
    ----------
    at
        Aware time.
    actor
        User name, or ``system``.
    action
        ``<subject>.<verb>``, e.g. ``day_plan.publish``.
    subject_kind, subject_id
        What it was done to.
    why
        Words of the actor, may be empty.
    detail
        JSON values that tell the change.
    """

    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    why: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def chained(self, previous: str) -> str:
        """Hash of this event given the hash of the event before it (SHA-256, hex)."""
        body = json.dumps(
            [
                previous,
                self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                self.actor,
                self.action,
                self.subject_kind,
                self.subject_id,
                self.why,
                self.detail,
            ],
            ensure_ascii=False,
            sort_keys=True,
        )
        return hashlib.sha256(body.encode()).hexdigest()


def first_broken(chain: Iterable[tuple[AuditEvent, str]]) -> int | None:
    """Index of the first event whose stored hash does not follow from those before, None if all do."""
    previous = GENESIS
    for index, (event, stored) in enumerate(chain):
        previous = event.chained(previous)
        if previous != stored:
            return index
    return None
