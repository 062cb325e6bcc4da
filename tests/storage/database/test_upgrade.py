"""A database that an earlier version has written, with everything in it, reads
as the newest models say.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from storage import audit
from storage.audit import AuditEvent
from storage.calls import consents, telemedicine_sessions
from storage.database import Database
from storage.models import TelemedicineSession
from storage.people import users
from storage.recordings import authenticity, recordings, search
from storage.recordings.search import Wanted
from storage.vault.keys.file import KeyFile
from tests.support.platform import ISSUER
from tests.support.stored import events_of_call, open_recordings, unfinished_calls

VECTORS = Path(__file__).parents[2] / "vectors" / "databases"
KEY = KeyFile(bytes(range(32)))
BEGAN = datetime(2026, 11, 27, 9, 0, 0, 250000, UTC)
KEPT_ELSEWHERE = {"alembic_version"}
SAID_OTHERWISE = {"source"}
"""Columns of users that are no more."""

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


async def load(url: str, revision: str) -> None:
    """The database as that version left it."""
    parsed = make_url(url)
    sql = (VECTORS / f"{revision}.{parsed.get_backend_name()}.sql").read_text()
    if parsed.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(parsed.database or "")) as connection:
            connection.executescript(sql)
        return
    connection = await asyncpg.connect(
        host=str(parsed.query["host"]), user=parsed.username, database=parsed.database
    )
    await connection.execute(sql)
    await connection.close()


async def all_rows(url: str) -> Rows:
    def read(connection: sa.Connection) -> Rows:
        metadata = sa.MetaData()
        metadata.reflect(connection, resolve_fks=False)
        found = {}
        for table in metadata.sorted_tables:
            rows = connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
            found[table.name] = [dict(row) for row in rows]
        return found

    engine = create_async_engine(url)
    async with engine.connect() as connection:
        rows = await connection.run_sync(read)
    await engine.dispose()
    return rows


@pytest.fixture
async def upgraded(empty_database_url: str) -> tuple[Rows, str]:
    """What was in it, and where it is now."""
    await load(empty_database_url, "r0010")
    before = await all_rows(empty_database_url)
    await (await Database.open(empty_database_url)).close()
    return before, empty_database_url


async def test_every_row_keeps_what_it_said(upgraded: tuple[Rows, str]) -> None:
    before, url = upgraded
    after = await all_rows(url)
    for table in before.keys() - KEPT_ELSEWHERE:
        assert before[table], f"the vector has nothing in {table}"
        names = before[table][0].keys() - (SAID_OTHERWISE if table == "users" else set())
        was, said = (
            [{name: row[name] for name in names} for row in rows[table]] for rows in (before, after)
        )
        assert said == was, table


async def test_local_accounts_are_this_servers_own_and_others_the_platforms_that_is_configured(
    upgraded: tuple[Rows, str],
) -> None:
    before, url = upgraded
    kinds = {row["id"]: row["source"] for row in before["users"]}
    assert set(kinds.values()) == {"local", "token"}
    for row in (await all_rows(url))["users"]:
        assert (row["issuer"], row["subject"]) == (
            {"local": "local", "token": None}[kinds[row["id"]]],
            row["id"],
        )
    database = await Database.open(url)
    async with database.transaction() as tx:
        assert await users.adopt(tx, ISSUER) == 1
        noor = await users.ensure(
            tx, "https://platform.example", "platform|noor", role="patient", name="N", now=BEGAN
        )
        assert noor.issuer == ISSUER
    for wrong, why in (
        ("UPDATE users SET issuer = 'local', subject = 'the same'", "unique"),
        ("UPDATE users SET subject = NULL", "null"),
        ("UPDATE users SET role = 'root'", "check"),
        ("DELETE FROM users WHERE id = 'platform|noor'", "foreign key"),
    ):
        async with database.transaction() as tx:
            with pytest.raises(DBAPIError, match=f"(?i){why}"):
                await tx.execute(sa.text(wrong))
            await tx.rollback()
    await database.close()


async def test_calls_consents_and_the_audit_log_read_on(upgraded: tuple[Rows, str]) -> None:
    database = await Database.open(upgraded[1])
    async with database.reading() as tx:
        page = await telemedicine_sessions.history(tx, None)
        calls = {found.session.room_id: found for found in page.items}
        assert {room: found.session.call_status for room, found in calls.items()} == {
            "talk": "ended",
            "no": "declined",
            "silent": "missed",
            "refused": "ended",
            "running": "active",
            "ringing": "initiated",
        }
        talk = calls["talk"]
        assert (talk.patient_name, talk.provider_name, talk.has_recording) == (
            "Sam Lee",
            "Dr. Elena Rivera",
            True,
        )
        assert (talk.session.duration_seconds, talk.session.duration_minutes) == (125, 2)
        assert talk.session.started_at == BEGAN + timedelta(seconds=10)
        assert talk.session.emergency_reached == ["administrators"]
        decisions = [
            (found.user_name, found.consent.decision)
            for found in await consents.for_session(tx, calls["refused"].session.id)
        ]
        assert decisions == [("Dr. Elena Rivera", "given"), ("Noor «Ö»", "declined")]
        told = [event.action for event in await events_of_call(tx, talk.session.id)]
        assert told == [
            "call.initiated",
            "consent.given",
            "consent.given",
            "recording.started",
            "recording.completed",
            "call.ended",
        ]
    async with database.transaction() as tx:
        last = max(row["id"] for row in upgraded[0]["audit"])
        assert await audit.append(tx, AuditEvent("call.ended", BEGAN)) == last + 1, (
            "the numbers go on"
        )
    await database.close()


async def test_audit_rows_name_what_they_are_about_and_refuse_changes_again(
    upgraded: tuple[Rows, str],
) -> None:
    before, url = upgraded
    after = {
        row["id"]: (row["subject_type"], row["subject_id"])
        for row in (await all_rows(url))["audit"]
    }
    for row in before["audit"]:
        about = (
            ("recording", row["recording_id"])
            if row["recording_id"]
            else ("session", row["session_id"])
        )
        if row["action"].startswith("user."):
            about = ("user", json.loads(row["detail"]).get("user_id", row["actor_id"]))
        assert after[row["id"]] == (about if about[1] else (None, None)), row["action"]
    assert {kind for kind, _ in after.values()} >= {"recording", "session"}
    database = await Database.open(url)
    async with database.transaction() as tx:
        with pytest.raises(DBAPIError, match="audit is append-only"):
            await tx.execute(sa.text("UPDATE audit SET subject_id = 'another'"))
        await tx.rollback()
    await database.close()


async def test_recordings_are_as_authentic_as_they_were(upgraded: tuple[Rows, str]) -> None:
    database = await Database.open(upgraded[1])
    async with database.reading() as tx:
        for found in (await search.newest(tx, Wanted())).items:
            assert found.recording.wrapped_key
            data_key = KEY.unwrap(found.recording.wrapped_key, found.recording.id)
            parts = [named.part for named in await recordings.parts(tx, found.recording.id)]
            assert len(parts) >= 2
            verdict = authenticity.judge(found.recording, parts, data_key)
            assert verdict.recording == "not_authenticated", (
                "their version knew of the rows of parts only"
            )
            assert set(verdict.parts.values()) == {"authentic"}
    await database.close()


async def test_what_a_killed_server_left_can_be_finished(upgraded: tuple[Rows, str]) -> None:
    database = await Database.open(upgraded[1])
    async with database.transaction() as tx:
        left = await unfinished_calls(tx)
        assert [row.room_id for row in left] == ["running", "ringing"]
        [torn] = await open_recordings(tx)
        assert [named.part.state for named in await recordings.parts(tx, torn.id)] == [
            "recording"
        ] * 2
        for row in left:
            row.call_status, row.end_reason = "failed", "server_restart"
        torn.state = "recovered"
    async with database.reading() as tx:
        assert await unfinished_calls(tx) == []
        assert await open_recordings(tx) == []
        statuses = await tx.scalars(sa.select(TelemedicineSession.call_status))
        assert "active" not in statuses.all()
    await database.close()
