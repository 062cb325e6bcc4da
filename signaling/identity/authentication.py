"""Who is behind a request: the cookie of a signed-in browser
or a bearer token of the host platform.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from signaling.config import Config
from signaling.identity import cookies
from signaling.identity.doors import Doors
from signaling.identity.memory import Known, Memory, digest
from signaling.identity.scope import Scope
from signaling.identity.tokens import Bearer, Tokens
from signaling.kernel.actor import Actor, Authenticated, Guest
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import DomainError, NotAllowed, SignInRequired
from signaling.kernel.network import household
from signaling.kernel.repeats import Repeats
from signaling.kernel.request import Request
from signaling.kernel.words import Role
from storage import audit
from storage.audit import AuditEvent
from storage.database import Database
from storage.errors import DatabaseUnavailable, StaleToken, UserConflict
from storage.models import User
from storage.people import login_sessions, users
from storage.words import AuditAction

PATIENCE_SECONDS = 1.0  # with a database that is slow to say again what it said before


class Authentication:
    """Tells of requests who makes them."""

    def __init__(
        self,
        config: Config,
        database: Database,
        scope: Scope,
        repeats: Repeats,
        clock: Clock,
        *,
        in_call: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        """`in_call` tells whether a cookie, by its digest, carries or has carried a call
        that is active.
        """
        self.grace = config.calls.longest
        """For how long an expired cookie still lets a party back into its running call:
        a page may be reloaded.
        """
        self._in_call = in_call
        self.doors = Doors.of(config.guests)
        self._time_to_join = timedelta(seconds=config.calls.reconnect_seconds)
        self._database = database
        self._scope = scope
        self._repeats = repeats
        self._clock = clock
        self._tokens = Tokens(config.jwt)
        self._memory = Memory()

    async def of_request(self, request: Request) -> Authenticated | None:
        """By Authorization header or cookie; none if it has neither.

        Raises SignInRequired for a credential that no longer counts and NotAllowed for a foreign
        page using our cookie.
        """
        if request.authorization is not None:
            return await self.of_token(_bearer_token(request.authorization), request)
        cookie = session_cookie(request)
        if cookie is None:
            return None
        refuse_foreign_page(request)
        return await self._of_cookie(cookie, request)

    async def try_request(self, request: Request) -> Authenticated | None:
        """As of_request, for what is open to everybody: a credential that no longer counts is
        as good as none.
        """
        try:
            return await self.of_request(request)
        except DomainError:
            return None

    async def of_token(self, token: str, request: Request) -> Authenticated:
        """By a bearer token. Raises SignInRequired or NotAllowed."""
        is_new = self._remembered(token) is None
        try:
            known = await self._of_token(token)
        except DomainError as error:
            await self._note_refusal(error, request)
            raise
        user, who = known.user, actor(known.user, request)
        if is_new:
            event = entry(
                "user.signed_in", self._clock.now(), who, user_id=user.id, detail={"by": "token"}
            )
            await self._repeats.append(event, user.id)
        return Authenticated(who, known.expires_at)

    async def _note_refusal(self, error: DomainError, request: Request) -> None:
        """A token that is merely old is what every page has sooner or later."""
        if error.reason in {"expired", "early"}:
            return
        detail = {"by": "token", "code": error.code, "reason": error.reason}
        event = entry("user.sign_in_failed", self._clock.now(), request.origin, detail=detail)
        await self._repeats.append(event, household(request.address or ""))

    async def _of_token(self, token: str) -> Known:
        bearer = await self._tokens.check(token)

        async def confirmed() -> Known:
            try:
                user = await self._known(bearer)
            except UserConflict:
                raise NotAllowed("user_conflict") from None
            except StaleToken:
                raise SignInRequired("invalid_token", reason="superseded") from None
            if not self._scope.counts(user):
                raise NotAllowed("user_disabled")
            return Known(user, bearer.expires_at)

        return await self._remembering(token, confirmed)

    async def _known(self, bearer: Bearer) -> User:
        """Written only where the token says something new: requests
        that read must wait for no writer.
        """
        async with self._database.reading() as tx:
            user = await users.by_subject(tx, bearer.issuer, bearer.subject)
        if user is not None and _says_nothing_new(bearer, user):
            return user
        now, before = self._clock.now(), user.role if user else None
        async with self._database.transaction() as tx:
            user = await users.ensure(
                tx,
                bearer.issuer,
                bearer.subject,
                role=bearer.role,
                name=bearer.name,
                now=now,
                issued_at=bearer.issued_at,
            )
            if user.role != before:
                await audit.append(tx, _by_platform(user, before, now))
        return user

    async def _of_cookie(self, cookie: str, request: Request) -> Authenticated:
        async def confirmed() -> Known:
            found = None
            if len(cookie) <= cookies.MOST_OCTETS:
                async with self._database.reading() as tx:
                    found = await login_sessions.find(
                        tx, cookie, now=self._clock.now(), grace=self.grace
                    )
            if (
                found is None
                or not self._scope.counts(found.user)
                or not (until := self._lasts_until(found, cookie))
            ):
                raise SignInRequired("session_expired")
            return Known(found.user, until, _guest(found))

        known = await self._remembering(cookie, confirmed)
        return Authenticated(actor(known.user, request, known.guest), known.expires_at)

    def _lasts_until(self, session: login_sessions.Holder, cookie: str) -> datetime | None:
        """None if it has expired. A page that carries a call may still come back into it."""
        now, expires_at = self._clock.now(), session.expires_at
        if session.link is not None:
            expires_at = min(
                expires_at, self.doors.open_until(session.link, session.appointment, now)
            )
        if expires_at > now:
            return expires_at
        return now + self._time_to_join if self._in_call(digest(cookie)) else None

    async def _remembering(
        self, credential: str, confirmed: Callable[[], Awaitable[Known]]
    ) -> Known:
        """As the database says or, while it is away, as it last said:
        hanging up must not wait for it.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS if self._remembered(credential) else None):
                known = await confirmed()
        except (DatabaseUnavailable, TimeoutError):
            if remembered := self._remembered(credential):
                return remembered
            raise
        except DomainError:
            self._memory.forget(credential)
            raise
        self._memory.keep(credential, known)
        return known

    def _remembered(self, credential: str) -> Known | None:
        return self._memory.find(credential, self._clock.now())

    def forget(self, cookie: str) -> None:
        """Its holder signs out."""
        self._memory.forget(cookie)


