"""What is recorded of a call and what is not: real media, real encrypted files."""

import asyncio
import errno
import io
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest

from signaling.calls import answering, consenting, leaving, lifetime
from signaling.calls.messages import CallEnded
from signaling.kernel.errors import DomainError
from signaling.recordings import recovery
from signaling.recordings.messages import RecordingStateChanged
from signaling.recordings.resources import RecordingDetail
from storage.vault import partfile
from storage.vault.container import PartIdentity
from storage.vault.place import MARKER, Place
from storage.vault.recovery import RecoveredPart, recover
from tests.patience import PATIENCE, until
from tests.relay.client import Client
from tests.signaling.practice import Page, Practice, all_written, open_practice
from tests.talking import talking

EBML = bytes.fromhex("1a45dfa3")  # how every WebM file begins


@pytest.fixture
async def practice(tmp_path: Path) -> AsyncIterator[Practice]:
    async with open_practice(tmp_path) as practice:
        yield practice


async def connected(
    practice: Practice, *, recording: bool, consent: bool
) -> tuple[str, tuple[Page, Page], tuple[Client, Client]]:
    room_id, provider, patient = await practice.running(recording=recording, consent=consent)
    clients = await practice.connect(provider, room_id), await practice.connect(patient, room_id)
    return room_id, (provider, patient), clients


async def the_recording(practice: Practice) -> RecordingDetail:
    listed = await practice.playbacks.list(practice.compliance, None)
    assert len(listed.recordings) == 1
    return await practice.playbacks.detail(practice.compliance, listed.recordings[0].recording_id)


async def play(practice: Practice, detail: RecordingDetail) -> dict[str, tuple[int, int]]:
    """participant → decoded pictures and sounds, over all parts."""
    decoded: dict[str, tuple[int, int]] = {}
    opened = await practice.playbacks.open(practice.compliance, detail.recording.recording_id)
    for part in detail.parts:
        if part.part_id in opened.urls:
            pictures, sounds = decoded.get(part.participant_id, (0, 0))
            file = await practice.playbacks.media(
                practice.compliance, detail.recording.recording_id, part.part_id, opened.playback_id
            )
            more_pictures, more_sounds = decode(await file.read(0, file.size))
            assert file.size == part.size_bytes
            file.close()
            decoded[part.participant_id] = pictures + more_pictures, sounds + more_sounds
    return decoded


def decode(data: bytes) -> tuple[int, int]:
    with av.open(io.BytesIO(data), "r") as container:
        frames = list(container.decode())
    return sum(isinstance(f, av.VideoFrame) for f in frames), sum(
        isinstance(f, av.AudioFrame) for f in frames
    )


def files(practice: Practice) -> list[Path]:
    """Those of parts, with what lies beside them."""
    return [path for path in practice.recordings.archive.folder.glob("*/*") if path.is_file()]


async def written(practice: Practice, count: int = 2) -> None:
    """Until there are that many parts with media in them."""
    await until(lambda: sum(path.stat().st_size > 20_000 for path in files(practice)) >= count)


async def test_a_consented_call_becomes_one_encrypted_file_a_participant(
    practice: Practice,
) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    async with talking(*clients):
        await written(practice)
    await leaving.hang_up(practice.calls, practice.provider, room_id)

    for path in files(practice):
        content = path.read_bytes()
        assert EBML not in content
        assert b"Opus" not in content
        assert path.stat().st_mode & 0o077 == 0
    detail = await settled(practice, "complete")
    assert [(part.participant_role, part.source, part.state) for part in detail.parts] in (
        [("provider", "camera", "sealed"), ("patient", "camera", "sealed")],
        [("patient", "camera", "sealed"), ("provider", "camera", "sealed")],
    )
    decoded = await play(practice, detail)
    assert all(pictures > 10 and sounds > 10 for pictures, sounds in decoded.values())
    assert {consent.decision for consent in detail.consents} == {"given"}
    actions = [entry.action for entry in detail.access_log if entry.action != "recording.viewed"]
    assert actions == ["recording.started", "recording.stopped", "recording.completed"]
    assert detail.access_log[-1].action == "recording.viewed"
    call = await practice.row(room_id)
    assert (call.recording_consent_given, call.has_recording) == (True, True)
    assert call.bandwidth_used > 0


