"""Random requests to all that listens: no stumble, answers as the API's document says, guards that hold.

The same as `benchmarks.apifuzz` with fewer requests, always the same ones but for the ids.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.apifuzz.__main__ import quiet, run_group
from benchmarks.apifuzz.html import forms_in
from benchmarks.apifuzz.openapi import ApiFuzzer, Operation, operations, rounds
from benchmarks.apifuzz.pages import PageFuzzer
from benchmarks.apifuzz.tally import Tally
from benchmarks.apifuzz.world import ROLES, World, opened_world

#: Of the routes that take a form, so many stand on pages the fuzzer finds by itself.
FOUND_OF_ALL = 0.9


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """The small demo county with something of everything."""
    quiet()
    with opened_world() as opened:
        yield opened


@pytest.fixture(scope="module")
def everything(world: World) -> list[Operation]:
    """The API's operations."""
    return operations(world.app)


def check(tally: Tally) -> None:
    """Nothing went wrong."""
    assert not tally.failures, "\n\n".join(tally.failures)
    assert tally.stumbles == tally.breaches == 0


def test_pages_and_their_forms_take_anything(world: World) -> None:
    """Every page as everybody; every form on them, and every route that takes one.

    First of all, while there is something to decide everywhere.
    """
    tally = Tally(group="forms")
    fuzzer = PageFuzzer(world, tally)
    with tally.watching(world.app):
        fuzzer.crawl()
        for seed, found in enumerate(fuzzer.found):
            fuzzer.send(found, examples=2, seed=seed)
        seen = len({fuzzer.endpoint(found) for found in fuzzer.found if found.form.method == "POST"})
        first = len(fuzzer.found)
        hidden = fuzzer.add_hidden()
        for found in fuzzer.found[first:]:
            fuzzer.send(found, examples=3, seed=first)
    check(tally)
    expected = {
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith(("/api/", "/wechat/", "/open311/"))
    }
    assert seen + len(hidden) == len(expected)
    assert seen >= FOUND_OF_ALL * len(expected), hidden


def test_the_api_answers_as_its_document_says(world: World, everything: list[Operation]) -> None:
    """Statuses, types and bodies of every operation; by requests that keep to it and such that do not."""
    tally = Tally(group="api")
    fuzzer = ApiFuzzer(world, tally)
    with tally.watching(world.app):
        for operation, role, seed in next(rounds(everything, seed=1)):
            fuzzer.allowed(operation, role, examples=3, seed=seed)
    check(tally)
    assert len(tally.labels) == len(everything)
    assert tally.classes["2xx"] > len(everything)


def test_whoever_is_not_let_in_learns_nothing_from_any_request(
    world: World, everything: list[Operation]
) -> None:
    """Strangers get 401, another role 403, however right the request is."""
    tally = Tally(group="refused")
    fuzzer = ApiFuzzer(world, tally)
    with tally.watching(world.app):
        for seed, operation in enumerate(everything):
            if operation.roles:
                others = [role for role in ROLES if role not in operation.roles]
                for role in (None, *others[seed % max(1, len(others)) :][:1]):
                    fuzzer.refused(operation, role, seed=seed)
    check(tally)
    assert set(tally.statuses) == {401, 403}
    assert tally.statuses[401] == sum(bool(one.roles) for one in everything)


@pytest.mark.parametrize("group", ["wechat", "open311"])
def test_programs_may_send_anything(world: World, group: str) -> None:
    """Answers are of the kind each protocol knows."""
    tally = run_group(world, group, cases=40, seed=1)
    check(tally)
    assert len(tally.statuses) > 2


def test_forms_are_read_as_they_stand() -> None:
    """Fields with what they hold and offer."""
    (form,) = forms_in(
        '<form action="/a?b=c" method="post"><input name="x" value="1&amp;2"><input type="checkbox" name="y">'
        '<select name="s"><option value="p"><option value="q" selected></select>'
        '<textarea name="t">word</textarea><input type="file" name="f"><button name="go" value="1">'
        '</button><input type="reset" name="r"></form><input name="outside">'
    )
    assert (form.action, form.method) == ("/a?b=c", "POST")
    held = {name: one.values for name, one in form.fields.items()}
    assert held == {"x": ["1&2"], "y": ["on"], "s": ["p", "q"], "t": ["word"], "f": [], "go": ["1"]}
