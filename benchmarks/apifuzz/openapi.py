"""The API by its own OpenAPI document: schemathesis makes requests, some with known ids in them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import schemathesis
from apiflask import APIFlask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, Config, GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.test import TestResponse

from benchmarks.apifuzz.tally import Tally, each
from benchmarks.apifuzz.world import ROLES, World
from webapp.guards import guard_of

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_CONVERTER = re.compile(r"<(?:[^<>]*:)?(\w+)>")
#: Of ten values for which ids are known, so many are known ones.
_KNOWN_OF_TEN = 7


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation of the document, and the roles its guard lets in.

    Parameters
    ----------
    label
        Method and path.
    made
        As schemathesis has it.
    roles
        Who may call it, in the usual order; none where everybody may.
    """

    label: str
    made: APIOperation
    roles: tuple[str, ...]

    @property
    def takes_values(self) -> bool:
        """Whether there is anything that could be of a wrong type; any text is a right path."""
        return any(len(place) for place in (self.made.query, self.made.body))


def operations(app: APIFlask) -> list[Operation]:
    """Everything in the document, by path and method."""
    document = copy.deepcopy(app.spec)
    assert isinstance(document, dict)
    for path in document["paths"].values():
        for operation in path.values():
            # Who is logged in is up to the browser: no invented session cookies.
            operation.pop("security", None)
    schema = schemathesis.openapi.from_dict(document, config=Config())
    schema.app = app
    endpoints = {
        (method, _CONVERTER.sub(r"{\1}", rule.rule)): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    found = []
    for result in schema.get_all_operations():
        made = result.ok()
        guard = guard_of(app, endpoints[made.method.upper(), made.path])
        assert guard is not None
        roles = tuple(role for role in ROLES if role in guard.roles)
        found.append(Operation(label=f"{made.method.upper()} {made.path}", made=made, roles=roles))
    return sorted(found, key=lambda operation: operation.label)


def requests_of(operation: Operation, world: World, mode: GenerationMode) -> st.SearchStrategy[Case]:
    """Requests by the document, or against it, with known ids in some places."""
    plain = operation.made.as_strategy(generation_mode=mode)

    @st.composite
    def filled(draw: st.DrawFn) -> Case:
        case = draw(plain)
        fill = Filler(world.known, draw)
        if case.path_parameters:
            case.path_parameters = {
                name: quote(str(fill.value(name, value)), safe="") if fill.knows(name) else value
                for name, value in case.path_parameters.items()
            }
        if isinstance(case.query, Mapping):
            case.query = {name: fill.value(name, value) for name, value in case.query.items()}
        if case.body is not NOT_SET:
            case.body = fill.inside(case.body)
        return case

    return filled()


class Filler:
    """Puts known ids in the place of made-up values, by the names of fields.

    Parameters
    ----------
    known
        Ids by name.
    draw
        Of the strategy.
    """

    def __init__(self, known: Mapping[str, tuple[str, ...]], draw: st.DrawFn) -> None:
        self._known = known
        self._draw = draw

    def knows(self, name: str) -> bool:
        """Whether there are ids for the name."""
        return bool(self._known.get(name))

    def value(self, name: str, value: Any) -> Any:
        """The value, or a known one for texts and what stands in their place."""
        if not self.knows(name) or self._draw(st.integers(1, 10)) > _KNOWN_OF_TEN:
            return value
        chosen = self._draw(st.sampled_from(self._known[name]))
        return [chosen] if isinstance(value, list) else chosen

    def inside(self, body: Any, name: str = "") -> Any:
        """The body with its values replaced, however deep."""
        if isinstance(body, Mapping):
            return {key: self.inside(value, key) for key, value in body.items()}
        if isinstance(body, list):
            return [self.inside(value, name) for value in body]
        return self.value(name, body) if body is None or isinstance(body, str) else body


class ApiFuzzer:
    """Sends requests to the API and checks the answers against its document.

    Parameters
    ----------
    world
        Where to.
    tally
        Counts.
    """

    def __init__(self, world: World, tally: Tally) -> None:
        self.world = world
        self.tally = tally
        self._browsers: dict[str | None, FlaskClient] = {}

    def browser(self, role: str | None) -> FlaskClient:
        """The browser of a role, logged in once."""
        if role not in self._browsers:
            self._browsers[role] = self.world.browser(role)
        return self._browsers[role]

    def allowed(self, operation: Operation, role: str, *, examples: int, seed: int) -> None:
        """Requests of somebody the guard lets in, and as many against the document."""
        modes = [GenerationMode.POSITIVE] + [GenerationMode.NEGATIVE] * operation.takes_values
        for mode in modes:
            strategy = requests_of(operation, self.world, mode)
            check: Callable[[Case], None] = self._checker(operation, role)
            each(strategy, check, examples=examples, seed=seed)

    def refused(self, operation: Operation, role: str | None, *, seed: int) -> None:
        """A request of somebody the guard does not let in: 401 for a stranger, 403 for another role."""
        expected = 401 if role is None else 403
        label = f"{operation.label} as {role or 'stranger'}"

        def check(case: Case) -> None:
            answer = self._send(case, role, label)
            why = f"answered {answer.status_code}, not {expected}"
            self.tally.expect(answer.status_code == expected, label, why, case.as_curl_command())

        each(requests_of(operation, self.world, GenerationMode.POSITIVE), check, examples=1, seed=seed)

    def _checker(self, operation: Operation, role: str) -> Callable[[Case], None]:
        label = f"{operation.label} as {role}"

        def check(case: Case) -> None:
            answer = self._send(case, role, label)
            if answer.status_code >= 500:
                return
            self.tally.expect(answer.status_code != 401, label, "a user who is logged in was told to log in")
            try:
                case.validate_response(answer, checks=CHECKS)
            except FailureGroup as found:
                why = "; ".join(f"{type(one).__name__}: {one}" for one in found.exceptions)
                self.tally.expect(False, label, f"{answer.status_code} {why}", case.as_curl_command())

        return check

    def _send(self, case: Case, role: str | None, label: str) -> TestResponse:
        sent = case.as_transport_kwargs()
        # Answers are to be read as they are.
        sent["headers"].pop("Accept-Encoding", None)
        browser = self.browser(role)
        return self.tally.ask(label, lambda: browser.open(**sent), case.as_curl_command())


def rounds(operations: list[Operation], *, seed: int) -> Iterator[list[tuple[Operation, str, int]]]:
    """Every operation, over and over, each time as another role of those that may, with a seed of its own."""
    turn = seed
    while True:
        pairs = [(one, one.roles or ROLES) for one in operations]
        yield [(one, roles[turn % len(roles)], seed * 1_000_003 + turn) for one, roles in pairs]
        turn += 1
