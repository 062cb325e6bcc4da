"""What an older database becomes: rows written before a revision read as the newest models say."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from storage import migrations
from storage.calls import consents, telemedicine_sessions
from storage.database import Database
from storage.migrations.versions.r0040_erased_names import _without_names
from storage.models import Consent
from storage.people import care_relations
from tests.support.stored import participants_of_call


async def at_revision(
    database_url: str, revision: str, rows: dict[str, list[dict[str, Any]]]
) -> None:
    """A database as that revision left it, with those rows in its tables."""

    def make(connection: sa.Connection) -> None:
        config = migrations._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for name, of_table in rows.items():
            table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
            connection.execute(sa.insert(table), of_table)

    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(make)
    await engine.dispose()


def person(name: str, role: str, now: datetime) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "role": role,
        "source": "token",
        "demo": False,
        "disabled": False,
        "created_at": now,
    }


def call_of_the_first_revision(
    room_id: str, began: datetime, took: timedelta | None
) -> dict[str, Any]:
    """With the minutes rounded up, as it had them; one that was never answered took none."""
    ended_at = began + (took or timedelta(seconds=45))
    return {
        "id": f"id of {room_id}",
        "patient_id": "patient",
        "provider_id": "provider",
        "room_id": room_id,
        "created_at": began,
        "invitation_expires_at": began,
        "started_at": began if took else None,
        "ended_at": ended_at,
        "duration_minutes": -(-took // timedelta(minutes=1)) if took else 0,
        "call_status": "ended" if took else "missed",
        "audio_only": False,
        "recording_enabled": False,
        "bandwidth_used": 0,
    }


def test_names_in_the_gaps_of_what_was_erased_go() -> None:
    gap = {"offset_ms": 0, "duration_ms": 9, "reason": "off_the_record"}
    named = [{**gap, "requests": [{"name": "Sam Lee"}]}]
    assert _without_names(json.dumps(named)) == [{**gap, "requests": []}]
    for broken in ("{", "7", "[7]", None):
        assert isinstance(_without_names(broken), sa.Null), broken


async def test_calls_before_seconds_were_kept_count_whole_minutes_completed(
    empty_database_url: str, now: datetime
) -> None:
    took = {"long": timedelta(seconds=120.04), "short": timedelta(seconds=2), "missed": None}
    calls = [
        call_of_the_first_revision(room_id, now, how_long) for room_id, how_long in took.items()
    ]
    people = [person("patient", "patient", now), person("provider", "provider", now)]
    await at_revision(empty_database_url, "0001", {"users": people, "telemedicine_sessions": calls})
    database = await Database.open(empty_database_url)
    found = {}
    async with database.transaction() as tx:
        for room_id in took:
            call = await telemedicine_sessions.by_room(tx, room_id)
            assert call
            found[room_id] = (call.session.duration_seconds, call.session.duration_minutes)
    await database.close()
    assert found == {"long": (120, 2), "short": (2, 0), "missed": (0, 0)}


async def test_who_ended_earlier_calls_is_known_where_only_one_side_can_have(
    empty_database_url: str, now: datetime
) -> None:
    ends = {"declined": "patient", "cancelled": "provider", "hung_up": None, "missed": None}
    calls = [
        call_of_the_first_revision(reason, now, None) | {"end_reason": reason} for reason in ends
    ]
    people = [person("patient", "patient", now), person("provider", "provider", now)]
    await at_revision(empty_database_url, "0001", {"users": people, "telemedicine_sessions": calls})
    database = await Database.open(empty_database_url)
    async with database.transaction() as tx:
        rows = [await telemedicine_sessions.by_room(tx, reason) for reason in ends]
    await database.close()
    assert {row.session.end_reason: row.session.ended_by for row in rows if row} == ends


async def test_providers_care_for_whom_they_have_talked_to(
    empty_database_url: str, now: datetime
) -> None:
    calls = [
        call_of_the_first_revision("talked", now, timedelta(seconds=90)),
        call_of_the_first_revision("again", now, timedelta(seconds=90)),
        call_of_the_first_revision("missed", now, None) | {"patient_id": "other"},
    ]
    people = [
        person("patient", "patient", now),
        person("other", "patient", now),
        person("provider", "provider", now),
    ]
    await at_revision(empty_database_url, "0001", {"users": people, "telemedicine_sessions": calls})
    database = await Database.open(empty_database_url)
    async with database.reading() as tx:
        found = await care_relations.providers_of(tx, ["patient", "other"])
    await database.close()
    assert found == {"patient": frozenset({"provider"})}


async def test_the_two_of_an_earlier_call_are_its_participants_and_consents_stay(
    empty_database_url: str, now: datetime
) -> None:
    calls = [
        call_of_the_first_revision("talked", now, timedelta(seconds=90)),
        call_of_the_first_revision("missed", now, None),
    ]
    consent = {
        "session_id": "id of talked",
        "user_id": "patient",
        "role": "patient",
        "decision": "given",
        "text_id": "recording",
        "text_version": "1",
        "text_sha256": "0" * 64,
        "language": "en",
        "at": now,
    }
    people = [person("patient", "patient", now), person("provider", "provider", now)]
    rows = {"users": people, "telemedicine_sessions": calls, "consents": [consent]}
    await at_revision(empty_database_url, "0001", rows)
    database = await Database.open(empty_database_url)
    async with database.transaction() as tx:
        talked = await participants_of_call(tx, "id of talked")
        missed = await participants_of_call(tx, "id of missed")
        [stored] = await consents.for_session(tx, "id of talked")
    assert (stored.text, stored.consent.text_confirmed) == (None, None), "nobody kept them"
    kept = (stored.consent.at, stored.consent.decision)
    async with database.transaction() as tx:
        [stored] = await consents.for_session(tx, "id of talked")
        stored.consent.role = "interpreter"
        with pytest.raises(DBAPIError, match="consents is append-only"):
            await tx.flush()
        await tx.rollback()
    async with database.transaction() as tx:
        await consents.append(tx, Consent(**consent | {"role": "interpreter"}), "words")
    await database.close()
    assert kept == (now, "given")
    left = now + timedelta(seconds=90)
    assert [(row.side, row.joined_at, row.left_at, row.left_reason) for row in talked] == [
        ("provider", now, left, "call_ended"),
        ("patient", now, left, "call_ended"),
    ]
    assert [(row.side, row.joined_at, row.left_reason) for row in missed] == [
        ("provider", now, "call_ended"),
        ("patient", None, "missed"),
    ]
    assert [row.name for row in talked] == ["provider", "patient"]
