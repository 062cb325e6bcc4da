"""What is said in a call, and what of it is in a recording."""

import asyncio

from signaling.recordings.resources import RecordingDetail
from tests.patience import PATIENCE
from tests.relay.client import Client
from tests.relay.rtpsource import OPUS, Sender, tone
from tests.signaling.practice import Page, Practice
from tests.signaling.recordings.recorded import WHY

SAID = 25
"""Packets, half a second of sound."""


class Voice:
    """Sends packets of sound in real time that have words in them, which a recording keeps as
    they are.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._sender = Sender("microphone", OPUS, client.ssrcs["microphone"])
        self._tick = 0

    async def say(self, words: bytes) -> None:
        for _ in range(SAID):
            frame = tone(1)[0][:1] + words * 8  # Opus' own first byte: of how long a sound it is
            for sent in self._sender.frame(frame, self._tick * 0.02):
                self._client.send_rtp(sent.packet)
            self._tick += 1
            await asyncio.sleep(0.02)


async def all_say(voices: list[Voice], words: bytes) -> None:
    await asyncio.gather(*(voice.say(words) for voice in voices))


async def recorded_again(practice: Practice, page: Page) -> None:
    async with asyncio.timeout(PATIENCE):
        while page.recording_states()[-1] != "recording":
            await practice.clock.advance(1)
            await asyncio.sleep(0.02)


async def contents(practice: Practice, detail: RecordingDetail) -> dict[str, bytes]:
    """participant → everything that was recorded of them."""
    found: dict[str, bytes] = {}
    opened = await practice.playbacks.open(practice.compliance, detail.recording.recording_id, WHY)
    for part_id in opened.urls:
        part = next(part for part in detail.parts if part.part_id == part_id)
        file = await practice.playbacks.media(
            practice.compliance, detail.recording.recording_id, part_id, opened.playback_id
        )
        found[part.participant_id] = found.get(part.participant_id, b"") + await file.read(
            0, file.size
        )
        file.close()
    return found
