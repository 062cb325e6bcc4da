"""Reads the engine's counters, of its port and of one peer, into frozen snapshots and into a word."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from relay.forwarder import MediaStats
from relay.media import KIND_OF_SOURCE, Source
from relay.quality import Measures, Quality, added, worst
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
    uplinks, slots, rtt_ms, cap_bps, bytes_sent, _ = counters
    return MediaStats(
        up=tuple(_track(uplink, source_of(uplink[2]), rtt_ms) for uplink in uplinks),
        down=tuple(_track(slot, source_of(slot[2]), rtt_ms, cached=slot[12]) for slot in slots),
        rtt_ms=rtt_ms,
        max_bitrate_bps=cap_bps,
        bytes_sent=bytes_sent,
    )


def _name(form: str) -> str:
    """`H264/42e0/1` is H264."""
    return form.partition("/")[0]


def _track(
    counters: "UplinkStats | SlotStats", source: Source | None, rtt_ms: float | None, cached: int = 0
) -> TrackStats:
    mid, form, _, packets, size, bps, lost, loss, jitter_ms, nacks, retransmitted, plis = counters[:12]
    return TrackStats(
        mid=mid,
        source=source,
        codec=_name(form),
        packets=packets,
        bytes=size,
        bitrate_bps=bps,
        lost=lost,
        loss=loss,
        jitter_ms=jitter_ms,
        rtt_ms=rtt_ms,
        nacks=nacks,
        retransmitted=retransmitted,
        cached=cached,
        plis=plis,
        layer=counters[-1] or None,
    )


UplinkOf = Callable[[int, str], "UplinkStats | None"]
"""The uplink of this token and layer."""


def media_quality(counters: "PeerStats", source_of: SourceOf, uplink_of: UplinkOf) -> Quality | None:
    """The word for one peer."""
    return worst(_measures(counters, source_of, uplink_of))


def uplink_of(counters: "PeerStats", token: int, rid: str) -> "UplinkStats | None":
    """One of a publisher's uplinks."""
    return next((uplink for uplink in counters[0] if (uplink[2], uplink[-1]) == (token, rid)), None)


def _measures(counters: "PeerStats", source_of: SourceOf, uplink_of: UplinkOf) -> Iterator[Measures]:
    uplinks, slots, rtt_ms, _, _, strangers = counters
    if strangers:
        yield Measures(loss=1.0)
    for _, _, token, _, _, _, _, loss, jitter_ms, _, _, _, active, _ in uplinks:
        if active:
            yield Measures(loss, _of_audio(source_of(token), jitter_ms), rtt_ms)
    for _, _, token, _, _, _, _, _, jitter_ms, _, _, _, _, lasting_loss, reported, rid in slots:
        if reported:
            uplink = uplink_of(token, rid)
            upstream = Measures(uplink[7], uplink[8]) if uplink else Measures()
            yield added(Measures(lasting_loss, _of_audio(source_of(token), jitter_ms), rtt_ms), upstream)


def _of_audio(source: Source | None, jitter_ms: float) -> float | None:
    """A video frame's packets share a timestamp but leave one by one, which RFC 3550 counts as jitter."""
    return jitter_ms if source and KIND_OF_SOURCE[source] == "audio" else None
