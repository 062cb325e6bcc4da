"""What the network of somebody can carry, tried before a call: their page sends a test picture to
the relay, and receives it back.

A test is a room of its own with two connections of one page. Nobody else is in it, nothing of it is
kept, and it is over soon, whatever the page does.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from relay.media import Assignment, SlotCount, Source
from relay.negotiation.negotiate import NegotiationError
from signaling.calls.rooms import PeerHandle, RoomHandle, Rooms
from signaling.kernel.actor import Actor
from signaling.kernel.background import Background
from signaling.kernel.clock import Clock, Timer
from signaling.kernel.errors import Invalid, Unavailable

SECONDS = 20.0
"""Ten to connect, through TURN over TLS as well, and seven to measure."""
MOST = 8
"""At once: each is the load of a call of one."""


@dataclass
class _Test:
    room_id: str
    timer: Timer


class ConnectionTests:
    """Those that run, at most one of each person."""

    def __init__(self, relay: Rooms, clock: Clock) -> None:
        self._relay = relay
        self._clock = clock
        self._running: dict[str, _Test] = {}
        self._background = Background()

    async def run(
        self, actor: Actor, offers: Mapping[str, str], sources: Mapping[str, Source]
    ) -> dict[str, str]:
        """The answers to the offers of a page, `sending` and `receiving`; `sources` is mid → source
        of what it sends.

        A test that this person began before is over. Raises Unavailable where too many run, and
        Invalid with what the relay could not agree to.
        """
        self._end(actor.user_id)
        if len(self._running) >= MOST:
            raise Unavailable("connection_tests_full", retry_after=SECONDS)
        room_id = f"test-{secrets.token_urlsafe(12)}"
        timer = self._clock.call_later(SECONDS, lambda: self._end(actor.user_id))
        self._running[actor.user_id] = _Test(room_id, timer)
        room = self._relay.room(room_id)
        try:
            sending = await _answer(room, "sending", offers["sending"], sources)
            receiving = await _answer(room, "receiving", offers["receiving"], {})
        except NegotiationError as error:
            self._end(actor.user_id)
            raise Invalid("bad_offer", problem=str(error)) from None
        return {"sending": sending, "receiving": receiving}

    @property
    def running(self) -> int:
        """How many."""
        return len(self._running)

    def _end(self, user_id: str) -> None:
        test = self._running.pop(user_id, None)
        if test is not None:
            test.timer.cancel()
            self._background.spawn(self._relay.close_room(test.room_id))


async def _answer(room: RoomHandle, way: str, sdp: str, sources: Mapping[str, Source]) -> str:
    peer: PeerHandle = room.join(way, _Unheard())
    return (await peer.offer(sdp, sources)).sdp


class _Unheard:
    """The page sees for itself what becomes of its connections."""

    def peer_connected(self) -> None: ...

    def peer_disconnected(self, reason: str) -> None: ...

    def need_offer(self, slots: SlotCount) -> None: ...

    def assignments_changed(self, assignments: Sequence[Assignment]) -> None: ...