async def test_without_consent_nothing_is_written(practice: Practice) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=False)
    async with talking(*clients):
        await until(lambda: practice.relay.room(room_id).bytes_relayed > 50_000)
    assert pages[0].last(RecordingStateChanged).state == "stopped"
    assert (await practice.join(pages[1], room_id)).recording.state == "stopped"
    await leaving.hang_up(practice.calls, practice.provider, room_id)
    assert files(practice) == []
    assert (await practice.playbacks.list(practice.compliance, None)).recordings == []
    call = await practice.row(room_id)
    assert (call.recording_consent_given, call.has_recording) == (False, False)
    assert "consent.declined" in await practice.actions(room_id)


async def test_a_call_with_the_switch_off_is_never_recorded(practice: Practice) -> None:
    room_id, pages, _ = await connected(practice, recording=False, consent=True)
    with pytest.raises(DomainError, match="recording_not_enabled"):
        await consenting.decide(practice.calls, pages[1], room_id, given=True)
    assert (await practice.join(pages[1], room_id)).recording.state == "off"
    assert (await practice.row(room_id)).recording_consent_given is None
    assert not [
        action for action in await practice.actions(room_id) if action.startswith("consent")
    ]


async def test_withdrawal_stops_the_recording_and_not_the_call(practice: Practice) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    async with talking(*clients):
        await written(practice)
        await consenting.decide(practice.calls, pages[1], room_id, given=False)
        assert pages[0].recording_states()[-1] == pages[1].recording_states()[-1] == "stopped"
        sizes = {path: path.stat().st_size for path in files(practice)}
        relayed = practice.relay.room(room_id).bytes_relayed
        await until(lambda: practice.relay.room(room_id).bytes_relayed > relayed + 50_000)
        assert {path: path.stat().st_size for path in files(practice)} == sizes
        await consenting.decide(practice.calls, pages[1], room_id, given=True)
        await practice.clock.advance(1)
        await until(lambda: pages[0].recording_states()[-1] == "recording")
        await written(practice, 4)
    assert not pages[0].all(CallEnded)
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    detail = await the_recording(practice)
    assert [consent.decision for consent in detail.consents if consent.role == "patient"] == [
        "given",
        "withdrawn",
        "given",
    ]
    assert len(detail.parts) == 4
    assert max(part.offset_ms for part in detail.parts) > min(
        part.offset_ms for part in detail.parts
    )


async def test_the_provider_may_switch_it_off_too(practice: Practice) -> None:
    room_id, pages, _ = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    await consenting.decide(practice.calls, pages[0], room_id, given=False)
    assert pages[1].recording_states()[-1] == "stopped"
    await all_written(practice.calls)
    assert (await practice.row(room_id)).recording_consent_given is True


async def test_it_pauses_while_somebody_is_away(practice: Practice) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    async with talking(clients[0]):
        async with talking(clients[1]):
            await written(practice)
        await clients[1].close()
        await until(lambda: pages[0].recording_states()[-1] == "paused")
        again = await practice.connect(pages[1], room_id)
        await until(lambda: pages[0].recording_states()[-1] == "recording")
        async with talking(again):
            await written(practice, 4)
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    assert len((await the_recording(practice)).parts) == 4


async def test_a_folder_that_cannot_be_written_fails_visibly_and_the_call_goes_on(
    practice: Practice, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "recordings")
    (tmp_path / "recordings").write_text("a file where the folder should be")
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    async with talking(*clients):
        await until(lambda: pages[1].recording_states()[-1] == "failed")
        relayed = practice.relay.room(room_id).bytes_relayed
        await until(lambda: practice.relay.room(room_id).bytes_relayed > relayed)
    assert pages[1].last(RecordingStateChanged).reason == "not_written"
    assert not pages[1].all(CallEnded)
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    assert "recording.failed" in await practice.actions(room_id)


