"""Open311 GeoReport v2: the published structure in XML and JSON, errors, limits, and a round trip."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from apiflask import APIFlask
from conftest import EAST, NOW, WEST
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.incidents import Incident
from gridmgr.domain.places import Township
from gridmgr.services import apikeys
from gridmgr.services.context import Context
from gridmgr.services.intake.reports import become_incident
from gridmgr.services.intake.vault import vault_of

ITEM = CatalogueItem(
    code="JC-001.2",
    name="占道经营",
    kind="basic",
    lead_body="县城管局",
    cooperating_bodies=("县市监局",),
    basis="城市市容和环境卫生管理条例 第十四条",
)
ENDED = CatalogueItem(
    code="JC-000", name="旧事项", kind="entrusted", lead_body="x", effective_to=date(2026, 1, 1)
)
#: In the east's first village.
HERE = {"lat": "34.004", "long": "113.004"}

#: The specification's response fields (wiki.open311.org/GeoReport_v2), in the order of its examples.
SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
POSTED = {"service_request_id", "service_notice", "account_id"}
REQUEST = {
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
}
#: Lists of the specification, and what they hold.
LISTS = {"services": "service", "service_requests": "request", "attributes": "attribute", "errors": "error"}
FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def filled(ctx: Context) -> Context:
    """The tiny county with a catalogue."""
    with ctx.storage.write("test") as uow:
        uow.catalogue.add_many([ITEM, ENDED])
        uow.record("test.catalogue", "catalogue", "*")
        uow.commit()
    return ctx


@pytest.fixture
def key(filled: Context) -> str:
    """A key."""
    return apikeys.add_key(filled, "热线", actor="admin").text


class Program:
    """A program that speaks Open311, in XML and JSON at once; both have to say the same."""

    def __init__(self, client: FlaskClient, key: str) -> None:
        self.client = client
        self.key = key

    def get(self, path: str, expect: int = 200, **query: str) -> Any:
        """The JSON of an address, after the XML was found to hold the same."""
        answers = [
            self.client.get(f"/open311/v2/{path}.{ending}", query_string=query) for ending in ("json", "xml")
        ]
        for answer in answers:
            assert answer.status_code == expect, answer.get_data(as_text=True)
        assert answers[0].content_type == "application/json; charset=utf-8"
        value = answers[0].get_json()
        assert sparked(xml_of(answers[1])) == texts(value)
        return value

    def post(self, expect: int = 200, ending: str = "json", **fields: str) -> Any:
        """Send a request; the JSON that comes back."""
        form = {"api_key": self.key, "service_code": "other", **fields}
        answer = self.client.post(f"/open311/v2/requests.{ending}", data=form)
        assert answer.status_code == expect, answer.get_data(as_text=True)
        return answer.get_json() if ending == "json" else xml_of(answer)


def xml_of(answer: TestResponse) -> Element:
    """The root of an XML answer, which declares itself as the specification asks."""
    assert answer.content_type == "text/xml; charset=utf-8"
    assert answer.get_data().startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return fromstring(answer.get_data())


def sparked(element: Element) -> Any:
    """XML as JSON by the "Spark convention": a container of like children is an array; all values as text."""
    child = LISTS.get(element.tag)
    if child is not None:
        assert {part.tag for part in element} <= {child}
        return [sparked(part) for part in element]
    if len(element):
        return {part.tag: sparked(part) for part in element}
    return element.text


def texts(value: Any) -> Any:
    """JSON with every value as XML writes it."""
    if isinstance(value, dict):
        return {name: texts(part) for name, part in value.items()}
    if isinstance(value, list):
        return [texts(part) for part in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


@pytest.fixture
def program(app: APIFlask, key: str) -> Program:
    """A program with a key."""
    return Program(app.test_client(), key)


def test_services_are_the_catalogue_in_force_and_one_for_all_else(program: Program) -> None:
    """With the specification's fields; what ended is not offered."""
    services = program.get("services")
    assert [service["service_code"] for service in services] == ["JC-001.2", "other"]
    assert all(set(service) == SERVICE for service in services)
    first = services[0]
    assert (first["service_name"], first["metadata"], first["type"]) == ("占道经营", False, "realtime")
    assert first["keywords"] == "县城管局, 县市监局"


