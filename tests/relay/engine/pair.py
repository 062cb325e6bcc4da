"""The reference in Python and the engine in C, fed with the same datagrams at the same times."""

import itertools
import os
import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import pylibsrtp

from relay.engine import Engine
from relay.engine.forwarder import EngineForwarder
from relay.media import Codec, Slot, Source, Uplink
from relay.tap import Packet, Tap
from relay.transport.dtls import SrtpKeys
from tests.relay.reference.python_forwarder import PythonForwarder

EPOCH = 3e9
MAX_BITRATE_BPS = 2_500_000
Sent = list[tuple[int, bytes]]
"""Peer and datagram."""


# Values of an event that is a packet: source, codec, SSRC, number, then those of relay.tap.Packet.
HEARD_PACKET = 8


class Heard:
    """A tap that writes down what it hears."""

    def __init__(self) -> None:
        self.events: list[tuple[object, ...]] = []

    def rtp(
        self, source: Source, codec: Codec, ssrc: int, sequence: int, packets: list[Packet]
    ) -> None:
        for number, packet in enumerate(packets, sequence):
            self.events.append((source, codec, ssrc, number, *packet))

    def sender_report(
        self, source: Source, ntp_time: int, rtp_timestamp: int, arrival: float
    ) -> None:
        self.events.append((source, ntp_time, rtp_timestamp, arrival))

    def lost(self, source: Source, packets: int) -> None:
        raise AssertionError(f"{packets} packets of the {source} did not fit")

    def source_ended(self, source: Source) -> None:
        self.events.append((source,))

    def by_source(self) -> list[tuple[object, ...]]:
        """Each source's in order: only that is promised."""
        return sorted(self.events, key=lambda event: str(event[0]))


@dataclass
class Browser:
    """The other end of one peer's keys."""

    key: int
    sends: pylibsrtp.Session
    receives: pylibsrtp.Session
    secrets: SrtpKeys

    def plain(self, datagram: bytes) -> bytes | None:
        """What the relay sent, decrypted; none if that fails."""
        rtcp = 192 <= datagram[1] <= 223
        try:
            opened: bytes = (self.receives.unprotect_rtcp if rtcp else self.receives.unprotect)(
                datagram
            )
        except pylibsrtp.Error:
            return None
        return opened


@dataclass
class Pair:
    """Both forwarders. Every call goes to both; what they send, hear, count
    and say must be equal.
    """

    seed: int
    sent: Sent = field(default_factory=list)
    """By the last call."""

    def __post_init__(self) -> None:
        self.python = PythonForwarder(MAX_BITRATE_BPS, EPOCH, random.Random(self.seed))
        self.engine = Engine(-1, EPOCH, MAX_BITRATE_BPS)
        self.native = EngineForwarder(self.engine, random.Random(self.seed))
        self.browsers: dict[int, Browser] = {}
        self.heard: dict[int, tuple[Heard, Heard]] = {}
        self._reference_sent: Sent = []

    def add(self, *, secured: bool = True) -> Browser:
        """A peer with keys of its own."""
        key = next(number for number in itertools.count(1) if number not in self.browsers)

        def transmit(datagram: bytes) -> bool:
            self._reference_sent.append((key, datagram))
            return True

        assert self.python.add(transmit) == key == self.native.add()
        secrets = SrtpKeys("SRTP_AEAD_AES_256_GCM", receive=os.urandom(44), send=os.urandom(44))
        receives, sends = SrtpKeys(
            secrets.profile, receive=secrets.send, send=secrets.receive
        ).sessions()
        self.browsers[key] = Browser(key, sends, receives, secrets)
        if secured:
            self.secure(key)
        return self.browsers[key]

    def secure(self, key: int) -> None:
        for forwarder in (self.python, self.native):
            forwarder.secure(key, *self.browsers[key].secrets.sessions())

    def negotiate(self, key: int, uplinks: Sequence[Uplink], slots: Sequence[Slot]) -> None:
        self.python.negotiate(key, uplinks, slots)
        self.native.negotiate(key, uplinks, slots)

    def route(self, key: int, slot: str, publisher: int | None, uplink: str | None) -> None:
        self.python.route(key, slot, publisher, uplink)
        self.native.route(key, slot, publisher, uplink)

    def tap(self, key: int, *, on: bool = True) -> None:
        taps: tuple[Tap, Tap] = self.heard.setdefault(key, (Heard(), Heard()))
        self.python.tap(key, taps[:1] if on else ())
        self.native.tap(key, taps[1:] if on else ())

    def disconnected(self, key: int) -> None:
        self.python.disconnected(key)
        self.native.disconnected(key)

    def request_keyframe(self, key: int, uplink: str) -> None:
        self.python.request_keyframe(key, uplink)
        self.native.request_keyframe(key, uplink)

    def remove(self, key: int) -> None:
        self.python.remove(key)
        self.native.remove(key)

    def receive(self, key: int, datagram: bytes, now: float) -> Sent:
        """One datagram from a peer."""
        self._reference_sent = []
        self.python.receive(key, datagram, now)
        return self._same(self.engine.receive(key, datagram, now), f"receive {datagram[:2].hex()}")

    def tick(self, now: float) -> Sent:
        """What is due."""
        self._reference_sent = []
        self.python.tick(now)
        return self._same(self.engine.tick(now), "tick")

    def _same(self, sent: Sent, what: str) -> Sent:
        self.sent = self._reference_sent
        if sent != self.sent:
            for ours, theirs in itertools.zip_longest(sent, self.sent):
                assert ours == theirs, (
                    f"{what}: engine {self._told(ours)}, reference {self._told(theirs)}"
                )
        return sent

    def _told(self, item: tuple[int, bytes] | None) -> str:
        """For the message of a failed comparison."""
        if item is None:
            return "nothing"
        key, datagram = item
        receives, _ = SrtpKeys(
            "SRTP_AEAD_AES_256_GCM", self.browsers[key].secrets.send, bytes(44)
        ).sessions()
        opened = receives.unprotect_rtcp if 192 <= datagram[1] <= 223 else receives.unprotect
        return f"to {key}: {opened(datagram).hex()}"

    def same_state(self) -> None:
        """Compare everything else."""
        self.native.dispatch()
        assert +self.native.dropped == +self.python.dropped
        for ours, theirs in self.heard.values():
            assert theirs.by_source() == ours.by_source()
        for key in self.browsers:
            assert self.native.stats(key) == self.python.stats(key)
            assert self.native.quality(key) == self.python.quality(key)
            assert self.native.last_heard(key) == self.python.last_heard(key)


def rtcp(kind: int, count: int, body: bytes) -> bytes:
    """One RTCP packet."""
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body
