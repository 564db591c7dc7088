"""One transaction: repositories over one connection, and the audit trail that goes with it."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from gridmgr.clock import Clock
from gridmgr.domain.admissions import Admission
from gridmgr.domain.audit import AuditEvent
from gridmgr.domain.privacy import mask
from gridmgr.domain.wishes import Proposal, Wish
from gridmgr.storage.repositories.apikeys import ApiKeyRepository
from gridmgr.storage.repositories.audit import AuditRepository
from gridmgr.storage.repositories.cases import CaseRepository, CaseStepRepository, PenaltyRepository
from gridmgr.storage.repositories.catalogue import CatalogueRepository
from gridmgr.storage.repositories.closures import ClosureRepository
from gridmgr.storage.repositories.comparisons import ComparisonRepository
from gridmgr.storage.repositories.deadlines import CalendarRepository, ClockRepository
from gridmgr.storage.repositories.departments import DepartmentCases, PhraseRepository
from gridmgr.storage.repositories.evaluation import AppealRepository, EvaluationReader
from gridmgr.storage.repositories.field import CheckInRepository, TrackRepository
from gridmgr.storage.repositories.incidents import AttachmentRepository, IncidentRepository
from gridmgr.storage.repositories.inspections import (
    InspectionLimitRepository,
    InspectionPermitRepository,
    InspectionRepository,
    InspectionRequestRepository,
)
from gridmgr.storage.repositories.jobs import JobRepository
from gridmgr.storage.repositories.open311 import PublishedRepository
from gridmgr.storage.repositories.papers import PaperRepository
from gridmgr.storage.repositories.people import (
    AgencyRepository,
    AttendanceRepository,
    OfficerRepository,
    RecusalRepository,
    VehicleRepository,
)
from gridmgr.storage.repositories.places import (
    PlaceRepository,
    RoadRepository,
    TownshipRepository,
    VillageRepository,
)
from gridmgr.storage.repositories.plans import DayRepository, OwnershipRepository
from gridmgr.storage.repositories.relief import ReliefRepository
from gridmgr.storage.repositories.rosters import RosterRepository, SwapRepository
from gridmgr.storage.repositories.routing import JointRepository
from gridmgr.storage.repositories.settings import SettingRepository
from gridmgr.storage.repositories.tips import TipRepository
from gridmgr.storage.repositories.users import UserRepository
from gridmgr.storage.repositories.wechat import WeChatPhotoRepository, WeChatRepository
from gridmgr.storage.repositories.weeks import WeekRepository


class UnitOfWork:
    """Repositories over one transaction. Get one from `Storage.read` or `Storage.write`.

    Parameters
    ----------
    connection
        Within a transaction.
    clock
        Stamps audit events.
    actor
        Who writes; None for a read-only unit.
    """

    def __init__(self, connection: Connection, clock: Clock, actor: str | None) -> None:
        self._connection = connection
        self._clock = clock
        self._actor = actor
        self._events = 0
        self.committed = False

    @property
    def actor(self) -> str:
        """Who writes.

        Raises
        ------
        RuntimeError
            In a read-only unit of work.
        """
        if self._actor is None:
            raise RuntimeError("a read-only unit of work has no actor")
        return self._actor

    def now(self) -> datetime:
        """The present moment, by the storage's clock."""
        return self._clock.utc_now()

    def today(self) -> date:
        """The present day in the office's zone."""
        return self._clock.today()

    @property
    def zone(self) -> ZoneInfo:
        """The office's zone."""
        return self._clock.zone

    def record(
        self, action: str, subject_kind: str, subject_id: str, *, why: str = "", **detail: Any
    ) -> None:
        """Append an audit event to this transaction.

        Parameters
        ----------
        action
            ``<subject>.<verb>``.
        subject_kind, subject_id
            What was changed.
        why
            The actor's words; kept masked.
        **detail
            JSON values that tell the change.
        """
        event = AuditEvent(
            at=self._clock.utc_now(),
            actor=self.actor,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            # The chain of events is never edited: nobody's telephone gets into it.
            why=mask(why),
            detail=detail,
        )
        self.audit.append(event)
        self._events += 1

    def commit(self) -> None:
        """Keep the changes once the ``with`` block ends.

        Raises
        ------
        RuntimeError
            When read-only, or when nothing was recorded: no change goes without its audit event.
        """
        if self._actor is None:
            raise RuntimeError("a read-only unit of work cannot be committed")
        if not self._events:
            raise RuntimeError("every change needs an audit event: call record() before commit()")
        self.committed = True

    def commit_unaudited(self) -> None:
        """Keep housekeeping that is no change of the office's data: job heartbeats, session times."""
        self.actor  # noqa: B018  refuses in a read-only unit
        self.committed = True

    @cached_property
    def audit(self) -> AuditRepository:
        """The hash-chained trail."""
        return AuditRepository(self._connection)

    @cached_property
    def townships(self) -> TownshipRepository:
        """Townships."""
        return TownshipRepository(self._connection)

    @cached_property
    def villages(self) -> VillageRepository:
        """Villages, their borders and who adjoins whom."""
        return VillageRepository(self._connection)

    @cached_property
    def places(self) -> PlaceRepository:
        """Depots, enterprises, markets, schools, hot spots."""
        return PlaceRepository(self._connection)

    @cached_property
    def roads(self) -> RoadRepository:
        """The road network."""
        return RoadRepository(self._connection)

    @cached_property
    def relief(self) -> ReliefRepository:
        """What was found to help."""
        return ReliefRepository(self._connection)

    @cached_property
    def closures(self) -> ClosureRepository:
        """Roads closed for a while."""
        return ClosureRepository(self._connection)

    @cached_property
    def agencies(self) -> AgencyRepository:
        """Dispatched agencies and offices."""
        return AgencyRepository(self._connection)

    @cached_property
    def officers(self) -> OfficerRepository:
        """Officers."""
        return OfficerRepository(self._connection)

    @cached_property
    def vehicles(self) -> VehicleRepository:
        """Vehicles."""
        return VehicleRepository(self._connection)

    @cached_property
    def recusals(self) -> RecusalRepository:
        """Which officers do not answer for which villages."""
        return RecusalRepository(self._connection)

    @cached_property
    def attendance(self) -> AttendanceRepository:
        """Who is on duty."""
        return AttendanceRepository(self._connection)

    @cached_property
    def catalogue(self) -> CatalogueRepository:
        """Enforcement items."""
        return CatalogueRepository(self._connection)

    @cached_property
    def wishes(self) -> PaperRepository[Wish]:
        """Powers that townships request and departments offer."""
        return PaperRepository(self._connection, Wish, lambda paper: paper.made_at)

    @cached_property
    def proposals(self) -> PaperRepository[Proposal]:
        """Lists of powers to hand down."""
        return PaperRepository(self._connection, Proposal, lambda paper: paper.created_at)

    @cached_property
    def admissions(self) -> PaperRepository[Admission]:
        """New duties that are to come down to townships."""
        return PaperRepository(self._connection, Admission, lambda paper: paper.asked_at)

    @cached_property
    def incidents(self) -> IncidentRepository:
        """Incidents."""
        return IncidentRepository(self._connection)

    @cached_property
    def tips(self) -> TipRepository:
        """Reports that came from outside."""
        return TipRepository(self._connection)

    @cached_property
    def published(self) -> PublishedRepository:
        """Incidents as other programs may read them."""
        return PublishedRepository(self._connection)

    @cached_property
    def wechat(self) -> WeChatRepository:
        """Followers' messages."""
        return WeChatRepository(self._connection)

    @cached_property
    def wechat_photos(self) -> WeChatPhotoRepository:
        """Photos that followers sent."""
        return WeChatPhotoRepository(self._connection)

    @cached_property
    def cases(self) -> CaseRepository:
        """Cases."""
        return CaseRepository(self._connection)

    @cached_property
    def case_steps(self) -> CaseStepRepository:
        """What was done in cases."""
        return CaseStepRepository(self._connection)

    @cached_property
    def department_cases(self) -> DepartmentCases:
        """Cases as a department works through them."""
        return DepartmentCases(self._connection)

    @cached_property
    def phrases(self) -> PhraseRepository:
        """Texts that departments reuse."""
        return PhraseRepository(self._connection)

    @cached_property
    def penalties(self) -> PenaltyRepository:
        """Penalties imposed on the spot."""
        return PenaltyRepository(self._connection)

    @cached_property
    def joint(self) -> JointRepository:
        """Joint matters of several bodies."""
        return JointRepository(self._connection)

    @cached_property
    def attachments(self) -> AttachmentRepository:
        """Photos and files."""
        return AttachmentRepository(self._connection)

    @cached_property
    def check_ins(self) -> CheckInRepository:
        """What squads really visited."""
        return CheckInRepository(self._connection)

    @cached_property
    def inspections(self) -> InspectionRepository:
        """Inspections of premises that were made."""
        return InspectionRepository(self._connection)

    @cached_property
    def inspection_requests(self) -> InspectionRequestRepository:
        """Inspections that agencies want."""
        return InspectionRequestRepository(self._connection)

    @cached_property
    def inspection_permits(self) -> InspectionPermitRepository:
        """Inspections allowed beyond cap and spacing."""
        return InspectionPermitRepository(self._connection)

    @cached_property
    def inspection_limits(self) -> InspectionLimitRepository:
        """Places with a rule of their own."""
        return InspectionLimitRepository(self._connection)

    @cached_property
    def tracks(self) -> TrackRepository:
        """Movement tracks."""
        return TrackRepository(self._connection)

    @cached_property
    def ownership(self) -> OwnershipRepository:
        """Ownership plans."""
        return OwnershipRepository(self._connection)

    @cached_property
    def comparisons(self) -> ComparisonRepository:
        """Ways to plan ownership, side by side."""
        return ComparisonRepository(self._connection)

    @cached_property
    def days(self) -> DayRepository:
        """Day plans."""
        return DayRepository(self._connection)

    @cached_property
    def weeks(self) -> WeekRepository:
        """Week plans."""
        return WeekRepository(self._connection)

    @cached_property
    def rosters(self) -> RosterRepository:
        """Rosters of months."""
        return RosterRepository(self._connection)

    @cached_property
    def swaps(self) -> SwapRepository:
        """Requests to exchange duties."""
        return SwapRepository(self._connection)

    @cached_property
    def calendar(self) -> CalendarRepository:
        """Days the office imported that differ from their weekday."""
        return CalendarRepository(self._connection)

    @cached_property
    def clocks(self) -> ClockRepository:
        """Deadlines that run on cases."""
        return ClockRepository(self._connection)

    @cached_property
    def appeals(self) -> AppealRepository:
        """Appeals against what a case counts for."""
        return AppealRepository(self._connection)

    def evaluation(self, since: datetime, until: datetime) -> EvaluationReader:
        """Matters reported in [since, until), to evaluate."""
        return EvaluationReader(connection=self._connection, since=since, until=until)

    @cached_property
    def settings(self) -> SettingRepository:
        """The office's own rules."""
        return SettingRepository(self._connection)

    @cached_property
    def api_keys(self) -> ApiKeyRepository:
        """Keys of other programs."""
        return ApiKeyRepository(self._connection)

    @cached_property
    def users(self) -> UserRepository:
        """Accounts and login sessions."""
        return UserRepository(self._connection)

    @cached_property
    def jobs(self) -> JobRepository:
        """Background jobs."""
        return JobRepository(self._connection)
