"""The participants of one call and who receives what from whom."""

import asyncio
from collections.abc import Coroutine, Mapping
from functools import partial
from types import MappingProxyType

from relay.assignment import assign, slots_needed
from relay.endpoint import Endpoint
from relay.forwarder import PeerKey
from relay.media import Assignment, Source
from relay.peer import Peer, PeerListener
from relay.stats import PeerStats, RoomStats
from relay.tap import Tap


class Room:
    """Made by `Relay.room`. Everybody receives everybody else, as far as their slots go."""

    def __init__(self, room_id: str, endpoint: Endpoint) -> None:
        self.room_id = room_id
        self.endpoint = endpoint
        self._peers: dict[str, Peer] = {}
        self._taps: dict[str, tuple[Tap, ...]] = {}
        self._bytes_of_the_gone = 0
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def peers(self) -> Mapping[str, Peer]:
        """By participant id, in order of joining."""
        return MappingProxyType(self._peers)

    @property
    def bytes_relayed(self) -> int:
        """RTP bytes sent to participants, those who left included."""
        return self._bytes_of_the_gone + sum(
            peer.stats().bytes_sent for peer in self._peers.values()
        )

    def join(self, participant_id: str, listener: PeerListener) -> Peer:
        """A peer for the participant; an earlier one of the same id is closed
        and hears nothing more.
        """
        earlier = self._peers.get(participant_id)
        self._peers[participant_id] = peer = Peer(
            participant_id,
            listener,
            self.endpoint,
            self._update,
            partial(self._agree, participant_id),
        )
        if earlier is not None:
            self._close(earlier)
        self._update()
        return peer

    async def leave(self, participant_id: str) -> None:
        """Close the participant's peer, if any; the slots it filled become free."""
        peer = self._peers.pop(participant_id, None)
        if peer is None:
            return
        closing = self._close(peer)
        self._update()
        await closing

    def _close(self, peer: Peer) -> asyncio.Task[None]:
        self._bytes_of_the_gone += peer.stats().bytes_sent
        return self._background(peer.close())

    def _background(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        return task

    async def close(self) -> None:
        """Close all peers."""
        for participant_id in list(self._peers):
            await self.leave(participant_id)
        await asyncio.gather(*self._closing)

    def tap(self, participant_id: str, tap: Tap) -> None:
        """Let `tap` have all sources of the participant, those after a rejoin too,
        until `untap`.
        """
        taps = self._taps.get(participant_id, ())
        if tap not in taps:
            self._taps[participant_id] = (*taps, tap)
            self._update_tap(participant_id)

    def untap(self, participant_id: str, tap: Tap) -> None:
        """No error if it is not tapped."""
        left = tuple(other for other in self._taps.pop(participant_id, ()) if other is not tap)
        if left:
            self._taps[participant_id] = left
        self._update_tap(participant_id)

    def _update_tap(self, participant_id: str) -> None:
        peer = self._peers.get(participant_id)
        if peer is not None and peer.key is not None:
            self.endpoint.forwarder.tap(peer.key, self._taps.get(participant_id, ()))

    def request_keyframe(self, participant_id: str, source: Source) -> None:
        """Ask the publisher for a keyframe (throttled); nothing happens if it does not send
        that source.
        """
        peer = self._peers.get(participant_id)
        uplinks = peer.publication.uplinks if peer else None
        if peer and peer.key is not None and uplinks and source in uplinks:
            self.endpoint.forwarder.request_keyframe(peer.key, uplinks[source])

    def round_trip(self, participant_id: str) -> float | None:
        """Seconds to the participant and back, if they were measured."""
        peer = self._peers.get(participant_id)
        measured = peer.stats().rtt_ms if peer else None
        return None if measured is None else measured / 1000

    def check(self, now: float) -> None:
        """Notice who has appeared or vanished."""
        for peer in tuple(self._peers.values()):
            peer.check(now)

    def _update(self, answered: Peer | None = None) -> None:
        """Bring assignments, routes and taps in line with who is there and what they send.

        Whoever is being `answered` finds its assignments in the answer.
        """
        needed = slots_needed(len(self._peers))
        for peer in tuple(self._peers.values()):
            self._update_tap(peer.participant_id)
            others = [other.publication for other in self._peers.values() if other is not peer]
            assignments = assign(peer.slots, peer.assignments, others) if peer.slots else {}
            self._route(peer, assignments)
            peer.assigned(assignments, tell=peer is not answered)
            peer.ask_for(needed)
            peer.send_as(self._agree(peer.participant_id, peer.video_codecs or ()))

    def _agree(self, participant_id: str, able: tuple[str, ...]) -> tuple[str, ...]:
        """Of the video codecs that a participant can do, those that all others can do too:
        nothing is transcoded.
        """
        others = [
            peer.video_codecs
            for peer in self._peers.values()
            if peer.participant_id != participant_id
        ]
        # Who can show no video at all is no reason for the rest to see none.
        return tuple(name for name in able if all(name in codecs for codecs in others if codecs))

    def _route(self, peer: Peer, assignments: Mapping[str, Assignment]) -> None:
        if peer.key is None:
            return
        for slot in peer.slots:
            assignment = assignments.get(slot.mid)
            wanted = assignment if assignment and assignment.source in peer.receives else None
            publisher, uplink = self._uplink(wanted)
            self.endpoint.forwarder.route(peer.key, slot.mid, publisher, uplink)

    def _uplink(self, assignment: Assignment | None) -> tuple[PeerKey | None, str | None]:
        publisher = self._peers.get(assignment.participant_id) if assignment else None
        if publisher is None or assignment is None:
            return None, None
        return publisher.key, (publisher.publication.uplinks or {}).get(assignment.source)

    def snapshot(self) -> RoomStats:
        """The room as it is."""
        return RoomStats(
            self.room_id,
            self.bytes_relayed,
            tuple(_peer_stats(peer) for peer in self._peers.values()),
        )


def _peer_stats(peer: Peer) -> PeerStats:
    stats = peer.stats()
    return PeerStats(
        peer.participant_id,
        peer.connected,
        stats.rtt_ms,
        stats.max_bitrate_bps,
        up=stats.up,
        down=stats.down,
    )
