"""RTCP (RFC 3550, 4585, 5104, 5506; REMB draft-alvestrand-rmcat-remb-03): bytes in,
what the relay acts on out.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.support.rtp import MalformedPacketError

_SR, _RR, _SDES, _BYE, _RTPFB, _PSFB = 200, 201, 202, 203, 205, 206
_NACK, _PLI, _FIR, _AFB = 1, 1, 4, 15
_REPORT = struct.Struct("!IIIIII")
MAX_ESTIMATE_BPS = 1 << 53
"""What a REMB says above this is "as much as you like"; exact as a double."""
_MAX_RUN = 16  # one NACK item names a packet and a bit mask of the 16 behind it


@dataclass(frozen=True)
class Report:
    """A report block: how one stream arrives (RFC 3550 6.4.1)."""

    ssrc: int
    fraction_lost: float
    """0 to 1."""
    lost: int
    highest: int
    jitter: int
    """In timestamp units."""
    last_sender_report: int
    """The middle 32 bits of the last SR's NTP time; 0: none yet."""
    delay: int
    """Since that SR, in 1/65536 s."""

    def encode(self) -> bytes:
        """24 octets; the loss count saturates at 24 bits."""
        lost = max(-0x800000, min(0x7FFFFF, self.lost)) & 0xFFFFFF
        loss = min(255, int(self.fraction_lost * 256)) << 24 | lost
        return _REPORT.pack(
            self.ssrc, loss, self.highest, self.jitter, self.last_sender_report, self.delay
        )


@dataclass(frozen=True)
class SenderReport:
    """One stream's clock and counts, with how the sender receives others."""

    ssrc: int
    ntp_time: int
    rtp_timestamp: int
    packets: int
    octets: int
    reports: tuple[Report, ...] = ()

    def encode(self) -> bytes:
        """A whole RTCP packet."""
        counts = self.packets & 0xFFFFFFFF, self.octets & 0xFFFFFFFF
        body = struct.pack("!IQIII", self.ssrc, self.ntp_time, self.rtp_timestamp, *counts)
        return _packet(
            len(self.reports), _SR, body + b"".join(report.encode() for report in self.reports)
        )


@dataclass(frozen=True)
class ReceiverReport:
    """How the sender of this packet receives others."""

    ssrc: int
    reports: tuple[Report, ...]

    def encode(self) -> bytes:
        """A whole RTCP packet; at most 31 reports fit."""
        return _packet(
            len(self.reports),
            _RR,
            struct.pack("!I", self.ssrc) + b"".join(r.encode() for r in self.reports),
        )


@dataclass(frozen=True)
class Bye:
    """These streams have ended."""

    ssrcs: tuple[int, ...]


@dataclass(frozen=True)
class Nack:
    """Packets of one stream that the receiver misses."""

    ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True)
class KeyframeRequest:
    """PLI or FIR: the receiver cannot decode until a keyframe comes."""

    ssrc: int


@dataclass(frozen=True)
class Remb:
    """The rate that the receiver can take in all."""

    bitrate_bps: int


Rtcp = SenderReport | ReceiverReport | Bye | Nack | KeyframeRequest | Remb


def parse(data: bytes) -> list[Rtcp]:
    """The packets of a compound or reduced-size datagram that the relay acts on;
    others are passed over.

    Raises MalformedPacketError if a length does not fit; nothing of such a datagram is used.
    """
    packets: list[Rtcp] = []
    offset = 0
    while offset < len(data):
        if offset + 4 > len(data):
            raise MalformedPacketError
        first, kind, words = struct.unpack_from("!BBH", data, offset)
        end = offset + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            raise MalformedPacketError
        body = data[offset + 4 : end]
        if first & 0x20:
            body = _without_padding(body)
        reader = _READERS.get(kind)
        if reader:
            packets += _checked(reader, first & 0x1F, body)
        offset = end
    return packets


_Reader = Callable[[int, bytes], Sequence[Rtcp]]


def _checked(reader: _Reader, count: int, body: bytes) -> Sequence[Rtcp]:
    try:
        return reader(count, body)
    except struct.error as error:
        raise MalformedPacketError from error


def _without_padding(body: bytes) -> bytes:
    if not body or not 0 < body[-1] <= len(body):
        raise MalformedPacketError
    return body[: -body[-1]]


def _reports(body: bytes, offset: int, count: int) -> tuple[Report, ...]:
    return tuple(_report(body, offset + 24 * index) for index in range(count))


