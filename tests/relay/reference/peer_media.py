"""The media of one peer: its wire, its uplinks, its slots, and what happens to each packet
that it sends.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence

import pylibsrtp

from relay.media import Slot, Uplink
from tests.relay.reference.downlink import Downlink, Subscriber
from tests.relay.reference.feedback import Feedback
from tests.relay.reference.publisher import Publisher
from tests.relay.reference.uplink import Outlet
from tests.relay.reference.wire import Wire
from tests.support import rtcp
from tests.support.rtp import MalformedPacketError, RtpPacket


class PeerMedia:
    """Made by the forwarder for each connection."""

    def __init__(
        self,
        transmit: Callable[[bytes], bool],
        dropped: Counter[str],
        epoch: float,
        max_video_bitrate_bps: int,
        randomness: random.Random,
    ) -> None:
        self.wire = Wire(transmit, dropped)
        self.publisher = Publisher(dropped, epoch, max_video_bitrate_bps)
        self.wire.rtp_refused = self.publisher.refused
        self.subscriber = Subscriber(self.wire)
        self._downlinks: dict[int, Downlink] = {}
        """By SSRC, all that this connection ever had."""
        self._dropped = dropped
        self._random = randomness
        ssrc = randomness.getrandbits(32)
        self._feedback = Feedback(ssrc, self.publisher, self.subscriber, max_video_bitrate_bps)

    def negotiate(self, uplinks: Sequence[Uplink], slots: Sequence[Slot]) -> None:
        """Take over the m-lines; those that stay the same keep their state and their routes."""
        for track in self.publisher.negotiate(uplinks):
            _end(track.outlets)
            track.end()
        slots_by_mid = {slot.mid: self._downlink(slot) for slot in slots}
        _end(
            [
                downlink
                for downlink in self.subscriber.downlinks.values()
                if downlink not in slots_by_mid.values()
            ]
        )
        self.subscriber.downlinks = slots_by_mid

    def _downlink(self, slot: Slot) -> Downlink:
        """The SSRC's own one, also if its m-line was away:
        under the same keys no number may come again.
        """
        known = self._downlinks.get(slot.ssrc)
        if known is None:
            start = self._random.getrandbits(15), self._random.getrandbits(32)
            known = self._downlinks[slot.ssrc] = Downlink(slot, self.subscriber, *start)
        elif known.slot != slot:
            known.renegotiate(slot)
        return known

    def secure(self, receive: pylibsrtp.Session, send: pylibsrtp.Session) -> None:
        """The keys are agreed: what was on its slots before can start now."""
        self.wire.secure(receive, send)
        for downlink in self.subscriber.downlinks.values():
            downlink.ask_keyframe()

    def close(self) -> None:
        """No more routes to or from this peer."""
        self.negotiate((), ())

    def receive_rtp(self, datagram: bytes, now: float) -> None:
        """Decrypt one packet and send it to everybody who is to have it."""
        data = self.wire.open_rtp(datagram, now)
        if data is None:
            return
        try:
            packet = RtpPacket(data)
        except MalformedPacketError:
            self._dropped["malformed_rtp"] += 1
            self.publisher.refused(data[8:12])
            return
        track = self.publisher.track_of(packet, now)
        if track is None:
            return
        accepted = track.accept(packet, now)
        stream = track.stream
        if isinstance(accepted, str) or stream is None:
            self._dropped[str(accepted)] += 1
            return
        packet, extended = accepted
        for outlet in track.outlets:
            outlet.deliver(track, packet, extended, now)
        for tap in track.taps if track.taps and track.is_recorded(packet, now) else ():
            media = (packet.timestamp, bool(packet.marker), packet.payload, now)
            tap.rtp(track.uplink.source, stream.codec, packet.ssrc, extended, [media])

    def receive_rtcp(self, datagram: bytes, now: float) -> None:
        """Decrypt one compound and act on it."""
        data = self.wire.open_rtcp(datagram, now)
        if data is None:
            return
        try:
            packets = rtcp.parse(data)
        except MalformedPacketError:
            self._dropped["malformed_rtcp"] += 1
            return
        for packet in packets:
            self._act(packet, now)

    def _act(self, packet: rtcp.Rtcp, now: float) -> None:
        match packet:
            case rtcp.SenderReport():
                self.publisher.sender_report(packet, now)
                self._reports(packet.reports, now)
            case rtcp.ReceiverReport():
                self._reports(packet.reports, now)
            case rtcp.Nack():
                self._resend(packet, now)
            case rtcp.KeyframeRequest():
                self._keyframe(packet.ssrc)
            case rtcp.Remb():
                self.subscriber.estimated(packet.bitrate_bps, now)
            case rtcp.Bye():
                self.publisher.bye(packet.ssrcs)

    def _slot(self, ssrc: int) -> Downlink | None:
        return next((d for d in self.subscriber.downlinks.values() if d.slot.ssrc == ssrc), None)

    def _reports(self, reports: Sequence[rtcp.Report], now: float) -> None:
        for report in reports:
            downlink = self._slot(report.ssrc)
            if downlink is not None:
                self.subscriber.reported(downlink, report, now)

    def _resend(self, nack: rtcp.Nack, now: float) -> None:
        downlink = self._slot(nack.ssrc)
        if downlink is None:
            return
        for sequence in nack.sequences:
            packet = downlink.resend(sequence, now)
            if packet is not None:
                self.wire.send_rtp(packet)

    def _keyframe(self, ssrc: int) -> None:
        downlink = self._slot(ssrc)
        if downlink is not None:
            downlink.plis += 1
            downlink.ask_keyframe()

    def tick(self, now: float) -> None:
        """Send what is due."""
        for track in self.publisher.tracks.values():
            track.rate.update(now)
            track.forwarded.update(now)
        for downlink in self.subscriber.downlinks.values():
            downlink.rate.update(now)
        self.subscriber.choose_layers(now)
        for compound in self._feedback.round(now):
            self.wire.send_rtcp(compound)


def _end(outlets: Sequence[Outlet]) -> None:
    for outlet in list(outlets):
        outlet.attach(None)