async def test_a_disk_that_fills_up_keeps_what_was_written(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    async with talking(*clients):
        await written(practice)
        with monkeypatch.context() as patched:
            # A full disk of one's own needs root to mount.
            patched.setattr(partfile, "write_all", disk_full)
            await until(lambda: pages[0].recording_states()[-1] == "failed")
        assert pages[0].last(RecordingStateChanged).reason == "no_space"
        await leaving.hang_up(practice.calls, practice.patient, room_id)
    detail = await the_recording(practice)
    assert detail.recording.state == "failed"
    assert all(part.state in ("recovered", "sealed") for part in detail.parts)
    assert all(pictures > 5 for pictures, _ in (await play(practice, detail)).values())


async def test_what_a_full_disk_kept_is_playable_once_there_is_room_without_a_restart(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    async with talking(*clients):
        await written(practice)
        with monkeypatch.context() as patched:
            patched.setattr(partfile, "write_all", disk_full)
            await until(lambda: pages[0].recording_states()[-1] == "failed")
            await leaving.hang_up(practice.calls, practice.patient, room_id)
            assert "recording.recovered" not in await practice.actions(room_id)
    async with asyncio.timeout(PATIENCE):
        while "recording.recovered" not in await practice.actions(room_id):
            await practice.clock.advance(60)
            await asyncio.sleep(0.05)
    detail = await the_recording(practice)
    assert all(pictures > 5 for pictures, _ in (await play(practice, detail)).values())


async def test_a_folder_that_another_server_has_is_recovered_once_it_lets_go(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    async with talking(*clients):
        await written(practice)
        with monkeypatch.context() as patched:
            patched.setattr(partfile, "write_all", disk_full)
            await until(lambda: pages[0].recording_states()[-1] == "failed")
            other = taken_by_another(practice.recordings.archive.folder)
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    await until(lambda: "cannot be recovered yet: Another carelay server" in caplog.text)
    other.release()
    async with asyncio.timeout(PATIENCE):
        while "recording.recovered" not in await practice.actions(room_id):
            await practice.clock.advance(60)
            await asyncio.sleep(0.05)
    await all_written(practice.calls)


def taken_by_another(folder: Path) -> Place:
    """As when a volume came back on two machines at once."""
    place_id = (folder / MARKER).read_text().strip()
    (folder / MARKER).unlink()
    other = Place(folder)
    other.claim(None, place_id, may_make=True)
    return other


def disk_full(descriptor: int, data: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


async def test_the_next_run_recovers_a_torn_recording(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    async with open_practice(tmp_path / "first") as first:
        room_id, pages, clients = await connected(first, recording=True, consent=True)
        await until(lambda: pages[0].recording_states()[-1] == "recording")
        async with talking(*clients):
            await written(first)
            as_if_killed(tmp_path / "first", tmp_path / "second")
    async with open_practice(tmp_path / "second") as second:
        detail = await recovered(second)
        assert [part.state for part in detail.parts] == ["recovered", "recovered"]
        assert all(pictures > 5 for pictures, _ in (await play(second, detail)).values())
        assert "recording.recovered" in await second.actions(room_id)


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


async def settled(practice: Practice, state: str) -> RecordingDetail:
    """The recording once the background is done with it; time passes meanwhile."""
    async with asyncio.timeout(30):
        while (detail := await the_recording(practice)).recording.state == "recording":
            await practice.clock.advance(60)
            await asyncio.sleep(0.05)
    assert detail.recording.state == state
    return detail


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
            await second.playbacks.open(second.compliance, detail.recording.recording_id)


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
        opened = await second.playbacks.open(second.compliance, detail.recording.recording_id)
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


async def test_a_server_that_stops_seals_its_recordings(practice: Practice) -> None:
    _, pages, clients = await connected(practice, recording=True, consent=True)
    await until(lambda: pages[0].recording_states()[-1] == "recording")
    async with talking(*clients):
        await written(practice)
        await lifetime.close(practice.calls)
    assert pages[1].last(CallEnded).reason == "server_restart"
    detail = await the_recording(practice)
    assert detail.recording.state == "complete"
    assert {part.state for part in detail.parts} == {"sealed"}
