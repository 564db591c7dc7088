"""Nobody reads people's names, telephones and addresses who may not: every page, file and feed there is.

The routes come from the application's own map and the reports from the program's own commands: whoever adds
one is held to this without doing anything. A route whose address needs something new fails until it is given
here.
"""

from __future__ import annotations

import html
import io
import itertools
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import pytest
from case_world import ITEM, MARKET
from click.testing import CliRunner
from conftest import EAST, TODAY, Browsers, MovableNow, open_county, post_form
from flask.testing import FlaskClient
from pdf_text import pdf_text
from personal_world import PARTY, SEALED, TOLD, PersonalWorld, build
from test_routes import BLANK_APP, ROUTES
from werkzeug.routing import Rule

from gridmgr.cli.main import main
from gridmgr.domain.privacy import CONTACT_ROLES
from gridmgr.services.context import Context
from webapp import create_app
from webapp.guards import guard_of

#: Of every endpoint of the API, what it may be asked with.
SPEC = BLANK_APP.spec["paths"]
GETS = [(name, rule) for name, rule in ROUTES if name.startswith("GET ")]
#: Routes that answer nobody here, each with the reason; every other must answer somebody.
SILENT = {
    "wechat.echo": "proves the address to WeChat, and tells nothing of ours",
    "api_catalogue_changes.get_admission": "there is no new duty; none of the public has a part in it",
    "api_catalogue_changes.get_proposal": "there is no proposal; none of the public has a part in it",
    "admission_pages.show": "there is no new duty; none of the public has a part in it",
    "handing.proposal": "there is no proposal; none of the public has a part in it",
    "api_replan.get_replan": "answers for a job of its own kind only, of stops that are walked as the day",
    "api_replan.get_replan_routes": "the same",
    "api_catalogue.get_difference": "needs two versions of an item; none of the public has a part in it",
}
#: What the query may be asked with; of the API's only what each endpoint knows.
QUERY = {
    "from": "2026-03-01",
    "to": str(TODAY),
    "date": str(TODAY),
    "by": "department",
    "body": MARKET,
    "index": "on_time",
    "part": "denominator",
    "township": EAST,
    "view": "all",
    "officer": "o1",
    "year": "2026",
}
#: Reports and exports of the program as files, by command; the list of cases and their files are the office's
#: own, and hold what was told, but no contact.
FILES = {
    "report coverage": (".html", ".xlsx", ".geojson"),
    "report evaluation": (".html", ".pdf", ".docx", ".xlsx", ".csv"),
    "report cases": (".html", ".pdf", ".docx", ".xlsx", ".geojson"),
    "export routes": (".gpx", ".kml", ".geojson", ".gpkg", ".ics"),
    "map": (".html",),
}
OFFICE_ONLY = frozenset({"report cases"})
#: Who reads the name of whoever was fined.
PARTY_ROLES = CONTACT_ROLES | {"officer"}
#: Groups of commands that write files.
WRITERS = ("report", "export", "map")


