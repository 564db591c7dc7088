"""Every word a user reads, in Chinese and English, looked up by key.

Words live in ``texts/<language>/<area>.json``, one flat object a file; keys start with the area's name
(``desk.publish``, ``reason.no_certificate``). Templates use ``str.format`` fields. A test holds both
languages to the same keys and the same fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"


@dataclass(frozen=True)
class Message:
    """Something to say to a user, not yet in any language.

    Parameters
    ----------
    key
        Key in the text catalogue.
    params
        Values of the template's fields. Messages among them may come as the JSON they are stored as.
    """

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any(isinstance(value, dict) for value in self.params.values()):
            values = {name: _as_message(value) for name, value in self.params.items()}
            object.__setattr__(self, "params", values)

    def render(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Put the message into words of the given language."""
        return text(self.key, language, **self.params)


def _as_message(value: Any) -> Any:
    """The message that a stored one was; anything else as it is."""
    stored = isinstance(value, dict) and value.keys() == {"key", "params"}
    return Message(value["key"], value["params"]) if stored else value


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of one language, by key.

    Raises
    ------
    KeyError
        If the language is not one of `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise KeyError(f"no such language: {language!r}, have {LANGUAGES}")
    words: dict[str, str] = {}
    folder = resources.files(__package__) / language
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".json"):
            words.update(json.loads(file.read_text(encoding="utf-8")))
    return words


def text(key: str, language: str = DEFAULT_LANGUAGE, /, **params: Any) -> str:
    """Words for a key.

    A missing key comes back as itself, so that a page still shows; a test finds missing keys before a user
    does. Message values among the parameters are rendered in the same language.
    """
    template = catalogue(language).get(key)
    if template is None:
        return key
    values = {k: v.render(language) if isinstance(v, Message) else v for k, v in params.items()}
    return template.format(**values)
