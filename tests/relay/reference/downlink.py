"""One slot of a subscriber: rewrites the packets of whichever source is routed to it into one
continuous stream.
"""

from relay.media import Codec, Slot
from tests.relay.reference.bandwidth import DownlinkBudget, LossWindow, share
from tests.relay.reference.layers import LayerPatience, choose
from tests.relay.reference.nack import ResendLimit
from tests.relay.reference.picture_numbers import PictureNumbers
from tests.relay.reference.rate import RateMeter
from tests.relay.reference.repetition import MAX_REPEATED, LossyPath
from tests.relay.reference.rewrite import Continuity, OwnExtensions, match_codecs
from tests.relay.reference.sender_clock import RoundTrips
from tests.relay.reference.uplink import UplinkStream, UplinkTrack
from tests.relay.reference.wire import Wire
from tests.support.keyframes import starts_keyframe
from tests.support.rtcp import Report, SenderReport
from tests.support.rtp import RtpPacket, build

REPORT_INTERVAL = 1.0
"""Seconds between sender reports of a slot; browsers need two for lip sync,
and each gives a round trip.
"""

MEND_INTERVAL = 2.0
"""Seconds between keyframes for gaps that are too long to send again:
on a narrow link each one makes another gap.
"""


class Subscriber:
    """What all slots of one peer share: its wire, its round trip, and what it says it can take."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.round_trips = RoundTrips()
        self.budget = DownlinkBudget()
        self.lossy_path = LossyPath()
        self.downlinks: dict[str, Downlink] = {}
        """By MID."""
        self._patience = LayerPatience()

    def _videos(self) -> list["Downlink"]:
        return [d for d in self.downlinks.values() if d.slot.kind == "video" and d.flowing]

    def video_share(self) -> int | None:
        """Bits per second for each of the videos that it receives; none if nothing binds it."""
        return share(self.budget.bitrate_bps, len(self._videos()))

    def choose_layers(self, now: float) -> None:
        """Give each slot the highest layer that its share of the budget allows."""
        share = self._layer_share()
        for downlink in self.downlinks.values():
            current = downlink.next or downlink.track
            if current is not None and current.layered:
                wanted = choose(current, share, self._patience, now, flowing=downlink.flowing)
                if wanted is not None:
                    downlink.aim(wanted)

    def _layer_share(self) -> int | None:
        """Bits per second for each picture, none if nothing binds; audio comes first."""
        budget = self.budget.layers_bps
        return (
            None
            if budget is None
            else max(0, budget - self._sound_bitrate()) // max(1, len(self._videos()))
        )

    def _sound_bitrate(self) -> int:
        return sum(
            d.rate.bitrate_bps
            for d in self.downlinks.values()
            if d.slot.kind == "audio" and d.flowing
        )

    def repeats(self, datagram: bytes, now: float) -> bool:
        """Whether a datagram of sound is to go out again."""
        worth_it = self.lossy_path.repeats(self._sound_bitrate(), self.budget.bitrate_bps, now)
        return worth_it and len(datagram) <= MAX_REPEATED

    def estimated(self, bitrate_bps: int, now: float) -> None:
        """The subscriber sent REMB."""
        self.budget.estimated(bitrate_bps, self._video_bitrate(), now)

    def reported(self, downlink: "Downlink", report: Report, now: float) -> None:
        """The subscriber reported on one of its slots."""
        self.round_trips.answered(report.last_sender_report, report.delay, now)
        loss = downlink.reported(report, now)
        if loss is not None:
            self.lossy_path.lost(loss, now)
        if loss is not None and downlink.slot.kind == "video":
            self.budget.lost(loss, self._video_bitrate(), now)

    def _video_bitrate(self) -> int:
        return sum(downlink.rate.bitrate_bps for downlink in self._videos())


class Downlink:
    """A slot's outgoing stream.

    SSRCs and numbering last as long as the slot, sources come and go.
    """

    def __init__(
        self, slot: Slot, subscriber: Subscriber, first_sequence: int, first_timestamp: int
    ) -> None:
        """`first_sequence` below 2^15; see Continuity."""
        self.slot = slot
        self.subscriber = subscriber
        self.track: UplinkTrack | None = None
        """The layer that flows, or is to."""
        self.next: UplinkTrack | None = None
        """The layer to go over to with its next keyframe."""
        self.rate = RateMeter()
        self.packets = 0
        self.nacks = 0
        self.plis = 0
        self.retransmitted = 0
        self.cached = 0
        self.loss = LossWindow()
        self.report: Report | None = None
        """The subscriber's latest report block."""
        self._own_jitter = 0.0
        self._continuity = Continuity(first_sequence, first_timestamp)
        self._pictures = PictureNumbers()
        self._rtx_sequence = first_sequence
        self._limit = ResendLimit()
        self._codecs: dict[int, Codec] = {}
        self._extensions = OwnExtensions(slot)
        self._stream: UplinkStream | None = None
        self._reported_at: float | None = None
        self._mended_at = float("-inf")
        self._kept: tuple[bytes, int] | None = None
        """The latest datagram of sound, which goes out again, and its size before protection."""

    def renegotiate(self, slot: Slot) -> None:
        """Take over another answer's codecs and extensions for the same SSRC."""
        self.slot = slot
        self._extensions = OwnExtensions(slot)
        self._match()

    def _match(self) -> None:
        self._codecs = (
            match_codecs(self.track.uplink.codecs, self.slot.codecs) if self.track else {}
        )

    @property
    def flowing(self) -> bool:
        """Whether packets of the routed source go out."""
        return self._stream is not None

    def attach(self, track: UplinkTrack | None) -> None:
        """Carry this source from now on; nobody's, if none. Video starts with its next keyframe."""
        if track is (self.track.top if self.track else None):
            return
        for layer in (self.next, self.track):
            if layer is not None:
                layer.outlets.remove(self)
        self.track, self.next, self._stream = track, None, None
        self._continuity.align(None)
        if track is not None:
            track.outlets.append(self)
            self._match()
            self.ask_keyframe()

    def aim(self, layer: UplinkTrack) -> None:
        """Go over to another layer of the source: with its next keyframe,
        until then the old one goes on.
        """
        if self.next is not None:
            self.next.outlets.remove(self)
            self.next = None
        if layer is self.track:
            return
        if self.flowing:
            self.next = layer
        else:
            if self.track is not None:
                self.track.outlets.remove(self)
            self.track = layer
        layer.outlets.append(self)
        self._ask(layer)

    def ask_keyframe(self) -> None:
        """Ask the source for one, if this is a video that somebody could receive."""
        self._ask(self.track)

    def _ask(self, layer: UplinkTrack | None) -> None:
        if layer is not None and self.slot.kind == "video" and self.subscriber.wire.ready:
            layer.keyframes.want()

    def video_share(self) -> int | None:
        """See Subscriber."""
        return self.subscriber.video_share()

    def deliver(self, track: UplinkTrack, packet: RtpPacket, extended: int, now: float) -> None:
        """Rewrite the packet and send it, if it is for this slot (yet)."""
        wire, stream = self.subscriber.wire, track.stream
        if (
            not wire.ready
            or stream is None
            or (track is not self.track and not self._take_over(track, packet))
        ):
            return
        if self.slot.kind == "audio":
            self._repeat()
        out = self.forward(stream, packet, extended, now)
        sent = wire.send_rtp(out) if out is not None else None
        if out and sent and self.slot.kind == "audio" and self.subscriber.repeats(sent, now):
            self._kept = sent, len(out)

    def _repeat(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None and self.subscriber.wire.repeat_rtp(*kept):
            self.retransmitted += 1

    def _take_over(self, layer: UplinkTrack, packet: RtpPacket) -> bool:
        """The layer that was awaited replaces the one that flows, if this is its keyframe."""
        if layer.stream is None or not starts_keyframe(layer.stream.codec.name, packet.payload):
            self._ask(layer)
            return False
        self._align(layer.stream)
        if self.track is not None:
            self.track.outlets.remove(self)
        self.track, self.next = layer, None
        return True

    def _align(self, following: UplinkStream) -> None:
        """Both layers' clocks tell when the new one's pictures were captured,
        in the timestamps of the old one.
        """
        stream = self._current()
        if stream is not None and stream.clock is not None and following.clock is not None:
            self._continuity.align(
                following.clock.ticks_to(stream.clock, following.codec.clock_rate)
            )

    def forward(
        self, stream: UplinkStream, packet: RtpPacket, extended: int, now: float
    ) -> bytes | None:
        """The packet as the subscriber gets it; none if it is not for this slot (yet)."""
        codec = self._codecs.get(packet.payload_type)
        if codec is None or (
            stream is not self._stream and not self._begin(stream, packet, extended, now)
        ):
            return None
        sequence = self._continuity.sequence(extended, packet.timestamp, now)
        if sequence is None:
            return None
        head = (
            packet.marker | codec.payload_type,
            sequence & 0xFFFF,
            self._continuity.timestamp(packet.timestamp),
            self.slot.ssrc,
        )
        elements = self._extensions.elements(now)
        data = build(head, elements, self._payload(codec, packet), packet.data[0] & 0x20)
        self.packets += 1
        self.rate.count += len(data)
        self._limit.sent(len(data))
        return data

    def _payload(self, codec: Codec, packet: RtpPacket) -> bytes:
        """As this slot numbers pictures, with its padding."""
        rest = packet.data[packet.payload_offset :]
        if codec.name != "VP8":
            return rest
        return self._pictures.rewrite(packet.payload) + rest[len(packet.payload) :]

    def _begin(self, stream: UplinkStream, packet: RtpPacket, extended: int, now: float) -> bool:
        if self.slot.kind == "video" and not starts_keyframe(stream.codec.name, packet.payload):
            # Frames that refer to what the subscriber never got would show as garbage.
            self.ask_keyframe()
            return False
        self._continuity.begin(extended, packet.timestamp, now, stream.codec.clock_rate)
        self._pictures.begin()
        self._stream, self._reported_at = stream, None
        return True

    def _current(self) -> UplinkStream | None:
        """The stream whose packets go out, unless the publisher has begun another (its keyframe is
        then awaited).
        """
        return (
            self._stream if self.track is not None and self.track.stream is self._stream else None
        )

    def resend(self, sequence: int, now: float) -> bytes | None:
        """The RTX packet for a number the subscriber misses; none if it is gone,
        or was sent again just now.

        Without RTX nothing is sent again: the same number with another send time in its header
        would authenticate two different packets under one SRTP nonce, which gives the key of the
        authentication away (RFC 7714 8.1).
        """
        self.nacks += 1
        original = self._continuity.original(sequence)
        stream = self._current()
        packet = stream.cache.get(original) if stream and original is not None else None
        if packet is None and stream and original is not None and stream.cache.had(original):
            self._mend(now)
        codec = self._codecs.get(packet.payload_type) if packet else None
        if packet is None or original is None or codec is None:
            return None
        if codec.rtx_payload_type is None or self.slot.rtx_ssrc is None:
            return None
        self.cached += 1
        if not self._limit.allows(
            original, len(packet.data), now, self.subscriber.round_trips.seconds or 0
        ):
            if self._limit.exhausted:
                self._mend(now)
            return None
        return self._retransmission(packet, original, codec, codec.rtx_payload_type, now)

    def _mend(self, now: float) -> None:
        """After an outage a keyframe brings the picture back at once;
        the browser itself asks after three seconds.
        """
        if now - self._mended_at >= MEND_INTERVAL:
            self._mended_at = now
            self.ask_keyframe()

    def _retransmission(
        self, packet: RtpPacket, original: int, codec: Codec, payload_type: int, now: float
    ) -> bytes:
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        timestamp = self._continuity.timestamp(packet.timestamp)
        head = (
            packet.marker | payload_type,
            self._rtx_sequence,
            timestamp,
            self.slot.rtx_ssrc or 0,
        )
        number = self._continuity.sent_as(original).to_bytes(2, "big")
        payload = number + self._payload(codec, packet)
        data = build(head, self._extensions.elements(now), payload, packet.data[0] & 0x20)
        self.retransmitted += 1
        self.rate.count += len(data)
        return data

    def reported(self, report: Report, now: float) -> float | None:
        """Take in what the subscriber says of it; the fraction lost once a stretch is complete."""
        stream = self._current()
        self.report = report
        self._own_jitter = max(0.0, report.jitter - (stream.reception.jitter if stream else 0.0))
        later = self._continuity.sent_after(
            report.highest & 0xFFFF, stream.cache.had if stream else lambda _: True
        )
        return self.loss.reported(report.highest - report.lost, self.packets - later, now)

    @property
    def own_jitter_ms(self) -> float:
        """What the subscriber's own way adds to the jitter that the stream came with."""
        stream = self.track.stream if self.track else None
        return 1000 * self._own_jitter / stream.codec.clock_rate if stream else 0.0

    def sender_report(self, now: float) -> SenderReport | None:
        """The source's clock in this slot's timestamps: with the first packet of a stream,
        then each second.
        """
        due = self._reported_at is None or now - self._reported_at >= REPORT_INTERVAL
        stream = self._current() if due else None
        if stream is None or stream.clock is None:
            return None
        self._reported_at = now
        point = stream.clock.later(now, stream.codec.clock_rate)
        timestamp = self._continuity.timestamp(point.rtp_timestamp)
        return SenderReport(
            self.slot.ssrc, point.ntp_time, timestamp, self.packets, self.rate.count
        )
