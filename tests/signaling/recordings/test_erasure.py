"""Erasure: the key first, then the files, and that there was a recording stays."""

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from signaling.http.problem import status
from signaling.kernel.errors import DomainError
from signaling.recordings.library import RecordingSearch
from signaling.recordings.resources import Recording
from signaling.recordings.retention import Eraser
from storage import audit
from storage.models import RecordingPart
from storage.recordings import recordings
from storage.recordings.keeping import Keeping
from storage.retention import erasures
from storage.vault.objects import LocalFolder
from storage.vault.partfile import tail_path
from storage.vault.place import MARKER
from storage.vault.tombstones import Tombstone, Tombstones
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import WHY, actions, opened, record


async def recorded(practice: Practice) -> Recording:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    await record(practice.recordings.archive, session_id, room_id)
    return (await practice.playbacks.list(practice.compliance)).recordings[0]


async def erase(practice: Practice, recording: Recording) -> None:
    await practice.erasures.request(practice.compliance, recording.recording_id, "Asked for")


async def refusal(doing: Awaitable[object]) -> tuple[int, str]:
    with pytest.raises(DomainError) as problem:
        await doing
    return status(problem.value), problem.value.code


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "recordings").rglob("*") if path.name != MARKER]


async def test_the_key_the_files_and_what_was_permitted_go_and_the_record_stays(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path) as practice:
        recording = await recorded(practice)
        playback, _ = await opened(practice, recording)
        [part_id] = playback.urls
        [part] = [path for path in files(tmp_path) if path.is_file()]
        for left in (tail_path(part), part.with_name(f"{part.name}.recovering-7")):
            left.write_bytes(b"of a crash")
        done = await practice.erasures.request(
            practice.compliance, recording.recording_id, "The patient asked for it"
        )
        assert (done.basis, done.reason) == ("request", "The patient asked for it")
        await practice.erasures.background.drain(10)
        assert files(tmp_path) == []
        playbacks, compliance = practice.playbacks, practice.compliance
        of = compliance, recording.recording_id
        gone = (409, "recording_erased")
        assert await refusal(playbacks.open(*of, WHY)) == gone
        assert await refusal(playbacks.media(*of, part_id, playback.playback_id)) == gone
        assert await refusal(playbacks.download(*of, part_id, playback.playback_id)) == gone
        assert await refusal(practice.erasures.request(*of, "again")) == gone

        detail = await playbacks.detail(*of)
        assert (detail.recording.state, detail.recording.size_bytes) == ("erased", 0)
        assert detail.recording.patient_name == "Name of patient"
        assert detail.recording.duration_ms == recording.duration_ms
        assert detail.erasure
        assert detail.erasure.erased_by_name == compliance.name
        assert detail.erasure.files_deleted_at is not None
        assert detail.authenticity == "unknown"
        assert practice.recordings.damaged == set()
        listed = (
            await playbacks.list(compliance, asked=RecordingSearch(person_id="patient"))
        ).recordings
        assert [found.state for found in listed] == ["erased"]
        told = await actions(practice, recording)
        assert ("recording.erased", "compliance") in told
        assert ("recording.files_deleted", None) in told
        async with practice.database.reading() as tx:
            entries = await audit.for_recording(tx, recording.recording_id)
        [event] = [each.event for each in entries if each.event.action == "recording.erased"]
        assert (event.detail["basis"], event.detail["reason"]) == (
            "request",
            "The patient asked for it",
        )


async def test_what_is_on_hold_is_not_erased_before_the_last_hold_is_released(
    practice: Practice,
) -> None:
    recording, compliance = await recorded(practice), practice.compliance
    of = compliance, recording.recording_id
    holds = [await practice.holds.place(*of, reason) for reason in ("A complaint", "A court")]
    for hold in holds:
        assert await refusal(practice.erasures.request(*of, "why")) == (409, "recording_on_hold")
        await practice.holds.release(*of, hold.hold_id, "It is over")
    await erase(practice, recording)
    assert await refusal(practice.holds.place(*of, "too late")) == (409, "recording_erased")


async def test_a_hold_and_an_erasure_at_once_leave_one_of_them(practice: Practice) -> None:
    recording = await recorded(practice)
    of = practice.compliance, recording.recording_id
    tried = await asyncio.gather(
        practice.holds.place(*of, "why"),
        practice.erasures.request(*of, "why"),
        return_exceptions=True,
    )
    assert len([one for one in tried if isinstance(one, DomainError)]) == 1


