"""/api/v1/auth: signing in and out."""

import math
from datetime import datetime

from signaling.identity import cookies
from signaling.identity.cookies import Cookie
from signaling.identity.login import Login
from signaling.identity.resources import Credentials, Identity
from signaling.identity.signin import SignIn
from signaling.kernel.actor import SignedIn
from signaling.kernel.errors import SignInRequired
from signaling.kernel.routes import API, Context, Routes, Visitor
from storage import login_devices

AUTH = f"{API}/auth"
routes = Routes("auth")


@routes.post(
    f"{AUTH}/login",
    access="anybody",
    errors=("wrong_credentials", "too_many_attempts", "foreign_origin"),
    audit="user.signed_in",
)
async def login(visitor: Visitor, body: Credentials) -> Identity:
    """Sign in with username and password; sets the session cookie."""
    opened = await visitor.the(Login).open(visitor.request, body.username, body.password)
    _give(
        visitor,
        cookies.SESSION,
        opened.token,
        opened.signed_in.expires_at + visitor.the(SignIn).grace,
    )
    if opened.device:
        known_until = visitor.clock.now() + login_devices.LIFETIME
        _give(visitor, cookies.DEVICE, opened.device, known_until)
    return _identity(opened.signed_in)


@routes.post(
    f"{AUTH}/session",
    access="signed_in",
    counts="session",
    errors=("token_required",),
    audit="user.signed_in",
)
async def session(context: Context) -> Identity:
    """Exchange a bearer token for the session cookie."""
    if "Authorization" not in context.request.headers:
        raise SignInRequired("token_required")
    opened = await context.the(Login).exchange(context.request, context.signed_in)
    _give(
        context,
        cookies.SESSION,
        opened.token,
        opened.signed_in.expires_at + context.the(SignIn).grace,
    )
    return _identity(opened.signed_in)


@routes.post(
    f"{AUTH}/logout",
    access="anybody",
    counts="visit",
    errors=("foreign_origin",),
    audit="user.signed_out",
)
async def logout(visitor: Visitor) -> None:
    """End the session, close its sockets and take the cookie back; no error if there is none."""
    visitor.the(SignIn).refuse_foreign_page(visitor.request)
    await visitor.the(Login).close(visitor.request)
    _give(visitor, cookies.SESSION, "", visitor.clock.now())


@routes.get(f"{AUTH}/me", access="signed_in", counts="read")
async def me(context: Context) -> Identity:
    """Who is signed in. A session cookie from before TLS gets the name that it has over TLS."""
    sign_in, request = context.the(SignIn), context.request
    cookie = None if "Authorization" in request.headers else sign_in.cookie(request)
    if cookie and cookies.SESSION.is_outdated(request.cookies, https=sign_in.is_https(request)):
        _give(context, cookies.SESSION, cookie, context.signed_in.expires_at + sign_in.grace)
    return _identity(context.signed_in)


def _give(visitor: Visitor, cookie: Cookie, secret: str, expires_at: datetime) -> None:
    """To this browser, in place of what it may have by another name."""
    seconds = max(0, math.ceil((expires_at - visitor.clock.now()).total_seconds()))
    https = visitor.the(SignIn).is_https(visitor.request)
    visitor.response_headers.add("Set-Cookie", cookie.given(secret, seconds, https=https))
    if cookie.is_outdated(visitor.request.cookies, https=https):
        visitor.response_headers.add("Set-Cookie", cookie.plain_taken_back())


def _identity(signed_in: SignedIn) -> Identity:
    actor = signed_in.actor
    return Identity(
        user_id=actor.user_id, name=actor.name, role=actor.role, expires_at=signed_in.expires_at
    )
