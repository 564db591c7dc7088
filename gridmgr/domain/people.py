"""Who: agencies, officers with their certificates, and who is on duty on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gridmgr.domain.validate import require_choice, require_lon_lat, require_text

EMPLOYMENTS = frozenset({"staff", "contract"})
ON_DUTY = "on_duty"
ATTENDANCE = frozenset({ON_DUTY, "leave", "seconded", "training", "sick"})
#: Why an officer stands aside: relatives there, from there, another interest, anything else.
RECUSAL_KINDS = ("relative", "home", "interest", "other")
#: Words in an agency's name or department that make it the township's own enforcement office.
OFFICE_WORDS = ("综合行政执法办公室", "综合执法办公室", "综合行政执法队", "enforcement office")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A dispatched unit of a county department, or the township's own office.

    Parameters
    ----------
    code, name
        Code and name.
    department
        The county department it belongs to.
    township_code
        The township it is dispatched to.
    """

    code: str
    name: str
    department: str
    township_code: str

    def __post_init__(self) -> None:
        for field in ("code", "name", "township_code"):
            require_text("Agency", field, getattr(self, field))

    @property
    def is_office(self) -> bool:
        """Whether this is the township's own enforcement office."""
        words = f"{self.name} {self.department}".lower()
        return any(word in words for word in OFFICE_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A dispatched or office person.

    Parameters
    ----------
    id, name
        Staff number and name.
    agency_code, township_code
        Where the officer serves.
    certificate_no, certificate_valid_to
        Enforcement certificate; None where there is none. A certificate without a date counts as valid.
    skills
        Professional fields the certificate covers.
    employment
        ``staff`` (编制) or ``contract`` (聘用).
    birth_year, dispatched_on
        For assessment and tenure.
    home_lon, home_lat
        WGS84 degrees, or both None.
    """

    id: str
    name: str
    agency_code: str
    township_code: str
    certificate_no: str | None = None
    certificate_valid_to: date | None = None
    skills: tuple[str, ...] = ()
    employment: str = "staff"
    birth_year: int | None = None
    dispatched_on: date | None = None
    home_lon: float | None = None
    home_lat: float | None = None

    def __post_init__(self) -> None:
        for field in ("id", "name", "agency_code", "township_code"):
            require_text("Officer", field, getattr(self, field))
        require_choice("Officer", "employment", self.employment, EMPLOYMENTS)
        if (self.home_lon is None) != (self.home_lat is None):
            raise ValueError(
                f"Officer.home_lon and .home_lat go together, got {self.home_lon}, {self.home_lat}"
            )
        if self.home_lon is not None and self.home_lat is not None:
            require_lon_lat("Officer.home", self.home_lon, self.home_lat)

    def certified_on(self, day: date) -> bool:
        """Whether the officer may enforce on that day (行政处罚法 Art 42, 55)."""
        if self.certificate_no is None:
            return False
        return self.certificate_valid_to is None or self.certificate_valid_to >= day


@dataclass(frozen=True, slots=True, kw_only=True)
class Recusal:
    """An officer does not answer for a village: relatives there, the home village (行政处罚法 Art 43).

    Parameters
    ----------
    id
        ``officer_id village_code``: one record a pair.
    officer_id, village_code
        Who, where.
    reason
        Why, in the office's words.
    starts_on, ends_on
        First and last day; None for as long as the record stands.
    kind
        One of `RECUSAL_KINDS`.
    """

    id: str
    officer_id: str
    village_code: str
    reason: str
    starts_on: date | None = None
    ends_on: date | None = None
    kind: str = "other"

    def __post_init__(self) -> None:
        for field in ("id", "officer_id", "village_code", "reason"):
            require_text("Recusal", field, getattr(self, field))
        require_choice("Recusal", "kind", self.kind, RECUSAL_KINDS)
        if self.starts_on is not None and self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError(f"Recusal.ends_on must not be before starts_on, got {self.ends_on}")

    @classmethod
    def of(
        cls,
        officer_id: str,
        village_code: str,
        *,
        reason: str,
        starts_on: date | None = None,
        ends_on: date | None = None,
        kind: str = "other",
    ) -> Recusal:
        """Make the record of a pair."""
        return cls(
            id=f"{officer_id} {village_code}",
            officer_id=officer_id,
            village_code=village_code,
            reason=reason,
            starts_on=starts_on,
            ends_on=ends_on,
            kind=kind,
        )

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        begun = self.starts_on is None or self.starts_on <= day
        return begun and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """One officer on one day.

    Parameters
    ----------
    day, officer_id
        Which day, who.
    status
        One of `ATTENDANCE`.
    """

    day: date
    officer_id: str
    status: str = "on_duty"

    def __post_init__(self) -> None:
        require_text("Attendance", "officer_id", self.officer_id)
        require_choice("Attendance", "status", self.status, ATTENDANCE)
