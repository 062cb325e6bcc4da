"""What one track may bring; both forwarders must draw the line in the same place."""

import itertools
import random
import struct
from dataclasses import dataclass
from typing import Any

import pytest

from relay.media import Uplink
from relay.quality import Judgement
from tests.relay.engine.pair import HEARD_PACKET, MAX_BITRATE_BPS, Pair
from tests.relay.engine.traffic import OPUS, UPLINK_EXTENSIONS, Sender, vp8

SSRCS = {"microphone": 1, "camera": 2, "screen": 3}
HEAD = 12


@dataclass
class Flow:
    """Packets of one source, at times of their own."""

    source: str
    bps: int
    size: int


class Room:
    """Alice, whom Bob receives and the recorder hears."""

    def __init__(self) -> None:
        self.pair = Pair(1)
        self.alice = self.pair.add()
        self.bob = Sender(1, self.pair.add(), random.Random(1))
        self.numbers = {source: itertools.count(100) for source in SSRCS}
        uplinks = (
            Uplink("0", "audio", "microphone", (OPUS,), UPLINK_EXTENSIONS, 1),
            Uplink("1", "video", "camera", (vp8(96),), UPLINK_EXTENSIONS, 2),
            Uplink("2", "video", "screen", (vp8(96),), UPLINK_EXTENSIONS, 3),
        )
        self.pair.negotiate(self.alice.key, uplinks, ())
        self.pair.negotiate(self.bob.key, (), self.bob.slots(1))
        self.pair.route(self.bob.key, "3", self.alice.key, "1")
        self.pair.tap(self.alice.key)
        self.forwarded = 0
        """Octets, to Bob."""

    def send(self, flow: Flow, now: float) -> None:
        kind = 111 if flow.source == "microphone" else 96
        number = next(self.numbers[flow.source])
        head = struct.pack(
            "!BBHII", 0x80, kind, number & 0xFFFF, int(now * 90000), SSRCS[flow.source]
        )
        payload = b"\x10\x00" + bytes(flow.size - HEAD - 2)
        sent = self.pair.receive(self.alice.key, self.alice.sends.protect(head + payload), now)
        self.forwarded += sum(len(datagram) for key, datagram in sent if key == self.bob.key)

    def run(self, seconds: float, *flows: Flow, start: float = 100.0) -> None:
        """All flows at once, evenly, with a tick every 25 ms."""
        due = [
            (start + number * 8 * flow.size / flow.bps, flow)
            for flow in flows
            for number in range(int(seconds * flow.bps / 8 / flow.size))
        ]
        tick = start
        for now, flow in sorted(due, key=lambda item: item[0]):
            while tick <= now:
                self.pair.tick(tick)
                self.pair.native.dispatch()
                tick += 0.025
            self.send(flow, now)
        self.pair.same_state()

    @property
    def dropped(self) -> dict[str, int]:
        return dict(self.pair.native.dropped)

    def recorded(self) -> int:
        """Octets of payload."""
        events: list[tuple[Any, ...]] = self.pair.heard[self.alice.key][1].events
        return sum(len(event[6]) for event in events if len(event) == HEARD_PACKET)


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_flood_is_cut_to_a_bounded_rate_for_subscriber_and_recorder(room: Room) -> None:
    seconds, limit = 3.0, 4 * MAX_BITRATE_BPS
    room.run(seconds, Flow("camera", 78_000_000, 1200))
    most = (seconds + 2.0) * limit / 8
    assert 0.8 * most < room.recorded() < most
    assert room.forwarded < 1.1 * most
    assert room.dropped["too_fast"] > 0.5 * seconds * 78_000_000 / 8 / 1200
    assert room.pair.native.quality(room.alice.key) == Judgement("poor", "up")


def test_tiny_packets_cost_more_than_their_size(room: Room) -> None:
    room.run(2.0, Flow("microphone", 2_000_000, 40))
    assert room.dropped["too_fast"] > 5000


def test_screen_camera_and_sound_of_1080p60_pass(room: Room) -> None:
    flows = (
        Flow("screen", 8_000_000, 1200),
        Flow("camera", 8_000_000, 1200),
        Flow("microphone", 510_000, 400),
    )
    room.run(4.0, *flows)
    assert room.dropped == {}


def test_what_a_network_held_back_for_two_seconds_passes_at_once(room: Room) -> None:
    for flow in (Flow("screen", 8_000_000, 1200), Flow("microphone", 64_000, 160)):
        for _ in range(int(2.0 * flow.bps / 8 / flow.size)):
            room.send(flow, 103.0)
    assert room.dropped == {}
