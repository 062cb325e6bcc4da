"""A camera in several layers of real VP8 whose numbers the test chooses,
as no browser would let it.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from relay.room import Room
from tests.relay.client import Client
from tests.relay.rtpsource import FRAME_RATE, Encoded, pictures
from tests.scenarios.party import Party
from tests.support.rtcp import KeyframeRequest, parse
from tests.support.rtp import MalformedPacketError, build, extension_element

CAMERA_MID, MID_ID, RID_ID, PAYLOAD_TYPE = b"1", 4, 6, 96
MTU = 1000
GROUP = 300
"""Pictures until the next keyframe that nobody asked for."""


@dataclass
class Layer:
    """One encoding; the numbers are those of its next picture."""

    rid: str
    size: tuple[int, int]
    ssrc: int
    picture_id: int
    tl0: int
    timestamp: int
    sequence: int = 100
    sent: bool = True
    """Whether it is being sent for now."""
    place: int = field(default=0, init=False)
    asked: int = field(default=0, init=False)
    """Keyframes that were asked of it."""

    def encoded(self) -> Encoded:
        """The next picture; a keyframe begins the same pictures anew."""
        picture = pictures("VP8", GROUP, self.size)[self.place]
        self.place = (self.place + 1) % GROUP
        return picture

    def payloads(self) -> Iterator[bytes]:
        """RFC 7741: each picture with picture id, TL0PICIDX, and a temporal layer 0."""
        data = self.encoded().data
        numbers = struct.pack("!HBB", 0x8000 | self.picture_id, self.tl0, 0)
        for start in range(0, len(data), MTU):
            yield (b"\x80" if start else b"\x90") + b"\xe0" + numbers + data[start : start + MTU]
        self.picture_id = (self.picture_id + 1) & 0x7FFF
        self.tl0 = (self.tl0 + 1) & 0xFF

    def packets(self) -> Iterator[bytes]:
        """The next picture."""
        payloads = list(self.payloads())
        elements = extension_element(MID_ID, CAMERA_MID) + extension_element(
            RID_ID, self.rid.encode()
        )
        for number, payload in enumerate(payloads):
            marker = 0x80 if number == len(payloads) - 1 else 0
            head = (marker | PAYLOAD_TYPE, self.sequence, self.timestamp, self.ssrc)
            self.sequence = (self.sequence + 1) & 0xFFFF
            yield build(head, elements, payload)
        self.timestamp = (self.timestamp + 90000 // FRAME_RATE) & 0xFFFFFFFF


class LayeredCamera:
    """Sends its layers, and answers requests for keyframes."""

    def __init__(self, client: Client, layers: list[Layer]) -> None:
        self.layers = {layer.rid: layer for layer in layers}
        self._client = client

    async def run(self) -> None:
        """Until cancelled; the layers skip what they do not send."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._listen()
            for layer in self.layers.values():
                for packet in layer.packets() if layer.sent else ():
                    self._client.send_rtp(packet)
            due += 1 / FRAME_RATE
            await asyncio.sleep(due - loop.time())

    def _listen(self) -> None:
        while not self._client.received.empty():
            datagram = self._client.received.get_nowait()
            if not 192 <= datagram[1] <= 223:
                continue
            with suppress(MalformedPacketError):
                for packet in parse(datagram):
                    if isinstance(packet, KeyframeRequest):
                        self._asked(packet.ssrc)

    def _asked(self, ssrc: int) -> None:
        for layer in self.layers.values():
            if layer.ssrc == ssrc:
                layer.place = 0
                layer.asked += 1


@asynccontextmanager
async def layered_camera(room: Room, layers: list[Layer]) -> AsyncIterator[LayeredCamera]:
    """In a room that has two others already."""
    party = Party("camera")
    party.peer = room.join(party.name, party)
    camera = LayeredCamera(party.client, layers)
    for layer in layers:
        pictures("VP8", GROUP, layer.size)  # encoded before time counts
    offer, sources = party.client.offer(audio_slots=2, video_slots=3, rids=tuple(camera.layers))
    answer = await party.peer.offer(offer, sources)
    await party.client.connect(answer.sdp)
    running = asyncio.create_task(camera.run())
    try:
        yield camera
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await party.client.close()
