"""Figures for Prometheus: what the relay counts at the moment of asking, and HTTP requests. None names a person."""

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from relay.stats import RelaySnapshot, TrackStats
from signaling.hub import Hub

TRACK_FIGURES: tuple[tuple[str, str, Callable[[TrackStats], int]], ...] = (
    ("bitrate_bps", "Bitrate of live tracks, bit/s.", lambda track: track.bitrate_bps),
    ("packets", "RTP packets of live tracks.", lambda track: track.packets),
    ("bytes", "RTP bytes of live tracks.", lambda track: track.bytes),
    ("lost_packets", "Packets lost on live tracks.", lambda track: track.lost),
    ("nacks", "Packets of live tracks asked for again.", lambda track: track.nacks),
    ("plis", "Keyframes of live tracks asked for.", lambda track: track.plis),
)


class Observable(Protocol):
    """What is needed of the relay."""

    def snapshot(self, now: float) -> RelaySnapshot:
        """`now` is time.monotonic()."""


class Metrics:
    """One server's registry. Labels are bounded words: methods, routes, directions, sources, drop reasons."""

    def __init__(self, relay: Observable, hub: Hub) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Live(relay, hub))
        labels = ("method", "route", "status")
        self._requests = Counter("carelay_http_requests", "HTTP requests answered.", labels, registry=self._registry)
        self._seconds = Histogram(
            "carelay_http_request_seconds", "Time until the answer began.", ("route",), registry=self._registry
        )

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the pattern, such as `/room/{room_id}`, never the path: that would name rooms."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """The exposition format of Prometheus."""
        return generate_latest(self._registry)


class _Live:
    """Asks the relay when Prometheus asks us."""

    def __init__(self, relay: Observable, hub: Hub) -> None:
        self._relay = relay
        self._hub = hub

    def collect(self) -> Iterable[Metric]:
        snapshot = self._relay.snapshot(time.monotonic())
        peers = [peer for room in snapshot.rooms for peer in room.peers]
        yield GaugeMetricFamily("carelay_rooms", "Rooms open in the relay.", len(snapshot.rooms))
        yield GaugeMetricFamily("carelay_peers", "Participants connected by media.", sum(p.connected for p in peers))
        yield GaugeMetricFamily("carelay_sockets", "Open WebSockets.", sum(1 for _ in self._hub))
        yield _by_reason(snapshot)
        yield from _by_source(snapshot)


def _by_reason(snapshot: RelaySnapshot) -> Metric:
    family = CounterMetricFamily(
        "carelay_relay_dropped", "Datagrams and packets not processed since the start.", labels=["reason"]
    )
    for reason, count in snapshot.dropped.items():
        family.add_metric([reason], count)
    return family


def _by_source(snapshot: RelaySnapshot) -> Iterator[Metric]:
    """Sums over live tracks: gauges, because a track takes its counters with it when it ends."""
    for name, help_text, value in TRACK_FIGURES:
        sums: Tally[tuple[str, str]] = Tally()
        for labels, track in _tracks(snapshot):
            sums[labels] += value(track)
        family = GaugeMetricFamily(f"carelay_track_{name}", help_text, labels=["direction", "source"])
        for labels, total in sums.items():
            family.add_metric(labels, total)
        yield family


def _tracks(snapshot: RelaySnapshot) -> Iterator[tuple[tuple[str, str], TrackStats]]:
    for room in snapshot.rooms:
        for peer in room.peers:
            for direction, tracks in (("up", peer.up), ("down", peer.down)):
                yield from (((direction, track.source), track) for track in tracks if track.source)
