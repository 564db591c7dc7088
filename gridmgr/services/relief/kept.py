"""Keeping and reading answers that were worked out."""

from __future__ import annotations

from typing import Any, TypeVar

from gridmgr.services.context import Context
from gridmgr.storage import UnitOfWork
from gridmgr.storage.codec import decode, encode

T = TypeVar("T")


def keep(ctx: Context, kind: str, subject: str, value: Any, *, actor: str) -> None:
    """Keep an answer in the place of an earlier one."""
    with ctx.storage.write(actor) as uow:
        uow.relief.save(kind, subject, made_at=ctx.clock.utc_now(), body=encode(value))
        uow.record(f"relief.{kind}", "relief", subject)
        uow.commit()


def kept(uow: UnitOfWork, kind: str, subject: str, of: type[T]) -> T | None:
    """The answer kept, None where there is none."""
    body = uow.relief.get(kind, subject)
    return None if body is None else decode(of, body)
