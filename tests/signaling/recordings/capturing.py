"""Calls that are recorded, with real media, and what became of it."""

import asyncio
import errno
import io
from pathlib import Path

import av

from signaling.recordings.resources import RecordingDetail
from tests.patience import until
from tests.relay.client import Client
from tests.signaling.practice import Page, Practice
from tests.signaling.recordings.recorded import WHY


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
    opened = await practice.playbacks.open(practice.compliance, detail.recording.recording_id, WHY)
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


def disk_full(descriptor: int, data: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


async def settled(practice: Practice, state: str) -> RecordingDetail:
    """The recording once the background is done with it; time passes meanwhile."""
    async with asyncio.timeout(30):
        while (detail := await the_recording(practice)).recording.state == "recording":
            await practice.clock.advance(60)
            await asyncio.sleep(0.05)
    assert detail.recording.state == state
    return detail
