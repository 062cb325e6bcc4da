"""Sends guests their links: by e-mail, or as a text message.

The secret is made as the message is sent, so that no table ever holds it. A message that is sent
twice has two, of which the newer one counts, unless somebody came in by the first: then none is
sent again.
"""

from email.message import EmailMessage

from signaling.clinical.appointments import letters
from signaling.clinical.appointments.letters import Practice
from signaling.identity.doors import Doors
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.mail.mailer import Mailer, NotSent
from signaling.mail.sms import SmsGateway
from signaling.people.guest_links import PATH
from storage import audit
from storage.database import Database
from storage.people import guest_links
from storage.people.guest_links import Found
from storage.words import LetterOutcome


class LinkPost:
    """One server's."""

    def __init__(
        self,
        database: Database,
        mailer: Mailer,
        sms: SmsGateway,
        practice: Practice,
        doors: Doors,
        clock: Clock,
    ) -> None:
        self._database = database
        self._mailer = mailer
        self._sms = sms
        self._practice = practice
        self._doors = doors
        self._clock = clock

    @property
    def possible(self) -> bool:
        """Whether there is any way to send one."""
        return self._sms.configured or bool(self._mailer.sender)

    async def send(self, link_id: str, message_id: str) -> LetterOutcome:
        """Raises NotSent."""
        async with self._database.transaction() as tx:
            found = await guest_links.by_id(tx, link_id)
            if found is None or not self._is_wanted(found):
                return "obsolete"
            token = await guest_links.renew(tx, found.link)
        link = f"{self._practice.url.rstrip('/')}{PATH}{token}"
        await self._deliver(found, link, message_id)
        now = self._clock.now()
        async with self._database.transaction() as tx:
            again = await guest_links.by_id(tx, link_id)
            if again is not None:
                again.link.sent_at = now
            detail = {"link": link_id, "by": found.link.channel}
            event = entry("guest.link_sent", now, None, user_id=found.user.id, detail=detail)
            await audit.append(tx, event)
        return "sent"

    def _is_wanted(self, found: Found) -> bool:
        link = found.link
        standing = self._doors.standing(link, found.appointment, self._clock.now())
        return link.used_at is None and standing in {"open", "early"}

    async def _deliver(self, found: Found, link: str, message_id: str) -> None:
        address, said = found.link.address or "", letters.words(found.link.language)
        appointment = found.appointment
        when = (
            letters.when(appointment.starts_at, appointment.time_zone, said) if appointment else ""
        )
        text = said.guest if appointment else said.guest_now
        values = {"practice": self._practice.name, "when": when, "link": link}
        if found.link.channel == "sms":
            await self._sms.send(address, text["sms"].format(**values))
            return
        made = EmailMessage()
        try:
            made["To"] = address
        except ValueError as error:
            raise NotSent("address") from error
        made["Subject"] = text["subject"].format(**values)
        made["Message-ID"] = message_id
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(text["text"].format(**values) + "\n")
        await self._mailer.send(made)
