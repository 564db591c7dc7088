"""What goes beside folium: untrusted text for tooltips, and the names of the layers it belongs to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

#: Characters that could end a script element, start a template field, or break a JavaScript string.
_UNSAFE = ("<", ">", "&", "$", "`", "\u2028", "\u2029")


@dataclass
class Extras:
    """Lines of text for tooltips.

    Parameters
    ----------
    shapes
        For each GeoJSON layer's variable, the lines of each feature, by the feature's property ``i``.
    marks
        For each marker's variable, its lines.
    """

    shapes: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    marks: dict[str, Sequence[str]] = field(default_factory=dict)


def script_json(value: Any) -> str:
    """JSON that is safe inside a script element, and equal to `value` when parsed."""
    body = json.dumps(value, ensure_ascii=False, allow_nan=False)
    for letter in _UNSAFE:
        body = body.replace(letter, f"\\u{ord(letter):04x}")
    return body