def test_a_service_is_defined_and_an_unknown_one_is_not_found(program: Program) -> None:
    """A code may hold a full stop."""
    assert program.get("services/JC-001.2") == {"service_code": "JC-001.2", "attributes": []}
    for code in ("JC-000", "nothing", "JC-001"):
        (error,) = program.get(f"services/{code}", expect=404)
        assert error["code"] == 404
        assert code in error["description"]


def test_a_request_goes_round(program: Program, filled: Context) -> None:
    """Sent with a point, it has an id at once; open, then closed when it was dealt with."""
    (posted,) = program.post(**HERE, service_code="JC-001.2", description="摊点占道\n堵住学校门口")
    assert set(posted) == POSTED
    request_id = posted["service_request_id"]
    (request,) = program.get(f"requests/{request_id}")
    assert set(request) == REQUEST
    assert request["status"] == "open"
    assert request["description"] == "摊点占道\n堵住学校门口"
    assert (request["service_code"], request["agency_responsible"]) == ("JC-001.2", "县城管局")
    assert (request["lat"], request["long"]) == (34.004, 113.004)
    assert request["address"] == "东乡0村, 东乡, 甲县"
    assert request["requested_datetime"] == "2026-03-02T02:00:00Z"
    settle(filled, request_id)
    (request,) = program.get("requests", service_request_id=request_id)
    assert (request["status"], request["updated_datetime"]) == ("closed", "2026-03-02T03:00:00Z")


def settle(ctx: Context, incident_id: str) -> None:
    """Deal with it within the hour."""
    with ctx.storage.write("test") as uow:
        incident = uow.incidents.get(incident_id)
        assert incident is not None
        uow.incidents.replace(replace(incident, state="settled", settled_at=NOW + timedelta(hours=1)))
        uow.record("test.settle", "incident", incident_id)
        uow.commit()


def test_words_for_a_place_get_a_token_and_the_id_once_the_place_is_found(
    program: Program, filled: Context
) -> None:
    """The token leads to the request, and to its end."""
    (posted,) = program.post(address_string="东乡供销社对面", description="井盖丢失")
    assert set(posted) == {"token", "service_notice", "account_id"}
    token = posted["token"]
    assert program.get(f"tokens/{token}") == [{"service_request_id": None, "token": token}]
    with filled.storage.write("planner") as uow:
        tip = uow.tips.get(token)
        assert tip is not None
        placed = replace(
            tip, lon=113.004, lat=34.004, point_from="office", village_code=f"{EAST}000", township_code=EAST
        )
        become_incident(filled, uow, placed)
        uow.record("test.place", "tip", token)
        uow.commit()
    (found,) = program.get(f"tokens/{token}")
    (request,) = program.get(f"requests/{found['service_request_id']}")
    assert (request["status"], request["description"]) == ("open", "井盖丢失")
    settle(filled, found["service_request_id"])
    assert program.get(f"requests/{found['service_request_id']}")[0]["status"] == "closed"


def test_a_request_answers_in_xml_as_the_example_has_it(program: Program) -> None:
    """service_requests > request > service_request_id, service_notice, account_id."""
    root = program.post(ending="xml", **HERE, description="路灯不亮")
    assert root.tag == "service_requests"
    (request,) = root
    assert [part.tag for part in request] == ["service_request_id", "service_notice", "account_id"]
    assert request.findtext("account_id") == ""


def test_who_sent_it_and_whom_it_names_is_not_given_out(program: Program, filled: Context) -> None:
    """Contact is sealed, telephone numbers in the text and the sender's link stay in the office."""
    (posted,) = program.post(
        **HERE,
        description="张三丰，电话 13812345678，天天半夜施工",
        first_name="三",
        last_name="李",
        phone="13987654321",
        email="li@example.com",
        account_id="acc-77",
        device_id="dev-88",
        media_url="http://example.com/photo.jpg",
    )
    page = program.client.get(f"/open311/v2/requests/{posted['service_request_id']}.xml").get_data(
        as_text=True
    )
    everything = page + json.dumps(program.get("requests"), ensure_ascii=False)
    for secret in ("13812345678", "13987654321", "li@example.com", "acc-77", "dev-88", "photo.jpg"):
        assert secret not in everything
    with filled.storage.read() as uow:
        (tip,) = uow.tips.find()
    assert tip.contact_sealed is not None
    contact = vault_of(filled).unseal(tip.contact_sealed)
    assert (contact["name"], contact["phone"], contact["account"]) == ("李 三", "13987654321", "acc-77")
    assert "http://example.com/photo.jpg" in tip.description


