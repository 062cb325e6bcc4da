"""Counters of tracks that come and go, summed into ones that only rise,
as Prometheus needs them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from relay.stats import RelaySnapshot, TrackStats

Kind = tuple[str, str]
"""Direction (`up`, `down`) and source."""

COUNTERS: Mapping[str, Callable[[TrackStats], int]] = {
    "packets": lambda track: track.packets,
    "bytes": lambda track: track.bytes,
    "lost_packets": lambda track: track.lost,
    "nacked_packets": lambda track: track.nacks,
    "cached_packets": lambda track: track.cached,
    "retransmitted_packets": lambda track: track.retransmitted,
    "keyframe_requests": lambda track: track.plis,
}


_Key = tuple[str, str, str, str, str | None]
"""Room, participant, direction, MID and, up, layer: what keeps its counters
when a slot carries another source.
"""


def tracks(snapshot: RelaySnapshot) -> Iterator[tuple[Kind, TrackStats]]:
    """Every track that carries somebody."""
    yield from ((kind, track) for _, kind, track in _keyed(snapshot))


class TrackTotals:
    """Sums by kind. What a track counts after the last `observe` before its end is missing from
    them.
    """

    def __init__(self) -> None:
        self._sums = {name: Counter[Kind]() for name in COUNTERS}
        self._live: dict[_Key, TrackStats] = {}

    def observe(self, snapshot: RelaySnapshot) -> None:
        """Add what has been counted since the last time."""
        live = {}
        for key, kind, track in _keyed(snapshot):
            self._add(kind, track, self._live.get(key))
            live[key] = track
        self._live = live

    def _add(self, kind: Kind, track: TrackStats, before: TrackStats | None) -> None:
        if before is not None and track.packets < before.packets:
            before = None  # another track by the same name, after a rejoin
        for name, count in COUNTERS.items():
            # A packet that comes late was lost and is not any more: the sum must not fall for it.
            self._sums[name][kind] += max(0, count(track) - (count(before) if before else 0))

    def sums(self, name: str) -> Mapping[Kind, int]:
        """One of COUNTERS, by kind."""
        return self._sums[name]


def _keyed(snapshot: RelaySnapshot) -> Iterator[tuple[_Key, Kind, TrackStats]]:
    for room in snapshot.rooms:
        for peer in room.peers:
            for direction, some in (("up", peer.up), ("down", peer.down)):
                for track in some:
                    if track.source:
                        layer = track.layer if direction == "up" else None
                        key = room.room_id, peer.participant_id, direction, track.mid, layer
                        yield key, (direction, track.source), track
