"""Random traffic in a room: what browsers send, what networks do to it, and what neither would."""

import random
import struct
from collections.abc import Callable, Iterator

import pylibsrtp

from relay.media import Codec, Slot, Uplink
from relay.negotiation.formats import (
    ABS_SEND_TIME_EXTENSION,
    MID_EXTENSION,
    REPAIRED_RID_EXTENSION,
    RID_EXTENSION,
    TRANSPORT_CC_EXTENSION,
)
from tests.relay.engine.pair import EPOCH, Browser, Pair, rtcp

OPUS = Codec(111, "opus", 48000, 2)
UPLINK_EXTENSIONS = {MID_EXTENSION: 4, ABS_SEND_TIME_EXTENSION: 2, TRANSPORT_CC_EXTENSION: 3}
LAYER_EXTENSIONS = UPLINK_EXTENSIONS | {RID_EXTENSION: 6, REPAIRED_RID_EXTENSION: 7}
SLOT_EXTENSIONS = {MID_EXTENSION: 9, ABS_SEND_TIME_EXTENSION: 5}


def vp8(payload_type: int) -> Codec:
    """With RTX on the next payload type."""
    return Codec(payload_type, "VP8", 90000, rtx_payload_type=payload_type + 1)


def h264(payload_type: int) -> Codec:
    """Constrained baseline, with RTX on the next payload type."""
    parameters = {"profile-level-id": "42e01f", "packetization-mode": "1"}
    return Codec(
        payload_type, "H264", 90000, parameters=parameters, rtx_payload_type=payload_type + 1
    )


