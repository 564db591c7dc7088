"""Penalties imposed on the spot: which ones the law leaves to two officers at the place.

中华人民共和国行政处罚法 (2021): Art 51 (limits), Art 42 (two certified officers), Art 43 (recusal), Art 44
(the party is told facts, grounds and rights), Art 52 (the certificate is shown, the numbered decision handed
over), Art 55.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridmgr.domain.validate import require_at_least, require_choice, require_text

KINDS = ("warning", "fine")
PARTIES = ("citizen", "organisation")
OFFICERS_NEEDED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyLimit:
    """The most that may be imposed on the spot.

    Parameters
    ----------
    party
        One of `PARTIES`.
    most_yuan
        Largest fine, yuan.
    article
        Where the law says so.
    """

    party: str
    most_yuan: int
    article: str


#: By kind of party. A warning has no limit.
LIMITS = {
    "citizen": PenaltyLimit(party="citizen", most_yuan=200, article="51"),
    "organisation": PenaltyLimit(party="organisation", most_yuan=3000, article="51"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyGiven:
    """What officers say they impose; judged before it is stored.

    Parameters
    ----------
    kind
        One of `KINDS`.
    party
        One of `PARTIES`.
    party_name
        Who is punished; protected data.
    amount_yuan
        Of a fine, whole yuan; 0 for a warning.
    officers
        Ids of the officers who impose it.
    certificates_shown, rights_told
        Whether the party saw the certificates, and was told facts, grounds and rights.
    """

    kind: str
    party: str
    party_name: str
    amount_yuan: int = 0
    officers: tuple[str, ...] = ()
    certificates_shown: bool = False
    rights_told: bool = False

    def __post_init__(self) -> None:
        require_choice("PenaltyGiven", "kind", self.kind, KINDS)
        require_choice("PenaltyGiven", "party", self.party, PARTIES)
        require_at_least("PenaltyGiven", "amount_yuan", self.amount_yuan, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """A penalty that was imposed.

    Parameters
    ----------
    id
        Number of the decision: the case's and a running number.
    case_id, seq
        The step it was imposed in.
    kind, party, party_name, amount_yuan
        As `PenaltyGiven`.
    item_code, basis
        The item it rests on, and the law as the catalogue named it then.
    officers
        Ids of the two officers, as given.
    certificates
        Their certificates' numbers, as they were shown.
    imposed_at
        When, aware.
    """

    id: str
    case_id: str
    seq: int
    kind: str
    party: str
    party_name: str
    amount_yuan: int
    item_code: str
    basis: str
    officers: tuple[str, ...]
    certificates: tuple[str, ...]
    imposed_at: datetime

    def __post_init__(self) -> None:
        require_text("Penalty", "id", self.id)
        require_choice("Penalty", "kind", self.kind, KINDS)
        require_choice("Penalty", "party", self.party, PARTIES)
        require_at_least("Penalty", "amount_yuan", self.amount_yuan, 0)
