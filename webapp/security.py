"""Headers of every answer, and the check that a write comes from our own pages.

The content security policy allows only what this server itself serves; Leaflet sets inline style attributes,
hence ``style-src-attr``. Scripts inside a page need ``nonce="{{ csp_nonce() }}"``; data blocks
(``type="application/json"``) need nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request, url_for
from werkzeug.wrappers import Response

from gridmgr.errors import Forbidden

#: Endpoints that take large files, and how large, bytes: a county's roads as an OSM extract fit.
LARGE_BODIES = dict.fromkeys(("imports.preview", "api_imports.post_import"), 512 * 1024 * 1024)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_YEAR = 365 * 24 * 3600


def csp_nonce() -> str:
    """The nonce of this answer's own inline scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def static_url(filename: str) -> str:
    """Address of a static file that changes with its content, so that browsers may keep it."""
    folder = current_app.static_folder
    assert folder is not None
    return url_for("static", filename=filename, v=_fingerprint(Path(folder) / filename))


def refuse_other_origins() -> None:
    """Refuse a write that another site's page makes a browser send.

    Browsers name the sender in ``Sec-Fetch-Site`` or ``Origin``; programs without either cannot be tricked
    into sending somebody else's cookie.

    Raises
    ------
    Forbidden
        ``error.other_origin``.
    """
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site in ("same-origin", "none"):
        return
    if site is None and (origin is None or urlsplit(origin).netloc == request.host):
        return
    raise Forbidden("error.other_origin")


def install(app: Flask) -> None:
    """Check the origin before, and set the headers after, every request."""
    app.before_request(refuse_other_origins)
    app.before_request(_allow_large_body)
    app.after_request(_set_headers)
    app.jinja_env.globals.update(csp_nonce=csp_nonce, static_url=static_url)


def _allow_large_body() -> None:
    limit = LARGE_BODIES.get(request.endpoint or "")
    if limit is not None:
        request.max_content_length = limit


def _set_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), payment=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    elif "v" in request.args and response.status_code == 200:
        headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


def _policy() -> str:
    rules = (
        "default-src 'self'",
        f"script-src 'self' 'nonce-{csp_nonce()}'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
    return "; ".join(rules)


def _fingerprint(path: Path) -> str:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return "missing"
    return _content_hash(path, stat.st_mtime_ns)


@lru_cache(maxsize=512)
def _content_hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
