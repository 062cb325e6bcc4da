"""What a peer is told by RTCP and when, apart from the media itself."""

from collections.abc import Iterator

from tests.relay.reference.bandwidth import cap, layered_cap
from tests.relay.reference.downlink import Subscriber
from tests.relay.reference.publisher import Publisher
from tests.relay.reference.uplink import UplinkTrack
from tests.support import rtcp

CNAME = "carelay"
"""Of the relay itself; slots have the name of their stream, as in the answer."""
REPORT_INTERVAL = 1.0
ARRIVAL_INTERVAL = 0.095
"""Seconds between transport-wide feedback: draft-holmer wants one a round trip;
browsers use 50-250 ms.
"""
_MAX_COMPOUND = 1200
_DEFAULT_ROUND_TRIP = 0.1


class Feedback:
    """Composes one peer's RTCP. `round` is called every few tens of milliseconds."""

    def __init__(
        self, ssrc: int, publisher: Publisher, subscriber: Subscriber, max_video_bitrate_bps: int
    ) -> None:
        self._ssrc = ssrc
        self._publisher = publisher
        self._subscriber = subscriber
        self._max_video_bitrate_bps = max_video_bitrate_bps
        self._reported_at = float("-inf")
        self._arrivals_at = float("-inf")

    def round(self, now: float) -> list[bytes]:
        """Compounds to send now, each small enough for one datagram."""
        packets = [*self._sender_reports(now), *self._receiver_report(now)]
        if packets:
            packets.append(rtcp.description(self._names()))
        packets += self._requests(now)
        packets += self._arrivals(now)
        packets += self._cap(now)
        return list(_compounds(packets))

    def _names(self) -> list[tuple[int, str]]:
        slots = [
            downlink.slot for downlink in self._subscriber.downlinks.values() if downlink.flowing
        ]
        return [(self._ssrc, CNAME), *((slot.ssrc, slot.stream) for slot in slots[:30])]

    def _sender_reports(self, now: float) -> Iterator[bytes]:
        for downlink in self._subscriber.downlinks.values():
            report = downlink.sender_report(now)
            if report is not None:
                self._subscriber.round_trips.sent(report.ntp_time, now)
                yield report.encode()

    def _receiver_report(self, now: float) -> Iterator[bytes]:
        if now - self._reported_at < REPORT_INTERVAL:
            return
        self._reported_at = now
        self._publisher.close_intervals()
        streams = [track.stream for track in self._publisher.tracks.values() if track.stream]
        yield rtcp.ReceiverReport(
            self._ssrc, tuple(stream.report(now) for stream in streams[:31])
        ).encode()

    def _requests(self, now: float) -> Iterator[bytes]:
        """NACK and PLI upstream. Reduced-size packets (RFC 5506) need no report in front."""
        round_trip = self._subscriber.round_trips.seconds or _DEFAULT_ROUND_TRIP
        for track in self._publisher.tracks.values():
            stream = track.stream
            if stream is None or track.uplink.kind != "video":
                continue
            missing = stream.missing.due(now, round_trip)
            if missing:
                track.nacks += len(missing)
                yield rtcp.nack(self._ssrc, stream.ssrc, missing)
            if stream.missing.gave_up:
                stream.missing.gave_up = False
                track.keyframes.want()
            if track.keyframes.due(now):
                yield rtcp.pli(self._ssrc, stream.ssrc)

    def _arrivals(self, now: float) -> list[bytes]:
        if not self._publisher.reports_arrivals or now - self._arrivals_at < ARRIVAL_INTERVAL:
            return []
        self._arrivals_at = now
        media = next(
            (track.ssrc for track in self._publisher.tracks.values() if track.ssrc is not None), 0
        )
        return self._publisher.arrivals.feedback(self._ssrc, media)

    def _cap(self, now: float) -> Iterator[bytes]:
        videos = [
            t for t in self._publisher.tracks.values() if t.uplink.kind == "video" and t.active
        ]
        if not videos:
            return
        rate = sum(self._cap_of(top) for top in dict.fromkeys(track.top for track in videos))
        if self._publisher.cap.due(rate, now):
            yield rtcp.remb(
                self._ssrc, rate, [track.ssrc for track in videos if track.ssrc is not None]
            )

    def _cap_of(self, top: UplinkTrack) -> int:
        shares = [outlet.video_share() for layer in top.layers for outlet in layer.outlets]
        if not top.layered:
            return cap(shares, self._max_video_bitrate_bps)
        lower = sum(layer.forwarded.bitrate_bps for layer in top.layers[1:])
        return layered_cap(shares, lower, self._max_video_bitrate_bps)


def _compounds(packets: list[bytes]) -> Iterator[bytes]:
    compound = b""
    for packet in packets:
        if compound and len(compound) + len(packet) > _MAX_COMPOUND:
            yield compound
            compound = b""
        compound += packet
    if compound:
        yield compound
