"""What a step says of the advice it was taken on, in one piece of words for trail, file and API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridmgr.texts import Message


def advice_words(detail: Mapping[str, Any]) -> Message | None:
    """Whom the system had put first where somebody chose another; None where its advice was followed."""
    if detail.get("followed") is not False:
        return None
    name = detail.get("advised_name", "")
    key = "routing.instead_of_squad" if detail.get("advised_kind") == "squad" else "routing.instead_of"
    return Message(key, {"name": name})
