"""The web application: pages for the desk, the phone and the county, and the API under /api/v1.

`create_app` is the only way in. It translates between HTTP and `gridmgr.services`; it decides nothing itself.
Every view carries a guard (see `webapp.guards`) or is refused. New screens are registered in
`webapp.blueprints`.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from apiflask import APIFlask
from argon2 import PasswordHasher
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect

from gridmgr.services.context import Context
from gridmgr.services.passwords import STANDARD_HASHER
from webapp import api, errors, guards, pages, requestlog, security, texts
from webapp.auth import session as login_session
from webapp.blueprints import API, PAGES, PROGRAMS, PUBLIC_PAGES
from webapp.public import layout
from webapp.state import Parts

#: Largest request body: photos fit. Uploads to import have their own limit, see `webapp.security`.
MAX_BODY_BYTES = 32 * 1024 * 1024
#: Largest form field kept in memory.
MAX_FORM_BYTES = 2 * 1024 * 1024

#: Costs next to nothing; for tests only.
CHEAP_HASHER = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)


def create_app(
    ctx: Context,
    *,
    secret_key: bytes,
    testing: bool = False,
    https: bool = False,
    upload_folder: Path | None = None,
) -> APIFlask:
    """Make the application.

    Parameters
    ----------
    ctx
        The wired parts, see `gridmgr.bootstrap`.
    secret_key
        Signs cookies and form tokens; the same in every process of an installation, at least 16 bytes.
    testing
        Cheap password hashes and no rate limits.
    https
        Whether users reach the server by https: cookies are then sent over https only.
    upload_folder
        Where uploads wait between preview and import; a private folder below the system's temporary one
        by default.
    """
    if len(secret_key) < 16:
        raise ValueError(f"secret_key must have at least 16 bytes, got {len(secret_key)}")
    app = APIFlask(__name__, title="Gridmgr", version="0.1.0", docs_path=None, json_errors=False)
    app.config.update(
        SECRET_KEY=secret_key,
        TESTING=testing,
        PROPAGATE_EXCEPTIONS=False,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_NAME="gridmgr",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        # The server-side session decides; the cookie only has to outlive it.
        PERMANENT_SESSION_LIFETIME=timedelta(days=31),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_ENABLED=not testing,
        RATELIMIT_STORAGE_URI="memory://",
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions["gridmgr"] = Parts(
        ctx=ctx,
        hasher=CHEAP_HASHER if testing else STANDARD_HASHER,
        limiter=Limiter(get_remote_address, app=app),
        upload_folder=upload_folder,
    )
    requestlog.install(app)
    texts.install(app)
    errors.install(app)
    security.install(app)
    login_session.install(app)
    # Before the check of form tokens: who is not logged in is sent to log in, not told of a token.
    guards.install(app)
    csrf = CSRFProtect(app)
    pages.install(app)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    layout.install(app)
    for blueprint in (*PUBLIC_PAGES, *PROGRAMS):
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    for blueprint in API:
        # Days-old queues of phones cannot hold form tokens; `security` checks every write's origin.
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint, url_prefix="/api/v1")
    api.install(app)
    return app
