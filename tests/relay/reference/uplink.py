"""One source of a publisher as it arrives: its current stream, those who receive it,
and what is asked of it.
"""

from typing import Protocol

from relay.media import Codec, Uplink
from relay.tap import Tap
from tests.relay.reference.bandwidth import Ingress
from tests.relay.reference.keyframes import KeyframeRequests
from tests.relay.reference.nack import MissingPackets
from tests.relay.reference.packet_cache import PacketCache
from tests.relay.reference.rate import RateMeter
from tests.relay.reference.reception import Reception, Refusals
from tests.relay.reference.sender_clock import ClockPoint, PublisherClock
from tests.support.keyframes import starts_keyframe
from tests.support.ntp import middle
from tests.support.rtcp import Report, SenderReport
from tests.support.rtp import RtpPacket, restore
from tests.support.sequence import SequenceNumbers


class UplinkStream:
    """The packets of one SSRC, until it starts its numbers over. Another one on the same m-line is
    another stream: nothing carries over.
    """

    def __init__(self, ssrc: int, codec: Codec, sequence: SequenceNumbers | None = None) -> None:
        self.ssrc = ssrc
        self.codec = codec
        self.sequence = sequence or SequenceNumbers()
        self.reception = Reception(codec.clock_rate)
        self.missing = MissingPackets()
        self.cache = PacketCache()
        self.clock: ClockPoint | None = None
        self._last_report: tuple[int, float] | None = None

    def sender_report(self, report: SenderReport, clock: PublisherClock, now: float) -> None:
        """Take over the publisher's clock for this stream."""
        self.clock = clock.translate(report.ntp_time, report.rtp_timestamp, now)
        self._last_report = middle(report.ntp_time), now

    def report(self, now: float) -> Report:
        """A report block for the publisher; ends a loss interval."""
        self.reception.close_interval()
        last, at = self._last_report or (0, now)
        return Report(
            ssrc=self.ssrc,
            fraction_lost=self.reception.fraction_lost,
            lost=self.reception.lost,
            highest=self.reception.highest_reported,
            jitter=int(self.reception.jitter),
            last_sender_report=last,
            delay=int((now - at) * 65536) & 0xFFFFFFFF,
        )


class Outlet(Protocol):
    """A subscriber's slot that carries the source."""

    def deliver(self, track: "UplinkTrack", packet: RtpPacket, extended: int, now: float) -> None:
        """Send it on."""

    def video_share(self) -> int | None:
        """Bits per second that the subscriber can take of it; none if not known."""

    def attach(self, track: None) -> None:
        """The source is gone."""


SILENT_AFTER = 0.5
"""Seconds; cameras in the dark send 5 to 10 frames a second."""