def test_only_what_came_by_a_published_way_is_given_out(program: Program, filled: Context) -> None:
    """An officer's own finding never; villagers' tips when the office says so."""
    for number, source in enumerate(("patrol", "tip", "hotline", "open311")):
        add(filled, f"i{number}", source=source)
    assert [request["service_request_id"] for request in program.get("requests")] == ["i3"]
    assert program.get("requests/i0", expect=404)[0]["code"] == 404
    with filled.storage.write("admin") as uow:
        uow.settings.save_office(replace(uow.settings.office(), open311_sources=("open311", "tip")))
        uow.record("test.settings", "settings", "office")
        uow.commit()
    assert {request["service_request_id"] for request in program.get("requests")} == {"i1", "i3"}


def add(ctx: Context, id_: str, **values: Any) -> None:
    """Store an incident."""
    usual: dict[str, Any] = {
        "reported_at": NOW,
        "source": "open311",
        "lon": 113.004,
        "lat": 34.004,
        "description": id_,
        "township_code": EAST,
        "village_code": f"{EAST}000",
    }
    with ctx.storage.write("test") as uow:
        uow.incidents.add(Incident(id=id_, **(usual | values)))
        uow.record("test.add", "incident", id_)
        uow.commit()


@pytest.fixture
def year(program: Program, filled: Context) -> Iterator[Program]:
    """Requests of a year, one every ten days: d000 today, d010 ten days ago ..."""
    for days in range(0, 370, 10):
        state = "closed" if days % 20 else "reported"
        code = "JC-001.2" if days % 30 == 0 else None
        moment = NOW - timedelta(days=days)
        settled = moment if state == "closed" else None
        add(filled, f"d{days:03}", reported_at=moment, state=state, item_code=code, settled_at=settled)
    return program


def ids(found: list[dict[str, Any]]) -> list[str]:
    """Of requests, as they came."""
    return [request["service_request_id"] for request in found]


def test_the_last_ninety_days_are_listed_newest_first(year: Program) -> None:
    """Unless something else is asked for."""
    assert ids(year.get("requests")) == [f"d{days:03}" for days in range(0, 100, 10)]


def test_requests_are_filtered(year: Program) -> None:
    """By days, status and service, alone and together; ids override everything."""
    day = {
        "start_date": "2026-02-01T00:00:00Z",
        "end_date": "2026-02-20T00:00:00%2B08:00".replace("%2B", "+"),
    }
    assert ids(year.get("requests", **day)) == ["d020"]
    assert ids(year.get("requests", end_date="2025-04-01T00:00:00Z")) == ["d340", "d350", "d360"]
    assert ids(year.get("requests", status="closed")) == ["d010", "d030", "d050", "d070", "d090"]
    assert len(ids(year.get("requests", status="open,closed"))) == 10
    assert ids(year.get("requests", service_code="JC-001.2")) == ["d000", "d030", "d060", "d090"]
    assert len(ids(year.get("requests", service_code="JC-001.2,other"))) == 10
    assert ids(year.get("requests", service_code="other", status="open")) == ["d020", "d040", "d080"]
    assert ids(year.get("requests", service_request_id="d300,d000,none", status="closed")) == ["d000", "d300"]
    assert year.get("requests", service_code="none") == []
    assert ids(year.get("requests", status="", start_date="")) == ids(year.get("requests"))


