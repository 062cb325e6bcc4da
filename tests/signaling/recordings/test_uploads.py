"""A bucket for what was recorded: nothing is lost, whatever becomes of the store, of the server or
of a recording meanwhile.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from signaling.http.problem import status
from signaling.kernel.errors import DomainError, Unavailable
from signaling.recordings import moving
from signaling.recordings.inspection import problems
from signaling.recordings.resources import Recording
from signaling.recordings.rule import LONGEST_UPLOAD_PAUSE_SECONDS, upload_pause_seconds
from storage import models
from storage.cluster import nodes
from storage.errors import NoRoom
from storage.recordings import recordings, spooled, summaries
from storage.rows.carriers import Carrier
from storage.vault.objects.bucket import Bucket
from storage.vault.objects.settings import Lock
from storage.vault.partfile import tail_path
from tests.patience import until
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import (
    FILE,
    PLAINTEXT,
    begin_part,
    browser,
    opened,
    record,
)
from tests.support.objectstore import ObjectServer, Proxy, bucket_at


@pytest.fixture
def name(object_server: ObjectServer) -> str:
    return object_server.new_bucket(versions=True)


@pytest.fixture
def bucket(proxy: Proxy, name: str) -> Bucket:
    return bucket_at(proxy.url, name, prefix="clinic")


@pytest.fixture
async def practice(tmp_path: Path, database_url: str, bucket: Bucket) -> AsyncIterator[Practice]:
    async with open_practice(tmp_path, database_url=database_url, bucket=bucket) as practice:
        yield practice


async def recorded(practice: Practice) -> Recording:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    await record(practice.recordings.archive, session_id, room_id)
    return (await practice.playbacks.list(practice.compliance, None)).recordings[0]


async def played(practice: Practice, recording: Recording) -> bytes:
    async with browser(practice, practice.compliance) as client:
        _, url = await opened(practice, recording)
        seek = {"Range": f"bytes={len(FILE) // 2}-"}
        async with client.get(url, headers=seek) as response:
            assert (response.status, await response.read()) == (206, FILE[len(FILE) // 2 :])
        async with client.get(url) as response:
            assert response.status == 200
            return await response.read()


async def refusal(practice: Practice, recording: Recording) -> DomainError:
    part_id = await part_of(practice, recording)
    of = practice.compliance, recording.recording_id, part_id
    try:
        playback, _ = await opened(practice, recording)
        await practice.playbacks.download(*of, playback.playback_id)
    except DomainError as error:
        return error
    raise AssertionError("it was not refused")


async def part_of(practice: Practice, recording: Recording) -> str:
    return (await row(practice, recording)).id


async def row(practice: Practice, recording: Recording) -> models.RecordingPart:
    async with practice.database.reading() as tx:
        [named] = await recordings.parts(tx, recording.recording_id)
    return named.part


def files(practice: Practice) -> list[str]:
    folder = practice.recordings.archive.folder
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.part*"))


def puts(proxy: Proxy) -> int:
    return sum(line.startswith("PUT") and ".part" in line for line in proxy.seen)


async def test_a_complete_part_is_uploaded_removed_and_plays(
    practice: Practice, object_server: ObjectServer, name: str
) -> None:
    recording = await recorded(practice)
    assert len(files(practice)) == 1
    assert await played(practice, recording) == FILE
    await practice.uploads.try_once()
    assert files(practice) == []
    part = await row(practice, recording)
    assert (part.kept, part.place_id) == ("bucket", None)
    assert object_server.keys(name) == {f"clinic/{part.path}"}
    assert await played(practice, recording) == FILE
    assert (practice.uploads.uploaded, practice.uploads.failures) == (1, 0)
    assert practice.uploads.waiting.parts == 0
    detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
    assert (detail.authenticity, detail.parts[0].authenticity) == ("authentic", "authentic")


async def test_a_dead_store_delays_and_loses_nothing(
    practice: Practice, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    proxy.die()
    first = await recorded(practice)
    with caplog.at_level(logging.ERROR):
        pauses = [await practice.uploads.try_once() for _ in range(3)]
    assert pauses == [upload_pause_seconds(1), upload_pause_seconds(2), upload_pause_seconds(3)]
    assert upload_pause_seconds(99) == LONGEST_UPLOAD_PAUSE_SECONDS
    told = [text for text in caplog.messages if "recordings are not uploaded" in text]
    assert len(told) == 1, "once, not each time"
    assert "cannot be reached" in told[0]
    assert "1 files" in told[0]
    assert "a-secret-of-tests" not in caplog.text
    assert (practice.uploads.failures, practice.uploads.waiting.parts) == (3, 1)
    assert practice.uploads.waiting.bytes > len(PLAINTEXT)
    await practice.clock.leap(3600)
    assert practice.uploads.waiting_seconds >= 3600
    second = await recorded_again(practice)
    assert await played(practice, first) == FILE
    proxy.rise()
    await practice.uploads.try_once()
    assert files(practice) == []
    assert puts(proxy) == 2
    for recording in (first, second):
        assert await played(practice, recording) == FILE
    proxy.die()
    error = await refusal(practice, first)
    assert (status(error), error.code) == (503, "recording_store_away")
    assert first.recording_id not in practice.recordings.damaged
    proxy.rise()
    assert await played(practice, first) == FILE


async def recorded_again(practice: Practice) -> Recording:
    archive = practice.recordings.archive
    [first] = (await practice.playbacks.list(practice.compliance, None)).recordings
    session_id = (await practice.log(first.room_id))[0].session_id or ""
    await practice.clock.advance(1)
    made = await record(archive, session_id, first.room_id)
    found = (await practice.playbacks.list(practice.compliance, None)).recordings
    return next(each for each in found if each.recording_id == made.id)


async def test_a_kill_between_any_two_steps_is_made_up_for(
    practice: Practice, bucket: Bucket, proxy: Proxy
) -> None:
    recording = await recorded(practice)
    part, archive = await row(practice, recording), practice.recordings.archive
    bucket.claim(None, "place")
    bucket.store(part.path, archive.path(part), practice.clock.now())  # and killed
    sent = puts(proxy)
    await practice.uploads.try_once()
    assert (files(practice), puts(proxy)) == ([], sent)

    again = await recorded_again(practice)
    part = await row(practice, again)
    bucket.store(part.path, archive.path(part), practice.clock.now())
    async with practice.database.transaction() as tx:
        assert await spooled.uploaded(tx, part)  # and killed
    assert len(files(practice)) == 1
    practice.uploads._tidied = False
    await practice.uploads.try_once()
    assert files(practice) == []
    assert (await row(practice, again)).place_id is None
    for each in (recording, again):
        assert await played(practice, each) == FILE


async def test_a_spool_that_is_full_stops_recording_until_the_store_is_back(
    tmp_path: Path, bucket: Bucket, proxy: Proxy
) -> None:
    async with open_practice(tmp_path, bucket=bucket, spool_bytes=len(PLAINTEXT)) as practice:
        archive = practice.recordings.archive
        await practice.uploads.try_once()
        proxy.die()
        recording = await recorded(practice)
        await practice.uploads.try_once()
        with pytest.raises(NoRoom, match=r"wait for the object store, .*objects\.spool_gb"):
            await archive.probe()
        assert await played(practice, recording) == FILE
        proxy.rise()
        await practice.uploads.try_once()
        await archive.probe()
        assert await played(practice, recording) == FILE


async def test_what_is_erased_is_deleted_here_and_there(
    practice: Practice, bucket: Bucket, object_server: ObjectServer, name: str
) -> None:
    stored = await recorded(practice)
    await practice.uploads.try_once()
    killed = await recorded_again(practice)
    part = await row(practice, killed)
    bucket.store(part.path, practice.recordings.archive.path(part), practice.clock.now())
    assert len(object_server.keys(name)) == 2
    for recording in (stored, killed):
        await practice.erasures.request(practice.compliance, recording.recording_id, "Asked for")
    await practice.erasures.background.drain(15)
    await practice.eraser.finish()
    assert object_server.keys(name) == set()
    assert files(practice) == []
    for recording in (stored, killed):
        detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
        assert detail.erasure
        assert detail.erasure.files_deleted_at


async def test_what_is_erased_while_it_is_uploaded_is_deleted_afterwards(
    practice: Practice, proxy: Proxy, object_server: ObjectServer, name: str
) -> None:
    recording = await recorded(practice)
    await practice.uploads.try_once()
    recording = await recorded_again(practice)
    proxy.stalls = lambda line: line.startswith("PUT")
    uploading = asyncio.create_task(practice.uploads.try_once())
    await until(lambda: "PUT" in proxy.seen[-1] and recording.recording_id in proxy.seen[-1])
    await practice.erasures.request(practice.compliance, recording.recording_id, "Asked for")
    await practice.erasures.background.drain(15)
    assert len(files(practice)) == 1, "it is read at present"
    proxy.heal()
    await uploading
    await practice.eraser.finish()
    assert files(practice) == []
    assert not any(recording.recording_id in key for key in object_server.keys(name))


async def test_a_lock_outlasts_the_key_and_not_its_time(
    tmp_path: Path, object_server: ObjectServer
) -> None:
    name = object_server.new_bucket(locks=True)
    locked = bucket_at(object_server.url, name, lock=Lock("compliance", 400))
    async with open_practice(tmp_path, bucket=locked) as practice:
        recording = await recorded(practice)
        await practice.uploads.try_once()
        await practice.erasures.request(practice.compliance, recording.recording_id, "Asked for")
        await practice.erasures.background.drain(15)
        detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
        assert detail.recording.state == "erased"
        assert detail.erasure
        assert detail.erasure.files_deleted_at is None
        assert object_server.keys(name)
        error = await refusal(practice, recording)
        assert error.code == "recording_erased"


async def test_a_part_with_another_server_is_not_lost(practice: Practice) -> None:
    recording = await recorded(practice)
    async with practice.database.transaction() as tx:
        await nodes.start(tx, "other", "elsewhere.example (process 7)", None)
        of_it = models.RecordingPart.recording_id == recording.recording_id
        changed = {"place_id": "another", "node_id": "other"}
        await tx.execute(
            update(models.RecordingPart)
            .where(of_it)
            .values(**changed)
            .execution_options(synchronize_session=False)
        )
    error = await refusal(practice, recording)
    assert isinstance(error, Unavailable)
    assert (error.code, error.parameters) == (
        "recording_not_uploaded",
        {"node": "elsewhere.example (process 7)"},
    )
    await practice.uploads.try_once()
    assert len(files(practice)) == 1, "it is not this server's"
    async with practice.database.reading() as tx:
        [found] = await spooled.elsewhere(tx, practice.recordings.archive.place.id)
        assert await spooled.elsewhere(tx, "another") == []
    assert (found.place_id, found.node_id, found.parts) == ("another", "other", 1)
    await practice.erasures.request(practice.compliance, recording.recording_id, "Asked for")
    await practice.erasures.background.drain(15)
    detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
    assert detail.erasure
    assert detail.erasure.files_deleted_at is None, "the other server has still to do so"


async def test_what_another_server_has_still_open_it_recovers_itself(
    practice: Practice, database_url: str
) -> None:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    archive = practice.recordings.archive
    torn = await archive.create(session_id, room_id)
    await begin_part(archive, torn, "patient", PLAINTEXT)
    carrier = practice.database.carrier
    practice.database.carrier = Carrier("next", carrier.fence + 1)
    async with practice.database.transaction() as tx:
        assert await recordings.take_left(tx, "another place") == []
        [left] = await recordings.take_left(tx, archive.place.id)
    assert left.id == torn.id
    practice.database.carrier = carrier


async def test_earlier_recordings_stay_in_their_folder_and_play(
    tmp_path: Path, database_url: str, bucket: Bucket
) -> None:
    async with open_practice(tmp_path, database_url=database_url) as before:
        recording = await recorded(before)
        assert (await row(before, recording)).kept == "folder"
    async with open_practice(tmp_path, database_url=database_url, bucket=bucket) as practice:
        await practice.uploads.try_once()
        assert len(files(practice)) == 1
        assert await played(practice, recording) == FILE
        await practice.clock.advance(1)
        later = await recorded(practice)
        await practice.uploads.try_once()
        assert len(files(practice)) == 1
        assert await played(practice, later) == FILE


async def test_earlier_recordings_are_moved_by_the_server_that_has_them(
    tmp_path: Path,
    database_url: str,
    bucket: Bucket,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LOOK_SECONDS", "SLOW_SECONDS"):
        monkeypatch.setattr(moving, name, 0.01)
    async with open_practice(tmp_path, database_url=database_url) as before:
        await recorded(before)
        await recorded_again(before)
    slow: list[int] = []
    async with open_practice(tmp_path, database_url=database_url, bucket=bucket) as practice:
        proxy.die()
        moved = asyncio.create_task(moving.move_all(practice.database, slow.append))
        await until(lambda: bool(slow))
        assert slow[0] == 2
        assert len(files(practice)) == 2
        proxy.rise()
        await practice.uploads.try_once()
        assert await moved == 2
        assert files(practice) == []
        assert await moving.move_all(practice.database, slow.append) == 0
        for recording in (await practice.playbacks.list(practice.compliance, None)).recordings:
            assert await played(practice, recording) == FILE


async def test_a_torn_part_goes_with_its_tail_and_is_exported(
    practice: Practice, object_server: ObjectServer, name: str, tmp_path: Path
) -> None:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    archive = practice.recordings.archive
    torn = await archive.create(session_id, room_id)
    await begin_part(archive, torn, "patient", PLAINTEXT)
    async with practice.database.reading() as tx:
        found = await summaries.by_id(tx, torn.id)
        parts = [named.part for named in await recordings.parts(tx, torn.id)]
    assert found
    tail_path(archive.path(parts[0])).write_bytes(b"what was not in a chunk yet")
    await archive.leave_torn(found.recording, parts)
    await practice.uploads.try_once()
    assert files(practice) == []
    assert len(object_server.keys(name)) == 2
    async with practice.database.reading() as tx:
        [part] = [named.part for named in await recordings.parts(tx, torn.id)]
    tail = await asyncio.to_thread(archive.keeping.tail, part)
    assert (part.kept, tail) == ("bucket", b"what was not in a chunk yet")


async def test_what_the_database_calls_uploaded_is_verified_before_a_file_goes(
    practice: Practice, object_server: ObjectServer, name: str
) -> None:
    recording = await recorded(practice)
    async with practice.database.transaction() as tx:
        assert await spooled.uploaded(tx, await row(practice, recording))
    await practice.uploads.try_once()
    assert (files(practice), len(object_server.keys(name))) == ([], 1)
    assert await played(practice, recording) == FILE


async def test_without_its_bucket_a_server_says_so(
    tmp_path: Path, bucket: Bucket, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_practice(tmp_path, bucket=bucket) as practice:
        recording = await recorded(practice)
        await practice.uploads.try_once()
    async with open_practice(tmp_path) as practice:
        await practice.uploads.watch()
        assert "objects.bucket names none" in caplog.text
        assert (await refusal(practice, recording)).code == "recording_store_away"


async def test_a_file_that_is_gone_holds_up_no_other(practice: Practice) -> None:
    lost = await recorded(practice)
    practice.recordings.archive.path(await row(practice, lost)).unlink()
    kept = await recorded_again(practice)
    await practice.uploads.try_once()
    assert practice.uploads.failures == 1
    assert await played(practice, kept) == FILE
    assert (await refusal(practice, lost)).code == "recording_damaged"


async def test_what_is_wrong_with_a_recording_is_found_wherever_it_is(
    practice: Practice, object_server: ObjectServer, name: str
) -> None:
    archive = practice.recordings.archive
    recording = await recorded(practice)
    assert await problems(archive, recording.recording_id) == []
    await practice.uploads.try_once()
    assert await problems(archive, recording.recording_id) == []
    part = await row(practice, recording)
    object_server.ask("PUT", f"/{name}/clinic/{part.path}", {}, b"something else")
    [told] = await problems(archive, recording.recording_id)
    assert "damaged" in told
    object_server.ask("DELETE", f"/{name}/clinic/{part.path}")
    assert await problems(archive, recording.recording_id) == [
        f"part {part.id}: its file is missing"
    ]
    assert await problems(archive, "none") == ["there is no such recording"]
