"""Who is asking: Flask-Login over the sessions kept in the database.

The cookie carries a random token, not the user's name (the "alternative token" pattern); the token counts
only while its row exists, so a copied cookie is worth nothing after logout.
"""

from __future__ import annotations

from flask import Flask, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, login_user, logout_user

from gridmgr.domain.users import User
from gridmgr.services import accounts
from webapp.state import ctx


class SessionUser:
    """A user in a session, with what Flask-Login asks of one.

    Parameters
    ----------
    user
        The account.
    token
        The session's token.
    """

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User, token: str) -> None:
        self.user = user
        self.token = token

    def get_id(self) -> str:
        """What the cookie carries."""
        return self.token


class PageSessions(SecureCookieSessionInterface):
    """Flask's cookie, left out of static files' answers.

    Flask-Login looks into the session of every request. An answer that then varies by cookie is asked for
    again whenever the cookie is renewed, which is with every page: no script would ever be kept.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Put the session into the answer, unless the answer is the same for everybody."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def install(app: Flask) -> None:
    """Let Flask-Login find users by token."""
    app.session_interface = PageSessions()
    manager = LoginManager(app)
    # The server-side row decides; phones change their address all day.
    manager.session_protection = None
    manager.user_loader(_load)


def begin(login: accounts.Login) -> None:
    """Put a new login into the cookie; whatever an earlier visitor left there goes."""
    session.clear()
    session.permanent = True
    login_user(SessionUser(login.user, login.token))


def end() -> None:
    """Forget the login in the cookie."""
    logout_user()
    session.clear()


def _load(token: str) -> SessionUser | None:
    user = accounts.resume(ctx(), token)
    if user is None:
        return None
    g.user_name = user.name
    return SessionUser(user, token)
