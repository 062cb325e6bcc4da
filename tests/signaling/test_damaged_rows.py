"""Somebody has written into the database what is no JSON, or of another shape: that value is told
as damaged and left out, and nothing else fails.
"""

import logging
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import JSON, text

from signaling.calls import emergencies, history, leaving
from signaling.recordings.resources import RecordingDetail
from storage.database import shapes
from storage.models import AuditRow, Base
from tests.signaling.practice import Practice, all_written, open_practice
from tests.signaling.recordings.recorded import record

BROKEN = [
    "",
    "{",
    "no JSON",
    "[" * 10_000,
    '{"a": NaN}',
    '{"a": "\\ud800"}',
    '"a word"',
    "17",
    '{"provider": {"quality": 7}, "lost_packets": "many"}',
    '[{"begin_ms": "soon"}]',
    '{"a": {"b": 1}, "gaps": 1}',
]


async def forge(practice: Practice, table: str, column: str, value: str) -> None:
    """As whoever has the file can, triggers or not."""
    async with practice.database.transaction() as tx:
        await tx.execute(text("DROP TRIGGER IF EXISTS audit_refuses_update"))
        await tx.execute(text(f"UPDATE {table} SET {column} = :value"), {"value": value})


def test_these_are_all_the_columns_with_json() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, JSON)
    }
    assert found == {
        "telemedicine_sessions.connection_by_side",
        "telemedicine_sessions.emergency_reached",
        "patients.address",
        "recordings.gaps",
        "recording_parts.losses",
    }
    assert AuditRow.detail.property.columns[0].name == "detail"


@pytest.mark.parametrize("value", BROKEN, ids=range(len(BROKEN)))
async def test_a_call_is_read_without_what_is_damaged(
    tmp_path: Path, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, _, _ = await practice.running()
        await emergencies.alert(practice.calls, practice.patient, room_id)
        await leaving.hang_up(practice.calls, practice.provider, room_id)
        await all_written(practice.calls)
    async with open_practice(tmp_path) as practice:
        other = await practice.ring()
        for column in ("connection_by_side", "emergency_reached"):
            await forge(practice, "telemedicine_sessions", column, value)
        call = await history.one(practice.calls, practice.provider, room_id)
        assert call.connection_by_side is None
        listed = (await history.page(practice.calls, practice.admin)).calls
        assert {found.room_id for found in listed} == {other, room_id}
        assert msgspec.json.encode(listed)
    async with open_practice(tmp_path) as practice:
        told = await history.one(practice.calls, practice.provider, room_id)
        assert told.emergency, "the next run takes it on"
    for column in ("connection_by_side", "emergency_reached"):
        assert f"damaged: column {column} of row " in caplog.text


@pytest.mark.parametrize("value", BROKEN, ids=range(len(BROKEN)))
async def test_a_recording_is_told_to_be_changed_and_its_log_stays_readable(
    practice: Practice, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    opened = await record(practice.recordings.archive, session_id, room_id, ("patient",))
    await looked_at(practice, opened.id)
    await forge(practice, "recordings", "gaps", value)
    await forge(practice, "recording_parts", "losses", value)
    await forge(practice, "audit", "detail", value)
    detail = await looked_at(practice, opened.id)
    assert detail.authenticity == "changed"
    assert [part.authenticity for part in detail.parts] == ["changed"]
    assert (detail.gaps, [part.losses for part in detail.parts]) == (None, [None])
    viewed = [entry.detail for entry in detail.access_log if entry.action == "recording.viewed"]
    assert viewed == [{"damaged": True}, {}], "what is written since is whole"
    for place in ("gaps", "losses", "detail"):
        assert f"damaged: column {place} of row " in caplog.text
    assert await practice.actions(room_id)


async def looked_at(practice: Practice, recording_id: str) -> RecordingDetail:
    detail = await practice.playbacks.detail(practice.compliance, recording_id)
    assert msgspec.json.encode(detail)
    return detail


@pytest.mark.parametrize("stored", [b"\xff", b'"\xff"', "{", "\ud800"])
def test_what_is_no_json_stays_text(stored: str | bytes) -> None:
    assert shapes.parse(stored) == str(stored)
