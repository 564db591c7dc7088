"""Every reason the ownership planner gives has words in both languages that fit its numbers."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import planners.assignment
from gridmgr.texts import LANGUAGES, catalogue, text
from planners.assignment import Officer, Problem, Village, solve
from planners.result import Reason
from planners.stop import Stop

FOLDER = Path(planners.assignment.__file__).parent


def codes_in_source() -> set[str]:
    """Every string of the package that is a reason code."""
    found = set()
    for file in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if re.fullmatch(r"own_[a-z_]+", node.value) else set()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_planner_has_words(language: str) -> None:
    """No code reaches a page without words, and no words wait for a code that is gone."""
    words = {key.removeprefix("reason.") for key in catalogue(language) if key.startswith("reason.own_")}
    assert words == codes_in_source()


def test_both_languages_use_the_same_fields() -> None:
    """A number said in one language is said in the other."""
    for code in codes_in_source():
        fields = [set(re.findall(r"{(\w+)}", catalogue(lang)[f"reason.{code}"])) for lang in LANGUAGES]
        assert fields[0] == fields[1], code


def test_the_documented_codes_are_the_codes() -> None:
    """The tables in the docstrings list every code."""
    listed = set(re.findall(r"\bown_[a-z_]*[a-z]\b", (FOLDER / "solution.py").read_text(encoding="utf-8")))
    listed |= set(re.findall(r"\bown_bad_[a-z_]+", (FOLDER / "verify.py").read_text(encoding="utf-8")))
    assert codes_in_source() <= listed | {"own_bad"}


def reasons_of(problem: Problem) -> list[Reason]:
    """Every reason in a solved problem's answer."""
    result = solve(problem, Stop(seconds=60))
    assert result.solution is not None
    found = [*result.reasons, *(item.reason for item in result.solution.uncovered)]
    return found + [reason for r in result.solution.responsibilities for reason in r.why]


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_of_real_answers_render_with_their_numbers(language: str) -> None:
    """Short, full and rich townships: every reason comes out as words without a missing field."""
    needs = {"fire": 1.0, "food": 0.5}
    villages = tuple(Village(code=f"V{i}", workload=3.0 + i, needs=needs) for i in range(4))
    people = tuple(
        Officer(id=f"O{i}", skills=frozenset({"fire"}), previous=(f"V{3 - i}",) if i < 4 else ())
        for i in range(6)
    )
    base = Problem(
        villages=villages,
        officers=(
            replace(people[0], certified=False),
            *people[1:5],
            replace(people[5], skills=frozenset({"food"})),
        ),
        adjacent=frozenset({("V0", "V1"), ("V1", "V2"), ("V2", "V3")}),
        travel_minutes=np.arange(24.0).reshape(6, 4),
    )
    short = replace(base, officers=base.officers[:1], travel_minutes=base.minutes[:1])
    alone = replace(short, travel_minutes=None, officers=())
    reasons = [*reasons_of(base), *reasons_of(short), *reasons_of(alone)]
    assert len({reason.code for reason in reasons}) >= 8
    for reason in reasons:
        words = text(f"reason.{reason.code}", language, **reason.params)
        assert words != f"reason.{reason.code}"
        assert "{" not in words
