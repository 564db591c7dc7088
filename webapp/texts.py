"""Which language a page is in, and the words of templates and scripts.

Templates call ``t(key, stops=3)``. A page that has scripts names the keys they need, by prefix:
``{% set text_prefixes = ["desk.", "reason."] %}`` at its top; ``static/js/texts.js`` finds them in the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Flask, g, request
from markupsafe import Markup

from gridmgr.texts import DEFAULT_LANGUAGE, LANGUAGES, Message, catalogue, text
from webapp.state import ctx, me_or_none

COOKIE = "gridmgr_language"
_COOKIE_SECONDS = 400 * 24 * 3600
#: What every page's scripts may need.
COMMON_PREFIXES = ("web.", "error.")


def language() -> str:
    """The language of this request: the user's own, else the one chosen in this browser, else Chinese."""
    chosen: str | None = g.get("language")
    if chosen is None:
        user = me_or_none()
        chosen = g.language = user.language if user else _language_kept_here()
    return chosen


def use_language_kept_here() -> None:
    """Settle this request's language without asking who the user is, unless it is settled already."""
    g.setdefault("language", _language_kept_here())


def t(key: str, /, **params: Any) -> str:
    """Words for a key, in this request's language."""
    return text(key, language(), **params)


def say(message: Message) -> str:
    """A message in this request's language."""
    return message.render(language())


def local_time(moment: datetime) -> str:
    """An aware time as people of the office read it, to the minute."""
    return moment.astimezone(ctx().clock.zone).strftime("%Y-%m-%d %H:%M")


def action_words(action: str) -> str:
    """Words for the action of an audit event; the action itself where it has none."""
    key = f"admin.action.{action}"
    return t(key) if key in catalogue(language()) else action


def repair_words(what: Any) -> str:
    """Words for what mending did, which reports carry as a message or as its JSON form."""
    if isinstance(what, Mapping):
        what = Message(what["key"], what["params"])
    return say(what) if isinstance(what, Message) else str(what)


def page_texts(prefixes: Iterable[str] = ()) -> dict[str, str]:
    """Templates of all keys that start with a prefix, for a page's scripts."""
    wanted = (*COMMON_PREFIXES, *prefixes)
    return {key: words for key, words in catalogue(language()).items() if key.startswith(wanted)}


def page_texts_json(prefixes: Sequence[str] = ()) -> Markup:
    """`page_texts` as JSON that is safe inside a script element."""
    body = json.dumps(page_texts(prefixes), ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        body = body.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(body)  # noqa: S704  the signs that could end the element are escaped just above


def other_language() -> str:
    """The language to offer."""
    return next(name for name in LANGUAGES if name != language())


def remember(response: Any, chosen: str) -> None:
    """Keep the choice in this browser."""
    response.set_cookie(
        COOKIE, chosen, max_age=_COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
    )


def install(app: Flask) -> None:
    """Give templates their words."""
    app.jinja_env.globals.update(
        t=t,
        say=say,
        language=language,
        other_language=other_language,
        page_texts_json=page_texts_json,
        local_time=local_time,
        action_words=action_words,
        repair_words=repair_words,
    )


def _language_kept_here() -> str:
    kept = request.cookies.get(COOKIE)
    if kept in LANGUAGES:
        return str(kept)
    # Not the browser's own language: an office's shared machine is often set up in English by accident.
    return DEFAULT_LANGUAGE
