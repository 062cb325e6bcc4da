"""What operations staff see: streams, not people."""

from datetime import datetime
from typing import Literal

from signaling.calls.messages import MediaState
from signaling.kernel.resources import Resource
from signaling.kernel.words import CaptureState, Condition, Direction, Side, Source


class TrackStatistics(Resource):
    """One RTP stream as the relay sees it; counters since the track began,
    rates over the last second or so.
    """

    direction: Direction
    source: Source
    codec: str
    packets: int
    bytes: int
    bitrate_bps: int
    packets_lost: int
    loss_fraction: float
    jitter_ms: float
    rtt_ms: float | None
    nack_count: int
    """Packets asked for again: by the server (up), by the browser (down)."""
    retransmitted_count: int
    """Packets that came again (up), or were sent again from the packet cache (down)."""
    cached_count: int
    """Down: of the packets asked for again, those that the packet cache still had; limits on
    resending may have kept them from being sent. `cached_count / nack_count` is the cache's hit
    rate, low also where the server itself misses what is asked for. Up: 0.
    """
    pli_count: int
    layer: str | None = None
    """Of a camera in a room of three or more: the size of picture, as the browser names it;
    up each has an entry.
    """


class ParticipantStatistics(Resource):
    """One connection. The label is an opaque number within the room, never a name."""

    label: str
    role: Side
    connected: bool
    quality: Condition | None
    media: MediaState
    tracks: list[TrackStatistics]


class RoomStatistics(Resource):
    """One live room. The label is opaque: operations staff see streams, not people."""

    label: str
    age_seconds: int
    recording: CaptureState
    participants: list[ParticipantStatistics]


class Distribution(Resource):
    """How often a measure lay where, since the server started."""

    bounds: list[float]
    """Upper ones, ascending and inclusive."""
    counts: list[int]
    """One for each bound, each value in one of them only,
    and a last for what lay beyond all bounds.
    """
    sum: float
    """Of all values."""


class EngineStatistics(Resource):
    """One engine thread, told by its UDP port; counters since the server started."""

    port: int
    received_packets: int
    """RTP packets taken from publishers."""
    forwarded_packets: int
    """RTP packets for subscribers, retransmissions left out."""
    batch_datagrams: Distribution
    """Datagrams that the thread received together."""
    forwarding_delay_seconds: Distribution
    """Of each batch, how long its oldest datagram took from the socket until all was sent."""
    dropped_datagrams: dict[str, int]
    """Reason → count."""


class Health(Resource):
    """GET /healthz: the process answers."""

    status: Literal["ok"] = "ok"


class Readiness(Resource):
    """GET /readyz: 200 if every check is `ok`, else 503."""

    ready: bool
    checks: dict[str, str]
    """What was checked → `ok`, or what is wrong in a few fixed words; the log says why."""


class RelayStatistics(Resource):
    """GET ops/rooms (roles ops and admin)."""

    at: datetime
    rooms: list[RoomStatistics]
    engines: list[EngineStatistics]
    """Each room lives on one of them."""
    dropped_datagrams: dict[str, int]
    """Reason → count over all engines, since the server started."""
