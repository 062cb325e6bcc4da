"""A disk that is full, hangs, or is somebody else's ends a recording, and spares what it holds."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from signaling.calls import leaving
from signaling.recordings.messages import RecordingStateChanged
from storage.vault import partfile
from storage.vault.place import MARKER, Place
from tests.patience import PATIENCE, until
from tests.signaling.practice import Page, Practice, all_written
from tests.signaling.recordings.capturing import (
    connected,
    disk_full,
    play,
    settled,
    the_recording,
    written,
)
from tests.talking import talking


@asynccontextmanager
async def full_disk(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[str, Page]]:
    """A call and its provider's page; its recording has just failed, as the disk is full, which it
    is until the end.
    """
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    async with talking(*clients):
        await written(practice)
        with monkeypatch.context() as patched:
            # A full disk of one's own needs root to mount.
            patched.setattr(partfile, "write_all", disk_full)
            await until(lambda: pages[0].recording_states()[-1] == "failed")
            yield room_id, pages[0]


async def is_recovered(practice: Practice, room_id: str) -> None:
    """In time, without a restart."""
    async with asyncio.timeout(PATIENCE):
        while "recording.recovered" not in await practice.actions(room_id):
            await practice.clock.advance(60)
            await asyncio.sleep(0.05)


async def test_a_disk_that_fills_up_keeps_what_was_written(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with full_disk(practice, monkeypatch) as (room_id, page):
        assert page.last(RecordingStateChanged).reason == "no_space"
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    detail = await the_recording(practice)
    assert detail.recording.state == "failed"
    assert all(part.state in ("recovered", "sealed") for part in detail.parts)
    assert all(pictures > 5 for pictures, _ in (await play(practice, detail)).values())


async def test_what_a_full_disk_kept_is_playable_once_there_is_room_without_a_restart(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with full_disk(practice, monkeypatch) as (room_id, _):
        await leaving.hang_up(practice.calls, practice.patient, room_id)
        assert "recording.recovered" not in await practice.actions(room_id)
    await is_recovered(practice, room_id)
    detail = await the_recording(practice)
    assert all(pictures > 5 for pictures, _ in (await play(practice, detail)).values())


async def test_a_folder_that_another_server_has_is_recovered_once_it_lets_go(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with full_disk(practice, monkeypatch) as (room_id, _):
        other = taken_by_another(practice.recordings.archive.folder)
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    await until(lambda: "cannot be recovered yet: Another carelay server" in caplog.text)
    other.release()
    await is_recovered(practice, room_id)
    await all_written(practice.calls)


def taken_by_another(folder: Path) -> Place:
    """As when a volume came back on two machines at once."""
    place_id = (folder / MARKER).read_text().strip()
    (folder / MARKER).unlink()
    other = Place(folder)
    other.claim(None, place_id, may_make=True)
    return other


async def test_a_disk_that_hangs_while_a_part_is_sealed_completes_the_recording_later(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    disk = threading.Event()
    finish = partfile.PartFile.finish

    def hang(file: partfile.PartFile) -> None:
        disk.wait(60)
        finish(file)

    monkeypatch.setattr(partfile.PartFile, "finish", hang)
    async with talking(*clients):
        await written(practice)
    await leaving.hang_up(practice.calls, practice.provider, room_id)
    assert (await the_recording(practice)).recording.state == "recording"
    disk.set()
    detail = await settled(practice, "complete")
    assert {part.state for part in detail.parts} == {"sealed"}
    assert all(pictures > 5 for pictures, _ in (await play(practice, detail)).values())