def _by_platform(user: User, before: Role | None, now: datetime) -> AuditEvent:
    """What the host platform's token made of somebody: known here, or of another role."""
    action: AuditAction = "user.role_changed" if before else "user.added"
    detail = {"role": user.role, "issuer": user.issuer, **({"before": before} if before else {})}
    return entry(action, now, None, user_id=user.id, detail=detail)


def actor(user: User, request: Request, guest: Guest | None = None) -> Actor:
    """The user as the one who makes this request; `guest`, by which link they came."""
    origin = request.origin
    return Actor(user.id, user.name, user.role, origin.address, origin.user_agent, guest)


def _guest(session: login_sessions.Holder) -> Guest | None:
    link = session.link
    if link is None:
        return None
    return Guest(link.id, link.appointment_id, link.room_id, link.confirmed_at is not None)


def session_cookie(request: Request) -> str | None:
    """The secret of the session cookie that counts; none if none was sent."""
    return cookies.SESSION.sent(request.cookies, https=request.https)


def refuse_foreign_page(request: Request) -> None:
    """Raises NotAllowed if another site's page makes the browser change something here."""
    if request.changes and not request.of_our_page:
        raise NotAllowed("foreign_origin")


def _says_nothing_new(bearer: Bearer, user: User) -> bool:
    issued_at = bearer.issued_at or user.token_issued_at
    return (user.role, user.name, user.token_issued_at) == (bearer.role, bearer.name, issued_at)


def _bearer_token(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise SignInRequired("invalid_token", reason="header")
    return token.strip()
