"""A participant who is seen and heard: real VP8 and Opus,
sent in real time over the relay's port.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from tests.relay.client import Client
from tests.relay.rtpsource import FRAME_RATE, OPUS, VP8, Sender, pictures, tone

PICTURES, SOUNDS = 60, 100  # two seconds, then again from the start
KEYFRAME_EVERY = 15


def packets(client: Client) -> Iterator[tuple[float, bytes]]:
    """Endless: when, in seconds from the start, and what."""
    camera = Sender("camera", VP8, client.ssrcs["camera"])
    microphone = Sender("microphone", OPUS, client.ssrcs["microphone"])
    frames = pictures("VP8", PICTURES, keyframe_every=KEYFRAME_EVERY)
    sounds = tone(SOUNDS)
    picture = sound = 0
    for tick in itertools.count():
        now = tick * 0.01
        while picture / FRAME_RATE <= now:
            for sent in camera.frame(frames[picture % PICTURES].data, picture / FRAME_RATE):
                yield now, sent.packet
            picture += 1
        while sound * 0.02 <= now:
            for sent in microphone.frame(sounds[sound % SOUNDS], sound * 0.02):
                yield now, sent.packet
            sound += 1


class Speaker:
    """One client that sends; `seconds` of media are on their way."""

    def __init__(self, client: Client) -> None:
        self.seconds = 0.0
        self._client = client

    async def talk(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        checked = 0.0
        begin = loop.time()
        for at, packet in packets(self._client):
            if (wait := begin + at - loop.time()) > 0:
                await asyncio.sleep(wait)
            self._client.send_rtp(packet)
            self.seconds = at
            if loop.time() - checked > 1:
                checked = loop.time()
                self._client.send_datagram(bytes(self._client.check_request()))


class Conversation:
    """Clients that talk at once."""

    def __init__(self, *clients: Client) -> None:
        self.speakers = [Speaker(client) for client in clients]

    async def lasts(self, seconds: float) -> None:
        """Until everybody has sent that much media, which on a busy machine takes longer
        than that.
        """
        # So coarse a wait is enough.
        while any(speaker.seconds < seconds for speaker in self.speakers):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@asynccontextmanager
async def talking(*clients: Client) -> AsyncIterator[Conversation]:
    """All of them talk in the meantime."""
    # Encoded once, then cached.
    await asyncio.to_thread(pictures, "VP8", PICTURES, keyframe_every=KEYFRAME_EVERY)
    conversation = Conversation(*clients)
    tasks = [asyncio.create_task(speaker.talk()) for speaker in conversation.speakers]
    try:
        yield conversation
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