def test_pages_are_turned(year: Program) -> None:
    """Together they are the whole list."""
    pages = [ids(year.get("requests", page=str(n), page_size="4")) for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [4, 4, 2, 0]
    assert [one for page in pages for one in page] == ids(year.get("requests"))


def test_a_thousand_are_given_at_most(program: Program, filled: Context) -> None:
    """The specification's default limit."""
    many = [
        Incident(id=f"m{n:04}", reported_at=NOW - timedelta(minutes=n), source="open311", lon=113.0, lat=34.0)
        for n in range(1003)
    ]
    with filled.storage.write("test") as uow:
        uow.incidents.add_many(many)
        uow.record("test.add", "incident", "*")
        uow.commit()
    found = program.client.get("/open311/v2/requests.json").get_json()
    assert (len(found), found[0]["service_request_id"], found[-1]["service_request_id"]) == (
        1000,
        "m0000",
        "m0999",
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start_date": "2026-03-02T00:00:00"}, "start_date"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"end_date": "9999-12-31T23:59:59-12:00"}, "end_date"),
        ({"status": "half-open"}, "status"),
        ({"page": "0"}, "page"),
        ({"page": "x"}, "page"),
        ({"page": "9" * 30}, "page"),
        ({"page_size": "1001"}, "page_size"),
        ({"service_code": "a\x00b"}, "service_code"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2025-01-01T00:00:00Z"}, "end_date"),
        ({"start_date": "2025-01-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, "90"),
    ],
)
def test_a_question_that_is_none_is_refused(program: Program, query: dict[str, str], field: str) -> None:
    """400 naming the field."""
    (error,) = program.get("requests", expect=400, **query) if "status" not in query else bad(program, query)
    assert error["code"] == 400
    assert field in error["description"]


def bad(program: Program, query: dict[str, str]) -> Any:
    """The errors of a refused question whose own name is status."""
    answer = program.client.get("/open311/v2/requests.json", query_string=query)
    assert answer.status_code == 400
    return answer.get_json()


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"api_key": ""}, 403, "api_key"),
        ({"api_key": "gm-00000000-" + "0" * 64}, 403, "api_key"),
        ({**HERE, "service_code": "none"}, 404, "none"),
        ({**HERE, "service_code": " "}, 400, "service_code"),
        ({**HERE, "service_code": "a\x00"}, 404, "service_code"),
        ({}, 400, "lat"),
        ({"lat": "34"}, 400, "long"),
        ({"lat": "nan", "long": "113"}, 400, "lat"),
        ({"lat": "34", "long": "1e400"}, 400, "long"),
        ({"lat": "91", "long": "113"}, 400, "lat"),
        ({"address_id": "nowhere"}, 400, "nowhere"),
        ({**HERE, "description": "长" * 4001}, 400, "4000"),
        ({**HERE, "media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({**HERE, "media_url": "http://[bad"}, 400, "media_url"),
        ({**HERE, "phone": "1" * 121}, 400, "phone"),
        ({**HERE, "jurisdiction_id": "nowhere"}, 404, "nowhere"),
    ],
)
def test_a_request_that_cannot_be_is_refused(
    program: Program, filled: Context, fields: dict[str, str], status: int, word: str
) -> None:
    """In the specification's form, naming what is wrong; nothing is stored."""
    (error,) = program.post(expect=status, **fields)
    assert set(error) == {"code", "description"}
    assert error["code"] == status
    assert word in error["description"]
    with filled.storage.read() as uow:
        assert uow.tips.count() == 0


def test_the_longest_description_is_taken(program: Program) -> None:
    """4,000 characters, with a link beside that finds no room: the words come first."""
    words = "长" * 4000
    (posted,) = program.post(**HERE, description=words, media_url="http://example.com/a.jpg")
    assert program.get(f"requests/{posted['service_request_id']}")[0]["description"] == words


def test_markup_in_words_stays_words(program: Program) -> None:
    """Neither XML nor JSON is broken, and control characters are gone."""
    (posted,) = program.post(**HERE, description="<b>&]]>\x0b\x00</request> ’")
    assert program.get(f"requests/{posted['service_request_id']}")[0]["description"] == "<b>&]]> </request> ’"


def test_sending_twice_is_one_request(program: Program, filled: Context) -> None:
    """A program that got no answer sends again; another text is another request."""
    first, again, other = (
        program.post(**HERE, description=words)[0]["service_request_id"] for words in ("甲", "甲", "乙")
    )
    assert first == again
    assert first != other
    with filled.storage.read() as uow:
        assert uow.tips.count() == 2


def test_a_key_brings_no_more_than_it_may_a_day(app: APIFlask, filled: Context) -> None:
    """The third is refused with 429; a repeat of the second is not; another key is not concerned."""
    small = Program(app.test_client(), apikeys.add_key(filled, "小", actor="admin", per_day=2).text)
    for words in ("甲", "乙", "乙"):
        small.post(**HERE, description=words)
    (error,) = small.post(expect=429, **HERE, description="丙")
    assert "2" in error["description"]
    Program(app.test_client(), apikeys.add_key(filled, "大", actor="admin").text).post(
        **HERE, description="丙"
    )


def test_the_trail_names_the_key(program: Program, filled: Context) -> None:
    """Not its secret."""
    program.post(**HERE, description="路灯不亮")
    with filled.storage.read() as uow:
        (event, *_) = uow.audit.find(subject_kind="tip", limit=1)
    assert event.actor == f"apikey:{program.key.split('-')[1]}"


def test_a_jurisdiction_is_a_county(program: Program, filled: Context) -> None:
    """One need not be named; of several, one must."""
    add(filled, "east")
    assert ids(program.get("requests", jurisdiction_id="410101")) == ["east"]
    assert program.get("services", expect=404, jurisdiction_id="x")[0]["code"] == 404
    with filled.storage.write("test") as uow:
        uow.townships.add(Township(code="420101001", name="北乡", county_code="420101", county_name="乙县"))
        uow.record("test.add", "township", "420101001")
        uow.commit()
    (error,) = program.get("requests", expect=400)
    assert "410101, 420101" in error["description"]
    assert program.get("requests", jurisdiction_id="420101") == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/open311/v2/nothing.json", 404),
        ("GET", "/open311/v2/services.pdf", 404),
        ("DELETE", "/open311/v2/requests.json", 405),
        ("GET", "/open311/v2/tokens/T1.json", 404),
        ("GET", "/open311/v2/requests/%00.json", 404),
    ],
)
def test_every_error_is_of_the_specifications_form(
    program: Program, method: str, path: str, status: int
) -> None:
    """Wherever it comes from: an array of code and description, never a page."""
    answer = program.client.open(path, method=method)
    assert answer.status_code == status
    root = answer.get_json() if path.endswith(".json") else sparked(xml_of(answer))
    assert [set(error) for error in root] == [{"code", "description"}]