class Sender:
    """One participant's media as a browser would number it."""

    def __init__(
        self, index: int, browser: Browser, chance: random.Random, rids: tuple[str, ...] = ()
    ) -> None:
        self.rids = rids
        self.paused: set[int] = set()
        """Layers that send nothing for now."""
        self.index = index
        self.browser = browser
        self.key = browser.key
        self.chance = chance
        self.codec = chance.choice((vp8, vp8, h264))(chance.choice((96, 100, 120)))
        tracks = 1 + max(1, len(rids))
        self.sequences = [
            chance.choice((0xFFF0, 0x7FFE, chance.getrandbits(16))) for _ in range(tracks)
        ]
        self.timestamps = [
            chance.choice((0xFFFFF000, chance.getrandbits(32))) for _ in range(tracks)
        ]
        self.ssrcs = [
            1000 * (track + 1 if track < 2 else track + 6) + index for track in range(tracks)
        ]
        self.rtx_sequence = self.transport_sequence = 0xFFF0
        self.history: list[dict[int, bytes]] = [{} for _ in range(tracks)]

    def uplinks(self) -> tuple[Uplink, Uplink]:
        """A microphone and a camera, with or without declared SSRCs."""
        audio, video, rtx = (
            ssrc if self.chance.random() < 0.7 else None
            for ssrc in (*self.ssrcs[:2], 3000 + self.index)
        )
        if self.rids:
            camera = Uplink("1", "video", "camera", (self.codec,), LAYER_EXTENSIONS, rids=self.rids)
            return Uplink("0", "audio", "microphone", (OPUS,), LAYER_EXTENSIONS, audio), camera
        return (
            Uplink("0", "audio", "microphone", (OPUS,), UPLINK_EXTENSIONS, audio),
            Uplink("1", "video", "camera", (self.codec,), UPLINK_EXTENSIONS, video, rtx),
        )

    def slots(self, others: int) -> tuple[Slot, ...]:
        """Two slots for each of the others."""
        return tuple(slot for other in range(others) for slot in self._two_slots(other))

    def _two_slots(self, other: int) -> tuple[Slot, Slot]:
        ssrc, stream = 10 * self.index + other, f"slot-{other}"
        codecs = (vp8(98), h264(102))
        return (
            Slot(f"{2 + 2 * other}", "audio", (OPUS,), SLOT_EXTENSIONS, 5000 + ssrc, stream=stream),
            Slot(
                f"{3 + 2 * other}",
                "video",
                codecs,
                SLOT_EXTENSIONS,
                6000 + ssrc,
                7000 + ssrc,
                stream,
            ),
        )

    def packet(self) -> bytes | None:
        """The next RTP packet, protected; none where that is refused."""
        video = int(self.chance.random() < 0.7)
        if video and self.rids:
            video = 1 + self.chance.randrange(len(self.rids))
            if video in self.paused:
                return None
        step = 1 if self.chance.random() < 0.97 else self.chance.choice((2, 3, 5, 40, 300))
        self.sequences[video] = (self.sequences[video] + step) & 0xFFFF
        if self.chance.random() < 0.3:
            self.timestamps[video] = (self.timestamps[video] + 3000) & 0xFFFFFFFF
        plain = self._rtp(video, self._payload(video))
        if video:
            self.history[video][self.sequences[video]] = plain
        return self.protect(plain)

    def _payload(self, video: int) -> bytes:
        rest = self.chance.randbytes(self.chance.choice((20, 200, 1100)))
        key = self.chance.random() < 0.1
        if not video:
            return rest
        if self.codec.name == "H264":
            return (b"\x65" if key else b"\x41") + rest
        return self._descriptor(key) + (b"\x00" if key else b"\x01") + rest

    def _descriptor(self, key: bool) -> bytes:
        """Of VP8, of every form; numbers jump as streams do not."""
        start = b"\x90" if key or self.chance.random() < 0.5 else b"\x80"
        if self.chance.random() < 0.3:
            return bytes([start[0] & 0x7F])
        flags = self.chance.choice((0xE0, 0xF0, 0x80, 0xC0, self.chance.getrandbits(8)))
        numbers = b""
        if flags & 0x80:
            number = self.chance.choice((0x7FFE, 0x7FFF, 0, self.chance.getrandbits(15)))
            long = self.chance.random() < 0.8
            numbers += (0x8000 | number).to_bytes(2, "big") if long else bytes([number & 0x7F])
        if flags & 0x40:
            numbers += self.chance.randbytes(1)
        if flags & 0x30:
            numbers += self.chance.randbytes(1)
        whole = start + bytes([flags]) + numbers
        return (
            whole if self.chance.random() < 0.98 else whole[: self.chance.randrange(1, len(whole))]
        )

    def _rtp(self, video: int, payload: bytes) -> bytes:
        extensions = self._extensions(video)
        padded = self.chance.random() < 0.03
        first = 0x80 | (0x10 if extensions else 0) | (0x20 if padded else 0)
        second = (self.codec.payload_type if video else 111) | (
            0x80 if self.chance.random() < 0.3 else 0
        )
        head = struct.pack(
            "!BBHII",
            first,
            second,
            self.sequences[video],
            self.timestamps[video],
            self.ssrcs[video],
        )
        return head + extensions + payload + (b"\0\0\3" if padded else b"")

    def _extensions(self, video: int) -> bytes:
        elements = b""
        if self.chance.random() < 0.9:
            step = 1 if self.chance.random() < 0.98 else self.chance.choice((2, 7, 500, 3000))
            self.transport_sequence = (self.transport_sequence + step) & 0xFFFF
            elements += b"\x31" + self.transport_sequence.to_bytes(2, "big")
        if self.chance.random() < 0.5:
            elements += b"\x40" + str(min(video, 1)).encode()
        if video and self.rids and self.chance.random() < 0.95:
            elements += b"\x60" + self.rids[video - 1].encode()
        if self.chance.random() < 0.2:
            elements += b"\x22\1\2\3"
        if not elements:
            return b""
        elements += bytes(-len(elements) % 4)
        return struct.pack("!HH", 0xBEDE, len(elements) // 4) + elements

    def retransmission(self) -> bytes | None:
        """RTX of one of the last packets, or a probe without payload."""
        video = self.chance.choice([video for video, history in enumerate(self.history) if history])
        number = self.chance.choice(list(self.history[video])[-60:])
        plain = self.history[video][number]
        self.rtx_sequence = (self.rtx_sequence + 1) & 0xFFFF
        offset = 12 + (4 + 4 * int.from_bytes(plain[14:16], "big") if plain[0] & 0x10 else 0)
        payload = number.to_bytes(2, "big") + plain[offset:] if self.chance.random() < 0.9 else b""
        second = plain[1] & 0x80 | self.codec.payload_type + 1
        head = struct.pack("!BBH", plain[0], second, self.rtx_sequence) + plain[4:8]
        ssrc = 2000 + self.ssrcs[video] if self.rids else 3000 + self.index
        extensions = plain[12:offset].replace(b"\x60", b"\x70") if self.rids else plain[12:offset]
        return self.protect(head + struct.pack("!I", ssrc) + extensions + payload)

    def sender_report(self, now: float) -> bytes | None:
        """A clock 1234 s ahead of ours."""
        track = self.chance.randrange(len(self.ssrcs))
        ntp = int((now + EPOCH + 1234) * 2**32) & (2**64 - 1)
        return self.protect_rtcp(
            rtcp(
                200, 0, struct.pack("!IQIII", self.ssrcs[track], ntp, self.timestamps[track], 5, 6)
            )
        )

    def protect(self, plain: bytes) -> bytes | None:
        try:
            protected: bytes = self.browser.sends.protect(plain)
        except (pylibsrtp.Error, ValueError):
            return None
        return protected

    def protect_rtcp(self, plain: bytes) -> bytes | None:
        try:
            protected: bytes = self.browser.sends.protect_rtcp(plain)
        except (pylibsrtp.Error, ValueError):
            return None
        return protected


class Traffic:
    """Runs one random room through a pair."""

    def __init__(self, seed: int, people: int, rids: tuple[str, ...] = ()) -> None:
        """`rids`: of everybody's camera; with layers a second has fewer events, so that they come
        and go.
        """
        self.chance = random.Random(seed)
        self.layered = bool(rids)
        self.pair = Pair(seed)
        self.now = 1000.0
        self.senders = [
            Sender(i, self.pair.add(secured=i == 0), self.chance, rids) for i in range(people)
        ]
        self.sent_sequences: dict[int, int] = {}
        self.reports: dict[int, int] = {}
        self._delayed: list[tuple[float, int, bytes]] = []
        for sender in self.senders:
            self.pair.negotiate(sender.key, sender.uplinks(), sender.slots(people - 1))

    def run(self, steps: int) -> None:
        """Let things happen; routes, taps and later keys come in between."""
        late = self.chance.randrange(steps // 4)
        for step in range(steps):
            self.now += self.chance.expovariate(100 if self.layered else 500)
            if step == late:
                self.route()
                self.pair.tap(self.senders[0].key)
            if step == steps // 8:
                for sender in self.senders[1:]:
                    self.pair.secure(sender.key)
            self._event()
            for item in [item for item in self._delayed if item[0] <= self.now]:
                self._delayed.remove(item)
                self.receive(*item[1:])
        self.pair.same_state()

    def route(self) -> None:
        """Everybody receives everybody else."""
        for sender in self.senders:
            for place, other in enumerate(other for other in self.senders if other is not sender):
                for mid, uplink in ((f"{2 + 2 * place}", "0"), (f"{3 + 2 * place}", "1")):
                    self.pair.route(sender.key, mid, other.key, uplink)

    def receive(self, key: int, datagram: bytes) -> None:
        for receiver, sent in self.pair.receive(key, datagram, self.now):
            self._note(receiver, sent)

    def _note(self, key: int, datagram: bytes) -> None:
        """What a subscriber can refer to in its feedback."""
        if not 192 <= datagram[1] <= 223:
            self.sent_sequences[int.from_bytes(datagram[8:12], "big")] = int.from_bytes(
                datagram[2:4], "big"
            )
            return
        plain = self.pair.browsers[key].plain(datagram)
        if plain and plain[1] == 200:
            self.reports[int.from_bytes(plain[4:8], "big")] = int.from_bytes(plain[10:14], "big")

    def _event(self) -> None:
        sender = self.chance.choice(self.senders)
        (happens,) = self.chance.choices(
            [happens for _, happens in self._events()], [w for w, _ in self._events()]
        )
        happens(sender)

    def _events(self) -> Iterator[tuple[float, Callable[[Sender], None]]]:
        yield 70, self._media
        yield 6, self._retransmission
        yield 4, lambda sender: self._from(sender, sender.sender_report(self.now))
        yield 8, self._feedback
        yield 2, self._noise
        yield 1, self._malformed_rtp
        yield 1, self._malformed_rtcp
        yield 0.5, self._another_ssrc
        yield 0.2, self._start_over
        yield 0.2, self._bye
        yield 2 if self.layered else 0, self._pause_layer
        yield 0.2, self._renegotiate
        yield 0.1, lambda sender: self.pair.disconnected(sender.key)
        yield 0.2, lambda sender: self.pair.request_keyframe(sender.key, "1")
        yield 0.2, lambda sender: self.pair.tap(sender.key, on=self.chance.random() < 0.5)
        yield 0.1, self._pause
        yield 8, lambda _: self._tick()

    def _from(self, sender: Sender, datagram: bytes | None) -> None:
        if datagram is not None:
            self.receive(sender.key, datagram)

    def _media(self, sender: Sender) -> None:
        datagram = sender.packet()
        fate = self.chance.random()
        if datagram is None or fate < 0.04:
            return
        if fate < 0.12:
            self._delayed.append((self.now + self.chance.random() * 0.05, sender.key, datagram))
            return
        self.receive(sender.key, datagram)
        if fate < 0.15:
            self.receive(sender.key, datagram)

    def _retransmission(self, sender: Sender) -> None:
        if any(sender.history):
            self._from(sender, sender.retransmission())

    def _feedback(self, sender: Sender) -> None:
        kind = 6000 if self.chance.random() < 0.8 else 5000
        ssrc = kind + 10 * sender.index + self.chance.randrange(max(1, len(self.senders) - 1))
        choices = (self._nack, self._pli, self._fir, self._remb, self._receiver_report)
        self._from(sender, sender.protect_rtcp(self.chance.choice(choices)(ssrc)))

    def _nack(self, ssrc: int) -> bytes:
        last = self.sent_sequences.get(ssrc, 0)
        items = b"".join(
            struct.pack(
                "!HH",
                (last - self.chance.randrange(50)) & 0xFFFF,
                self.chance.getrandbits(16) & self.chance.getrandbits(16),
            )
            for _ in range(self.chance.randrange(1, 4))
        )
        return rtcp(205, 1, struct.pack("!II", 1, ssrc) + items)

    def _pli(self, ssrc: int) -> bytes:
        return rtcp(206, 1, struct.pack("!II", 1, ssrc))

    def _fir(self, ssrc: int) -> bytes:
        return rtcp(206, 4, struct.pack("!IIII", 1, 0, ssrc, 0))

    def _remb(self, ssrc: int) -> bytes:
        exponent = self.chance.choice((0, 0, 1, 2, 3, 4, 40, 63))
        rate = 1 << 24 | exponent << 18 | self.chance.getrandbits(18)
        return rtcp(206, 15, struct.pack("!II4sII", 1, 0, b"REMB", rate, ssrc))

    def _receiver_report(self, ssrc: int) -> bytes:
        report = (
            ssrc,
            self.chance.getrandbits(8) << 24
            | self.chance.choice((0, 3, 30, self.chance.getrandbits(24))),
            self.chance.choice((self.sent_sequences.get(ssrc, 0), self.chance.getrandbits(32))),
            self.chance.getrandbits(20),
            self.reports.get(ssrc, 0),
            self.chance.randrange(5000),
        )
        return rtcp(201, 1, struct.pack("!I6I", 1, *report))

    def _noise(self, sender: Sender) -> None:
        head = bytes([self.chance.choice((0x80, 0x90, 0xB0)), self.chance.getrandbits(8)])
        self.receive(sender.key, head + self.chance.randbytes(self.chance.randrange(10, 60)))

    def _malformed_rtp(self, sender: Sender) -> None:
        kind = self.chance.choice((96, 111, sender.codec.payload_type))
        head = bytes([self.chance.choice((0x80, 0x90, 0xB0, 0xBF)), kind])
        self._from(
            sender, sender.protect(head + self.chance.randbytes(self.chance.randrange(10, 60)))
        )

    def _malformed_rtcp(self, sender: Sender) -> None:
        head = bytes(
            [self.chance.choice((0x81, 0xA1, 0x80)), self.chance.choice((200, 201, 203, 205, 206))]
        )
        words = struct.pack("!H", self.chance.randrange(8))
        body = self.chance.randbytes(self.chance.randrange(4, 40))
        self._from(sender, sender.protect_rtcp(head + words + body))

    def _another_ssrc(self, sender: Sender) -> None:
        sender.ssrcs[self.chance.randrange(1, len(sender.ssrcs))] = self.chance.getrandbits(31)

    def _start_over(self, sender: Sender) -> None:
        """Of its numbers, as far as SRTP lets through."""
        track = self.chance.randrange(len(sender.sequences))
        far = 40000 if sender.sequences[track] < 20000 else 9000
        sender.sequences[track] = (
            sender.sequences[track] + self.chance.choice((3500, far))
        ) & 0xFFFF

    def _pause_layer(self, sender: Sender) -> None:
        layer = self.chance.randrange(1, len(sender.ssrcs))
        sender.paused ^= {layer}

    def _bye(self, sender: Sender) -> None:
        ssrc = self.chance.choice(sender.ssrcs)
        self._from(sender, sender.protect_rtcp(rtcp(203, 1, struct.pack("!I", ssrc))))

    def _renegotiate(self, sender: Sender) -> None:
        """The same m-lines, some of them changed, away, or back."""
        slots = sender.slots(len(self.senders) - 1)
        kept = [slot for slot in slots if self.chance.random() < 0.8]
        self.pair.negotiate(sender.key, sender.uplinks()[: self.chance.choice((1, 2, 2, 2))], kept)
        self.route()

    def _pause(self, _sender: Sender) -> None:
        self.now += self.chance.choice((0.3, 3.0, 12.0))

    def _tick(self) -> None:
        for key, datagram in self.pair.tick(self.now):
            self._note(key, datagram)
