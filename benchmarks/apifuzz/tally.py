"""Counts answers, keeps what went wrong, and runs strategies for their examples only."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, got_request_exception
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.strategies import SearchStrategy
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

Example = TypeVar("Example")
#: Of a failure that repeats itself, whoever sends it, so many are told.
_MOST_OF_ONE = 2


@dataclass(kw_only=True)
class Tally:
    """What came of the requests of a group.

    Parameters
    ----------
    group
        Its name.
    """

    group: str
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    stumbles: int = 0
    breaches: int = 0
    slowest: tuple[float, str] = (0.0, "")
    labels: set[str] = field(default_factory=set)
    _told: Counter[str] = field(default_factory=Counter)
    _error: BaseException | None = None

    @property
    def cases(self) -> int:
        """Requests that were answered."""
        return sum(self.statuses.values())

    @property
    def classes(self) -> Counter[str]:
        """Requests by the class of their status, such as ``2xx``."""
        found: Counter[str] = Counter()
        for status, times in self.statuses.items():
            found[f"{status // 100}xx"] += times
        return found

    @contextmanager
    def watching(self, app: Flask) -> Iterator[None]:
        """Note the trace of whatever the application did not expect."""

        def note(_sender: Flask, exception: BaseException, **_: object) -> None:
            if not isinstance(exception, HTTPException):
                self._error = exception

        with got_request_exception.connected_to(note, app):
            yield

    def ask(self, label: str, send: Callable[[], TestResponse], about: object = None) -> TestResponse:
        """Send a request and count its answer; one of 5xx is a failure.

        Parameters
        ----------
        label
            The route, e.g. ``GET /api/v1/me as planner``.
        send
            Sends it.
        about
            What was sent, told when it fails.
        """
        self._error = None
        began = time.perf_counter()
        answer = send()
        # Files are made while they are read.
        answer.get_data()
        took = time.perf_counter() - began
        self.statuses[answer.status_code] += 1
        self.labels.add(label)
        self.slowest = max(self.slowest, (took, label))
        if answer.status_code >= 500:
            self.stumbles += 1
            self._tell(f"{label}: {answer.status_code}", _trace(self._error), about)
        return answer

    def expect(self, holds: bool, label: str, why: str, about: object = None) -> None:
        """Note an answer that breaks what was promised."""
        if not holds:
            self.breaches += 1
            self._tell(f"{label}: {why.splitlines()[0]}", why, about)

    def _tell(self, title: str, why: str, about: object) -> None:
        kind = title.split(" as ", 1)[0] + why[-200:]
        self._told[kind] += 1
        if self._told[kind] <= _MOST_OF_ONE:
            self.failures.append(f"{title}\n{why}\n{str(about)[:3000]}")

    def facts(self) -> dict[str, Any]:
        """The figures, for JSON."""
        return {
            "group": self.group,
            "cases": self.cases,
            "routes": len({label.split(" as ", 1)[0] for label in self.labels}),
            "answers_5xx": self.stumbles,
            "breaches": self.breaches,
            "classes": dict(sorted(self.classes.items())),
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "slowest": {"seconds": round(self.slowest[0], 3), "what": self.slowest[1]},
        }


def _trace(error: BaseException | None) -> str:
    return "" if error is None else "".join(traceback.format_exception(error)[-6:])


def each(
    strategy: SearchStrategy[Example], act: Callable[[Example], object], *, examples: int, seed: int
) -> None:
    """Do something with the examples of a strategy: the same for the same seed, nothing shrunk or kept.

    The first is always the simplest there is, such as a form with everything left as it is.
    """

    @seeded(seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(example: Example) -> None:
        act(example)

    run()
