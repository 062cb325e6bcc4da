"""Reading a database that holds years of recordings: by indexes, and beside whoever writes."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.calls import telemedicine_sessions
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.people import playback_grants, users
from storage.recordings import expiry, recordings, search, spooled
from storage.recordings.expiry import Before, Over
from storage.recordings.search import Wanted
from tests.storage.practice import Practice, add_part, finished_call, open_practice, record
from tests.support.platform import ISSUER


async def test_who_reads_does_not_wait_for_who_writes(
    database: Database, practice: Practice
) -> None:
    """The fixture's own transaction has written and is open:
    on SQLite it holds the lock of writers.
    """
    async with database.reading() as tx:
        assert await users.by_username(tx, "sam") is None, "nothing that is not committed is seen"


async def test_a_reading_transaction_refuses_to_write(database: Database) -> None:
    async with database.reading() as tx:
        with pytest.raises((DBAPIError, DatabaseUnavailable), match=r"(?i)read-?only"):
            await tx.execute(text("UPDATE users SET name = 'x'"))
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE users SET name = 'x'"))


async def test_a_reading_transaction_sees_one_state_to_its_end(
    database: Database, now: datetime
) -> None:
    async with database.reading() as tx:
        assert await users.everybody(tx) == []
        async with database.transaction() as other:
            await users.ensure(other, ISSUER, "new", role="patient", name="New", now=now)
        assert await users.everybody(tx) == []


Ask = Callable[[AsyncSession, Practice], Awaitable[object]]

WALKS, SORTS = True, False
"""Whether what is found comes in the order of an index; what is sorted instead is few, or a page of
each index that is walked along.
"""

QUESTIONS: list[tuple[str, Ask, list[str], bool]] = [
    (
        "newest recordings",
        lambda tx, _: search.newest(tx, Wanted(), limit=2),
        ["ix_recordings_newest", "ix_recording_parts_recording_id"],
        WALKS,
    ),
    (
        "recordings of a person",
        lambda tx, practice: search.newest(tx, Wanted(person_id=practice.patient.id)),
        ["ix_recordings_patient", "ix_recordings_provider", "ix_call_participants_user"],
        SORTS,
    ),
    (
        "recordings of a provider in a state and of a length",
        lambda tx, practice: search.newest(
            tx, Wanted(provider_id=practice.provider.id, states=["failed"], min_seconds=9)
        ),
        ["ix_recordings_provider"],
        WALKS,
    ),
    (
        "recordings in several states",
        lambda tx, practice: search.newest(
            tx,
            Wanted(
                states=["recovered", "on_hold", "expiring"],
                expiring=Before(video=Over(practice.now), audio=None),
                max_seconds=9,
            ),
        ),
        ["ix_recordings_state", "ix_recordings_held", "ix_recordings_perishable"],
        SORTS,
    ),
    (
        "recordings that expire",
        lambda tx, practice: expiry.expired(tx, Before(Over(practice.now), Over(practice.now)), 9),
        ["ix_recordings_perishable"],
        WALKS,
    ),
    ("key in use", lambda tx, _: recordings.newest(tx), ["ix_recordings_newest"], WALKS),
    (
        "recordings left open",
        lambda tx, _: recordings.take_left(tx),
        ["ix_recordings_state"],
        WALKS,
    ),
    ("what waits", lambda tx, _: spooled.waiting(tx, "place"), ["ix_recording_parts_spool"], SORTS),
    (
        "everybody's calls",
        lambda tx, _: telemedicine_sessions.history(tx, None, limit=2),
        ["ix_telemedicine_sessions_newest"],
        WALKS,
    ),
    (
        "one's own calls",
        lambda tx, practice: telemedicine_sessions.history(tx, practice.provider.id, limit=2),
        ["ix_telemedicine_sessions_patient", "ix_telemedicine_sessions_provider"],
        SORTS,
    ),
    (
        "calls left open",
        lambda tx, _: telemedicine_sessions.left_unfinished(tx, {"room"}),
        ["uq_telemedicine_sessions_unfinished_patient"],
        WALKS,
    ),
    (
        "last calls",
        lambda tx, _: users.list_patients(tx),
        ["ix_telemedicine_sessions_patient"],
        SORTS,
    ),
    ("one part", lambda tx, _: recordings.part_of(tx, "recording", "part"), [], WALKS),
    (
        "one grant",
        lambda tx, practice: playback_grants.standing(
            tx, "id", holder_id=practice.provider.id, recording_id="recording", now=practice.now
        ),
        [],
        WALKS,
    ),
]
BIG = ("recordings", "recording_parts", "telemedicine_sessions", "audit", "playback_grants")


@pytest.mark.parametrize(
    ("ask", "indexes", "walks"),
    [row[1:] for row in QUESTIONS],
    ids=[row[0] for row in QUESTIONS],
)
async def test_what_is_asked_often_reads_by_an_index(
    database: Database, now: datetime, ask: Ask, indexes: list[str], walks: bool
) -> None:
    """In a database of its own: a plan follows the size of the tables and what was counted in
    them, and both keep a trace of what other tests have undone.
    """
    async with database.transaction() as tx:
        practice = await open_practice(tx, now)
        for number in range(4):
            await add_part(
                tx,
                await record(tx, await finished_call(tx, practice, f"room-{number}")),
                practice.patient,
            )
        plan = await plan_of(tx, lambda: ask(tx, practice))
    assert all(index in plan for index in indexes), plan
    scanned = [f"SCAN {table}\n" for table in BIG] + [f"Seq Scan on {table} " for table in BIG]
    assert not [scan for scan in scanned if scan in plan + "\n"], plan
    if walks:
        assert "TEMP B-TREE" not in plan, plan


async def plan_of(tx: AsyncSession, asking: Callable[[], Awaitable[object]]) -> str:
    """How the database carries out the statements that `asking` sends."""
    connection = await tx.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:  # four rows are not worth an index; what is asked is whether one can be used
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
    sent: list[tuple[str, Any]] = []

    def keep(_c: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        sent.append((statement, parameters))

    event.listen(connection.sync_connection, "before_cursor_execute", keep)
    await asking()
    event.remove(connection.sync_connection, "before_cursor_execute", keep)
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    rows: list[Sequence[Any]] = []
    for statement, parameters in sent:
        rows += (await connection.exec_driver_sql(f"{explain} {statement}", parameters)).all()
    return "\n".join(str(row[-1]) for row in rows)


async def test_a_list_sums_up_the_parts_of_its_own_page_only(
    tx: AsyncSession, practice: Practice
) -> None:
    for number in range(3):
        recording = await record(
            tx, await finished_call(tx, practice, f"room-{number}", minutes_later=number)
        )
        part = await add_part(tx, recording, practice.patient)
        part.size_bytes = 10 * (number + 1)
        await tx.flush()
    page = await search.newest(tx, Wanted(), limit=1)
    rest = await search.newest(tx, Wanted(), page.next_cursor, limit=5)
    assert [found.size_bytes for found in (*page.items, *rest.items)] == [30, 20, 10]
