"""What trade an agency is of, read off its people: no list says it, their certificates do.

A department's units in all townships are of one trade. What most of their certified officers are certified
for is what the agency is there for; an officer of it who lacks that certificate still has its files and its
people to ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from gridmgr.domain.people import Agency, Officer

#: A skill is the trade of a department whose certified officers have it by this share at least.
LEAST_SHARE = 0.5
#: So many certified officers must there be to tell the trade from one person's own skills.
LEAST_OFFICERS = 2
#: The agency behind an officer is worth half of a certificate of one's own, where all its people hold it.
AGENCY_WORTH = 0.5


def agency_trades(
    agencies: Iterable[Agency], officers: Iterable[Officer], today: date
) -> Mapping[str, Mapping[str, float]]:
    """How much of which skill an agency brings, by the agency's code.

    Parameters
    ----------
    agencies, officers
        Of the whole county.
    today
        Certificates count that are valid then.

    Returns
    -------
    Mapping[str, Mapping[str, float]]
        Skill to weight, 0 to `AGENCY_WORTH`. The townships' own offices are of no trade.
    """
    listed = list(agencies)
    bodies = {agency.code: agency.department or agency.code for agency in listed}
    people: Counter[str] = Counter()
    holders: Counter[tuple[str, str]] = Counter()
    for officer in officers:
        body = bodies.get(officer.agency_code)
        if body is None or not officer.certified_on(today):
            continue
        people[body] += 1
        holders.update((body, skill) for skill in set(officer.skills))
    trades: dict[str, dict[str, float]] = {}
    for (body, skill), count in sorted(holders.items()):
        share = count / people[body]
        if people[body] >= LEAST_OFFICERS and share >= LEAST_SHARE:
            trades.setdefault(body, {})[skill] = round(AGENCY_WORTH * share, 3)
    return {agency.code: trades.get(bodies[agency.code], {}) for agency in listed if not agency.is_office}
