"""Signing in and out: starts and ends the sessions behind the cookie, each with its audit row.

A sign-in goes from `Challenged` (somebody named themselves) by proof to `Verified`, and from there
to a `NewSession`. Whatever proves who somebody is ends in `Verified`, which is all that starts a
session.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from signaling.config import Auth
from signaling.identity import cookies
from signaling.identity.attempts import Attempt, SignInLimits
from signaling.identity.authentication import (
    Authentication,
    actor,
    refuse_foreign_page,
    session_cookie,
)
from signaling.identity.passwords import Passwords
from signaling.identity.scope import Scope
from signaling.identity.turns import CrowdedError
from signaling.kernel.actor import Authenticated
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import SignInRequired, TooMany
from signaling.kernel.network import household
from signaling.kernel.repeats import Repeats
from signaling.kernel.request import Request
from storage import audit
from storage.audit import AuditEvent, Detail
from storage.database import Database
from storage.models import User
from storage.people import login_devices, login_sessions, users
from storage.words import AuditAction

CROWDED_SECONDS = 3


@dataclass(frozen=True)
class Challenged:
    """Somebody has named an account and has to prove that it is theirs."""

    user: User | None
    """None if there is no such account, which nobody is told."""
    attempt: Attempt
    device: str
    """What the browser is known by; empty if it is not."""


@dataclass(frozen=True)
class Verified:
    """It is known who they are."""

    user: User
    not_after: datetime | None = None
    """When the proof itself expires."""
    device: str | None = None
    """What the browser is known by, empty if it is not; none where it need not be known."""


@dataclass(frozen=True)
class NewSession:
    """What a browser is given, whose holder is signed in."""

    authenticated: Authenticated
    secret: str
    """Of its cookie."""
    device: str | None = None
    """What this browser is known by from now on; none where it need not be known."""


class SignIns:
    """By a password here, or by a token of the host platform."""

    def __init__(
        self,
        settings: Auth,
        database: Database,
        authentication: Authentication,
        scope: Scope,
        repeats: Repeats,
        clock: Clock,
        signed_out: Callable[[str], object] = lambda _: None,
    ) -> None:
        """`signed_out` is told of each cookie that has ended, for what else is open by it."""
        self._settings = settings
        self._database = database
        self._repeats = repeats
        self._authentication = authentication
        self._scope = scope
        self._clock = clock
        self._signed_out = signed_out
        self._passwords = Passwords()
        self._limits = SignInLimits(settings.login_attempts, settings.login_window_seconds)

    async def by_password(self, request: Request, username: str, password: str) -> NewSession:
        """Raises SignInRequired, NotAllowed (foreign page) or TooMany."""
        challenged = await self._challenge(request, username)
        return await self._start_session(request, await self._verify(request, challenged, password))

    async def by_token(self, request: Request, bearer: Authenticated) -> NewSession:
        """For the bearer of a token; the session lasts no longer than the token."""
        if request.of_a_page:
            refuse_foreign_page(request)
        async with self._database.reading() as tx:
            user = await tx.get_one(User, bearer.actor.user_id)
        return await self._start_session(request, Verified(user, bearer.expires_at))

    async def sign_out(self, request: Request) -> None:
        """The cookie's session ends on the server, too. Without a session nothing happens."""
        token, now = session_cookie(request) or "", self._clock.now()
        self._authentication.forget(token)
        async with self._database.transaction() as tx:
            found = await login_sessions.find(tx, token, now=now)
            if found is not None:
                await login_sessions.revoke(tx, token, now=now)
                await audit.append(tx, self._event("user.signed_out", found.user, request))
        self._signed_out(token)

    async def _challenge(self, request: Request, username: str) -> Challenged:
        if request.of_a_page:
            refuse_foreign_page(request)
        device = self._device(request)
        async with self._database.reading() as tx:
            user = await users.by_username(tx, username)
            known = device and await login_devices.is_known(
                tx, device, username, now=self._clock.now()
            )
        place = household(request.address or "")
        attempt = Attempt(username, place, f"{device} {username}" if known else None)
        if wait := self._limits.take(attempt, time.monotonic()):
            await self._note_failure(user, request, attempt, "too_many_attempts")
            raise TooMany("too_many_attempts", retry_after=wait)
        return Challenged(user, attempt, device or "")

    async def _verify(self, request: Request, challenged: Challenged, password: str) -> Verified:
        user, attempt = challenged.user, challenged.attempt
        if not await self._is_right(user, password, attempt) or user is None:
            await self._note_failure(user, request, attempt, "wrong_credentials")
            raise SignInRequired("wrong_credentials")
        self._limits.succeeded(attempt)
        await self._strengthen(user, password)
        return Verified(user, device=challenged.device)

    async def _note_failure(
        self, user: User | None, request: Request, attempt: Attempt, code: str
    ) -> None:
        detail = {"by": "password", "code": code}
        failed = self._event("user.sign_in_failed", user, request, detail)
        await self._repeats.append(failed, user.id if user else attempt.place)

    async def _is_right(self, user: User | None, password: str, attempt: Attempt) -> bool:
        stored = user.password_hash if user and self._scope.counts(user) else None
        place = attempt.device or attempt.place
        try:
            return await self._passwords.verify(
                stored, password, place, known=attempt.device is not None
            )
        except CrowdedError:
            self._limits.not_made(attempt)
            raise TooMany("too_many_attempts", retry_after=CROWDED_SECONDS) from None

    async def _strengthen(self, user: User, password: str) -> None:
        if user.password_hash is None or not self._passwords.is_outdated(user.password_hash):
            return
        password_hash = await self._passwords.hash(password)
        async with self._database.transaction() as tx:
            (await tx.get_one(User, user.id)).password_hash = password_hash

    async def _start_session(self, request: Request, verified: Verified) -> NewSession:
        now, user, device = self._clock.now(), verified.user, verified.device
        expires_at = now + timedelta(hours=self._settings.session_hours)
        expires_at = min(expires_at, verified.not_after or expires_at)
        mark = cookies.mark(https=request.https)
        async with self._database.transaction() as tx:
            token = await login_sessions.create(
                tx, user.id, now=now, expires_at=expires_at, mark=mark
            )
            if device is not None:
                device = await login_devices.remember(tx, device, user.id, now=now, mark=mark)
            by = "password" if verified.not_after is None else "token"
            await audit.append(tx, self._event("user.signed_in", user, request, {"by": by}))
        return NewSession(Authenticated(actor(user, request), expires_at), token, device)

    def _device(self, request: Request) -> str | None:
        cookie = cookies.DEVICE.sent(request.cookies, https=request.https)
        return cookie if cookie and len(cookie) <= cookies.MOST_OCTETS else None

    def _event(
        self,
        action: AuditAction,
        user: User | None,
        request: Request,
        detail: Detail | None = None,
    ) -> AuditEvent:
        now = self._clock.now()
        if user is None:
            return entry(action, now, request.origin, detail=detail)
        return entry(action, now, actor(user, request), user_id=user.id, detail=detail)
