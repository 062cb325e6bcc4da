"""/api/v1/auth: signing in and out."""

import math
from datetime import datetime

from signaling.identity import cookies
from signaling.identity.authentication import Authentication, refuse_foreign_page, session_cookie
from signaling.identity.cookies import Cookie
from signaling.identity.guests import GuestEntry
from signaling.identity.resources import Credentials, GuestStay, GuestToken, Identity
from signaling.identity.signin import NewSession, SignIns
from signaling.kernel.actor import Authenticated
from signaling.kernel.errors import SignInRequired
from signaling.kernel.routes import API, Context, Routes, Visitor
from storage.people import login_devices

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
    sign_ins = visitor.the(SignIns)
    session = await sign_ins.by_password(visitor.request, body.username, body.password)
    return _handed_over(visitor, session)


@routes.post(
    f"{AUTH}/session",
    access="signed_in",
    counts="session",
    errors=("token_required",),
    audit="user.signed_in",
)
async def session(context: Context) -> Identity:
    """Exchange a bearer token for the session cookie."""
    if context.request.authorization is None:
        raise SignInRequired("token_required")
    bearer = context.authenticated
    return _handed_over(context, await context.the(SignIns).by_token(context.request, bearer))


@routes.post(
    f"{AUTH}/logout",
    access="anybody",
    counts="visit",
    errors=("foreign_origin",),
    audit="user.signed_out",
)
async def logout(visitor: Visitor) -> None:
    """End the session, close its sockets and take the cookie back; no error if there is none."""
    refuse_foreign_page(visitor.request)
    await visitor.the(SignIns).sign_out(visitor.request)
    _give(visitor, cookies.SESSION, "", visitor.clock.now())


@routes.get(f"{AUTH}/me", access="signed_in", counts="read", guests=True)
async def me(context: Context) -> Identity:
    """Who is signed in. A session cookie from before TLS gets the name that it has over TLS."""
    request = context.request
    cookie = session_cookie(request) if request.authorization is None else None
    if cookie and cookies.SESSION.is_outdated(request.cookies, https=request.https):
        _give_session(context, cookie, context.authenticated)
    return _identity(context.authenticated)


GUEST = f"{AUTH}/guest"


@routes.post(GUEST, access="anybody", counts="visit", errors=("unknown_guest_link",))
async def open_guest_link(visitor: Visitor, body: GuestToken) -> GuestStay:
    """What a guest's link leads to; it lets nobody in yet, so that whatever looks at links for
    people does not use it up.
    """
    return await visitor.the(GuestEntry).look(visitor.request, body.token)


@routes.post(
    f"{GUEST}/enter",
    access="anybody",
    counts="visit",
    errors=("unknown_guest_link", "guest_link_closed", "foreign_origin"),
    audit="guest.entered",
)
async def enter_as_guest(visitor: Visitor, body: GuestToken) -> Identity:
    """Come in by a guest's link; sets the session cookie, and one by which only this browser comes
    in again.
    """
    entered = await visitor.the(GuestEntry).enter(visitor.request, body.token)
    known_until = visitor.clock.now() + login_devices.LIFETIME  # wherever it is moved meanwhile
    _give(visitor, cookies.GUEST, entered.browser, known_until)
    return _handed_over(visitor, entered.session)


@routes.get(GUEST, access="signed_in", counts="read", errors=("unknown_guest_link",), guests=True)
async def get_guest_stay(context: Context) -> GuestStay:
    """What the link leads to by which the caller came."""
    return await context.the(GuestEntry).stay(context.actor)


def _handed_over(visitor: Visitor, session: NewSession) -> Identity:
    """The browser gets the session, and what its device is known by."""
    _give_session(visitor, session.secret, session.authenticated)
    if session.device:
        known_until = visitor.clock.now() + login_devices.LIFETIME
        _give(visitor, cookies.DEVICE, session.device, known_until)
    return _identity(session.authenticated)


def _give_session(visitor: Visitor, secret: str, authenticated: Authenticated) -> None:
    until = authenticated.expires_at + visitor.the(Authentication).grace
    _give(visitor, cookies.SESSION, secret, until)


def _give(visitor: Visitor, cookie: Cookie, secret: str, expires_at: datetime) -> None:
    """To this browser, in place of what it may have by another name."""
    seconds = max(0, math.ceil((expires_at - visitor.clock.now()).total_seconds()))
    https = visitor.request.https
    visitor.cookies.append(cookie.given(secret, seconds, https=https))
    if cookie.is_outdated(visitor.request.cookies, https=https):
        visitor.cookies.append(cookie.plain_taken_back())


def _identity(authenticated: Authenticated) -> Identity:
    actor = authenticated.actor
    return Identity(
        user_id=actor.user_id,
        name=actor.name,
        role=actor.role,
        expires_at=authenticated.expires_at,
        guest=actor.guest is not None,
    )
