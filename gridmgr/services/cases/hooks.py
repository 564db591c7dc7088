"""What happens besides, with every step, in the same transaction: clocks, villagers' status, notices.

A hook is a function of a module of its own, listed here. It must not take steps itself and must not be slow.
"""

from __future__ import annotations

from collections.abc import Callable

from gridmgr.domain.cases import Case, CaseStep
from gridmgr.services.context import Context
from gridmgr.services.deadlines import casehook
from gridmgr.services.intake.case_hook import rate_anew_after_reopening
from gridmgr.services.routing.repeated import look_after_step
from gridmgr.storage import UnitOfWork

Hook = Callable[[Context, UnitOfWork, Case, CaseStep], None]

#: Called in this order.
HOOKS: tuple[Hook, ...] = (casehook.follow, rate_anew_after_reopening, look_after_step)


def after_step(ctx: Context, uow: UnitOfWork, case: Case, step: CaseStep) -> None:
    """Call every hook with the case as it is after the step."""
    for hook in HOOKS:
        hook(ctx, uow, case, step)