class UplinkTrack:
    """One uplink m-line, or with simulcast one of its layers.

    `outlets` and `taps` receive each packet once.
    """

    def __init__(self, uplink: Uplink, rid: str = "", max_video_bitrate_bps: int = 0) -> None:
        self.uplink = uplink
        self.rid = rid
        self.layers = [self]
        """Of the same picture, the largest first."""
        self.recorded: UplinkTrack | None = None
        """Of the largest: the layer that taps get."""
        self.heard_at = float("-inf")
        self.ssrc = uplink.ssrc
        self.rtx_ssrc = uplink.rtx_ssrc
        self.stream: UplinkStream | None = None
        self.keyframes = KeyframeRequests()
        self.outlets: list[Outlet] = []
        self.taps: tuple[Tap, ...] = ()
        self.refusals = Refusals()
        self._ingress = Ingress(uplink.kind, max_video_bitrate_bps)
        self.rate = RateMeter()
        self.forwarded = RateMeter()
        """Without the padding with which browsers probe the path,
        megabits on the smallest layer.
        """
        self.packets = 0
        self.retransmitted = 0
        self.nacks = 0
        self._active = False
        self._codecs = {codec.payload_type: codec for codec in uplink.codecs}
        self._primary = {
            c.rtx_payload_type: c.payload_type
            for c in uplink.codecs
            if c.rtx_payload_type is not None
        }

    @property
    def active(self) -> bool:
        """Packets came since the source last ended."""
        return self._active

    def learn(self, packet: RtpPacket) -> int | None:
        """Take over the SSRC of a packet that is of this m-line; returns the SSRC
        that it replaces.
        """
        if packet.payload_type in self._primary:
            replaced, self.rtx_ssrc = self.rtx_ssrc, packet.ssrc
        else:
            replaced, self.ssrc = self.ssrc, packet.ssrc
        return replaced

    @property
    def top(self) -> "UplinkTrack":
        """The largest layer."""
        return self.layers[0]

    @property
    def layered(self) -> bool:
        """Whether there are others."""
        return len(self.layers) > 1

    def above(self, other: "UplinkTrack") -> bool:
        """Whether it is a larger layer of the same picture."""
        return self.layers.index(self) < self.layers.index(other)

    def live(self, now: float) -> bool:
        """Whether payload comes: browsers stop layers for which bandwidth is missing, do not say
        so, and may go on probing the path with padding.
        """
        return now - self.heard_at < SILENT_AFTER

    def is_recorded(self, packet: RtpPacket, now: float) -> bool:
        """Whether taps get this packet: of the highest live layer,
        another one only from its next keyframe on.
        """
        recorded = self.top.recorded
        if not self.layered or self is recorded:
            return True
        if recorded is not None and recorded.live(now) and recorded.above(self):
            return False
        if self.stream is None or not starts_keyframe(self.stream.codec.name, packet.payload):
            self.keyframes.want()
            return False
        self.top.recorded = self
        return True

    def carries(self, payload_type: int) -> bool:
        """Whether the payload type was agreed for this m-line."""
        return payload_type in self._codecs or payload_type in self._primary

    def repairs(self, payload_type: int) -> bool:
        """Whether the payload type is that of retransmissions."""
        return payload_type in self._primary

    def accept(self, packet: RtpPacket, now: float) -> tuple[RtpPacket, int] | str:
        """The packet to forward (restored if it was RTX) with its extended sequence number,
        or why there is none.
        """
        self.packets += 1
        self.rate.count += len(packet.data)
        if not self._ingress.admits(len(packet.data), now):
            self.refusals.refused += 1
            return "too_fast"
        primary = self._primary.get(packet.payload_type)
        if primary is not None:
            return self._retransmission(packet, primary, now)
        codec = self._codecs.get(packet.payload_type)
        if codec is None:
            self.refusals.refused += 1
            return "payload_type"
        stream, extended = self._place(packet, codec)
        if extended is None:
            self.refusals.refused += 1
            return "out_of_sequence"
        self.refusals.taken += 1
        stream.reception.packet(extended, packet.timestamp, now)
        return self._new(stream, packet, extended, now)

    def _place(self, packet: RtpPacket, codec: Codec) -> tuple[UplinkStream, int | None]:
        """Where another SSRC comes, or one starts its numbers over, a stream begins."""
        stream = self.stream
        if stream is None or stream.ssrc != packet.ssrc:
            stream = self.stream = UplinkStream(packet.ssrc, codec)
        extended, starts_over = stream.sequence.extend(packet.sequence)
        if starts_over:
            stream = self.stream = UplinkStream(packet.ssrc, codec, stream.sequence)
        stream.codec = codec
        return stream, extended

    def _retransmission(
        self, packet: RtpPacket, payload_type: int, now: float
    ) -> tuple[RtpPacket, int] | str:
        stream = self.stream
        if stream is None:
            return "rtx_before_media"
        original = restore(packet, payload_type, stream.ssrc)
        if original is None:
            return "duplicate_or_padding"
        self.retransmitted += 1
        extended = stream.sequence.place(original.sequence)
        return (
            "duplicate_or_padding"
            if extended is None
            else self._new(stream, original, extended, now)
        )

    def _new(
        self, stream: UplinkStream, packet: RtpPacket, extended: int, now: float
    ) -> tuple[RtpPacket, int] | str:
        # Browsers probe the path with retransmissions of what arrived long ago: no error, and
        # nothing to forward.
        if not stream.cache.add(extended, packet, now):
            return "duplicate_or_padding"
        stream.missing.received(extended, now)
        self._active = True
        if not packet.payload_length:
            # A stopped layer may still carry the padding that probes the path.
            return packet, extended
        self.heard_at = now
        self.forwarded.count += len(packet.data)
        if self.keyframes.wanted and starts_keyframe(stream.codec.name, packet.payload):
            self.keyframes.arrived()
        return packet, extended

    def end(self) -> None:
        """The source stopped; taps hear it once, with its last layer, until packets come again."""
        was_active, self._active = self._active, False
        self.heard_at = float("-inf")
        if self.top.recorded is self:
            self.top.recorded = None
        if was_active and not any(layer.active for layer in self.layers):
            for tap in self.taps:
                tap.source_ended(self.uplink.source)
