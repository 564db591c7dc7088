"""What steps of joint handling brought besides their note, in words."""

from __future__ import annotations

from gridmgr.domain.cases import OFFICE, CaseStep
from gridmgr.texts import text


def body_words(body: str, lang: str) -> str:
    """A body as the reader knows it."""
    return text("case.office", lang) if body == OFFICE else body


def joint_words(step: CaseStep, lang: str) -> list[str]:
    """Who else was brought in, who was taken for the right body, who had not been heard."""
    given = dict(step.detail)
    parts = [step.body] if step.action in ("involve", "release") and step.body else []
    if "suggests" in given:
        parts.append(text("case.detail_suggests", lang, body=body_words(str(given["suggests"]), lang)))
    for name in ("cooperating", "unheard"):
        if name in given:
            parts.append(text(f"case.detail_{name}", lang, bodies="、".join(given[name])))
    return parts