async def test_what_is_still_being_recorded_is_not_erased(practice: Practice) -> None:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    running = await practice.recordings.archive.create(session_id, room_id)
    request = practice.erasures.request(practice.compliance, running.id, "why")
    assert await refusal(request) == (409, "recording_running")


async def test_others_erase_nothing_and_that_is_written_down(practice: Practice) -> None:
    recording = await recorded(practice)
    request = practice.erasures.request(practice.provider, recording.recording_id, "why")
    assert await refusal(request) == (403, "forbidden")
    assert ("recording.denied", "provider") in await actions(practice, recording)
    request = practice.erasures.request(practice.compliance, "another", "why")
    assert await refusal(request) == (404, "unknown_recording")


async def test_nothing_is_erased_that_a_backup_would_bring_back(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        recording = await recorded(practice)
        (tmp_path / "keys" / "erased-recordings").mkdir()
        request = practice.erasures.request(practice.compliance, recording.recording_id, "why")
        assert await refusal(request) == (503, "erasure_unavailable")
        await practice.playbacks.open(practice.compliance, recording.recording_id, WHY)


async def test_files_that_cannot_be_reached_are_deleted_by_a_later_run(tmp_path: Path) -> None:
    marker = tmp_path / "recordings" / MARKER
    async with open_practice(tmp_path) as practice:
        recording = await recorded(practice)
        marker.rename(tmp_path / "marker")
        await erase(practice, recording)
        await practice.erasures.background.drain(10)
        assert len(files(tmp_path)) == 2, "another volume is mounted there, for all that is known"
        detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
        assert detail.erasure
        assert detail.erasure.files_deleted_at is None
    (tmp_path / "marker").rename(marker)
    async with open_practice(tmp_path) as practice:
        await practice.eraser.finish()
        assert files(tmp_path) == []
        await practice.eraser.finish()
        told = [action for action, _ in await actions(practice, recording)]
        assert told.count("recording.files_deleted") == 1


async def test_a_database_of_before_is_brought_up_to_what_was_erased_since(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    async with open_practice(tmp_path) as practice:
        recording = await recorded(practice)
        await practice.holds.place(practice.compliance, recording.recording_id, "A complaint")
    with closing(sqlite3.connect(tmp_path / "carelay.sqlite3")) as database:
        database.execute("VACUUM INTO ?", (str(tmp_path / "before.sqlite3"),))
    shutil.copytree(tmp_path / "recordings", copy)
    async with open_practice(tmp_path) as practice:
        [hold] = (
            await practice.playbacks.detail(practice.compliance, recording.recording_id)
        ).holds
        await practice.holds.release(
            practice.compliance, recording.recording_id, hold.hold_id, "It is over"
        )
        await erase(practice, recording)
        await practice.erasures.background.drain(10)
        before = await practice.playbacks.detail(practice.compliance, recording.recording_id)
    for name in ("carelay.sqlite3", "carelay.sqlite3-wal", "carelay.sqlite3-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "before.sqlite3").rename(tmp_path / "carelay.sqlite3")
    shutil.rmtree(tmp_path / "recordings")
    copy.rename(tmp_path / "recordings")
    async with open_practice(tmp_path) as practice:
        of = practice.compliance, recording.recording_id
        assert await refusal(practice.playbacks.open(*of, WHY)) == (409, "recording_erased")
        await practice.eraser.finish()
        assert files(tmp_path) == []
        after = await practice.playbacks.detail(*of)
        assert after.erasure
        assert before.erasure
        assert (after.erasure.erased_at, after.erasure.reason, after.erasure.erased_by_name) == (
            before.erasure.erased_at,
            before.erasure.reason,
            before.erasure.erased_by_name,
        )


async def test_a_lost_file_of_tombstones_is_written_anew_from_the_database(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "erased-recordings"
    async with open_practice(tmp_path) as practice:
        recording = await recorded(practice)
        await erase(practice, recording)
    before = Tombstones(path, Tombstone).read()
    assert before.keys() == {recording.recording_id}
    path.unlink()
    async with open_practice(tmp_path):
        assert Tombstones(path, Tombstone).read() == before


async def test_one_file_that_cannot_be_deleted_keeps_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_practice(tmp_path) as practice:
        room_id = await practice.ring(recording=True)
        session_id = (await practice.log(room_id))[0].session_id or ""
        stubborn, other = [
            await record(practice.recordings.archive, session_id, room_id) for _ in range(2)
        ]
        folder = tmp_path / "recordings"
        [stuck] = (folder / stubborn.id).iterdir()
        stuck.unlink()
        stuck.mkdir()  # in its place, which no server deletes
        for opened_ in (stubborn, other):
            await practice.erasures.request(practice.compliance, opened_.id, "Asked for")
        await practice.erasures.background.drain(10)
        assert practice.eraser.files_left == 1
        assert not (folder / other.id).exists()
        assert "the files of erased recordings cannot be deleted yet" in caplog.text
        stuck.rmdir()
        await practice.eraser.try_to_finish()
        assert (practice.eraser.files_left, files(tmp_path)) == (0, [])


async def test_a_row_that_somebody_put_back_is_erased_again_at_the_next_start(
    tmp_path: Path,
) -> None:
    database = tmp_path / "carelay.sqlite3"
    async with open_practice(tmp_path) as practice:
        recording = await recorded(practice)
        with closing(sqlite3.connect(database)) as reading:
            [key] = reading.execute("SELECT wrapped_key FROM recordings").fetchall()
        await erase(practice, recording)
    with closing(sqlite3.connect(database)) as forging:
        forging.execute("UPDATE recordings SET state = 'complete', wrapped_key = ?", key)
        forging.commit()
    async with open_practice(tmp_path) as practice:
        detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
        assert detail.recording.state == "erased"
    with closing(sqlite3.connect(database)) as reading:
        assert reading.execute("SELECT wrapped_key FROM recordings").fetchall() == [(None,)]


class Killed(Exception):  # noqa: N818 - it says what happened
    """The server dies here."""


@pytest.mark.parametrize(
    ("owner", "step"),
    [
        (Eraser, "finish"),
        (Tombstones, "add"),
        (Keeping, "delete_here"),
        (LocalFolder, "delete"),
        (erasures, "files_are_deleted"),
    ],
)
@pytest.mark.parametrize("before", [True, False], ids=["before", "behind"])
async def test_a_kill_at_any_step_leaves_nothing_that_the_next_start_does_not_finish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, step: str, before: bool
) -> None:
    real = getattr(owner, step)

    async def killed(*given: object) -> None:
        if not before:
            await real(*given)
        raise Killed

    def killed_in_thread(*given: object) -> None:
        if not before:
            real(*given)
        raise Killed

    async with open_practice(tmp_path) as practice:
        recording = await recorded(practice)
        with monkeypatch.context() as patched:
            coroutine = asyncio.iscoroutinefunction(real)
            patched.setattr(owner, step, killed if coroutine else killed_in_thread)
            async with practice.database.transaction() as tx:
                row = await recordings.for_change(tx, recording.recording_id)
                await practice.eraser.erase(tx, row, "request", practice.compliance, "why")
            with pytest.raises(Killed):
                await practice.eraser.finish()
    async with open_practice(tmp_path) as practice:
        await practice.eraser.finish()
        assert files(tmp_path) == []
        detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
        assert detail.erasure
        assert detail.erasure.files_deleted_at is not None
        told = [action for action, _ in await actions(practice, recording)]
        assert (told.count("recording.erased"), told.count("recording.files_deleted")) == (1, 1)
    noted = Tombstones(tmp_path / "keys" / "erased-recordings", Tombstone).path.read_bytes()
    assert noted.count(recording.recording_id.encode()) == 1


async def test_a_forged_path_deletes_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_practice(tmp_path) as practice:
        recording = await recorded(practice)
        async with practice.database.transaction() as tx:
            await tx.execute(update(RecordingPart).values(path="../keys/recording.key"))
        await erase(practice, recording)
        await practice.erasures.background.drain(10)
        assert (tmp_path / "keys" / "recording.key").exists()
        assert f"a part of the erased recording {recording.recording_id} has no path" in caplog.text
        assert ("recording.files_deleted", None) in await actions(practice, recording)


async def test_the_wrapped_key_is_nowhere_in_the_database_file(tmp_path: Path) -> None:
    database = tmp_path / "carelay.sqlite3"
    async with open_practice(tmp_path) as practice:
        recording = await recorded(practice)
        with closing(sqlite3.connect(database)) as reading:
            [(wrapped,)] = reading.execute("SELECT wrapped_key FROM recordings").fetchall()
        await erase(practice, recording)
    with closing(sqlite3.connect(database)) as closing_last:
        closing_last.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert wrapped not in database.read_bytes()
