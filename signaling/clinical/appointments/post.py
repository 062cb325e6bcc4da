"""Sends what the outbox holds about appointments, and fills it with reminders.

A letter is settled once the mail server has taken it. A server that dies in between sends it again
under the same Message-ID; one that cannot reach the mail server tries again, and what is obsolete
by then is not sent.
"""

import asyncio
import logging
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical.appointments import calendars, letters
from signaling.clinical.appointments.calendars import Entry, Envelope
from signaling.clinical.appointments.letters import Practice, Reader, Text
from signaling.clinical.appointments.linkpost import LinkPost
from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from signaling.mail.mailer import Mailer, NotSent
from storage.appointments import appointments
from storage.appointments import letters as outbox
from storage.database import Database
from storage.errors import StorageError
from storage.models import Appointment, Letter
from storage.people import patients, users
from storage.words import LetterKind, LetterOutcome

log = logging.getLogger(__name__)

EVERY_SECONDS = 15.0
SEND_SECONDS = 45.0
LEASE = timedelta(seconds=120)
"""Longer than sending takes, so that two servers never send the same."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)
MOST_TRIES = 300
"""In three days; then whoever it is for cannot be reached like this."""
REMINDERS: dict[LetterKind, timedelta] = {
    "day_before": timedelta(hours=24),
    "soon": timedelta(minutes=15),
}


class Post:
    """One server's; others send what it does not."""

    def __init__(
        self,
        database: Database,
        mailer: Mailer,
        practice: Practice,
        links: LinkPost,
        clock: Clock,
    ) -> None:
        """`links` sends guests theirs."""
        self._database = database
        self._mailer = mailer
        self._practice = practice
        self._links = links
        self._clock = clock
        self._waiting: outbox.Waiting | None = None

    @property
    def letters_left(self) -> int | None:
        """What is still to be sent, by all servers; none before it was looked for."""
        return self._waiting.count if self._waiting else None

    @property
    def waiting_seconds(self) -> float:
        """How long the oldest of them waits."""
        return self._waiting.seconds(self._clock.now()) if self._waiting else 0.0

    async def watch(self) -> None:
        """Until cancelled."""
        if self._links.possible:
            await repeat(self.try_once, EVERY_SECONDS, "sending letters", self._clock)

    async def try_once(self) -> None:
        """All that is due, until one cannot be sent."""
        try:
            if self._mailer.sender:
                await self._remind()
            while await self._send_next():
                pass
            async with self._database.reading() as tx:
                self._waiting = await outbox.waiting(tx)
        except StorageError as error:
            log.warning("letters are sent later: %s", error)

    async def _remind(self) -> None:
        async with self._database.transaction() as tx:
            for kind, ahead in REMINDERS.items():
                await outbox.remind(tx, kind, ahead, self._clock.now())

    async def _send_next(self) -> bool:
        """Whether there may be more to send now."""
        async with self._database.transaction() as tx:
            letter = await outbox.claim(tx, self._clock.now(), LEASE)
        if letter is None:
            return False
        try:
            outcome = await self._send(letter)
        except StorageError:
            raise
        except (NotSent, TimeoutError) as error:
            await self._failed(letter, error)
            return False
        except Exception as error:  # an address, say, that no letter can have
            await self._failed(letter, NotSent(type(error).__name__))
            return True
        async with self._database.transaction() as tx:
            await outbox.settle(tx, letter.id, outcome, self._clock.now())
        return True

    async def _send(self, letter: Letter) -> LetterOutcome:
        """Raises what sending raises."""
        kind = letter.kind
        if kind == "guest_link":
            async with asyncio.timeout(SEND_SECONDS):
                return await self._links.send(letter.calendar_id, self._message_id(letter))
        async with self._database.reading() as tx:
            if kind == "calendar":
                made = await self._calendar(tx, letter)
            else:
                made = await self._reminder(tx, letter, kind)
        if made is None:
            return "obsolete"
        async with asyncio.timeout(SEND_SECONDS):
            await self._mailer.send(made)
        return "sent"

    async def _failed(self, letter: Letter, error: Exception) -> None:
        now = self._clock.now()
        log.warning("a letter about an appointment is not sent yet: %s", error)
        async with self._database.transaction() as tx:
            if letter.tries >= MOST_TRIES:
                await outbox.settle(tx, letter.id, "failed", now)
            else:
                await outbox.again(tx, letter.id, now + pause(letter.tries))

    async def _reminder(self, tx: AsyncSession, letter: Letter, kind: Text) -> EmailMessage | None:
        """None of what need not be told any more."""
        found = await appointments.one(tx, letter.calendar_id)
        row = found.appointment if found else None
        if row is None or row.status != "booked" or row.starts_at != letter.starts_at:
            return None
        reader = await self._reader(tx, letter, row)
        if reader is None or row.starts_at <= self._clock.now():
            return None
        return letters.letter(kind, row.starts_at, reader, self._practice, self._message_id(letter))

    async def _calendar(self, tx: AsyncSession, letter: Letter) -> EmailMessage | None:
        """The same of what changes somebody's calendar."""
        now = self._clock.now()
        entry = await self._entry(tx, letter)
        if entry is None or letter.about != _about(
            entry, letter.recipient_id
        ):  # a newer letter tells of it
            return None
        cancelled = entry.method == "CANCEL"
        to_come = [
            row
            for row in entry.rows
            if row.starts_at > now and (cancelled or row.status == "booked")
        ]
        if not to_come:
            return None
        row = min(to_come, key=lambda one: one.starts_at)
        reader = await self._reader(tx, letter, row)
        if reader is None:
            return None
        text: Text = "cancelled" if cancelled else "series" if entry.series else "booked"
        made = letters.letter(text, row.starts_at, reader, self._practice, self._message_id(letter))
        envelope = Envelope(
            letters.words(reader.language).summary,
            self._mailer.sender,
            reader.address,
            self._practice.url,
        )
        letters.attach(made, calendars.invitation(entry, envelope, now), entry.method)
        return made

    async def _entry(self, tx: AsyncSession, letter: Letter) -> Entry | None:
        rows = await appointments.of_series(tx, letter.calendar_id)
        series = await appointments.series(tx, letter.calendar_id)
        if series is not None:
            return Entry(rows, series) if rows else None
        found = await appointments.one(tx, letter.calendar_id)
        return Entry([found.appointment], None) if found else None

    async def _reader(self, tx: AsyncSession, letter: Letter, row: Appointment) -> Reader | None:
        user = await users.by_id(tx, letter.recipient_id)
        if user is None or user.disabled or user.email is None:
            return None
        record = await patients.record(tx, user)
        return Reader(user.email, record.language, record.time_zone or row.time_zone)

    def _message_id(self, letter: Letter) -> str:
        """RFC 5322 3.6.4: the same each time that it is sent."""
        return f"<{letter.id}@{parseaddr(self._mailer.sender)[1].rpartition('@')[2]}>"


def _about(entry: Entry, recipient_id: str) -> str:
    """What a letter is about that tells of it as it is."""
    calendar_id = entry.series.id if entry.series else entry.rows[0].id
    return outbox.version(calendar_id, entry.sequence, recipient_id)


def pause(tries: int) -> timedelta:
    """Before it is tried again: twice as long each time, up to a quarter of an hour."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries - 1, 10)))
