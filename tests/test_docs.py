"""The docs say what there is: every command, link and picture; lock files carry no addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gridmgr.cli import main

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def commands(group: click.Group, trail: str = "gridmgr") -> Iterator[str]:
    """Every command's full name."""
    for name, command in group.commands.items():
        full = f"{trail} {name}"
        if isinstance(command, click.Group):
            yield from commands(command, full)
        else:
            yield full


@pytest.mark.parametrize("name", sorted(commands(main)))
def test_every_command_is_in_the_docs(name: str) -> None:
    """By its full name, or beside its siblings in the same row."""
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    parent, last = name.rsplit(" ", 1)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert any(name in row or (parent in row and f"`{last}`" in row) for row in rows)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    """Within the project; addresses elsewhere are not followed."""
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not (page.parent / t).exists()]
    assert missing == []


def test_the_lock_files_carry_no_addresses() -> None:
    """Every installation uses its own registry."""
    for name in ("requirements.lock", "package-lock.json", "package.json", ".npmrc"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name
