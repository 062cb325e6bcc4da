"""Invitations: a link by e-mail, by which somebody sets a password of their own."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.identity.passwords import Passwords
from signaling.identity.scope import Scope
from signaling.kernel.actor import Actor, Origin
from signaling.kernel.auditing import entry
from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from signaling.mail.mailer import Mailer, NotSent
from signaling.people import account_rule, letters
from signaling.people.resources import InvitationShown
from storage import audit
from storage.audit import Detail
from storage.database import Database
from storage.errors import StorageError
from storage.models import User
from storage.people import account_invitations, users
from storage.people.account_invitations import Invited
from storage.words import AuditAction

log = logging.getLogger(__name__)

LIFETIME = timedelta(days=7)
EVERY_SECONDS = 30.0
LEASE = timedelta(minutes=2)
"""Longer than sending takes: whose letter was not sent by then, had a server that died."""


@dataclass(frozen=True)
class Letterbox:
    """How letters leave, and what they say."""

    mailer: Mailer
    practice: str
    public_url: str

    @property
    def can_send(self) -> bool:
        return bool(self.mailer.sender and self.public_url)

    def require(self) -> None:
        """Raises Unavailable."""
        if not self.mailer.sender:
            raise Unavailable("mail_unavailable", reason="no_server")
        if not self.public_url:
            raise Unavailable("mail_unavailable", reason="no_address")


class Invitations:
    """One server's. A link that counts no longer is told from one that never was by nobody."""

    def __init__(
        self, database: Database, scope: Scope, letterbox: Letterbox, clock: Clock
    ) -> None:
        self._database = database
        self._scope = scope
        self._letters = letterbox
        self._clock = clock
        self._passwords = Passwords()

    async def send(self, actor: Actor, user_id: str) -> None:
        """A new link, by e-mail; earlier ones count no longer. One that cannot be sent is revoked.

        Raises NotFound, Conflict, Invalid or Unavailable.
        """
        self._letters.require()
        now = self._clock.now()
        expires_at = now + LIFETIME
        async with self._database.transaction() as tx:
            user = await self._invitable(tx, user_id)
            email = user.email or ""
            token = await account_invitations.create(
                tx,
                user,
                email,
                by=actor.user_id,
                now=now,
                expires_at=expires_at,
                send_at=now + LEASE,
            )
            detail = {"expires_at": expires_at.isoformat()}
            await self._note(tx, "user.invited", actor, user, detail)
        try:
            await self._post(email, token, expires_at)
        except NotSent as error:
            await self.revoke(actor, user_id, token)
            raise Unavailable("mail_unavailable", reason="not_sent", problem=str(error)) from None

    async def watch(self) -> None:
        """Until cancelled: sends the letters of servers that died before they could."""
        if self._letters.can_send:
            await repeat(self.try_once, EVERY_SECONDS, "sending invitations", self._clock)

    async def try_once(self) -> None:
        """All that is due, until one cannot be sent, which is tried again after its lease."""
        try:
            while await self._send_next():
                pass
        except StorageError as error:
            log.warning("invitations are sent later: %s", error)
        except NotSent as error:
            log.warning("an invitation is not sent yet: %s", error)

    async def _send_next(self) -> bool:
        async with self._database.reading() as tx:
            if not await account_invitations.has_unsent(tx, self._clock.now()):
                return False
        async with self._database.transaction() as tx:
            left = await account_invitations.send_again(tx, self._clock.now(), LEASE)
        if left is None:
            return False
        await self._post(left.email, left.token, left.expires_at)
        return True

    async def _post(self, email: str, token: str, expires_at: datetime) -> None:
        """Raises NotSent, and nothing once a mail server has it, which cannot be called back."""
        link = f"{self._letters.public_url.rstrip('/')}/invitation#invitation={token}"
        letter = letters.invitation(email, self._letters.practice, link, expires_at)
        await self._letters.mailer.send(letter)
        try:
            async with self._database.transaction() as tx:
                await account_invitations.sent(tx, token)
        except StorageError as error:
            log.warning("an invitation that was sent may be sent once more: %s", error)

    async def revoke(self, actor: Actor, user_id: str, token: str | None = None) -> None:
        """No link of theirs counts any more, or not that one; nothing happens if there is none.

        Raises NotFound.
        """
        async with self._database.transaction() as tx:
            user = await users.by_id(tx, user_id, lock=True)
            if user is None or not self._scope.exists(user):
                raise NotFound("unknown_account")
            if await account_invitations.revoke(tx, user_id, now=self._clock.now(), token=token):
                await self._note(tx, "user.invitation_revoked", actor, user, {})

    async def open(self, token: str) -> InvitationShown:
        """Whom it is for, before they choose a password. Raises NotFound."""
        async with self._database.reading() as tx:
            invited = self._counting(
                await account_invitations.find(tx, token, now=self._clock.now())
            )
        return self._shown(invited)

    async def accept(self, origin: Origin, token: str, password: str) -> InvitationShown:
        """The password is theirs from now on, and every earlier sign-in has ended.

        Raises NotFound, Invalid.
        """
        account_rule.password(password)
        await self.open(token)  # nobody else makes us hash
        password_hash = await self._passwords.hash(password)
        now = self._clock.now()
        async with self._database.transaction() as tx:
            invited = self._counting(await account_invitations.find(tx, token, now=now, lock=True))
            invited.invitation.used_at = now
            invited.user.password_hash = password_hash
            await users.end_sign_ins(tx, invited.user, now=now)
            event = entry("user.invitation_accepted", now, origin, user_id=invited.user.id)
            await audit.append(tx, event)
        return self._shown(invited)

    async def _invitable(self, tx: AsyncSession, user_id: str) -> User:
        user = await users.by_id(tx, user_id, lock=True)
        if user is None or not self._scope.exists(user):
            raise NotFound("unknown_account")
        account_rule.require_here(user)
        account_rule.require_account(user.role)
        if user.disabled:
            raise Conflict("account_disabled")
        if not user.email:
            raise Invalid("email_needed")
        if user.username is None:
            raise Invalid("username_needed")
        return user

    def _counting(self, invited: Invited | None) -> Invited:
        if invited is None or not self._scope.exists(invited.user) or not invited.user.username:
            raise NotFound("unknown_invitation")
        return invited

    def _shown(self, invited: Invited) -> InvitationShown:
        return InvitationShown(
            name=invited.user.name,
            username=invited.user.username or "",
            practice_name=self._letters.practice,
            expires_at=invited.invitation.expires_at,
        )

    async def _note(
        self, tx: AsyncSession, action: AuditAction, actor: Actor, user: User, detail: Detail
    ) -> None:
        event = entry(action, self._clock.now(), actor, user_id=user.id, detail=detail)
        await audit.append(tx, event)
