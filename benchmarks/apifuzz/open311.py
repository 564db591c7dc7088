"""Open311: every address, in both formats, with anything in path, query and form."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import fromstring
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from benchmarks.apifuzz.forms import TEXTS
from benchmarks.apifuzz.tally import Tally, each
from benchmarks.apifuzz.world import World

PATHS = ("discovery", "v2/services", "v2/services/{}", "v2/requests", "v2/requests/{}", "v2/tokens/{}")
QUERY = ("jurisdiction_id", "service_request_id", "service_code", "start_date", "end_date", "status", "page")
FORM = (
    "jurisdiction_id",
    "service_code",
    "lat",
    "long",
    "address_string",
    "address_id",
    "email",
    "device_id",
    "account_id",
    "first_name",
    "last_name",
    "phone",
    "description",
    "media_url",
    "attribute[x]",
)
RIGHT = ("open", "closed", "open,closed", "2026-03-01T00:00:00Z", "2026-03-02", "1", "2", "34.31", "113.62")
ENDINGS = ("", ".xml", ".json")
BOTH = "application/json;q=0.1, text/xml;q=0.9"
ACCEPTED = ("", "*/*", "text/xml", "application/json", BOTH, "text/html", "x")


class Open311Fuzzer:
    """Asks and posts.

    Parameters
    ----------
    world
        Where.
    tally
        Counts.
    """

    def __init__(self, world: World, tally: Tally) -> None:
        self.tally = tally
        self._client = world.app.test_client()
        self._ids = st.sampled_from((*world.known["request_id"], *world.known["tip_id"], "other"))
        self._keys = st.sampled_from(world.known["api_key"] * 5 + ("", "gm-x", "x" * 300))
        codes = (*world.known["item_code"][:4], "other")
        self._values = st.one_of(TEXTS, st.sampled_from(RIGHT), st.sampled_from(codes), self._ids)

    def send(self, *, examples: int, seed: int) -> None:
        """So many questions, and half as many requests posted."""
        each(self._questions(), self._ask, examples=examples, seed=seed)
        each(self._posts(), self._ask, examples=max(1, examples // 2), seed=seed)

    def _questions(self) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries(
            {
                "path": st.tuples(st.sampled_from(PATHS), st.sampled_from(ENDINGS), self._values),
                "query_string": st.dictionaries(st.sampled_from((*QUERY, "page_size", "x")), self._values),
                "headers": st.fixed_dictionaries({"Accept": st.sampled_from(ACCEPTED)}),
            }
        )

    def _posts(self) -> st.SearchStrategy[dict[str, Any]]:
        places = st.sampled_from(({"lat": "34.31", "long": "113.62"}, {"address_string": "桥头"}, {}))
        fields = st.dictionaries(st.sampled_from(FORM), self._values)
        return st.fixed_dictionaries(
            {
                "path": st.tuples(st.just("v2/requests"), st.sampled_from(ENDINGS), st.just("")),
                "data": st.builds(
                    lambda place, given, key: {"service_code": "other", "api_key": key} | place | given,
                    places,
                    fields,
                    self._keys,
                ),
            }
        )

    def _ask(self, request: dict[str, Any]) -> None:
        pattern, ending, value = request.pop("path")
        method = "POST" if "data" in request else "GET"
        path = f"/open311/{pattern.format(quote(value, safe=''))}{ending}"
        label = f"{method} /open311/{pattern}{ending}"
        answer = self.tally.ask(label, lambda: self._client.open(path, method=method, **request), request)
        if answer.status_code < 500 and not value.startswith((".", "/")):
            why = f"no answer of the specification: {answer.status_code} {answer.content_type}"
            self.tally.expect(is_georeport(answer), label, why, (path, request))


def is_georeport(answer: TestResponse) -> bool:
    """Whether an answer is XML or JSON of the specification's statuses, and says so."""
    if answer.status_code not in (200, 400, 403, 404, 429):
        return False
    if answer.content_type == "application/json; charset=utf-8":
        return answer.get_json(silent=True) is not None
    try:
        fromstring(answer.get_data())
    except ParseError:
        return False
    return answer.content_type == "text/xml; charset=utf-8"
