"""Links for people without an account: how they are made, told of and taken back.

Whom such a link is for is a person like any other, a patient or somebody of the role `guest`, so
that consent, recording, audit log and history know them as they know everybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.config import Config
from signaling.identity.doors import Doors
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from signaling.mail.mailer import Mailer
from signaling.mail.sms import SmsGateway
from signaling.people import rule
from signaling.people.resources import GuestLink, GuestLinkState, MakeGuestLink
from storage import audit
from storage.appointments import letters
from storage.audit import Detail
from storage.database import Database
from storage.models import GuestLink as Row
from storage.models import User
from storage.people import guest_links, patients, users
from storage.people.guest_links import Found
from storage.words import AuditAction, GuestChannel

PATH = "/join#guest="


@dataclass(frozen=True)
class Into:
    """What a link leads to: an appointment's calls, or one that runs and the latest end of it."""

    appointment_id: str | None = None
    room_id: str | None = None
    expires_at: datetime | None = None


class GuestLinks:
    """One server's. `soon` is told that there is something to send."""

    def __init__(
        self,
        config: Config,
        database: Database,
        mailer: Mailer,
        sms: SmsGateway,
        clock: Clock,
        soon: Callable[[], object] = lambda: None,
    ) -> None:
        self._database = database
        self._url = config.server.public_url.rstrip("/")
        self._mailer = mailer
        self._sms = sms
        self._clock = clock
        self.doors = Doors.of(config.guests)
        self.soon = soon

    async def make(
        self,
        tx: AsyncSession,
        actor: Actor,
        asked: MakeGuestLink,
        into: Into,
        patient: User | None = None,
    ) -> GuestLink:
        """For the patient, if one is given and asked for; else for somebody who is made for it.

        Raises Invalid, Unavailable.
        """
        self._require_way(asked.channel)
        now = self._clock.now()
        user = patient if asked.side == "patient" and patient else await self._guest(tx, asked, now)
        language = asked.language
        if patient is not None:
            record = await patients.record(tx, patient)
            language = language or record.language
        link = await guest_links.add(
            tx,
            user_id=user.id,
            side=asked.side,
            channel=asked.channel,
            address=await self._address(tx, asked, user),
            language=language,
            by=actor.user_id,
            now=now,
            appointment_id=into.appointment_id,
            room_id=into.room_id,
            expires_at=into.expires_at,
        )
        url = None
        if asked.channel == "copy":
            url = f"{self._url}{PATH}{await guest_links.renew(tx, link)}"
            link.sent_at = now
        else:
            await letters.send_link(tx, link.id, user.id, now)
        await self._note(tx, "guest.link_made", actor, link)
        return self.view(Found(link, user, None), now, url)

    async def make_into_call(
        self, actor: Actor, asked: MakeGuestLink, into: Into, most: int
    ) -> GuestLink:
        """Raises Conflict, Invalid or Unavailable."""
        async with self._database.transaction() as tx:
            before = await guest_links.of_room(tx, into.room_id or "")
            if sum(one.link.revoked_at is None for one in before) >= most:
                raise Conflict("too_many_links", limit=most)
            made = await self.make(tx, actor, asked, into)
        self.post(made)
        return made

    def post(self, made: GuestLink) -> None:
        """What was made and committed is sent now, unless whoever made it passes it on."""
        if made.channel != "copy":
            self.soon()

    async def into_call(self, room_id: str) -> list[GuestLink]:
        """All of them."""
        async with self._database.reading() as tx:
            found = await guest_links.of_room(tx, room_id)
        return [self.view(one, self._clock.now()) for one in found]

    async def revoke_into_call(self, actor: Actor, room_id: str, link_id: str) -> None:
        """Raises NotFound."""
        async with self._database.transaction() as tx:
            found = await guest_links.by_id(tx, link_id)
            link = require_link(found, appointment_id=None, room_id=room_id)
            await self.revoke(tx, actor, link)

    async def confirm(self, actor: Actor, link_id: str, session_id: str) -> None:
        """Somebody who came by it is who they should be. Raises NotFound."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            found = await guest_links.by_id(tx, link_id)
            if found is None:
                raise NotFound("unknown_guest_link")
            link = found.link
            link.confirmed_at, link.confirmed_by = now, actor.user_id
            event = entry(
                "guest.identity_confirmed",
                now,
                actor,
                session_id=session_id,
                user_id=link.user_id,
                detail={"link": link.id},
            )
            await audit.append(tx, event)

    async def revoke(self, tx: AsyncSession, actor: Actor, link: Row) -> None:
        """Whoever came by it is out within a second or two."""
        if await guest_links.revoke(tx, link, self._clock.now()):
            await self._note(tx, "guest.link_revoked", actor, link)

    def view(self, found: Found, now: datetime, url: str | None = None) -> GuestLink:
        """As whoever made it sees it."""
        link = found.link
        return GuestLink(
            link_id=link.id,
            user_id=found.user.id,
            name=found.user.name,
            side=link.side,
            channel=link.channel,
            address=link.address,
            state=self._state(found, now),
            created_at=link.created_at,
            sent_at=link.sent_at,
            opened_at=link.opened_at,
            used_at=link.used_at,
            confirmed_at=link.confirmed_at,
            url=url,
        )

    def _state(self, found: Found, now: datetime) -> GuestLinkState:
        link = found.link
        if link.revoked_at is not None:
            return "revoked"
        if found.appointment is not None or link.expires_at is not None:
            standing = self.doors.standing(link, found.appointment, now)
            if standing in {"over", "cancelled"}:
                return "over"
        if link.used_at is not None:
            return "used"
        if link.opened_at is not None:
            return "opened"
        return "sent" if link.sent_at is not None else "waiting"

    async def _guest(self, tx: AsyncSession, asked: MakeGuestLink, now: datetime) -> User:
        if asked.side in {"patient", "provider"}:
            raise Invalid("side_not_possible", role="guest", side=asked.side)
        return await users.create(tx, name=rule.name(asked.name or ""), role="guest", now=now)

    async def _address(self, tx: AsyncSession, asked: MakeGuestLink, user: User) -> str | None:
        if asked.channel == "copy":
            return None
        address = asked.address
        if not address and user.role == "patient":
            record = await patients.record(tx, user)
            address = record.email if asked.channel == "email" else record.phone
        if not address:
            raise Invalid("address_needed", channel=asked.channel)
        return rule.email(address) if asked.channel == "email" else rule.phone(address)

    def _require_way(self, channel: GuestChannel) -> None:
        if channel == "email" and not self._mailer.sender:
            raise Unavailable("mail_unavailable", reason="no_server")
        if channel == "sms" and not self._sms.configured:
            raise Unavailable("sms_unavailable")
        if channel != "copy" and not self._url:
            raise Unavailable("mail_unavailable", reason="no_address")

    async def _note(self, tx: AsyncSession, action: AuditAction, actor: Actor, link: Row) -> None:
        detail: Detail = {"link": link.id, "side": link.side, "by": link.channel}
        event = entry(
            action,
            self._clock.now(),
            actor,
            user_id=link.user_id,
            detail=detail,
        )
        await audit.append(tx, event)


def require_link(found: Found | None, *, appointment_id: str | None, room_id: str | None) -> Row:
    """One of those of an appointment, or of a room. Raises NotFound."""
    link = found.link if found else None
    if link is None or (link.appointment_id, link.room_id) != (appointment_id, room_id):
        raise NotFound("unknown_guest_link")
    return link
