"""/api/v1/telemedicine/ops: streams, not people, for operations staff."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence

from relay import stats
from relay.relay import Relay
from relay.stats import BATCH_BOUNDS, DELAY_BOUNDS, EngineStats, PeerStats, RoomStats, TrackStats
from signaling.calls import Calls, Observed
from signaling.kernel.routes import TELEMEDICINE, Context, Routes
from signaling.kernel.words import Direction
from signaling.ops.resources import (
    Distribution,
    EngineStatistics,
    ParticipantStatistics,
    RelayStatistics,
    RoomStatistics,
    TrackStatistics,
)

# Made anew at each start: a label cannot be traced back to a room, nor followed over restarts.
LABEL_SALT = secrets.token_bytes(16)

routes = Routes("operations")


@routes.get(f"{TELEMEDICINE}/ops/rooms", access="relay.observe", counts="read")
async def list_rooms(context: Context) -> RelayStatistics:
    """Live rooms with the streams in them (ops, admin)."""
    snapshot = context.the(Relay).snapshot()
    observed = context.the(Calls).observed()
    return RelayStatistics(
        at=context.clock.now(),
        rooms=[
            _room(room, observed[room.room_id])
            for room in snapshot.rooms
            if room.room_id in observed
        ],
        engines=[_engine(engine) for engine in snapshot.engines],
        dropped_datagrams=dict(snapshot.dropped),
    )


def _engine(engine: EngineStats) -> EngineStatistics:
    return EngineStatistics(
        port=engine.port,
        received_packets=engine.received_packets,
        forwarded_packets=engine.forwarded_packets,
        batch_datagrams=_distribution(engine.batches, BATCH_BOUNDS),
        forwarding_delay_seconds=_distribution(engine.delays, DELAY_BOUNDS),
        dropped_datagrams=dict(engine.dropped),
    )


def _distribution(measured: stats.Distribution, bounds: Sequence[float]) -> Distribution:
    return Distribution(bounds=list(bounds), counts=list(measured.counts), sum=measured.sum)


def _room(room: RoomStats, observed: Observed) -> RoomStatistics:
    return RoomStatistics(
        label=hashlib.sha256(LABEL_SALT + room.room_id.encode()).hexdigest()[:6],
        age_seconds=observed.age_seconds,
        recording=observed.recording,
        participants=list(_participants(room, observed)),
    )


def _participants(room: RoomStats, observed: Observed) -> Iterator[ParticipantStatistics]:
    peers = {peer.participant_id: peer for peer in room.peers}
    for number, (participant_id, party) in enumerate(observed.parties.items(), 1):
        peer = peers.get(participant_id)
        yield ParticipantStatistics(
            label=str(number),
            role=party.role,
            connected=peer is not None and peer.connected,
            quality=party.quality,
            media=party.media,
            tracks=list(_tracks(peer)) if peer else [],
        )


def _tracks(peer: PeerStats) -> Iterator[TrackStatistics]:
    yield from (track for up in peer.up if (track := _track("up", up)))
    yield from (track for down in peer.down if (track := _track("down", down)))


def _track(direction: Direction, track: TrackStats) -> TrackStatistics | None:
    if track.source is None:
        return None
    return TrackStatistics(
        direction=direction,
        source=track.source,
        codec=track.codec,
        packets=track.packets,
        bytes=track.bytes,
        bitrate_bps=track.bitrate_bps,
        packets_lost=track.lost,
        loss_fraction=track.loss,
        jitter_ms=track.jitter_ms,
        rtt_ms=track.rtt_ms,
        nack_count=track.nacks,
        retransmitted_count=track.retransmitted,
        cached_count=track.cached,
        pli_count=track.plis,
        layer=track.layer,
    )
