"""A participant who is seen and heard: real VP8 and Opus, sent in real time over the relay's port."""

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


async def talk(client: Client) -> None:
    """Until cancelled."""
    loop = asyncio.get_running_loop()
    begin = checked = loop.time()
    for at, packet in packets(client):
        if (wait := begin + at - loop.time()) > 0:
            await asyncio.sleep(wait)
        client.send_rtp(packet)
        if loop.time() - checked > 1:
            checked = loop.time()
            client.send_datagram(bytes(client.check_request()))


@asynccontextmanager
async def talking(*clients: Client) -> AsyncIterator[None]:
    """All of them talk in the meantime."""
    tasks = [asyncio.create_task(talk(client)) for client in clients]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
