"""Nodes, their leases, and who may change a row that a server carries."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.calls import telemedicine_sessions
from storage.cluster import nodes
from storage.cluster.instance import NodeLock, hold_database, hold_folder
from storage.database import Database
from storage.errors import AlreadyRunning, CarriedElsewhere, LeaseLost
from storage.models import Recording, RecordingPart, TelemedicineSession
from storage.recordings import recordings
from tests.storage.practice import Practice, add_part, finished_call, open_practice, record, ring
from tests.support.postgresql import PostgreSQL
from tests.support.stored import unfinished_calls

LONG = timedelta(hours=1)
OVER = timedelta(seconds=-1)


@pytest.fixture
async def url(postgresql: PostgreSQL) -> str:
    """Leases are for databases that several servers may have."""
    return await postgresql.new_database()


async def server(url: str, node_id: str, lease: timedelta | None = LONG) -> Database:
    """The database as a server opens it that has just started."""
    database = await Database.open(url)
    async with database.transaction() as tx:
        carrier = await nodes.start(tx, node_id, f"name of {node_id}", lease)
    database.carrier = carrier
    return database


async def practice_of(database: Database, now: datetime) -> Practice:
    async with database.transaction() as tx:
        return await open_practice(tx, now)


async def call_with_recording(
    database: Database, practice: Practice, room_id: str
) -> tuple[str, str]:
    """Ids of the recording and of its one part."""
    async with database.transaction() as tx:
        session = await ring(tx, practice, room_id)
        recording = await record(tx, session)
        part = await add_part(tx, recording, practice.patient)
    return recording.id, part.id


async def test_each_start_has_a_larger_fence_than_all_before_it(database: Database) -> None:
    async def start(node_id: str) -> int:
        async with database.transaction() as tx:
            return (await nodes.start(tx, node_id, node_id, None)).fence

    assert [await start(node_id) for node_id in ("one", "two", "one", "one")] == [1, 2, 3, 4]
    at_once = await asyncio.gather(*(start(f"node {number}") for number in range(8)))
    assert sorted(at_once) == list(range(5, 13))


async def test_who_holds_a_database_alone_finds_left_whatever_an_earlier_start_carried(
    database: Database, now: datetime
) -> None:
    async with database.transaction() as tx:
        database.carrier = await nodes.start(tx, "one", "one", None)
    practice = await practice_of(database, now)
    await call_with_recording(database, practice, "talk")
    async with database.transaction() as tx:
        assert await telemedicine_sessions.left_unfinished(tx, {"talk"}) == []
        assert await telemedicine_sessions.left_unfinished(tx) == []
        assert await recordings.take_left(tx) == []
        database.carrier = await nodes.start(tx, "one", "one", None)
    async with database.transaction() as tx:
        [call] = await telemedicine_sessions.left_unfinished(tx)
        call.call_status = "failed"
        assert len(await recordings.take_left(tx)) == 1
    async with database.transaction() as tx:
        assert await unfinished_calls(tx) == []
        assert await recordings.take_left(tx) == []
        [standing] = await nodes.standing(tx)
        assert (standing.node.id, standing.seconds_left) == ("one", None)


async def test_a_neighbours_rows_cannot_be_changed_while_its_lease_lasts(
    url: str, now: datetime
) -> None:
    one, two = await server(url, "one"), await server(url, "two")
    practice = await practice_of(one, now)
    recording_id, part_id = await call_with_recording(one, practice, "talk")

    async with two.transaction() as tx:
        assert await telemedicine_sessions.left_unfinished(tx) == []
        assert await telemedicine_sessions.left_emergencies(tx, now) == []
        assert await recordings.take_left(tx) == []

    async def change(database: Database, kind: type, key: str) -> None:
        async with database.transaction() as tx:
            row: object = await tx.get_one(kind, key)
            setattr(row, "call_status" if kind is TelemedicineSession else "state", "failed")

    async with two.reading() as tx:
        found = await telemedicine_sessions.by_room(tx, "talk")
        assert found
    for kind, key in (
        (TelemedicineSession, found.session.id),
        (Recording, recording_id),
        (RecordingPart, part_id),
    ):
        with pytest.raises(CarriedElsewhere, match="carried by another server"):
            await change(two, kind, key)
    await change(one, TelemedicineSession, found.session.id)
    await one.close()
    await two.close()


async def test_what_a_server_left_is_taken_over_once_its_lease_is_over(
    url: str, now: datetime
) -> None:
    one, two, three = await server(url, "one"), await server(url, "two"), await server(url, "three")
    practice = await practice_of(one, now)
    recording_id, part_id = await call_with_recording(one, practice, "talk")
    async with one.transaction() as tx:
        await nodes.give_back(tx, one.carrier)

    async def taken(database: Database) -> tuple[int, int]:
        async with database.transaction() as tx:
            calls = await telemedicine_sessions.left_unfinished(tx)
            await tx.flush()
            await asyncio.sleep(0.05)
            return len(calls), len(await recordings.take_left(tx))

    assert sorted(await asyncio.gather(taken(two), taken(three))) in (
        [(0, 0), (1, 1)],
        [(0, 1), (1, 0)],
    )
    with pytest.raises(CarriedElsewhere):
        async with one.transaction() as tx:
            (await tx.get_one(Recording, recording_id)).state = "failed"
    with pytest.raises(CarriedElsewhere):
        async with one.transaction() as tx:
            (await tx.get_one(RecordingPart, part_id)).state = "lost"
    for database in (one, two, three):
        await database.close()


async def test_a_row_taken_over_between_loading_and_writing_is_not_written(
    url: str, now: datetime
) -> None:
    one, two = await server(url, "one"), await server(url, "two")
    practice = await practice_of(one, now)
    await call_with_recording(one, practice, "talk")

    async def overtaken() -> None:
        async with one.transaction() as tx:
            found = await telemedicine_sessions.by_room(tx, "talk")
            assert found
            async with two.transaction() as other:
                await nodes.give_back(other, one.carrier)
            async with two.transaction() as other:
                [call] = await telemedicine_sessions.left_unfinished(other)
                call.call_status = "failed"
            found.session.call_status = "ended"

    with pytest.raises(CarriedElsewhere, match="taken over"):
        await overtaken()
    async with one.reading() as tx:
        found = await telemedicine_sessions.by_room(tx, "talk")
        assert found
        assert (found.session.call_status, found.session.node_id) == ("failed", "two")
    await one.close()
    await two.close()


async def test_a_lease_that_has_run_out_is_never_renewed(url: str, now: datetime) -> None:
    one = await server(url, "one")
    practice = await practice_of(one, now)
    async with one.transaction() as tx:
        assert await nodes.renew(tx, one.carrier, LONG)
        assert await nodes.renew(tx, one.carrier, OVER)
        assert not await nodes.renew(tx, one.carrier, LONG)
        with pytest.raises(LeaseLost):
            await ring(tx, practice, "too late")
        with pytest.raises(LeaseLost):
            await recordings.take_left(tx)
    await one.close()


async def test_an_earlier_start_of_the_same_node_has_no_lease_any_more(
    url: str, now: datetime
) -> None:
    one = await server(url, "one")
    practice = await practice_of(one, now)
    await call_with_recording(one, practice, "talk")
    again = await server(url, "one")
    async with again.transaction() as tx:
        assert not await nodes.renew(tx, one.carrier, LONG)
        assert [call.room_id for call in await telemedicine_sessions.left_unfinished(tx)] == [
            "talk"
        ]
        assert len(await recordings.take_left(tx)) == 1
    await one.close()
    await again.close()


async def test_emergencies_go_with_the_server_that_was_told_of_them(
    url: str, now: datetime
) -> None:
    one, two = await server(url, "one"), await server(url, "two")
    practice = await practice_of(one, now)
    async with one.transaction() as tx:
        session = await finished_call(tx, practice, "talk")
        session.emergency_raised_at, session.emergency_raised_by = now, "patient"
    async with two.transaction() as tx:
        assert await telemedicine_sessions.left_emergencies(tx, now) == []
        await nodes.give_back(tx, one.carrier)
    async with two.transaction() as tx:
        [found] = await telemedicine_sessions.left_emergencies(tx, now)
        assert found.patient_name == "Sam Lee"
        found.session.emergency_acknowledged_at = now
    await one.close()
    await two.close()


async def test_nodes_are_told_with_what_is_left_of_their_leases_and_forgotten_in_time(
    url: str,
) -> None:
    long_gone = await server(url, "long gone", -2 * nodes.FORGOTTEN_AFTER)
    gone, here = await server(url, "gone", OVER), await server(url, "here")
    async with here.reading() as tx:
        standing = await nodes.standing(tx)
    assert [found.node.id for found in standing] == ["here", "gone"]
    assert [found.node.name for found in standing] == ["name of here", "name of gone"]
    left = [found.seconds_left for found in standing]
    assert left[0] is not None
    assert 3500 < left[0] <= 3600
    assert left[1] is not None
    assert left[1] < 0
    for database in (long_gone, gone, here):
        await database.close()


def test_a_folder_has_a_place_for_each_server_that_its_next_start_finds_again(
    tmp_path: Path,
) -> None:
    first, second = NodeLock.take(tmp_path), NodeLock.take(tmp_path)
    assert first.node_id != second.node_id
    first.close()
    again = NodeLock.take(tmp_path)
    assert again.node_id == first.node_id
    again.close()
    second.close()


def test_a_folder_is_shared_only_by_those_who_share_it(tmp_path: Path) -> None:
    one, two = hold_folder(tmp_path, shared=True), hold_folder(tmp_path, shared=True)
    with pytest.raises(AlreadyRunning, match="only one may"):
        hold_folder(tmp_path)
    one.close()
    two.close()
    alone = hold_folder(tmp_path)
    with pytest.raises(AlreadyRunning, match="process"):
        hold_folder(tmp_path, shared=True)
    alone.close()


def test_a_sqlite_database_is_held_by_one(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/database/carelay.sqlite3"
    held = hold_database(url)
    assert held
    with pytest.raises(AlreadyRunning, match="only one may"):
        hold_database(url)
    held.close()
    assert hold_database("postgresql+asyncpg://carelay@/carelay") is None
