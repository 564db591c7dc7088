"""Log in, log out, one's own account, and the choice of language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_limiter.util import get_remote_address
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from gridmgr.errors import BadInput, Forbidden
from gridmgr.services import accounts
from gridmgr.texts import LANGUAGES
from webapp import texts
from webapp.auth import session as login_session
from webapp.guards import my_townships, public, signed_in
from webapp.limits import count
from webapp.state import ctx, me, me_or_none, parts
from webapp.texts import language, t

auth = Blueprint("auth", __name__)

#: Attempts for one name from one address, and from one address in all (an office shares one).
ATTEMPTS_PER_NAME = "20 per minute"
ATTEMPTS_PER_ADDRESS = "200 per minute"


@auth.get("/login")
@public
def login() -> str | Response:
    """Show the login form."""
    if me_or_none() is not None:
        return redirect(url_for("home"))
    return render_template("auth/login.html", next=request.args.get("next", ""), name="")


@auth.post("/login")
@public
def log_in() -> Response | str | tuple[str, int]:
    """Check name and password and open a session."""
    name = request.form.get("name", "").strip()
    onward = request.form.get("next", "")
    count(ATTEMPTS_PER_ADDRESS)
    count(ATTEMPTS_PER_NAME, by=lambda: f"{get_remote_address()} {name[:64]}")
    try:
        opened = accounts.log_in(
            ctx(),
            name,
            request.form.get("password", ""),
            address=get_remote_address(),
            hasher=parts().hasher,
        )
    except Forbidden as error:
        page = render_template("auth/login.html", next=onward, name=name, problem=error.render(language()))
        return page, 403
    login_session.begin(opened)
    return redirect(onward if is_local(onward) else url_for("home"), code=303)


@auth.post("/logout")
@signed_in
def logout() -> Response:
    """End the session."""
    accounts.log_out(ctx(), current_user.token, user_name=me().name)
    login_session.end()
    response = redirect(url_for("auth.login"), code=303)
    # Pages seen before must not come back from the browser's memory; what a phone still has to send stays.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@auth.get("/account")
@signed_in
def account() -> str:
    """Show one's own account."""
    user = me()
    townships = {township.code: township.name for township in my_townships()}
    township = townships.get(user.township_code, user.township_code) if user.township_code else None
    return render_template("auth/account.html", township=township)


@auth.get("/account/password")
@signed_in
def password() -> str:
    """Show the form to change one's own password."""
    return render_template("auth/password.html", rules=accounts.account_rules(ctx()))


@auth.post("/account/password")
@signed_in
def change_password() -> Response | tuple[str, int]:
    """Change one's own password."""
    form = request.form
    try:
        if form.get("new", "") != form.get("again", ""):
            raise BadInput("error.passwords_differ")
        opened = accounts.change_password(
            ctx(), me().name, old=form.get("old", ""), new=form.get("new", ""), hasher=parts().hasher
        )
    except (BadInput, Forbidden) as error:
        rules = accounts.account_rules(ctx())
        return render_template("auth/password.html", rules=rules, problem=error.render(language())), 400
    login_session.begin(opened)
    flash(t("account.password_changed"), "success")
    return redirect(url_for("auth.account"), code=303)


@auth.route("/language/<chosen>", methods=["GET", "POST"])
@public
def choose_language(chosen: str) -> Response:
    """Switch the language, for this browser and for the user."""
    if chosen not in LANGUAGES:
        abort(404)
    user = me_or_none()
    if user is not None:
        accounts.set_language(ctx(), user.name, chosen)
    response = make_response(redirect(_page_before(), code=303))
    texts.remember(response, chosen)
    return response


def _page_before() -> str:
    """The page the browser comes from, where it is ours and can be asked for; the start page else."""
    back = urlsplit(request.referrer or "")
    if back.netloc != request.host:
        return url_for("home")
    try:
        # The answer to a form, such as "wrong password", has an address that only takes forms.
        current_app.url_map.bind("").match(back.path, method="GET")
    except HTTPException:
        return url_for("home")
    return back.geturl()


def is_local(address: str) -> bool:
    """Whether an address to go on to stays on this server."""
    # Browsers read a backslash as a slash and skip control characters: `/\evil` leaves the server.
    if (
        not address.startswith("/")
        or address.startswith("//")
        or "\\" in address
        or not address.isprintable()
    ):
        return False
    parts_of = urlsplit(address)
    return not parts_of.scheme and not parts_of.netloc
