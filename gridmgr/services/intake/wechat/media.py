"""Photos that followers sent: fetched from WeChat by a job, where the office set up its account for it.

A message only names a photo; WeChat keeps it for three days. Without the account's secret nothing is fetched
and the photo stays noted with its report.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from gridmgr.config import Config, WeChatConfig
from gridmgr.domain.tips import Tip
from gridmgr.errors import BadInput
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import INCIDENT_SUBJECT, PENDING_SUBJECT
from gridmgr.services.photos import MAX_BYTES, read_photo, store_photo
from gridmgr.storage import UnitOfWork
from gridmgr.storage.repositories.jobs import Job
from gridmgr.storage.repositories.wechat import WeChatPhoto

JOB_KIND = "wechat_photos"
#: How long WeChat keeps a photo.
KEPT_BY_WECHAT = timedelta(days=3)
_ATTEMPTS = 3
_TIMEOUT_SECONDS = 10.0
#: WeChat's answers: the photo is gone; the access token is no good any more.
_GONE, _TOKEN_OVER = frozenset({40004, 40007}), frozenset({40001, 40014, 42001})


class PhotoGone(Exception):
    """WeChat does not have the photo (any more)."""


class Unreachable(Exception):
    """WeChat did not answer, or not as it should; later it may."""


class MediaFetcher(Protocol):
    """Gets what followers sent."""

    def fetch(self, media_id: str) -> bytes:
        """The file.

        Raises
        ------
        PhotoGone
            There is none.
        Unreachable
            Not now.
        """


class HttpMediaFetcher:
    """Asks WeChat's server.

    Parameters
    ----------
    config
        With the account's secret.
    """

    def __init__(self, config: WeChatConfig) -> None:
        if not config.app_secret:
            raise ValueError("HttpMediaFetcher needs the account's secret")
        self._config = config
        self._token = ""

    def fetch(self, media_id: str) -> bytes:
        """See `MediaFetcher`."""
        for _ in range(2):
            query = {"access_token": self._access_token(), "media_id": media_id}
            kind, body = self._get("/cgi-bin/media/get", query)
            if not kind.startswith(("application/json", "text/")):
                return body
            code = _json(body).get("errcode")
            if code in _GONE:
                raise PhotoGone(media_id)
            if code not in _TOKEN_OVER:
                break
            self._token = ""
        raise Unreachable("no photo, no reason that is known")

    def _access_token(self) -> str:
        if not self._token:
            query = {
                "grant_type": "client_credential",
                "appid": self._config.app_id,
                "secret": self._config.app_secret or "",
            }
            _, body = self._get("/cgi-bin/token", query)
            token = _json(body).get("access_token")
            if not isinstance(token, str) or not token:
                raise Unreachable("no access token")
            self._token = token
        return self._token

    def _get(self, path: str, query: dict[str, str]) -> tuple[str, bytes]:
        request = Request(f"{self._config.api_url}{path}?{urlencode(query)}")  # noqa: S310  set by the office
        try:
            with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                body: bytes = answer.read(MAX_BYTES + 1)
                return answer.headers.get_content_type(), body
        except (URLError, OSError, ValueError) as error:
            # Without the address, which carries the secret.
            raise Unreachable(type(error).__name__) from None


def fetcher_of(config: Config) -> MediaFetcher | None:
    """The way to photos, None where the office set up none."""
    account = config.wechat
    return HttpMediaFetcher(account) if account and account.app_secret else None


def queue_fetching(ctx: Context, uow: UnitOfWork, tip: Tip) -> None:
    """Have a report's photos fetched after this transaction, where that is set up."""
    if fetcher_of(ctx.config) is None:
        return
    job = Job(
        id=secrets.token_hex(8),
        kind=JOB_KIND,
        args={},
        township_code=tip.township_code,
        created_by=uow.actor,
        created_at=ctx.clock.utc_now(),
    )
    uow.jobs.add(job)
    uow.record(f"job.{JOB_KIND}", "job", job.id, tip=tip.id)


def fetch_photos(
    ctx: Context, fetcher: MediaFetcher | None = None, *, pause_seconds: float = 1.0
) -> dict[str, int]:
    """Fetch every photo that is still at WeChat.

    Parameters
    ----------
    ctx
        The wired parts.
    fetcher
        Instead of the configured one.
    pause_seconds
        Between two attempts at the same photo.

    Returns
    -------
    dict
        How many are ``stored``, ``lost`` and ``pending`` now.
    """
    used = fetcher or fetcher_of(ctx.config)
    if used is None:
        return {}
    with ctx.storage.read() as uow:
        waiting = uow.wechat_photos.find(state="pending")
    counts: Counter[str] = Counter()
    for photo in waiting:
        state, content = _asked(ctx, used, photo, pause_seconds)
        counts[_keep(ctx, photo, state, content)] += 1
    return dict(counts)


def _asked(
    ctx: Context, fetcher: MediaFetcher, photo: WeChatPhoto, pause_seconds: float
) -> tuple[str, bytes | None]:
    if ctx.clock.utc_now() - photo.sent_at > KEPT_BY_WECHAT:
        return "lost", None
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(pause_seconds)
        try:
            return "stored", fetcher.fetch(photo.media_id)
        except PhotoGone:
            return "lost", None
        except Unreachable:
            continue
    return "pending", None


def _keep(ctx: Context, photo: WeChatPhoto, state: str, content: bytes | None) -> str:
    """Store what came; the photo's state then."""
    read = None
    if content is not None:
        try:
            read = read_photo(content)
        except BadInput:
            state = "lost"
    with ctx.storage.write("system") as uow:
        tip = uow.tips.get(photo.tip_id)
        if tip is None or tip.erased_at is not None:
            # Deleted on request or by rule in the meantime: nothing comes back.
            state, read = "lost", None
        if read is not None and tip is not None:
            subject = (INCIDENT_SUBJECT, tip.incident_id) if tip.incident_id else (PENDING_SUBJECT, tip.id)
            store_photo(ctx, uow, read, subject_kind=subject[0], subject_id=subject[1] or "")
        uow.wechat_photos.replace(replace(photo, state=state, attempts=photo.attempts + 1))
        uow.record("tip.photo", "tip", photo.tip_id, state=state)
        uow.commit()
    return state


def _json(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except ValueError as error:
        raise Unreachable("no JSON") from error
    return values if isinstance(values, dict) else {}
