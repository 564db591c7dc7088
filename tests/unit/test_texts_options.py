"""Chinese texts name the screen's options, never the command line's; English ones name both."""

from __future__ import annotations

import re

import pytest

from gridmgr.geo.headers import FIELDS
from gridmgr.texts import catalogue

FLAG = re.compile(r"(?<![\w-])--[a-z]+")
#: Said by the command line only: no screen makes a demonstration or restores a database.
COMMAND_LINE_ONLY = ("demo.", "upkeep.")
#: The screen's label of each flag's option.
LABELS = {
    "--layer": "admin.layer",
    "--encoding": "admin.encoding",
    "--crs": "admin.crs",
    "--map": "admin.columns",
    "--repair": "admin.repair",
    "--update": "admin.update",
}
NAMING = sorted(
    (key, flag)
    for key, words in catalogue("en").items()
    if key.startswith(("geo.", "import."))
    for flag in set(FLAG.findall(words))
)


def test_no_chinese_text_of_a_screen_names_a_flag() -> None:
    """Whoever reads it has no command line."""
    screen = {key: words for key, words in catalogue("zh").items() if not key.startswith(COMMAND_LINE_ONLY)}
    assert [key for key, words in screen.items() if FLAG.search(words)] == []


@pytest.mark.parametrize(("key", "flag"), NAMING)
def test_a_text_names_the_option_as_the_screen_does(key: str, flag: str) -> None:
    """In both languages, word for word from the option's label."""
    label = LABELS[flag]
    quoted = re.findall("“([^”{}]+)”", catalogue("zh")[key])
    assert any(catalogue("zh")[label].startswith(words) for words in quoted), quoted
    start = " ".join(catalogue("en")[label].split()[:2])
    assert start in catalogue("en")[key]


def test_every_field_of_a_village_has_words() -> None:
    """Messages name fields in the user's language."""
    for language in ("zh", "en"):
        assert [field for field in FIELDS if f"geo.field.{field}" not in catalogue(language)] == []
