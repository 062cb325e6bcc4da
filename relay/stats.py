"""What the relay tells of itself: frozen snapshots for the ops page and `/metrics`.

Counters count from the start of the track or peer; rates are over the last seconds. Nothing here names a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from relay.media import Source


@dataclass(frozen=True)
class TrackStats:
    """One source on its way up from its publisher, or one slot on its way down to a subscriber."""

    mid: str
    source: Source | None
    """None: the slot carries nobody."""
    codec: str
    """Encoding name such as `VP8`; empty before the first packet."""
    packets: int
    bytes: int
    """RTP packets with headers, without SRTP, UDP and IP overhead."""
    bitrate_bps: int
    lost: int
    """Up: expected minus received (RFC 3550 A.3), so retransmissions lower it. Down: as the subscriber reports it."""
    loss: float
    """Fraction lost since the last report, 0 to 1."""
    jitter_ms: float
    rtt_ms: float | None
    """Server to peer and back, from receiver reports; none before the first."""
    nacks: int
    """Packets asked for again: by us (up) or by the subscriber (down)."""
    retransmitted: int
    """Packets that came again (up) or were sent again (down)."""
    plis: int
    """Keyframes asked for: by us (up) or by the subscriber (down)."""
    layer: str | None = None
    """With simulcast, the rid: each layer has an entry of its own up, and down it is the one that flows."""


@dataclass(frozen=True)
class PeerStats:
    """One connection of one participant."""

    participant_id: str
    connected: bool
    rtt_ms: float | None
    max_bitrate_bps: int | None
    """The cap that the publisher was last told by REMB."""
    up: tuple[TrackStats, ...]
    down: tuple[TrackStats, ...]


@dataclass(frozen=True)
class RoomStats:
    """One room with everybody in it."""

    room_id: str
    bytes_relayed: int
    """RTP bytes sent to subscribers, those who left included."""
    peers: tuple[PeerStats, ...]


DELAY_BOUNDS = tuple(16e-6 * 2**power for power in range(11))
"""Seconds, 16 us to 16 ms."""


@dataclass(frozen=True)
class ForwardingDelays:
    """Batches of datagrams since the start, by how long the oldest took from the socket until all was sent."""

    counts: tuple[int, ...] = (0,) * (len(DELAY_BOUNDS) + 1)
    """Up to each of DELAY_BOUNDS, and longer."""
    sum: float = 0.0
    """Seconds."""

    def __add__(self, other: "ForwardingDelays") -> "ForwardingDelays":
        counts = tuple(map(int.__add__, self.counts, other.counts))
        return ForwardingDelays(counts, self.sum + other.sum)


@dataclass(frozen=True)
class RelaySnapshot:
    """Everything at one moment."""

    rooms: tuple[RoomStats, ...]
    dropped: Mapping[str, int]
    """Datagrams and packets not processed, by reason."""
    delays: ForwardingDelays = ForwardingDelays()