def test_too_large_a_body_is_refused(program: Program) -> None:
    """Before it is read."""
    answer = program.client.post("/open311/v2/requests.json", data={"description": "x" * 300_000})
    assert answer.status_code == 413


def test_discovery_tells_where_and_how(program: Program) -> None:
    """All fields of the specification of service discovery are there."""
    value = program.client.get("/open311/discovery.json").get_json()
    assert set(value) == {"changeset", "contact", "key_service", "endpoints"}
    (endpoint,) = value["endpoints"]
    assert endpoint == {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": "http://localhost/open311/v2",
        "changeset": "2026-03-02 10:00",
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    root = xml_of(program.client.get("/open311/discovery.xml"))
    assert [f.text for f in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]


def test_without_an_ending_the_caller_says_what_it_accepts(program: Program) -> None:
    """XML by default, since every server has to speak it."""
    assert program.client.get("/open311/v2/services").mimetype == "text/xml"
    asked = program.client.get("/open311/v2/services", headers={"Accept": "application/json"})
    assert asked.mimetype == "application/json"


def test_townships_of_other_counties_stay_apart(program: Program, filled: Context) -> None:
    """The west is of the same county, so it is listed."""
    add(filled, "west", township_code=WEST)
    assert ids(program.get("requests", jurisdiction_id="410101")) == ["west"]


FIELDS = (
    "service_code",
    "lat",
    "long",
    "address_string",
    "address_id",
    "description",
    "media_url",
    "email",
    "first_name",
    "attribute[x]",
    "jurisdiction_id",
)
ODD = st.text(max_size=20) | st.sampled_from(
    ["nan", "-0", "34.004", "113.004", "other", "", "http://x", "1e999"]
)


@FUZZ
@given(st.dictionaries(st.sampled_from(FIELDS), ODD))
def test_no_form_makes_it_stumble(program: Program, fields: dict[str, str]) -> None:
    """Whatever is sent is taken or refused in the specification's form."""
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    answer = program.client.post("/open311/v2/requests.json", data={"api_key": program.key} | clean)
    assert answer.status_code in (200, 400, 404)
    assert isinstance(answer.get_json(), list)


NAMES = ("service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size")


@FUZZ
@given(st.dictionaries(st.sampled_from(NAMES), ODD), st.sampled_from(["json", "xml"]))
def test_no_question_makes_it_stumble(program: Program, query: dict[str, str], ending: str) -> None:
    """Whatever is asked."""
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    answer = program.client.get(f"/open311/v2/requests.{ending}", query_string=clean)
    assert answer.status_code in (200, 400)
    if ending == "xml":
        xml_of(answer)


def test_times_carry_their_zone(program: Program, filled: Context) -> None:
    """As the specification asks."""
    add(filled, "one", reported_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert program.get("requests/one")[0]["requested_datetime"] == "2026-03-01T23:30:00Z"


def test_the_admin_chooses_what_is_given_out(as_user: Callable[[str], FlaskClient]) -> None:
    """The setting stands on the page of rules."""
    page = as_user("admin").get("/admin/settings").get_data(as_text=True)
    assert 'name="open311_sources"' in page
