"""The letter of an invitation is sent, whatever becomes of the server that was to send it."""

import asyncio
from datetime import timedelta
from email.message import EmailMessage, Message
from pathlib import Path

import pytest

from signaling.identity.scope import Scope
from signaling.kernel.actor import Actor, Origin
from signaling.kernel.errors import NotFound
from signaling.mail.mailer import Mailer
from signaling.mail.smtp import SmtpMailer
from signaling.people.invitations import LEASE, Invitations, Letterbox
from storage.database import Database
from storage.people import users
from tests.signaling.manual_clock import START, ManualClock
from tests.support.away import GoesAway, Outlasting
from tests.support.mail import by_mail, mail_server


def letterbox(mailer: Mailer) -> Letterbox:
    return Letterbox(mailer, "Practice", "https://video.example.org")


async def people(database: Database) -> tuple[Actor, str]:
    """An administrator, and the id of whom they invite."""
    async with database.transaction() as tx:
        admin = await users.create(tx, username="avery", name="Avery", role="admin", now=START)
        sam = await users.create(tx, username="sam", name="Sam", role="patient", now=START)
        users.set_details(sam, name="Sam", email="sam@example.org")
    return Actor(admin.id, "Avery", "admin"), sam.id


def token_of(letter: Message) -> str:
    octets = letter.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets.decode().partition("#invitation=")[2].split()[0]


class Dying:
    """Of a server that is killed while it sends."""

    sender = "carelay@practice.example"

    async def send(self, letter: EmailMessage) -> None:  # noqa: ARG002 - a Mailer
        raise asyncio.CancelledError


async def test_a_letter_that_is_out_was_sent_though_the_database_went_away(
    tmp_path: Path,
) -> None:
    database = await GoesAway.open(f"sqlite+aiosqlite:///{tmp_path}/carelay.sqlite3")
    clock = ManualClock()
    actor, sam_id = await people(database)
    async with mail_server() as (port, letters):
        mailer = Outlasting(by_mail(port)["smtp"], database)
        invitations = Invitations(database, Scope(), letterbox(mailer), clock)
        await invitations.send(actor, sam_id)
        [letter] = letters.received
        assert (await invitations.open(token_of(letter))).name == "Sam"
        database.away = False
        await clock.advance((LEASE + timedelta(seconds=1)).total_seconds())
        await invitations.try_once()
        assert len(letters.received) == 2, "nobody has written down that it was sent"
    await database.close()


async def test_a_letter_that_a_killed_server_has_not_sent_goes_out_once(database_url: str) -> None:
    database, clock = await Database.open(database_url), ManualClock()

    def server(mailer: Mailer) -> Invitations:
        return Invitations(database, Scope(), letterbox(mailer), clock)

    actor, sam_id = await people(database)
    with pytest.raises(asyncio.CancelledError):
        await server(Dying()).send(actor, sam_id)
    async with mail_server() as (port, letters):
        others = [server(SmtpMailer(by_mail(port)["smtp"])) for _ in range(2)]
        await others[0].try_once()
        assert letters.received == [], "the server may still be there"
        await clock.advance((LEASE + timedelta(seconds=1)).total_seconds())
        await asyncio.gather(*(other.try_once() for other in others))
        [letter] = letters.received
        token = token_of(letter)
        assert (await others[0].open(token)).name == "Sam"
        await clock.advance((LEASE + timedelta(seconds=1)).total_seconds())
        await others[0].send(actor, sam_id)
        await clock.advance((LEASE + timedelta(seconds=1)).total_seconds())
        await others[1].try_once()
        assert len(letters.received) == 2, "what was sent is not sent again"
        with pytest.raises(NotFound):
            await others[0].accept(Origin("192.0.2.9", "Test/1"), token, "a long enough password")
    await database.close()