@dataclass(frozen=True, kw_only=True)
class Told:
    """A county whose people told everything, with a browser for everybody."""

    ctx: Context
    browsers: Browsers
    world: PersonalWorld
    samples: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def told(filled_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Made once; nothing here changes it."""
    folder, now = tmp_path_factory.mktemp("personal"), MovableNow()
    ctx = open_county(filled_database, folder, now)
    world = build(ctx, now, folder)
    app = create_app(ctx, secret_key=b"tests-only-secret-key", testing=True, upload_folder=folder / "up")
    yield Told(ctx=ctx, browsers=Browsers(app), world=world, samples=samples_of(ctx, world))
    ctx.storage.close()


def samples_of(ctx: Context, world: PersonalWorld) -> dict[str, list[str]]:
    """What stands for each variable of an address: everything there is, where it is about reports."""
    with ctx.storage.read() as uow:
        incidents = [item.id for item in uow.incidents.find()]
        tips = [item.id for item in uow.tips.find()]
        cases = [item.id for item in uow.cases.find()]
        steps = [step for case in cases for step in uow.case_steps.of_case(case)]
        joint = [item.id for item in uow.joint.find()]
        photos = uow.attachments.ids_by_subject("incident", incidents)
    papers = [item.id for step in steps for item in step.evidence if item.name]
    assert cases
    assert joint
    assert papers
    return {
        "case_id": cases,
        "incident_id": incidents,
        "request_id": incidents,
        "tip_id": tips,
        "token": tips,
        "photo_id": [photo for several in photos.values() for photo in several],
        "file_id": papers,
        "matter_id": joint,
        "stop": [f"incident:{item}" for item in incidents],
        "code": [ITEM.code, f"{EAST}000"],
        "township": [EAST],
        "day": [str(TODAY)],
        "job_id": [world.job],
        "ending": ["gpx", "kml", "geojson", "gpkg", "ics"],
        "kind": ["hotline"],
        "name": ["planner"],
        "place": ["p1"],
        "swap_id": [world.swap],
        "duty": [world.duty_day],
        "chosen": ["zh"],
        "filename": ["css/app.css"],
        "admission_id": ["none"],
        "proposal_id": ["none"],
    }


def words_of(data: bytes) -> str:
    """Everything a reader of a file could read, unpacked and unescaped."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "\n".join(words_of(packed.read(name)) for name in packed.namelist())
    if data.startswith(b"%PDF"):
        return pdf_text(data)
    text = html.unescape(data.decode("utf-8", "replace"))
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def leaks(data: bytes, marks: dict[str, str]) -> list[str]:
    """Which personal data a file tells."""
    words = words_of(data).casefold()
    return [name for name, mark in marks.items() if mark.casefold() in words]


def addresses(rule: Rule, samples: dict[str, list[str]], most: int) -> Iterator[str]:
    """The addresses of a route, without a query and with all it may be asked with."""
    adapter = BLANK_APP.url_map.bind("localhost")
    unknown = rule.arguments - samples.keys()
    assert not unknown, f"{rule.rule}: give samples for {unknown}"
    names, query = sorted(rule.arguments), asked(rule, samples)
    pools = [sorted(getattr(rule._converters[name], "items", samples[name][:most])) for name in names]
    for values in itertools.product(*pools):
        path = adapter.build(rule.endpoint, dict(zip(names, values, strict=True)))
        yield path
        if query:
            yield f"{path}?{query}"


def asked(rule: Rule, samples: dict[str, list[str]]) -> str:
    """The query of a route."""
    known = QUERY | {"incident": samples["incident_id"][0], "day": samples["duty"][0]}
    if rule.rule.startswith("/api/"):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        given = SPEC.get(path, {}).get("get", {}).get("parameters", [])
        names = {item["name"] for item in given if item["in"] == "query"}
        known = {name: value for name, value in known.items() if name in names}
        if "view" in known:
            del known["view"]
    return "&".join(f"{name}={value}" for name, value in known.items())


def readers(rule: Rule) -> list[str]:
    """Users who may open a route, by the names of their accounts; "" for a stranger."""
    guard = guard_of(BLANK_APP, rule.endpoint)
    assert guard is not None
    return sorted(guard.roles) if guard.roles else [""]


def walked(told: Told, rule: Rule, role: str) -> Iterator[tuple[str, int, bytes]]:
    """Address, status and content of everything a role gets over a route."""
    client: FlaskClient = told.browsers(role) if role else told.browsers.app.test_client()
    most = 2 if rule.rule.endswith((".pdf", ".docx")) else 20
    for path in addresses(rule, told.samples, most):
        answer = client.get(path)
        yield path, answer.status_code, answer.get_data()


@pytest.mark.parametrize(("name", "rule"), GETS, ids=[name for name, _ in GETS])
def test_no_page_tells_who_somebody_is(told: Told, name: str, rule: Rule) -> None:
    """What was sealed to nobody; what was written only to those who may ask for contacts."""
    answered = False
    for role in readers(rule):
        marks = SEALED if role in CONTACT_ROLES else SEALED | TOLD
        if role not in PARTY_ROLES:
            marks = marks | PARTY
        for path, status, data in walked(told, rule, role):
            assert status < 500, path
            answered = answered or status < 400
            assert leaks(data, marks) == [], f"{path} as {role or 'a stranger'}"
    assert answered or rule.endpoint in SILENT, f"{name} answered nobody"


def test_the_walk_would_find_what_it_looks_for(told: Told) -> None:
    """The planner's pages hold all that was written: the world is not empty, and the marks are readable."""
    pages = ("/api/v1/tips", "/desk/inbox/", "/reports/cases.xlsx?from=2026-03-01&to=2026-03-02")
    found = [leaks(told.browsers("planner").get(path).get_data(), TOLD) for path in pages]
    assert found[0] == list(TOLD)
    assert found[2] == list(TOLD)
    with told.ctx.storage.read() as uow:
        case = uow.tips.by_sender_key("tip", "k1")
        assert case is not None
        incident = uow.incidents.get(case.incident_id or "")
    assert incident is not None
    pdf = told.browsers("planner").get(f"/cases/{incident.case_id}/file.pdf").get_data()
    docx = told.browsers("planner").get(f"/cases/{incident.case_id}/file.docx").get_data()
    assert set(leaks(docx, TOLD)) == set(TOLD)
    assert set(leaks(pdf, TOLD)) >= {"phone", "plate"}


def test_the_receipt_tells_nobody_who_wrote(told: Told) -> None:
    """Whoever finds the slip reads the state, and the words masked."""
    answer = told.browsers.app.test_client().post("/tip/status", data={"code": told.world.receipt})
    assert answer.status_code == 200
    assert "楼道堆物" in answer.get_data(as_text=True)
    assert leaks(answer.get_data(), SEALED | TOLD) == []


def test_officers_and_departments_open_the_words_of_their_cases_on_record(told: Told) -> None:
    """A lead does not, nor a department that has nothing to do with it; contacts stay sealed."""
    with told.ctx.storage.read() as uow:
        tip = uow.tips.by_sender_key("tip", "k1")
        assert tip is not None
        case = uow.incidents.get(tip.incident_id or "").case_id  # type: ignore[union-attr]
    path = f"/api/v1/cases/{case}/words"
    assert told.browsers("lead").post(path).status_code == 403
    for name in ("officer", "department"):
        shown = told.browsers(name).get(f"/api/v1/cases/{case}").json
        assert shown["masked"] is True
        opened = told.browsers(name).post(path)
        assert opened.status_code == 200
        assert set(leaks(opened.get_data(), TOLD)) == set(TOLD)
        assert leaks(opened.get_data(), SEALED) == []
        with told.ctx.storage.read() as uow:
            event = uow.audit.find(subject_kind="case", subject_id=case, limit=1)[0]
        assert (event.action, event.actor) == ("case.look", name)
    for name, page in (("officer", f"/m/cases/{case}"), ("department", f"/dept/cases/{case}")):
        assert 'id="open-words"' in told.browsers(name).get(page).get_data(as_text=True)
        opened = post_form(told.browsers(name), f"{page}/words", page=page)
        assert set(leaks(opened.get_data(), TOLD)) == set(TOLD)


def commands(group: click.Command, path: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Leaves below a command."""
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from commands(command, (*path, name))
    else:
        yield path


LEAVES = [" ".join(leaf) for name in WRITERS for leaf in commands(main.commands[name], (name,))]


def test_every_command_that_writes_a_file_is_looked_at() -> None:
    """A new one has to be named here; so has a group of them."""
    assert set(LEAVES) == set(FILES)
    every = (" ".join(leaf) for name, one in main.commands.items() for leaf in commands(one, (name,)))
    writing = {leaf for leaf in every if "--out" in options_of(leaf)}
    assert writing <= set(FILES)


def options_of(leaf: str) -> set[str]:
    """The options of a command."""
    command: Any = main
    for name in leaf.split():
        command = command.commands[name]
    return {option for parameter in command.params for option in parameter.opts}


@pytest.mark.parametrize("leaf", sorted(FILES))
def test_no_file_tells_who_somebody_is(told: Told, tmp_path: Path, leaf: str) -> None:
    """To be printed, sent and hung up, whoever made it."""
    database = told.ctx.config.database
    marks = SEALED if leaf in OFFICE_ONLY else SEALED | TOLD
    dates = {"--from": "2026-03-01", "--to": str(TODAY), "--date": str(TODAY)}
    given = [part for name, value in dates.items() if name in options_of(leaf) for part in (name, value)]
    for form in FILES[leaf]:
        target = tmp_path / f"file{form}"
        args = ["--db", database, *leaf.split(), *given, "--out", str(target)]
        done = CliRunner().invoke(main, args, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        assert leaks(target.read_bytes(), marks) == [], form


def test_neither_the_database_nor_the_trail_holds_what_was_sealed(told: Told) -> None:
    """Not a name, not a number, not WeChat's id, in any table; and the trail not even what was written."""
    with told.ctx.storage.engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        for table in list(tables):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()
            content = "\n".join(
                cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
                for row in rows
                for cell in row
            )
            marks = SEALED | TOLD if table in ("audit_event", "day_revision", "job") else SEALED
            plain = json.dumps(content, ensure_ascii=False).encode()
            assert leaks(plain, marks) == [], table
