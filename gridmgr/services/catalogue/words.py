"""An item's fields as people read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from gridmgr.domain.deadlines.parsing import parse_rule
from gridmgr.services.deadlines.words import rule_words
from gridmgr.texts import text


def field_text(field: str, value: Any, language: str) -> str:
    """The value of an item's field in words of a language."""
    if field == "kind":
        return text(f"catalogue.kind_{value}", language)
    if field in ("effective_from", "effective_to"):
        return value.isoformat() if isinstance(value, date) else text("catalogue.open_end", language)
    if field == "deadline_rule":
        return deadline_text(value, language)
    if field == "process":
        return "\n".join(f"{number}. {step}" for number, step in enumerate(value, start=1))
    if isinstance(value, tuple):
        return text("catalogue.and", language).join(value)
    return str(value)


def deadline_text(words: str, language: str) -> str:
    """A deadline in full words where it is written in a form that is understood, as it stands else."""
    try:
        rule = parse_rule(words)
    except ValueError:
        return words
    return rule_words(rule).render(language)
