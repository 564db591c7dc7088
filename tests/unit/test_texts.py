"""Both languages say the same things, and every key a template or script asks for exists."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from gridmgr.texts import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "webapp"
#: A key as the first words of a message or an error.
MESSAGE = re.compile(
    r"\b(?:Message|BadInput|NotFound|Conflict|Forbidden|NoPlan|CellProblem|GridmgrError)"
    r'\(\s*"([a-z_]+\.[a-z0-9_.]+)"'
)
#: t("key"...) in templates and scripts.
CALL = re.compile(r"""\bt\(\s*(["'])([a-z_]+(?:\.[\w]+)+)\1\s*[,)]""")
#: Keys put together from pieces, as in t("web.role_" ~ role).
PREFIX = re.compile(r"""\bt\(\s*(["'])([a-z_]+\.[\w.]*)\1\s*~|\bt\(\s*`([a-z_]+\.[\w.]*)\$\{""")
HAN = re.compile(r"[\u4e00-\u9fff]")


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _sources() -> list[Path]:
    files = [
        *SCREENS.glob("templates/**/*.html"),
        *SCREENS.glob("static/js/**/*.js"),
        *SCREENS.glob("**/*.py"),
    ]
    return sorted(files)


def test_both_languages_have_the_same_keys() -> None:
    """A key in one language only would show as itself in the other."""
    zh, en = (set(catalogue(language)) for language in LANGUAGES)
    assert zh - en == set()
    assert en - zh == set()


def test_both_languages_have_the_same_files() -> None:
    """So that a translator finds the other half."""
    names = [{file.name for file in (ROOT / "gridmgr" / "texts" / lang).glob("*.json")} for lang in LANGUAGES]
    assert names[0] == names[1]


@pytest.mark.parametrize("key", sorted(catalogue("zh")))
def test_a_text_has_the_same_fields_in_both_languages(key: str) -> None:
    """A field that is missing would lose the number it carries, an extra one would raise."""
    assert _fields(catalogue("zh")[key]) == _fields(catalogue("en")[key])


def test_no_key_is_defined_in_two_files() -> None:
    """The later file would silently win."""
    for language in LANGUAGES:
        seen: dict[str, str] = {}
        for file in sorted((ROOT / "gridmgr" / "texts" / language).glob("*.json")):
            for key in re.findall(r'^\s*"([^"]+)":', file.read_text(encoding="utf-8"), flags=re.MULTILINE):
                assert key not in seen, f"{key} stands in {seen[key]} and {file.name} ({language})"
                seen[key] = file.name


def test_english_texts_hold_no_chinese() -> None:
    """But for the names of languages and examples in brackets."""
    bare = {key: re.sub(r"\([^)]*\)", "", words) for key, words in catalogue("en").items()}
    assert [key for key, words in bare.items() if HAN.search(words)] == []


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(SCREENS)))
def test_every_key_a_screen_asks_for_exists(path: Path) -> None:
    """Literal keys exist; keys put together from pieces have at least one text that starts so."""
    source = path.read_text(encoding="utf-8")
    known = set(catalogue("zh"))
    missing = [key for _, key in CALL.findall(source) if key not in known]
    assert missing == []
    prefixes = [first or second for _, first, second in PREFIX.findall(source)]
    assert [p for p in prefixes if not any(key.startswith(p) for key in known)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_filled_in(language: str) -> None:
    """No stray braces, no numbered or nameless fields."""
    fields = {
        key: [name for _, name, _, _ in Formatter().parse(template) if name is not None]
        for key, template in catalogue(language).items()
    }
    assert [key for key, names in fields.items() if not all(name.isidentifier() for name in names)] == []


@pytest.mark.parametrize("package", ["gridmgr", "maps", "webapp"])
def test_every_message_of_the_code_has_words(package: str) -> None:
    """Keys written out in Python; a missing one would show as itself on the screen."""
    known = set(catalogue("zh"))
    missing = {
        f"{path.name}: {key}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for key in MESSAGE.findall(path.read_text(encoding="utf-8"))
        if key not in known
    }
    assert missing == set()
