"""The audit log and the consents: what was written stays as it was written."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.audit import AuditEvent, Subject
from storage.calls import consents
from storage.database import Database
from storage.models import Consent
from storage.words import Decision
from tests.storage.practice import finished_call, open_practice
from tests.support.stored import events_of_call

REPLACE = "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"


def consent(session_id: str, user_id: str, decision: Decision, at: datetime) -> Consent:
    return Consent(
        session_id=session_id,
        user_id=user_id,
        role="patient",
        decision=decision,
        text_id="recording",
        text_version="1",
        text_sha256="00" * 32,
        language="en",
        at=at,
        address="192.0.2.1",
        user_agent="Firefox",
    )


async def test_an_event_is_read_back_as_it_was_written(database: Database, now: datetime) -> None:
    event = AuditEvent(
        action="recording.played",
        at=now,
        actor_id="u1",
        actor_name="Zoë 🩺",
        actor_role="compliance",
        subject=Subject("part", "p1"),
        session_id="s1",
        recording_id="r1",
        address="2001:db8::1",
        user_agent="Firefox",
        detail={"part": "p1", "bytes": 7, "whole": False, "reason": None},
    )
    async with database.transaction() as tx:
        entry_id = await audit.append(tx, event)
        await audit.append(tx, AuditEvent(action="backup.made", at=now))
    async with database.transaction() as tx:
        [entry] = await audit.for_recording(tx, "r1")
        assert (entry.id, entry.event) == (entry_id, event)
        assert await events_of_call(tx, "s1") == [event]


async def test_events_come_in_the_order_of_writing(database: Database, now: datetime) -> None:
    async with database.transaction() as tx:
        for number in range(3):
            at = now - timedelta(hours=number)  # a clock set back does not change the order
            await audit.append(
                tx, AuditEvent("call.ended", at, session_id="s1", detail={"number": number})
            )
    async with database.transaction() as tx:
        events = await events_of_call(tx, "s1")
    assert [event.detail["number"] for event in events] == [0, 1, 2]


async def test_an_event_is_undone_with_what_it_tells(database: Database, now: datetime) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            await audit.append(tx, AuditEvent(action="call.ended", at=now, session_id="s1"))
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with database.transaction() as tx:
        assert await events_of_call(tx, "s1") == []


async def test_a_long_user_agent_is_cut(database: Database, now: datetime) -> None:
    async with database.transaction() as tx:
        await audit.append(
            tx, AuditEvent(action="call.ended", at=now, session_id="s1", user_agent="M" * 100_000)
        )
        [event] = await events_of_call(tx, "s1")
    assert event.user_agent == "M" * audit.MAX_USER_AGENT


async def test_writers_at_once_lose_no_event(database: Database, now: datetime) -> None:
    async def write(number: int) -> None:
        async with database.transaction() as tx:
            await audit.append(
                tx, AuditEvent("call.ended", now, session_id="s1", detail={"number": number})
            )

    await asyncio.gather(*(write(number) for number in range(20)))
    async with database.transaction() as tx:
        events = await events_of_call(tx, "s1")
    assert {event.detail["number"] for event in events} == set(range(20))


async def test_the_latest_consent_is_last(database: Database, now: datetime) -> None:
    async with database.transaction() as tx:
        practice = await open_practice(tx, now)
        session = await finished_call(tx, practice, "room-1")
        for decision in ("given", "withdrawn"):
            await consents.append(
                tx, consent(session.id, practice.patient.id, decision, now), "words"
            )
    async with database.transaction() as tx:
        found = await consents.for_session(tx, session.id)
        assert await consents.for_session(tx, "unknown") == []
    assert [(named.consent.decision, named.user_name) for named in found] == [
        ("given", "Sam Lee"),
        ("withdrawn", "Sam Lee"),
    ]
    assert found[0].consent.at == now


async def test_a_consent_to_no_call_is_refused(tx: AsyncSession, now: datetime) -> None:
    with pytest.raises(IntegrityError):
        await consents.append(tx, consent("no session", "nobody", "given", now), "words")


@pytest.mark.parametrize("table", ["audit", "consents"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET at = at", "DELETE FROM {}", "TRUNCATE {}", REPLACE]
)
async def test_nothing_written_is_changed_or_removed(
    database: Database, database_url: str, now: datetime, table: str, change: str
) -> None:
    if ("sqlite" in database_url and "TRUNCATE" in change) or (
        "postgresql" in database_url and change == REPLACE
    ):
        return  # the database has no such statement
    async with database.transaction() as tx:
        practice = await open_practice(tx, now)
        session = await finished_call(tx, practice, "room-1")
        await consents.append(tx, consent(session.id, practice.patient.id, "given", now), "words")
        await audit.append(tx, AuditEvent(action="call.ended", at=now, session_id=session.id))
    statement = (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        if change == REPLACE
        else change.format(table)
    )

    async def tamper() -> None:
        async with database.transaction() as tx:
            await tx.execute(text(statement))

    with pytest.raises(DBAPIError, match=f"{table} is append-only"):
        await tamper()
    async with database.transaction() as tx:
        assert len(await consents.for_session(tx, session.id)) == 1
        assert len(await events_of_call(tx, session.id)) == 1
