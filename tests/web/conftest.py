"""A tiny county behind a test client: two townships of two villages, people, and a user of each role."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from apiflask import APIFlask
from flask.testing import FlaskClient

from gridmgr.clock import Clock
from gridmgr.config import Config
from gridmgr.domain.people import Agency, Officer
from gridmgr.domain.places import Place, Township, Village
from gridmgr.domain.users import User
from gridmgr.geo.routers.straight import StraightLineRouter
from gridmgr.services.context import Context
from gridmgr.storage import Storage, open_storage
from webapp import CHEAP_HASHER, create_app

#: Monday, 10:00 in the office.
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TODAY = date(2026, 3, 2)
#: Every demo user's password in these tests.
PASSWORD = "Correct-horse-7"
EAST, WEST = "410101001", "410101002"

USERS = (
    User(name="planner", display_name="计划员", role="planner", township_code=EAST),
    User(name="planner_west", display_name="西乡计划员", role="planner", township_code=WEST),
    User(name="officer", display_name="执法员甲", role="officer", township_code=EAST, officer_id="o1"),
    User(name="department", display_name="县直部门", role="department", department="市监局"),
    User(name="lead", display_name="县领导", role="lead"),
    User(name="admin", display_name="管理员", role="admin"),
)


@dataclass
class MovableNow:
    """The present moment, which a test may move."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        """Tell it."""
        return self.moment

    def advance(self, step: timedelta) -> None:
        """Let time pass."""
        self.moment += step


def _villages(township: str, name: str, lat: float) -> list[Village]:
    return [
        Village(
            code=f"{township}00{n}",
            name=f"{name}{n}村",
            township_code=township,
            township_name=name,
            county_code="410101",
            county_name="甲县",
            risk="ABC"[n],
            geometry=shapely.box(113.0 + n / 100, lat, 113.01 + n / 100, lat + 0.01),
        )
        for n in range(2)
    ]


def _fill(storage: Storage) -> None:
    """Store two townships, east and west, with the same set of things each."""
    hashed = CHEAP_HASHER.hash(PASSWORD)
    with storage.write("test") as uow:
        for code, name, lat in ((EAST, "东乡", 34.0), (WEST, "西乡", 34.1)):
            uow.townships.add(Township(code=code, name=name, county_code="410101", county_name="甲县"))
            uow.villages.add_many(_villages(code, name, lat))
        for code, township, first in (("a1", EAST, 1), ("a2", WEST, 11)):
            agency = Agency(code=code, name=f"{code}所", department="市监局", township_code=township)
            uow.agencies.add(agency)
            for n in range(3):
                officer = Officer(
                    id=f"o{first + n}",
                    name=f"执法员{first + n}",
                    agency_code=code,
                    township_code=township,
                    certificate_no=f"41{first + n:04}",
                    skills=("market",),
                )
                uow.officers.add(officer)
        for id_, kind, township, lat in (("p1", "market", EAST, 34.005), ("p2", "market", WEST, 34.105)):
            place = Place(id=id_, name=f"{id_}市场", kind=kind, lon=113.005, lat=lat, township_code=township)
            uow.places.add(place)
        for user in USERS:
            uow.users.add(user, password_hash=hashed)
        uow.record("test.fill", "county", "*")
        uow.commit()


@pytest.fixture
def now() -> MovableNow:
    """The moment the application believes it is."""
    return MovableNow()


@pytest.fixture(scope="session")
def filled_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny county's database, made once and copied by whoever needs one."""
    path = tmp_path_factory.mktemp("county") / "web.db"
    storage = open_storage(str(path), Clock(utc_now=lambda: NOW))
    storage.migrate()
    _fill(storage)
    with storage.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    storage.close()
    return path


def open_county(source: Path, folder: Path, now: MovableNow) -> Context:
    """A context over a copy of the tiny county, straight-line travel."""
    path = str(shutil.copy(source, folder / "web.db"))
    clock = Clock(utc_now=now)
    storage = open_storage(path, clock)
    return Context(config=Config(database=path), clock=clock, storage=storage, router=StraightLineRouter)


@pytest.fixture
def ctx(filled_database: Path, tmp_path: Path, now: MovableNow) -> Iterator[Context]:
    """The tiny county's context; every test has its own copy."""
    opened = open_county(filled_database, tmp_path, now)
    yield opened
    opened.storage.close()


@pytest.fixture
def app(ctx: Context, tmp_path: Path) -> APIFlask:
    """The application over the tiny county."""
    return create_app(ctx, secret_key=b"tests-only-secret-key", testing=True, upload_folder=tmp_path / "up")


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    """A browser nobody is logged in with."""
    return app.test_client()


def token_of(client: FlaskClient, path: str = "/login") -> str:
    """The form token of a page."""
    page = client.get(path).get_data(as_text=True)
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def login(client: FlaskClient, name: str, password: str = PASSWORD) -> FlaskClient:
    """Log in through the form; the client is given back."""
    form = {"name": name, "password": password, "csrf_token": token_of(client)}
    answer = client.post("/login", data=form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client


def post_form(client: FlaskClient, path: str, /, *, page: str | None = None, **fields: str):
    """Send a form with the token of the page it stands on."""
    return client.post(path, data={**fields, "csrf_token": token_of(client, page or path)})


class Browsers:
    """Browsers of all users over one application, logged in once; for tests that change nothing.

    Parameters
    ----------
    app
        The application.
    """

    def __init__(self, app: APIFlask) -> None:
        self.app = app
        self._clients: dict[str, FlaskClient] = {}

    def __call__(self, name: str) -> FlaskClient:
        """The browser of the named user."""
        if name not in self._clients:
            self._clients[name] = login(self.app.test_client(), name)
        return self._clients[name]


@pytest.fixture(scope="module")
def browsers(filled_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsers]:
    """One application for all tests of a module, which must not change anything."""
    folder = tmp_path_factory.mktemp("shared")
    opened = open_county(filled_database, folder, MovableNow())
    app = create_app(opened, secret_key=b"tests-only-secret-key", testing=True, upload_folder=folder / "up")
    yield Browsers(app)
    opened.storage.close()


@pytest.fixture
def as_user(app: APIFlask) -> Callable[[str], FlaskClient]:
    """Give a fresh browser in which the named user is logged in."""
    return lambda name: login(app.test_client(), name)
