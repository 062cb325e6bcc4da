"""What a server that was killed left of a recording is saved by its next run, once it can be."""

import asyncio
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from signaling.calls import answering, consenting, leaving
from signaling.kernel.errors import DomainError
from signaling.recordings import recovery
from signaling.recordings.resources import RecordingDetail
from storage.vault import partfile
from storage.vault.container import PartIdentity
from storage.vault.place import MARKER
from storage.vault.recovery import RecoveredPart, recover
from tests.patience import until
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.capturing import (
    connected,
    disk_full,
    play,
    settled,
    the_recording,
    written,
)
from tests.signaling.recordings.recorded import WHY
from tests.talking import talking


async def test_the_next_run_recovers_a_torn_recording(tmp_path: Path) -> None:
    async with open_practice(await torn(tmp_path)) as second:
        detail = await recovered(second)
        assert [part.state for part in detail.parts] == ["recovered", "recovered"]
        assert all(pictures > 5 for pictures, _ in (await play(second, detail)).values())
        assert "recording.recovered" in await second.actions(detail.recording.room_id)


def as_if_killed(source: Path, copy: Path) -> None:
    """The files as a killed server leaves them."""
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("*.sqlite3*"))
    with (
        sqlite3.connect(source / "carelay.sqlite3") as here,
        sqlite3.connect(copy / "carelay.sqlite3") as there,
    ):
        here.backup(there)
    here.close()
    there.close()


async def recovered(practice: Practice) -> RecordingDetail:
    return await settled(practice, "recovered")


async def torn(tmp_path: Path) -> Path:
    """The folder of a server that was killed while it recorded."""
    (tmp_path / "first").mkdir()
    async with open_practice(tmp_path / "first") as first:
        _, pages, clients = await connected(first, recording=True, consent=True)
        await until(lambda: pages[0].recording_states()[-1] == "recording")
        async with talking(*clients):
            await written(first)
            as_if_killed(tmp_path / "first", tmp_path / "second")
    return tmp_path / "second"


async def test_parts_without_their_files_are_lost_and_the_server_starts(tmp_path: Path) -> None:
    folder = await torn(tmp_path)
    for part in (folder / "recordings").glob("*/*.part"):
        part.unlink()
    async with open_practice(folder) as second:
        detail = await recovered(second)
        assert [part.state for part in detail.parts] == ["lost", "lost"]
        with pytest.raises(DomainError, match="nothing_to_play"):
            await second.playbacks.open(second.compliance, detail.recording.recording_id, WHY)


@pytest.mark.parametrize("mount_point", ["missing", "empty"])
async def test_nothing_is_lost_while_the_volume_of_the_recordings_is_not_mounted(
    tmp_path: Path, mount_point: str
) -> None:
    folder = await torn(tmp_path)
    (folder / "recordings").rename(folder / "volume")
    if mount_point == "empty":
        (folder / "recordings").mkdir()
    async with open_practice(folder) as second:
        with pytest.raises(DomainError, match="folder_away"):
            await second.ring(recording=True)
        # Calls are possible meanwhile.
        await answering.decline(second.calls, second.patient, await second.ring())
        for _ in range(3):
            await second.clock.advance(60)
            await asyncio.sleep(0.1)
        detail = await the_recording(second)
        assert [part.state for part in detail.parts] == ["recording", "recording"]
        if mount_point == "empty":
            (folder / "recordings").rmdir()
        (folder / "volume").rename(folder / "recordings")
        detail = await recovered(second)
        assert [part.state for part in detail.parts] == ["recovered", "recovered"]
        assert await second.ring(recording=True)


async def test_a_volume_that_goes_away_loses_nothing_and_gets_no_files(
    practice: Practice, tmp_path: Path
) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    async with talking(*clients):
        await written(practice)
        await consenting.decide(practice.calls, pages[1], room_id, given=False)
        (tmp_path / "recordings").rename(tmp_path / "volume")
        (tmp_path / "recordings").mkdir()
        await consenting.decide(practice.calls, pages[1], room_id, given=True)
        await practice.clock.advance(1)
        await until(lambda: pages[0].recording_states()[-1] == "failed")
    await leaving.hang_up(practice.calls, practice.provider, room_id)
    assert list((tmp_path / "recordings").iterdir()) == []


async def test_a_folder_of_before_there_were_markers_is_known_by_its_files(tmp_path: Path) -> None:
    folder = await torn(tmp_path)
    forget_marker(folder)
    (folder / "recordings").rename(folder / "volume")
    (folder / "recordings").mkdir()
    async with open_practice(folder) as second:
        with pytest.raises(DomainError, match="folder_away"):
            await second.ring(recording=True)
        (folder / "recordings").rmdir()
        (folder / "volume").rename(folder / "recordings")
        assert [part.state for part in (await recovered(second)).parts] == [
            "recovered",
            "recovered",
        ]


def forget_marker(folder: Path) -> None:
    (folder / "recordings" / MARKER).unlink()
    with sqlite3.connect(folder / "carelay.sqlite3") as database:
        database.execute("DELETE FROM properties WHERE name = 'recordings_place'")
        database.execute("UPDATE recording_parts SET place_id = NULL")
    database.close()


async def test_a_restart_on_a_full_disk_recovers_without_another_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await torn(tmp_path)
    full = asyncio.Event()

    def no_room(descriptor: int, data: bytes) -> None:
        full.set()
        disk_full(descriptor, data)

    with monkeypatch.context() as patched:
        patched.setattr(partfile, "write_all", no_room)
        async with open_practice(folder) as second:
            await asyncio.wait_for(full.wait(), 30)
            await answering.decline(second.calls, second.patient, await second.ring())
            assert {part.state for part in (await the_recording(second)).parts} == {"recording"}
            patched.undo()
            assert {part.state for part in (await recovered(second)).parts} == {"recovered"}


async def test_a_row_that_was_changed_before_the_recovery_does_not_become_authentic(
    tmp_path: Path,
) -> None:
    folder = await torn(tmp_path)
    with sqlite3.connect(folder / "carelay.sqlite3") as database:
        database.execute("UPDATE recording_parts SET offset_ms = offset_ms + 5000")
    database.close()
    async with open_practice(folder) as second:
        detail = await recovered(second)
        opened = await second.playbacks.open(second.compliance, detail.recording.recording_id, WHY)
        for part_id in opened.urls:
            with pytest.raises(DomainError, match="recording_damaged"):
                await second.playbacks.media(
                    second.compliance, detail.recording.recording_id, part_id, opened.playback_id
                )


async def test_calls_do_not_wait_for_the_recovery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await torn(tmp_path)
    slow = threading.Event()

    def wait_first(
        path: Path, data_key: bytes, identity: PartIdentity, fence: int
    ) -> RecoveredPart:
        slow.wait(30)
        return recover(path, data_key, identity, fence)

    monkeypatch.setattr(recovery, "recover", wait_first)
    async with open_practice(folder) as second:
        assert await second.ring(recording=True)
        slow.set()
        await recovered(second)
