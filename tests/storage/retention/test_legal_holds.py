import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.recordings import search, summaries
from storage.recordings.search import Wanted
from storage.retention import legal_holds
from tests.storage.practice import Practice, finished_call, record


async def on_hold(tx: AsyncSession) -> list[str]:
    found = await search.newest(tx, Wanted(states=["on_hold"]))
    return [summary.recording.id for summary in found.items]


async def test_a_recording_is_held_until_each_of_its_holds_is_released(
    tx: AsyncSession, practice: Practice
) -> None:
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    other = await record(tx, await finished_call(tx, practice, "room-2"))
    who, now = {"by": practice.provider.id}, practice.now
    first = await legal_holds.place(tx, recording.id, **who, reason="A complaint", now=now)
    second = await legal_holds.place(tx, recording.id, **who, reason="A court order", now=now)
    assert await on_hold(tx) == [recording.id]
    await legal_holds.release(tx, first.id, **who, reason="It was withdrawn", now=now)
    assert (await legal_holds.count_active(tx, recording.id), await on_hold(tx)) == (
        1,
        [recording.id],
    )
    found = await summaries.by_id(tx, recording.id)
    assert found
    assert found.recording.on_hold
    await legal_holds.release(tx, second.id, **who, reason="The case is closed", now=now)
    assert (await legal_holds.count_active(tx, recording.id), await on_hold(tx)) == (0, [])
    history = {
        named.hold.id: (named.placed_by_name, named.hold.reason, named.released_by_name)
        for named in await legal_holds.of_recording(tx, recording.id)
    }
    assert history == {
        first.id: ("Dr. Rivera", "A complaint", "Dr. Rivera"),
        second.id: ("Dr. Rivera", "A court order", "Dr. Rivera"),
    }
    assert await legal_holds.of_recording(tx, other.id) == []


@pytest.mark.parametrize("change", ["UPDATE {} SET reason = 'another'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["legal_holds", "legal_hold_releases"])
async def test_what_was_written_of_a_hold_is_never_changed(
    tx: AsyncSession, practice: Practice, table: str, change: str
) -> None:
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    who, now = {"by": practice.provider.id}, practice.now
    hold = await legal_holds.place(tx, recording.id, **who, reason="A complaint", now=now)
    await legal_holds.release(tx, hold.id, **who, reason="It was withdrawn", now=now)
    with pytest.raises(DBAPIError, match=f"{table} is append-only"):
        await tx.execute(sa.text(change.format(table)))
