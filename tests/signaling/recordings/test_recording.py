"""What is recorded of a call and what is not: real media, real encrypted files."""

import shutil
from pathlib import Path

import pytest

from signaling.calls import consenting, leaving, lifetime
from signaling.calls.messages import CallEnded
from signaling.kernel.errors import DomainError
from signaling.recordings.messages import RecordingStateChanged
from tests.patience import until
from tests.signaling.practice import Practice, all_written
from tests.signaling.recordings.capturing import (
    connected,
    files,
    play,
    settled,
    the_recording,
    written,
)
from tests.talking import talking

EBML = bytes.fromhex("1a45dfa3")  # how every WebM file begins


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
    actions = [action for action in actions if action != "key.used"]
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
