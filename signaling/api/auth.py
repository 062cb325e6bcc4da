"""/api/v1/auth: signing in and out."""

from signaling.access.signin import COOKIE, DEVICE_COOKIE, SignedIn
from signaling.api.endpoint import Context, Visitor
from signaling.problem import ProblemError
from signaling.resources import Identity, Login
from storage import login_devices


async def login(visitor: Visitor, body: Login) -> Identity:
    """Sign in with username and password; sets the session cookie."""
    opened = await visitor.services.login.open(visitor.request, body.username, body.password)
    visitor.set_cookie(COOKIE, opened.token, opened.signed_in.expires_at + visitor.services.sign_in.grace)
    if opened.device:
        known_until = visitor.services.clock.now() + login_devices.LIFETIME
        visitor.set_cookie(DEVICE_COOKIE, opened.device, known_until, path="/api/v1/auth")
    return _identity(opened.signed_in)


async def session(context: Context) -> Identity:
    """Exchange a bearer token for the session cookie."""
    if "Authorization" not in context.request.headers:
        raise ProblemError(401, "token_required", "Token needed", "Send the token as `Authorization: Bearer …`.")
    opened = await context.services.login.exchange(context.request, context.signed_in)
    context.set_cookie(COOKIE, opened.token, opened.signed_in.expires_at + context.services.sign_in.grace)
    return _identity(opened.signed_in)


async def logout(visitor: Visitor) -> None:
    """End the session, close its sockets and take the cookie back; no error if there is none."""
    visitor.services.sign_in.refuse_foreign_page(visitor.request)
    await visitor.services.login.close(visitor.request)
    visitor.services.sockets.signed_out(visitor.request.cookies.get(COOKIE, ""))
    visitor.set_cookie(COOKIE, "", visitor.services.clock.now())


async def me(context: Context) -> Identity:
    """Who is signed in."""
    return _identity(context.signed_in)


def _identity(signed_in: SignedIn) -> Identity:
    actor = signed_in.actor
    return Identity(user_id=actor.user_id, name=actor.name, role=actor.role, expires_at=signed_in.expires_at)
