"""Letters about appointments, at a real mail server: what they say, and that each goes out once."""

import asyncio
import email.policy
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import icalendar
import pytest
import recurring_ical_events
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import select, update

from signaling import config
from signaling.clinical.appointments.letters import words
from signaling.clinical.appointments.post import LEASE
from storage.models import Letter, Patient, User
from storage.people import users
from tests.signaling.clinical.test_appointments import NINE, WEEK, act, at, book, call
from tests.signaling.conftest import Site, configuration, open_site
from tests.signaling.manual_clock import START
from tests.signaling.posting import post
from tests.support.mail import free_port
from tests.support.platform import ISSUER

ANSWER = "250 taken"
Told = dict[str, Any]


class Received:
    """A mail server that keeps what it takes."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = ANSWER

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802 - aiosmtpd's name
        envelope = cast("Envelope", args[2])
        if self.answer == ANSWER:
            made = email.message_from_bytes(
                cast("bytes", envelope.content), policy=email.policy.default
            )
            self.letters.append(made)
        return self.answer

    def calendar(self, number: int = -1) -> icalendar.Calendar:
        [_, part] = self.letters[number].iter_parts()
        return icalendar.Calendar.from_ical(part.get_content())

    def methods(self) -> list[tuple[str, int]]:
        """Method and SEQUENCE of each letter that brings a calendar."""
        found = [self.calendar(number) for number in range(len(self.letters))]
        return [(str(one["method"]), int(str(one.walk("VEVENT")[0]["sequence"]))) for one in found]


@contextmanager
def mail_server() -> Iterator[tuple[int, Received]]:
    received = Received()
    controller = Controller(received, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port, received
    finally:
        controller.stop()


@pytest.fixture
async def mailed(tmp_path: Path, database_url: str) -> AsyncIterator[tuple[Site, Received]]:
    """A practice whose patient lives in New York and reads German; its own post sends nothing."""
    with mail_server() as (port, received):
        smtp = config.Smtp(
            host="127.0.0.1", port=port, security="none", sender="Practice <desk@example.org>"
        )
        settings = configuration(
            tmp_path,
            storage=config.Storage(data_path=tmp_path / "data", database_url=database_url),
            smtp=smtp,
        )
        async with open_site(settings) as site:
            for role in ("patient", "provider", "admin"):
                await site.headers(role)
            async with site.services.database.transaction() as tx:
                await tx.execute(
                    update(User).where(User.id == "patient").values(email="sam@example.net")
                )
                tx.add(
                    Patient(
                        user_id="patient",
                        language="de-AT",
                        time_zone="America/New_York",
                        address=[],
                        updated_at=site.clock.now(),
                    )
                )
            yield site, received


def starts(events: Iterable[Any]) -> list[datetime]:
    return sorted(event.start.astimezone(UTC) for event in events)


async def test_nobody_is_reminded_where_no_letters_are_sent(mailed: tuple[Site, Received]) -> None:
    site, _ = mailed
    await book(site)
    site.clock.set(timedelta(hours=1).total_seconds())
    for smtp, reminders in ((config.Smtp(), 0), (None, 1)):
        await post(site, smtp).try_once()
        async with site.services.database.reading() as tx:
            kinds = list(await tx.scalars(select(Letter.kind).where(Letter.kind != "calendar")))
        assert len(kinds) == reminders


async def test_a_letter_says_when_and_nothing_of_health(mailed: tuple[Site, Received]) -> None:
    site, received = mailed
    await book(site, topic="Panic attacks")
    await post(site).try_once()
    [letter] = received.letters
    assert letter["subject"] == "Ihr Termin: Dienstag, 3. März 2026, 04:00 Uhr (America/New_York)"
    body = letter.get_body(("plain",))
    assert body
    assert "Harbour Practice" in body.get_content()
    assert "Panic" not in letter.as_string()
    assert "Name of" not in letter.as_string()
    [event] = received.calendar().walk("VEVENT")
    assert starts([event]) == [NINE]
    assert (event["attendee"], event["organizer"]) == (
        "mailto:sam@example.net",
        "mailto:desk@example.org",
    )


async def test_changes_are_told_under_one_uid_with_a_rising_sequence(
    mailed: tuple[Site, Received],
) -> None:
    site, received = mailed
    made = await book(site)
    await post(site).try_once()
    await act(site, made, "move", starts_at=(NINE + WEEK).isoformat())
    await act(site, made, "move", starts_at=(NINE + 2 * WEEK).isoformat())
    await post(site).try_once()  # of two changes the last one
    await act(site, made, "cancel")
    await post(site).try_once()
    assert received.methods() == [("REQUEST", 0), ("REQUEST", 2), ("CANCEL", 3)]
    uids = {str(received.calendar(number).walk("VEVENT")[0]["uid"]) for number in range(3)}
    assert len(uids) == 1
    assert len({letter["message-id"] for letter in received.letters}) == 3
    await post(site).try_once()
    assert len(received.letters) == 3


async def test_a_calendar_that_is_sent_has_the_appointments_that_are_booked(
    mailed: tuple[Site, Received],
) -> None:
    """Judged by another implementation of RFC 5545, over a change of clocks."""
    site, received = mailed
    await book(site, rule="FREQ=WEEKLY;COUNT=6;BYDAY=TU")
    span = {"after": START.isoformat(), "before": (START + 20 * WEEK).isoformat()}
    _, found = await call(site, "provider", "GET", "appointments", params=span)
    rows = found["appointments"]
    await act(site, rows[1], "move", starts_at=(NINE + WEEK + timedelta(hours=5)).isoformat())
    await act(site, rows[2], "cancel")
    await act(site, rows[4], "cancel", scope="following")
    await post(site).try_once()
    calendar = received.calendar()
    _, found = await call(site, "provider", "GET", "appointments", params=span)
    booked = [one["starts_at"] for one in found["appointments"] if one["status"] == "booked"]
    expanded = recurring_ical_events.of(calendar).between(START, START + 20 * WEEK)
    assert at(*starts(expanded)) == booked
    assert len(booked) == 3


async def test_an_hour_without_the_mail_server_loses_nothing_and_sends_nothing_twice(
    mailed: tuple[Site, Received],
) -> None:
    site, received = mailed
    received.answer = "451 later"
    kept, moot = await book(site), await book(site, NINE + WEEK)
    sending = post(site)
    for _ in range(12):
        await sending.try_once()
        site.clock.set(300)
    assert received.letters == []
    await act(site, moot, "cancel")
    received.answer = ANSWER
    site.clock.set(1000)
    await asyncio.gather(post(site).try_once(), sending.try_once())  # two servers, one restarted
    await sending.try_once()
    assert sorted(received.methods()) == [("CANCEL", 1), ("REQUEST", 0)]
    assert kept["status"] == "booked"


async def test_reminders_go_out_once_and_not_for_what_was_moved_or_cancelled(
    mailed: tuple[Site, Received],
) -> None:
    site, received = mailed
    two_days = START + timedelta(days=2)
    kept = await book(site, two_days)
    gone = await book(site, two_days + timedelta(hours=1))
    await post(site).try_once()
    received.letters.clear()
    site.clock.set(24 * 3600 - 60)
    await post(site).try_once()
    assert received.letters == []
    await act(site, gone, "cancel")
    site.clock.set(3600 + 120)
    for sending in (post(site), post(site)):  # the second is another server, or a restarted one
        await sending.try_once()
    subjects = [letter["subject"].partition(":")[0] for letter in received.letters]
    assert sorted(subjects) == ["Erinnerung", "Ihr Termin ist abgesagt"]
    site.clock.set(22 * 3600 + 1800 + 1200)
    await post(site).try_once()
    assert received.letters[-1]["subject"].startswith("Ihr Termin beginnt bald")
    await post(site).try_once()
    assert len(received.letters) == 3
    assert kept["status"] == "booked"


async def test_what_is_past_by_the_time_it_could_be_sent_is_not_sent(
    mailed: tuple[Site, Received],
) -> None:
    site, received = mailed
    await book(site)
    site.clock.set(26 * 3600)
    await post(site).try_once()
    assert received.letters == []


async def test_a_letter_that_cannot_be_made_holds_up_no_other(
    mailed: tuple[Site, Received],
) -> None:
    site, received = mailed
    async with site.services.database.transaction() as tx:
        await tx.execute(update(User).where(User.id == "patient").values(email='(@^%[[):"'))
        other = await users.ensure(
            tx, ISSUER, "other", role="patient", name="Other", now=site.clock.now()
        )
        other.email = "other@example.net"
    await book(site)
    await book(site, NINE + WEEK, patient_id="other")
    await post(site).try_once()
    assert [letter["to"] for letter in received.letters] == ["other@example.net"]


async def test_a_server_that_died_while_sending_leaves_it_to_the_next(
    mailed: tuple[Site, Received], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, received = mailed
    await book(site)
    sending = post(site)
    monkeypatch.setattr(sending._mailer, "send", never)
    dying = asyncio.create_task(sending.try_once())
    for _ in range(50):
        await asyncio.sleep(0.01)
    dying.cancel()
    await post(site).try_once()
    assert received.letters == [], "its lease lasts"
    site.clock.set(LEASE.total_seconds() + 1)
    await post(site).try_once()
    assert len(received.letters) == 1


async def never(letter: EmailMessage) -> None:
    await asyncio.Event().wait()


def test_languages_fall_back() -> None:
    assert words("pt-BR").summary == words(None).summary == "Appointment"
    assert words("es-MX").summary == "Cita"


async def test_a_private_address_shows_busy_times_until_it_is_revoked(
    mailed: tuple[Site, Received], caplog: pytest.LogCaptureFixture
) -> None:
    site, _ = mailed
    await book(site, rule="FREQ=WEEKLY;COUNT=2", topic="First talk")
    for shows, seen in (("busy", "Busy"), ("names", "Name of patient")):
        status, feed = await call(site, "provider", "POST", "calendar-feed", json={"shows": shows})
        assert status == 200
        async with site.client.get(feed["path"]) as response:
            assert (response.status, response.content_type) == (200, "text/calendar")
            text = await response.text()
        calendar = icalendar.Calendar.from_ical(text)
        events = calendar.walk("VEVENT")
        assert starts(events) == [NINE, NINE + WEEK]
        assert {str(event["summary"]) for event in events} == {seen}
        assert "First talk" not in text
        _, told = await call(site, "provider", "GET", "calendar-feed")
        assert (told["shows"], "path" in told) == (shows, False)
    assert (await call(site, "provider", "DELETE", "calendar-feed"))[0] == 204
    async with site.client.get(feed["path"]) as response:
        assert (response.status, (await site.problem(response))["code"]) == (
            404,
            "unknown_calendar",
        )
    secret = feed["path"].removeprefix("/calendar/").removesuffix(".ics")
    assert secret not in caplog.text
    metrics = await (await site.client.get("/metrics")).text()
    assert secret not in metrics


async def test_of_clicks_at_once_one_address_counts_as_long_as_they_are_a_provider(
    mailed: tuple[Site, Received],
) -> None:
    site, _ = mailed
    opening = (
        call(site, "provider", "POST", "calendar-feed", json={"shows": "busy"}) for _ in range(3)
    )
    opened = await asyncio.gather(*opening)
    assert [status for status, _ in opened] == [200] * 3
    assert sorted([await status(site, feed["path"]) for _, feed in opened]) == [200, 404, 404]
    async with site.services.database.transaction() as tx:
        await tx.execute(update(User).where(User.id == "provider").values(role="compliance"))
    assert {await status(site, feed["path"]) for _, feed in opened} == {404}


async def status(site: Site, path: str) -> int:
    async with site.client.get(path) as response:
        return response.status
