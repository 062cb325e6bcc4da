"""Reads the counters of a peer's media into frozen snapshots and into a word."""

from collections.abc import Iterator

from relay.forwarder import MediaStats, Path
from relay.quality import Judgement, Measures, judge
from relay.stats import TrackStats
from tests.relay.reference.downlink import Downlink
from tests.relay.reference.peer_media import PeerMedia
from tests.relay.reference.uplink import UplinkTrack


def media_stats(media: PeerMedia) -> MediaStats:
    """Everything about one peer."""
    rtt = _rtt_ms(media)
    return MediaStats(
        up=tuple(_up(track, rtt) for track in media.publisher.tracks.values()),
        down=tuple(_down(downlink, rtt) for downlink in media.subscriber.downlinks.values()),
        rtt_ms=rtt,
        max_bitrate_bps=media.publisher.cap.told,
        bytes_sent=media.wire.bytes_sent,
        path=Path(
            loss=max((measures.loss or 0.0 for measures in _received(media)), default=0.0),
            carries_bps=media.subscriber.budget.bitrate_bps,
            limit_bps=media.publisher.cap.told,
        ),
    )


def media_quality(media: PeerMedia) -> Judgement | None:
    """The word for one peer."""
    return judge(_sent(media), _received(media))


def _rtt_ms(media: PeerMedia) -> float | None:
    seconds = media.subscriber.round_trips.seconds
    return None if seconds is None else 1000 * seconds


def _up(track: UplinkTrack, rtt_ms: float | None) -> TrackStats:
    stream = track.stream
    return TrackStats(
        mid=track.uplink.mid,
        source=track.uplink.source,
        codec=stream.codec.name if stream else "",
        packets=track.packets,
        bytes=track.rate.count,
        bitrate_bps=track.rate.bitrate_bps,
        lost=stream.reception.lost if stream else 0,
        loss=max(stream.reception.fraction_lost if stream else 0.0, track.refusals.lasting),
        jitter_ms=stream.reception.jitter_ms if stream else 0.0,
        rtt_ms=rtt_ms,
        nacks=track.nacks,
        retransmitted=track.retransmitted,
        cached=0,
        plis=track.keyframes.sent,
        layer=track.rid or None,
    )


def _down(downlink: Downlink, rtt_ms: float | None) -> TrackStats:
    track, report = downlink.track, downlink.report
    codec = track.stream.codec if track and track.stream else None
    return TrackStats(
        mid=downlink.slot.mid,
        source=track.uplink.source if track else None,
        codec=codec.name if codec else "",
        packets=downlink.packets,
        bytes=downlink.rate.count,
        bitrate_bps=downlink.rate.bitrate_bps,
        lost=report.lost if report else 0,
        loss=report.fraction_lost if report else 0.0,
        jitter_ms=1000 * report.jitter / codec.clock_rate if report and codec else 0.0,
        rtt_ms=rtt_ms,
        nacks=downlink.nacks,
        retransmitted=downlink.retransmitted,
        cached=downlink.cached,
        plis=downlink.plis,
        layer=(track.rid or None) if track else None,
    )


def _sent(media: PeerMedia) -> Iterator[Measures]:
    rtt = _rtt_ms(media)
    if media.publisher.strangers.lasting:
        yield Measures(loss=1.0)
    for track in media.publisher.tracks.values():
        if track.active or track.refusals.lasting:
            stats = _up(track, rtt)
            # A video frame's packets share a timestamp but leave one by one, which RFC 3550 counts
            # as jitter.
            yield Measures(
                stats.loss, stats.jitter_ms if track.uplink.kind == "audio" else None, rtt
            )


def _received(media: PeerMedia) -> Iterator[Measures]:
    rtt = _rtt_ms(media)
    for downlink in media.subscriber.downlinks.values():
        if downlink.flowing and downlink.report is not None:
            jitter = downlink.own_jitter_ms if downlink.slot.kind == "audio" else None
            yield Measures(downlink.loss.fraction, jitter, rtt)