def _report(body: bytes, offset: int) -> Report:
    ssrc, loss, highest, jitter, last, delay = _REPORT.unpack_from(body, offset)
    lost = loss & 0xFFFFFF
    lost -= 0x1000000 if lost & 0x800000 else 0
    return Report(ssrc, (loss >> 24) / 256, lost, highest, jitter, last, delay)


def _sender_report(count: int, body: bytes) -> Sequence[Rtcp]:
    ssrc, ntp_time, rtp_timestamp, packets, octets = struct.unpack_from("!IQIII", body)
    return [SenderReport(ssrc, ntp_time, rtp_timestamp, packets, octets, _reports(body, 24, count))]


def _receiver_report(count: int, body: bytes) -> Sequence[Rtcp]:
    (ssrc,) = struct.unpack_from("!I", body)
    return [ReceiverReport(ssrc, _reports(body, 4, count))]


def _bye(count: int, body: bytes) -> Sequence[Rtcp]:
    return [Bye(struct.unpack_from(f"!{count}I", body))]


def _transport_feedback(count: int, body: bytes) -> Sequence[Rtcp]:
    if count != _NACK:
        return []
    _, ssrc = struct.unpack_from("!II", body)
    items = struct.iter_unpack("!HH", body[8 : 8 + (len(body) - 8) // 4 * 4])
    return [Nack(ssrc, tuple(sequence for item in items for sequence in _named(*item)))]


def _named(first: int, mask: int) -> list[int]:
    return [first, *((first + 1 + bit) & 0xFFFF for bit in range(_MAX_RUN) if mask >> bit & 1)]


def _payload_feedback(count: int, body: bytes) -> Sequence[Rtcp]:
    _, ssrc = struct.unpack_from("!II", body)
    if count == _PLI:
        return [KeyframeRequest(ssrc)]
    if count == _FIR:  # the target is in the FCI, the media SSRC is 0 (RFC 5104 4.3.1.2)
        return [
            KeyframeRequest(target)
            for target, _ in struct.iter_unpack("!II", body[8 : 8 + (len(body) - 8) // 8 * 8])
        ]
    if count == _AFB and body[8:12] == b"REMB":
        (rate,) = struct.unpack_from("!I", body, 12)
        return [Remb(min((rate & 0x3FFFF) << (rate >> 18 & 0x3F), MAX_ESTIMATE_BPS))]
    return []


_READERS: dict[int, _Reader] = {
    _SR: _sender_report,
    _RR: _receiver_report,
    _BYE: _bye,
    _RTPFB: _transport_feedback,
    _PSFB: _payload_feedback,
}


def _packet(count: int, kind: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def description(names: Iterable[tuple[int, str]]) -> bytes:
    """SDES with a canonical name for each SSRC; streams of one clock share it (RFC 3550 6.5)."""
    chunks = [_chunk(ssrc, name.encode()) for ssrc, name in names]
    return _packet(len(chunks), _SDES, b"".join(chunks))


def _chunk(ssrc: int, name: bytes) -> bytes:
    item = bytes((1, len(name))) + name
    return struct.pack("!I", ssrc) + item + bytes(4 - len(item) % 4)


def nack(sender: int, media: int, sequences: Sequence[int]) -> bytes:
    """Ask for packets by their extended sequence numbers, in ascending order (RFC 4585 6.2.1)."""
    items: list[list[int]] = []
    for sequence in sequences:
        if items and 0 < sequence - items[-1][0] <= _MAX_RUN:
            items[-1][1] |= 1 << sequence - items[-1][0] - 1
        else:
            items.append([sequence, 0])
    body = b"".join(struct.pack("!HH", first & 0xFFFF, mask) for first, mask in items)
    return _packet(_NACK, _RTPFB, struct.pack("!II", sender, media) + body)


def pli(sender: int, media: int) -> bytes:
    """Ask for a keyframe (RFC 4585 6.3.1)."""
    return _packet(_PLI, _PSFB, struct.pack("!II", sender, media))


def remb(sender: int, bitrate_bps: int, ssrcs: Sequence[int]) -> bytes:
    """Cap the rate of these streams together; 18 bits of mantissa, rounded down."""
    exponent = max(0, bitrate_bps.bit_length() - 18)
    rate = len(ssrcs) << 24 | exponent << 18 | bitrate_bps >> exponent
    return _packet(
        _AFB, _PSFB, struct.pack(f"!II4sI{len(ssrcs)}I", sender, 0, b"REMB", rate, *ssrcs)
    )
