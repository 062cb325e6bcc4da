"""Coming in by a link, without an account.

Looking at a link does not use it up: mail scanners and previews of messages look at what people are
sent. Whoever comes in is signed in as the person whom the link is for, for its calls and nothing
else, and so is whoever comes back in the same browser.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.config import Config
from signaling.identity import cookies
from signaling.identity.authentication import actor, refuse_foreign_page
from signaling.identity.doors import Doors
from signaling.identity.resources import GuestStay
from signaling.identity.scope import Scope
from signaling.identity.signin import NewSession
from signaling.kernel.actor import Actor, Authenticated, Guest
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, NotFound
from signaling.kernel.repeats import Repeats
from signaling.kernel.request import Request
from signaling.kernel.words import GuestStanding
from storage import audit
from storage.audit import Detail
from storage.database import Database
from storage.people import guest_links, login_sessions, tokens, users
from storage.people.guest_links import Found


@dataclass(frozen=True)
class Entered:
    """What the browser is given."""

    session: NewSession
    browser: str
    """The secret by which it may come in again."""


class GuestEntry:
    """One server's door for guests."""

    def __init__(
        self, config: Config, database: Database, scope: Scope, repeats: Repeats, clock: Clock
    ) -> None:
        self._practice = config.practice.name
        self._phone = config.emergency.practice_phone
        self._doors = Doors.of(config.guests)
        self._database = database
        self._scope = scope
        self._repeats = repeats
        self._clock = clock

    async def look(self, request: Request, token: str) -> GuestStay:
        """What a link leads to, and whether it lets in now. Raises NotFound."""
        now = self._clock.now()
        async with self._database.reading() as tx:
            found = self._counting(await guest_links.by_token(tx, token))
        if found.link.opened_at is None:
            async with self._database.transaction() as tx:
                again = await guest_links.by_id(tx, found.link.id)
                if again is not None and again.link.opened_at is None:
                    again.link.opened_at = now
        return self._shown(found, self._standing(found, request, now))

    async def enter(self, request: Request, token: str) -> Entered:
        """Raises NotFound; Conflict, which says why it does not let in; NotAllowed."""
        if request.of_a_page:
            refuse_foreign_page(request)
        now = self._clock.now()
        async with self._database.transaction() as tx:
            found = self._counting(await guest_links.by_token(tx, token, lock=True))
            standing = self._standing(found, request, now)
            if standing == "open":
                return await self._let_in(tx, found, request, now)
        detail = {"reason": standing, "link": found.link.id}
        event = entry("guest.refused", now, request.origin, user_id=found.user.id, detail=detail)
        await self._repeats.append(event, found.link.id)
        raise _closed(standing)

    async def stay(self, actor: Actor) -> GuestStay:
        """What the link leads to by which somebody came. Raises NotFound."""
        if actor.guest is None:
            raise NotFound("unknown_guest_link")
        now = self._clock.now()
        async with self._database.reading() as tx:
            found = self._counting(await guest_links.by_id(tx, actor.guest.link_id))
            host = found.appointment.provider_id if found.appointment else found.link.created_by
            provider = await users.by_id(tx, host)
        standing = self._doors.standing(found.link, found.appointment, now)
        return self._shown(found, standing, provider.name if provider else None)

    async def _let_in(
        self, tx: AsyncSession, found: Found, request: Request, now: datetime
    ) -> Entered:
        link, user = found.link, found.user
        mark = cookies.mark(https=request.https)
        browser = _browser(request)
        if not browser or not browser.startswith(mark):
            browser = tokens.new(mark)
        first = link.used_at is None
        link.used_at, link.browser_sha256 = link.used_at or now, tokens.sha256(browser)
        until = self._doors.closes_at(link, found.appointment)
        secret = await login_sessions.create(
            tx, user.id, now=now, expires_at=until, mark=mark, guest_link_id=link.id
        )
        guest = Guest(link.id, link.appointment_id, link.room_id, link.confirmed_at is not None)
        who = actor(user, request, guest)
        detail: Detail = {"link": link.id, "side": link.side, "first": first}
        event = entry("guest.entered", now, who, user_id=user.id, detail=detail)
        await audit.append(tx, event)
        return Entered(NewSession(Authenticated(who, until), secret), browser)

    def _standing(self, found: Found, request: Request, now: datetime) -> GuestStanding:
        browser = tokens.sha256(_browser(request) or "")
        return self._doors.standing(found.link, found.appointment, now, browser)

    def _counting(self, found: Found | None) -> Found:
        if found is None or not self._scope.counts(found.user):
            raise NotFound("unknown_guest_link")
        return found

    def _shown(
        self, found: Found, standing: GuestStanding, provider_name: str | None = None
    ) -> GuestStay:
        appointment = found.appointment
        return GuestStay(
            standing=standing,
            practice_name=self._practice,
            practice_phone=self._phone,
            side=found.link.side,
            starts_at=appointment.starts_at if appointment else None,
            ends_at=appointment.ends_at if appointment else None,
            opens_at=self._doors.opens_at(appointment) if appointment else None,
            time_zone=appointment.time_zone if appointment else None,
            provider_name=provider_name,
            appointment_id=found.link.appointment_id if provider_name else None,
        )


def _browser(request: Request) -> str | None:
    sent = cookies.GUEST.sent(request.cookies, https=request.https)
    return sent if sent and len(sent) <= cookies.MOST_OCTETS else None


def _closed(standing: GuestStanding) -> Conflict:
    if standing == "early":
        return Conflict("guest_link_closed", reason="early")
    if standing == "over":
        return Conflict("guest_link_closed", reason="over")
    if standing == "cancelled":
        return Conflict("guest_link_closed", reason="cancelled")
    if standing == "revoked":
        return Conflict("guest_link_closed", reason="revoked")
    return Conflict("guest_link_closed", reason="other_browser")
