"""Keys of other programs: shown once, stored as a hash, good until taken back; page and command alike."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from conftest import post_form
from flask.testing import FlaskClient
from sqlalchemy import select
from test_shell import check_page

from gridmgr.cli import main
from gridmgr.errors import BadInput, Conflict, Forbidden, NotFound
from gridmgr.services import apikeys
from gridmgr.services.context import Context
from gridmgr.storage.schema import metadata

AsUser = Callable[[str], FlaskClient]


def test_a_key_is_known_again_and_its_secret_stands_nowhere(ctx: Context) -> None:
    """Neither in its own row nor in the trail."""
    made = apikeys.add_key(ctx, "市民热线平台", actor="admin")
    assert apikeys.check_key(ctx, made.text).id == made.key.id
    secret = made.text.rsplit("-", 1)[1]
    with ctx.storage.engine.connect() as connection:
        dump = "\n".join(
            str(row) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )
    assert made.key.id in dump
    assert secret not in dump


def test_no_other_text_is_a_key(ctx: Context) -> None:
    """Missing, another's secret, a sign off, of no form at all: one refusal for all but the missing one."""
    made, other = (apikeys.add_key(ctx, name, actor="admin") for name in ("甲", "乙"))
    swapped = f"gm-{made.key.id}-{other.text.rsplit('-', 1)[1]}"
    last = "0" if made.text[-1] != "0" else "1"
    for text in (swapped, made.text[:-1] + last, made.text.upper(), "x", f"gm-00000000-{'0' * 64}", "\x00"):
        with pytest.raises(Forbidden) as caught:
            apikeys.check_key(ctx, text)
        assert caught.value.message.key == "apikey.refused"
    with pytest.raises(Forbidden) as caught:
        apikeys.check_key(ctx, "")
    assert caught.value.message.key == "apikey.missing"


def test_a_key_taken_back_is_refused(ctx: Context) -> None:
    """At once; taking it back again is told from a key that never was."""
    made = apikeys.add_key(ctx, "甲", actor="admin")
    apikeys.revoke_key(ctx, made.key.id, actor="admin")
    with pytest.raises(Forbidden):
        apikeys.check_key(ctx, made.text)
    with pytest.raises(Conflict):
        apikeys.revoke_key(ctx, made.key.id, actor="admin")
    with pytest.raises(NotFound):
        apikeys.revoke_key(ctx, "nothing", actor="admin")
    with ctx.storage.read() as uow:
        actions = [event.action for event in uow.audit.find(subject_kind="apikey", limit=9)]
        assert uow.audit.first_broken() is None
    assert actions == ["apikey.revoke", "apikey.add"]


@pytest.mark.parametrize(
    ("name", "per_day"), [("", 1), (" ", 1), ("长" * 101, 1), ("a\nb", 1), ("甲", 0), ("甲", 10**6)]
)
def test_a_key_that_cannot_be_is_refused(ctx: Context, name: str, per_day: int) -> None:
    """Nothing is stored."""
    with pytest.raises(BadInput):
        apikeys.add_key(ctx, name, actor="admin", per_day=per_day)
    assert apikeys.list_keys(ctx) == []


def test_the_page_shows_a_new_key_once_and_takes_it_back(ctx: Context, as_user: AsUser) -> None:
    """In the list its name and public part stay."""
    admin = as_user("admin")
    page = post_form(admin, "/admin/keys/", name="市民热线平台", per_day="20").get_data(as_text=True)
    check_page(page, "zh")
    found = re.search(r'id="new-key"[^>]*>([^<]+)<', page)
    assert found is not None
    key = apikeys.check_key(ctx, found[1])
    assert key.per_day == 20
    assert "new-key" not in admin.get("/admin/keys/").get_data(as_text=True)
    post_form(admin, f"/admin/keys/{key.id}/revoke", page="/admin/keys/")
    assert "市民热线平台" in admin.get("/admin/keys/").get_data(as_text=True)
    with pytest.raises(Forbidden):
        apikeys.check_key(ctx, found[1])


@pytest.mark.parametrize("per_day", ["", "x", "-1", "0", "1.5", "٣", "9" * 40])
def test_the_page_refuses_a_limit_that_is_none(as_user: AsUser, ctx: Context, per_day: str) -> None:
    """In words, and what was typed is still there."""
    answer = post_form(as_user("admin"), "/admin/keys/", name="甲平台", per_day=per_day)
    assert answer.status_code == 400
    assert 'value="甲平台"' in answer.get_data(as_text=True)
    assert apikeys.list_keys(ctx) == []


def test_the_command_does_the_same(ctx: Context) -> None:
    """Add, list, revoke."""

    def run(*words: str) -> str:
        done = CliRunner().invoke(main, ["--db", ctx.config.database, "apikey", *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    made = json.loads(run("add", "市民热线平台", "--per-day", "7", "--json"))
    assert apikeys.check_key(ctx, made["key"]).per_day == 7
    (listed,) = json.loads(run("list", "--json"))
    assert "key" not in listed
    assert "市民热线平台" in run("list")
    assert run("revoke", made["id"]).startswith(made["id"])
    assert "revoked" in run("list")
    refused = CliRunner().invoke(main, ["--db", ctx.config.database, "apikey", "revoke", made["id"]])
    assert refused.exit_code == 1
