"""Pages and their forms: whoever may fetches every page and sends every form, with anything in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule
from werkzeug.test import TestResponse

from benchmarks.apifuzz.forms import as_sent, filled
from benchmarks.apifuzz.html import Field, Form, forms_in, links_in
from benchmarks.apifuzz.tally import Tally, each
from benchmarks.apifuzz.world import LOCKED, ROLES, SPARE, World, log_in
from gridmgr.services.accounts import unlock
from webapp.guards import guard_of

#: Left alone by the crawl: programs' routes have groups of their own; one sees nothing on the others.
_NOT_PAGES = ("/api/", "/wechat/", "/open311/", "/static/", "/openapi.json")
#: Forms of a page that differ by the case it shows, and of those that do not.
_MANY, _FEW = 12, 2
#: Of forms nobody has seen.
_USUAL_FIELDS = ("id", "version", "note", "reason", "words", "kind", "date", "case_id", "township", "plan")
_FILES = (".pdf", ".docx", ".xlsx")
#: Values of variables in addresses that are no ids.
_WORDS = {"name": (SPARE, LOCKED), "kind": ("villages", "places")}


@dataclass(frozen=True, kw_only=True)
class Found:
    """A form on somebody's page.

    Parameters
    ----------
    user
        Whose page; None for a stranger's.
    page
        Address of the page.
    form
        The form.
    """

    user: str | None
    page: str
    form: Form

    @property
    def target(self) -> str:
        """Path and query it goes to."""
        return _inside(self.page, self.form.action)


def _inside(page: str, address: str) -> str:
    """Path and query of an address that stands in a page."""
    parts = urlsplit(urljoin(f"http://localhost{page}", address))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class PageFuzzer:
    """Fetches pages, keeps their forms, sends them, and keeps the forms that stand in the answers.

    Parameters
    ----------
    world
        Where.
    tally
        Counts.
    """

    def __init__(self, world: World, tally: Tally) -> None:
        self.world = world
        self.tally = tally
        self.found: list[Found] = []
        self._seen: set[object] = set()
        self._browsers: dict[str | None, FlaskClient] = {}
        self._tokens: dict[str | None, str] = {}

    def crawl(self) -> None:
        """Fetch every page as a stranger and as every role that may, and of each kind of query one."""
        for user in (None, *ROLES, SPARE):
            queue = list(self.addresses(user))
            linked: set[object] = set()
            for address in queue:
                answer = self._fetch(address, user)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    queue += self._links(answer, address, linked)

    def add_hidden(self) -> list[str]:
        """Add a form for each route that takes one and stands on no page found, with fields as forms have.

        Returns
        -------
        list of str
            Names of those routes.
        """
        reached = {self.endpoint(found) for found in self.found}
        adapter = self.world.app.url_map.bind("localhost")
        hidden = []
        for rule in self.world.app.url_map.iter_rules():
            guard = guard_of(self.world.app, rule.endpoint) if "POST" in (rule.methods or ()) else None
            if guard is None or rule.rule.startswith(_NOT_PAGES) or rule.endpoint in reached:
                continue
            users = [name for name, role in self.world.roles.items() if role in guard.roles] or [None]
            self._browser(users[0])
            fields = {name: Field(name=name, kind="text", required=True) for name in _USUAL_FIELDS}
            fields["csrf_token"] = Field(name="csrf_token", kind="hidden", values=[self._tokens[users[0]]])
            for values in self._values(rule):
                form = Form(
                    action=adapter.build(rule.endpoint, values, method="POST"), method="POST", fields=fields
                )
                self.found.append(Found(user=users[0], page="/", form=form))
            hidden.append(rule.endpoint)
        return hidden

    def addresses(self, user: str | None) -> list[str]:
        """Every page a user may see and every public one, with known ids."""
        role = self.world.roles.get(user) if user else None
        adapter = self.world.app.url_map.bind("localhost")
        found = []
        for rule in self.world.app.url_map.iter_rules():
            guard = guard_of(self.world.app, rule.endpoint) if "GET" in (rule.methods or ()) else None
            if guard is None or rule.rule.startswith(_NOT_PAGES) or (guard.roles and role not in guard.roles):
                continue
            found += [adapter.build(rule.endpoint, values, method="GET") for values in self._values(rule)]
        return sorted(set(found))

    def _values(self, rule: Rule) -> Iterator[dict[str, Any]]:
        """Values for a route's variables: so many sets as make a difference."""
        turns = _MANY if "case_id" in rule.arguments and not rule.rule.endswith(_FILES) else _FEW
        for turn in range(turns if rule.arguments else 1):
            yield {name: self._one(rule, name, turn) for name in rule.arguments} | dict(rule.defaults or {})

    def _one(self, rule: Rule, name: str, turn: int) -> Any:
        known = _WORDS.get(name) or self.world.known.get(name) or ("zh",)
        if name == "code":
            known = self.world.known["item_code" if "catalogue" in rule.rule else "village_code"]
        value = known[turn % len(known)]
        return int(value) if type(rule._converters[name]).__name__ == "IntegerConverter" else value

    def _links(self, answer: TestResponse, page: str, linked: set[object]) -> Iterator[str]:
        """Addresses with a query that a page links to, one of each kind."""
        for link in links_in(answer.get_data(as_text=True)):
            parts = urlsplit(urljoin(f"http://localhost{page}", link))
            if parts.netloc != "localhost" or not parts.query or parts.path.startswith(_NOT_PAGES):
                continue
            kind = (self._endpoint_of(parts.path, "GET"), *sorted(parse_qs(parts.query)))
            if kind[0] and kind not in linked:
                linked.add(kind)
                yield f"{parts.path}?{parts.query}"

    def _fetch(self, address: str, user: str | None) -> TestResponse:
        browser = self._browser(user)
        label = f"GET {urlsplit(address).path} as {user or 'stranger'}"
        answer = self.tally.ask(label, lambda: browser.get(address), address)
        self._keep(answer, user, address)
        return answer

    def _keep(self, answer: TestResponse, user: str | None, page: str) -> None:
        """Note the forms of a page, one of each kind."""
        if answer.mimetype != "text/html":
            return
        for form in forms_in(answer.get_data(as_text=True)):
            one = Found(user=user, page=page, form=form)
            if form.method == "DIALOG" or not self._is_safe(one):
                # A dialog is closed by a script, sent nowhere.
                continue
            if "csrf_token" in form.fields:
                self._tokens[user] = form.fields["csrf_token"].values[0]
            kind = (user, form.method, self.endpoint(one), tuple(sorted(form.fields)))
            if kind not in self._seen:
                self._seen.add(kind)
                self.found.append(one)

    def endpoint(self, found: Found) -> str | None:
        """Name of the route a form goes to."""
        return self._endpoint_of(urlsplit(found.target).path, found.form.method)

    def _endpoint_of(self, path: str, method: str) -> str | None:
        try:
            endpoint, _ = self.world.app.url_map.bind("localhost").match(path, method=method)
        except (HTTPException, RequestRedirect):
            return None
        return str(endpoint)

    @staticmethod
    def _is_safe(found: Found) -> bool:
        """Whether sending it leaves the accounts usable: only the spare ones are changed and locked."""
        if found.target.startswith("/admin/users/"):
            return found.target.split("/")[3] in ("", SPARE, LOCKED)
        own_password = found.target.startswith("/account/password")
        return found.user == SPARE if own_password else found.user != SPARE

    def send(self, found: Found, *, examples: int, seed: int) -> None:
        """Send a form with anything in it, and look where its answer leads to."""
        strategy = filled(found.form, self.world.known)
        each(strategy, lambda fields: self._send(found, fields), examples=examples, seed=seed)

    def _send(self, found: Found, fields: list[tuple[str, Any]]) -> None:
        browser, form, user = self._browser(found.user), found.form, found.user
        # Pages are older than the login where somebody has logged out since.
        stale = form.fields["csrf_token"].values if "csrf_token" in form.fields else []
        values = as_sent([(n, self._tokens[user] if v in stale else v) for n, v in fields])
        label = f"{form.method} {found.target} as {user or 'stranger'}"
        if form.method == "GET":
            answer = self.tally.ask(label, lambda: browser.get(found.target, query_string=values), fields)
        else:
            answer = self.tally.ask(label, lambda: browser.post(found.target, data=values), fields)
        self._keep(answer, user, found.target)
        if answer.status_code in (302, 303):
            self._follow(_inside(found.target, answer.location), user)

    def _follow(self, address: str, user: str | None) -> None:
        path = urlsplit(address).path
        if user is not None and path in ("/", "/login"):
            # Logged out, or locked out.
            del self._browsers[user]
        elif not path.startswith(_NOT_PAGES):
            self._fetch(address, user)

    def _browser(self, user: str | None) -> FlaskClient:
        """The user's browser, logged in anew where a form logged it out."""
        if user not in self._browsers:
            self._browsers[user] = browser = self.world.app.test_client()
            if user == SPARE:
                unlock(self.world.ctx, SPARE, actor="admin")
            if user is not None:
                log_in(browser, user)
            self._keep(browser.get("/account" if user else "/login"), user, "/account")
        return self._browsers[user]
