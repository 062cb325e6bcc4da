"""Ann sends her camera in three layers to Bob and Eve, through reference and engine at once,
in a time of its own.
"""

import random
import struct
from collections.abc import Mapping
from itertools import pairwise

from relay.media import Slot, Uplink
from tests.relay.engine.pair import EPOCH, Browser, Pair, rtcp
from tests.relay.engine.traffic import LAYER_EXTENSIONS, SLOT_EXTENSIONS, vp8
from tests.support.keyframes import starts_keyframe
from tests.support.rtcp import KeyframeRequest, Remb, parse
from tests.support.rtp import RtpPacket, build, extension_element

RIDS = ("f", "h", "q")
PACKETS = {"f": (3, 1100), "h": (1, 1000), "q": (1, 300)}
"""Of a frame, and bytes of each: about 800, 250 and 80 kbit/s."""
FRAME = 1 / 30
NONE_BEHIND: Mapping[str, int] = {}
HEAD = 7
"""Octets of descriptor and frame tag."""


class Picture:
    """What one subscriber gets."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.packets: list[RtpPacket] = []
        """Those with payload."""
        self.padding: list[RtpPacket] = []

    @property
    def layer(self) -> str:
        """Of the newest packet."""
        return layer_of(self.packets[-1])

    @property
    def ssrc(self) -> int:
        """Of its slot."""
        return 6000 + self.browser.key

    def assert_one_stream(self) -> None:
        """No gap in the numbers, no timestamp that goes back, and another layer only
        with its keyframe.
        """
        for before, packet in pairwise(self.packets):
            assert packet.sequence == (before.sequence + 1) & 0xFFFF
            assert (packet.timestamp - before.timestamp) & 0xFFFFFFFF < 90000
            if layer_of(packet) != layer_of(before):
                assert starts_keyframe("VP8", packet.payload)
                assert packet.timestamp != before.timestamp
            assert gone_on(before, packet) in (
                (0, 0, 0),
                (1, 1, int(starts_keyframe("VP8", packet.payload))),
            )

    def changes(self) -> str:
        """The layers in the order in which they came."""
        layers = [layer_of(packet) for packet in self.packets]
        return "".join(
            layer for layer, before in zip(layers, ["", *layers], strict=False) if layer != before
        )


def layer_of(packet: RtpPacket) -> str:
    """As ann wrote it into the payload."""
    return packet.payload[HEAD : HEAD + 1].decode()


def frame_of(packet: RtpPacket) -> int:
    """When it was captured, counted in frames."""
    return int.from_bytes(packet.payload[HEAD + 1 : HEAD + 5], "big")


def gone_on(before: RtpPacket, packet: RtpPacket) -> tuple[int, int, int]:
    """By how much picture id, TL0PICIDX and KEYIDX grew."""
    numbers = [struct.unpack("!HBB", each.payload[2:6]) for each in (before, packet)]
    picture_id, tl0, key = (new - old for old, new in zip(*numbers, strict=True))
    return picture_id & 0x7FFF, tl0 & 0xFF, key & 0x1F


class LayeredRoom:
    """`run` lets time pass; everything else happens in no time."""

    def __init__(self, behind: Mapping[str, int] = NONE_BEHIND) -> None:
        """`behind`: how many frames ago a layer's pictures were captured, that are sent now."""
        self.pair = Pair(1)
        self.now = 100.0
        self.ann = self.pair.add()
        self.bob, self.eve = Picture(self.pair.add()), Picture(self.pair.add())
        self.sends = set(RIDS)
        """Layers that ann sends."""
        self.pads: set[str] = set()
        """Layers whose SSRC carries only padding."""
        self.told_bps = 0
        """The cap."""
        self.asked: list[str] = []
        """Layers of which keyframes were asked."""
        self.remb: dict[Picture, int] = {}
        """What subscribers say each 0.5 s."""
        self._behind = behind
        self._keys = {"f": 30, "h": 9, "q": 0}
        self._due = set(RIDS)
        self._sequences = dict.fromkeys(RIDS, 65500)
        self._frame = 10
        chance = random.Random(2)
        self._offsets = {rid: chance.getrandbits(32) for rid in RIDS}
        camera = Uplink("1", "video", "camera", (vp8(96),), LAYER_EXTENSIONS, rids=RIDS)
        self.pair.negotiate(self.ann.key, (camera,), ())
        for picture in (self.bob, self.eve):
            slot = Slot(
                "3",
                "video",
                (vp8(98),),
                SLOT_EXTENSIONS,
                picture.ssrc,
                picture.ssrc + 1000,
                "slot-0",
            )
            self.pair.negotiate(picture.browser.key, (), (slot,))
            self.pair.route(picture.browser.key, "3", self.ann.key, "1")

    def ssrc(self, rid: str) -> int:
        """Of one of ann's layers."""
        return 2000 + RIDS.index(rid)

    def run(self, seconds: float) -> None:
        """Ann sends her frames, the forwarders their feedback, the subscribers their estimates."""
        for _ in range(round(seconds / FRAME)):
            self._frame += 1
            self.now += FRAME
            for rid in RIDS:
                if rid in self.sends:
                    self._send(rid)
                elif rid in self.pads:
                    self._pad(rid)
            self._take(self.pair.tick(self.now))
            if self._frame % 15 == 0:
                for picture, bps in self.remb.items():
                    self.estimate(picture, bps)
        self.pair.same_state()

    def _send(self, rid: str) -> None:
        key = rid in self._due
        self._due.discard(rid)
        count, size = PACKETS[rid]
        captured = self._frame - self._behind.get(rid, 0)
        self._keys[rid] += key
        # Each layer counts its pictures from a number of its own.
        numbers = (
            0x8000 | (captured + self._offsets[rid]) & 0x7FFF,
            captured + self._offsets[rid] & 0xFF,
        )
        descriptor = b"\xf0" + struct.pack("!HBB", *numbers, self._keys[rid] & 0x1F)
        for place in range(count):
            start = (
                bytes([0x90 if place == 0 else 0x80])
                + descriptor
                + bytes([0 if key and place == 0 else 1])
            )
            self._send_packet(
                rid, captured, start + rid.encode() + struct.pack("!I", captured) + bytes(size)
            )

    def _pad(self, rid: str) -> None:
        """A probe of the path on the media SSRC, as browsers send without RTX: numbered, but
        with no payload.
        """
        self._send_packet(rid, self._frame, bytes(223) + b"\xe0", padding_bit=0x20)

    def _send_packet(self, rid: str, captured: int, payload: bytes, padding_bit: int = 0) -> None:
        self._sequences[rid] += 1
        timestamp = (self._offsets[rid] + 3000 * captured) & 0xFFFFFFFF
        head = (96, self._sequences[rid] & 0xFFFF, timestamp, self.ssrc(rid))
        elements = extension_element(4, b"1") + extension_element(6, rid.encode())
        protected = self.ann.sends.protect(build(head, elements, payload, padding_bit))
        self._take(self.pair.receive(self.ann.key, protected, self.now))

    def _take(self, sent: list[tuple[int, bytes]]) -> None:
        for key, datagram in sent:
            plain = self.pair.browsers[key].plain(datagram)
            assert plain is not None
            if not 192 <= datagram[1] <= 223:
                picture = self.bob if key == self.bob.browser.key else self.eve
                media = RtpPacket(plain)
                (picture.packets if media.payload else picture.padding).append(media)
            elif key == self.ann.key:
                for packet in parse(plain):
                    if isinstance(packet, KeyframeRequest):
                        self.asked.append(RIDS[packet.ssrc - 2000])
                        self._due.add(self.asked[-1])
                    elif isinstance(packet, Remb):
                        self.told_bps = packet.bitrate_bps

    def estimate(self, picture: Picture, bps: int) -> None:
        """A subscriber's REMB."""
        exponent = max(0, bps.bit_length() - 18)
        rate = 1 << 24 | exponent << 18 | bps >> exponent
        self._feedback(picture, 206, 15, struct.pack("!II4sII", 1, 0, b"REMB", rate, picture.ssrc))

    def ask_keyframe(self, picture: Picture) -> None:
        """A subscriber's PLI."""
        self._feedback(picture, 206, 1, struct.pack("!II", 1, picture.ssrc))

    def _feedback(self, picture: Picture, kind: int, count: int, body: bytes) -> None:
        datagram = picture.browser.sends.protect_rtcp(rtcp(kind, count, body))
        self._take(self.pair.receive(picture.browser.key, datagram, self.now))

    def sender_report(self, rid: str, ahead: float = 0.0) -> None:
        """Of one of ann's layers: its timestamp of what is captured now, and the time,
        if her clock is right.
        """
        ntp = int((self.now + ahead + EPOCH) * 2**32)
        timestamp = (self._offsets[rid] + 3000 * self._frame) & 0xFFFFFFFF
        report = struct.pack("!IQIII", self.ssrc(rid), ntp, timestamp, 1, 1)
        self.pair.receive(self.ann.key, self.ann.sends.protect_rtcp(rtcp(200, 0, report)), self.now)

    def bye(self, rid: str) -> None:
        """Ann ends one layer."""
        datagram = self.ann.sends.protect_rtcp(rtcp(203, 1, struct.pack("!I", self.ssrc(rid))))
        self.pair.receive(self.ann.key, datagram, self.now)
