"""Reads the engine's counters, of its port and of one peer, into frozen snapshots
and into a word.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from relay.forwarder import MediaStats, Path
from relay.media import KIND_OF_SOURCE, Source
from relay.quality import Judgement, Measures, judge
from relay.stats import Distribution, EngineStats, TrackStats

if TYPE_CHECKING:
    from relay.engine._engine import Counters, PeerStats, SlotStats, UplinkStats

SourceOf = Callable[[int], Source | None]
"""What an uplink of this token carries."""


def engine_stats(port: int, counters: "Counters", dropped: Mapping[str, int]) -> EngineStats:
    """Everything about one engine; `dropped` is what Python dropped on that port."""
    return EngineStats(
        port=port,
        received_packets=counters["received_packets"],
        forwarded_packets=counters["forwarded_packets"],
        batches=Distribution(tuple(counters["batches"]), counters["datagrams"]),
        delays=Distribution(tuple(counters["delays"]), counters["delay_sum"]),
        dropped=Counter(counters["dropped"]) + Counter(dropped),
    )


def media_stats(counters: "PeerStats", source_of: SourceOf) -> MediaStats:
    """Everything about one peer."""
    rtt_ms = counters.rtt_ms
    return MediaStats(
        up=tuple(_track(uplink, source_of, rtt_ms) for uplink in counters.uplinks),
        down=tuple(_track(slot, source_of, rtt_ms, slot.cached) for slot in counters.slots),
        rtt_ms=rtt_ms,
        max_bitrate_bps=counters.cap_bps,
        bytes_sent=counters.bytes_sent,
        path=Path(
            loss=max(
                (slot.own_loss or 0.0 for slot in counters.slots if slot.reported), default=0.0
            ),
            carries_bps=counters.budget_bps,
            limit_bps=counters.cap_bps,
        ),
    )


def _name(form: str) -> str:
    """`H264/42e0/1` is H264."""
    return form.partition("/")[0]


def _track(
    counters: "UplinkStats | SlotStats", source_of: SourceOf, rtt_ms: float | None, cached: int = 0
) -> TrackStats:
    return TrackStats(
        mid=counters.mid,
        source=source_of(counters.token),
        codec=_name(counters.format),
        packets=counters.packets,
        bytes=counters.bytes,
        bitrate_bps=counters.bitrate_bps,
        lost=counters.lost,
        loss=counters.loss,
        jitter_ms=counters.jitter_ms,
        rtt_ms=rtt_ms,
        nacks=counters.nacks,
        retransmitted=counters.retransmitted,
        cached=cached,
        plis=counters.plis,
        layer=counters.rid or None,
    )


def media_quality(counters: "PeerStats", source_of: SourceOf) -> Judgement | None:
    """The word for one peer, by what its own way does to what it sends and receives."""
    return judge(_up(counters, source_of), _down(counters, source_of))


def _up(counters: "PeerStats", source_of: SourceOf) -> Iterator[Measures]:
    if counters.strangers:
        yield Measures(loss=1.0)
    for uplink in counters.uplinks:
        if uplink.active:
            jitter_ms = _of_audio(source_of(uplink.token), uplink.jitter_ms)
            yield Measures(uplink.loss, jitter_ms, counters.rtt_ms)


def _down(counters: "PeerStats", source_of: SourceOf) -> Iterator[Measures]:
    for slot in counters.slots:
        if slot.reported:
            jitter_ms = _of_audio(source_of(slot.token), slot.own_jitter_ms)
            yield Measures(slot.own_loss, jitter_ms, counters.rtt_ms)


def _of_audio(source: Source | None, jitter_ms: float) -> float | None:
    """A video frame's packets share a timestamp but leave one by one, which RFC 3550 counts
    as jitter.
    """
    return jitter_ms if source and KIND_OF_SOURCE[source] == "audio" else None
