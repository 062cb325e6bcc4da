"""One peer's uplinks: whose stream a packet belongs to, and how its arrival is reported."""

from collections import Counter
from collections.abc import Sequence

from relay.media import Uplink
from relay.negotiation.formats import (
    MID_EXTENSION,
    REPAIRED_RID_EXTENSION,
    RID_EXTENSION,
    TRANSPORT_CC_EXTENSION,
)
from tests.relay.reference.bandwidth import CapMessages
from tests.relay.reference.reception import Refusals
from tests.relay.reference.sender_clock import PublisherClock
from tests.relay.reference.twcc import ArrivalLog
from tests.relay.reference.uplink import UplinkTrack
from tests.support.rtcp import SenderReport
from tests.support.rtp import RtpPacket

MAX_LEARNED_SSRCS = 64
"""Streams that a connection may start beside the declared ones; each replaces its m-line's earlier
one: this bounds work, not memory. A browser needs one or two for each time it renegotiates.
"""

_NOT_AGREED = -1  # no packet has an element of that id, while a peer can send the reserved id 0


class Publisher:
    """All uplink tracks of one peer, found by SSRC."""

    def __init__(self, dropped: Counter[str], epoch: float, max_video_bitrate_bps: int) -> None:
        self.tracks: dict[tuple[str, str], UplinkTrack] = {}
        """By MID and rid, which is empty where there are no layers."""
        self.arrivals = ArrivalLog()
        self.cap = CapMessages()
        self._clock = PublisherClock(epoch)
        self.strangers = Refusals()
        """RTP of no m-line."""
        self._max_video_bitrate_bps = max_video_bitrate_bps
        self._dropped = dropped
        self._by_ssrc: dict[int, UplinkTrack] = {}
        self._learned = 0
        self._mid_id = _NOT_AGREED
        self._transport_sequence_id = _NOT_AGREED
        self._rid_id = self._repaired_rid_id = _NOT_AGREED

    def layers(self, mid: str | None) -> list[UplinkTrack]:
        """All of one m-line, the largest first."""
        return [track for track in self.tracks.values() if track.uplink.mid == mid]

    @property
    def reports_arrivals(self) -> bool:
        """Whether the peer numbers its packets transport-wide."""
        return self._transport_sequence_id != _NOT_AGREED

    def negotiate(self, uplinks: Sequence[Uplink]) -> list[UplinkTrack]:
        """Take over the m-lines of an answer; those that did not change go on.

        Returns the tracks that ended.
        """
        kept = {key: track for key, track in self.tracks.items() if track.uplink in uplinks}
        ended = [track for key, track in self.tracks.items() if key not in kept]
        named = {(uplink.mid, rid): uplink for uplink in uplinks for rid in uplink.rids or ("",)}
        self.tracks = {
            key: kept.get(key) or UplinkTrack(uplink, key[1], self._max_video_bitrate_bps)
            for key, uplink in named.items()
        }
        for track in self.tracks.values():
            track.layers = self.layers(track.uplink.mid)
        self._by_ssrc = {}
        for track in self.tracks.values():
            for ssrc in (track.ssrc, track.rtx_ssrc):
                if ssrc is not None:
                    self._by_ssrc.setdefault(ssrc, track)
        # One transport, one numbering: an extension has the same id on all bundled m-lines (RFC
        # 9143 7.1.3).
        self._mid_id = _identifier(uplinks, MID_EXTENSION)
        self._transport_sequence_id = _identifier(uplinks, TRANSPORT_CC_EXTENSION)
        self._rid_id = _identifier(uplinks, RID_EXTENSION)
        self._repaired_rid_id = _identifier(uplinks, REPAIRED_RID_EXTENSION)
        return ended

    def track_of(self, packet: RtpPacket, now: float) -> UplinkTrack | None:
        """Note the packet's arrival and find its m-line; none and counted if it belongs to none."""
        number = packet.extensions.get(self._transport_sequence_id)
        if number is not None and len(number) == 2:
            self.arrivals.arrived(int.from_bytes(number, "big"), now)
        track = self._by_ssrc.get(packet.ssrc) or self._identify(packet)
        if track is None:
            self.strangers.refused += 1
        return track

    def refused(self, ssrc: bytes) -> None:
        """A packet was: a stream that is refused must not be taken for one
        that arrives without loss.
        """
        track = self._by_ssrc.get(int.from_bytes(ssrc, "big"))
        (track.refusals if track else self.strangers).refused += 1

    def close_intervals(self) -> None:
        """A report interval ends."""
        for refusals in (self.strangers, *(track.refusals for track in self.tracks.values())):
            refusals.close_interval()

    def _identify(self, packet: RtpPacket) -> UplinkTrack | None:
        """By MID extension, else by a payload type that only one m-line has (RFC 9143 9.2);
        a layer by its rid.
        """
        mid = packet.extensions.get(self._mid_id, b"").decode("ascii", "replace")
        fitting = [
            t for t in self.tracks.values() if mid in ("", t.uplink.mid) and self._fits(t, packet)
        ]
        if len(fitting) != 1:
            self._dropped["unknown_ssrc"] += 1
            return None
        if self._learned >= MAX_LEARNED_SSRCS:
            self._dropped["too_many_ssrcs"] += 1
            return None
        self._learned += 1
        track = fitting[0]
        replaced = track.learn(packet)
        if replaced is not None:
            self._by_ssrc.pop(replaced, None)
        self._by_ssrc[packet.ssrc] = track
        return track

    def _fits(self, track: UplinkTrack, packet: RtpPacket) -> bool:
        if not track.carries(packet.payload_type) or not track.rid:
            return track.carries(packet.payload_type)
        identifier = self._repaired_rid_id if track.repairs(packet.payload_type) else self._rid_id
        return packet.extensions.get(identifier) == track.rid.encode()

    def sender_report(self, report: SenderReport, now: float) -> None:
        """A sender report of one of the streams; its taps get it as it came."""
        track = self._by_ssrc.get(report.ssrc)
        if track is None or track.stream is None or track.stream.ssrc != report.ssrc:
            return
        track.stream.sender_report(report, self._clock, now)
        for tap in track.taps if not track.layered or track.top.recorded is track else ():
            tap.sender_report(track.uplink.source, report.ntp_time, report.rtp_timestamp, now)

    def bye(self, ssrcs: Sequence[int]) -> None:
        """Streams ended; an RTX stream ending means nothing."""
        for ssrc in ssrcs:
            track = self._by_ssrc.get(ssrc)
            if track is not None and track.ssrc == ssrc:
                track.end()


def _identifier(uplinks: Sequence[Uplink], uri: str) -> int:
    return next(
        (uplink.extensions[uri] for uplink in uplinks if uri in uplink.extensions), _NOT_AGREED
    )
