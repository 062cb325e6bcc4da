"""What the relay tells of itself: frozen snapshots for the ops page and `/metrics`.

Counters count from the start of the track or peer; rates are over the last seconds. Nothing here
names a person.
"""

from collections import Counter
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
    """Up: expected minus received (RFC 3550 A.3), even if RTX brought it later.

    Down: as the subscriber says.
    """
    loss: float
    """Fraction lost since the last report, 0 to 1; up, what the relay refuses again
    and again counts as lost.
    """
    jitter_ms: float
    rtt_ms: float | None
    """Server to peer and back, from receiver reports; none before the first."""
    nacks: int
    """Packets asked for again: by us (up) or by the subscriber (down)."""
    retransmitted: int
    """Packets that came again (up) or were sent again (down)."""
    cached: int
    """Down: of the NACKed packets, those that the packet cache still had; limits may have kept them
    from being sent again. Up: 0.
    """
    plis: int
    """Keyframes asked for: by us (up) or by the subscriber (down)."""
    layer: str | None = None
    """With simulcast, the rid: each layer has an entry of its own up, and down it is the one
    that flows.
    """


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
BATCH_BOUNDS = tuple(2**power for power in range(7))
"""Datagrams, 1 to 64."""


@dataclass(frozen=True)
class Distribution:
    """How often a measure lay where."""

    counts: tuple[int, ...]
    """Up to each bound (inclusive), and beyond the last."""
    sum: float
    """Of all that was measured."""


@dataclass(frozen=True)
class EngineStats:
    """One engine thread with its UDP port, since the start."""

    port: int
    received_packets: int
    """RTP packets taken from publishers, each once."""
    forwarded_packets: int
    """RTP packets for subscribers, retransmissions left out."""
    batches: Distribution
    """Datagrams that the thread received together, by BATCH_BOUNDS."""
    delays: Distribution
    """Of each batch, how long its oldest datagram took from the socket until all was sent,
    by DELAY_BOUNDS.
    """
    dropped: Mapping[str, int]
    """Datagrams and packets not processed, by reason."""


@dataclass(frozen=True)
class RelaySnapshot:
    """Everything at one moment."""

    rooms: tuple[RoomStats, ...]
    engines: tuple[EngineStats, ...]

    @property
    def dropped(self) -> Mapping[str, int]:
        """Of all engines."""
        return sum((Counter(engine.dropped) for engine in self.engines), Counter[str]())
