"""The front door of the package: one UDP port, its rooms, and what they do right now."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass
from typing import Self

from relay.endpoint import Endpoint
from relay.forwarder import TICK
from relay.forwarding.python_forwarder import PythonForwarder
from relay.negotiation.negotiate import LocalDescription
from relay.room import Room
from relay.stats import RelaySnapshot
from relay.transport.addresses import candidates
from relay.transport.dtls import Certificate
from relay.transport.port import Link, Port

_SECONDS_1900_TO_1970 = 2_208_988_800
_CHECK_INTERVAL = 0.25


@dataclass(frozen=True)
class RelaySettings:
    """Where the relay listens and what it agrees to."""

    host: str = "0.0.0.0"  # noqa: S104  a media server is reached from anywhere
    port: int = 0
    """UDP; 0 takes a free one."""
    announced_addresses: tuple[str, ...] = ()
    """Candidates for a server behind NAT; empty: `host`, or the addresses of the interfaces."""
    video_codecs: tuple[str, ...] = ("VP8",)
    """In the server's order of preference: `VP8`, `H264`."""
    max_video_bitrate_bps: int = 2_500_000
    disconnect_after: float = 8.0
    """Seconds without any authenticated packet or check until a peer counts as disconnected (RFC 7675).
    A browser that sends nothing is heard by its checks alone: Chromium's come each 2.7 s, Firefox's each 4.6 to
    5.2 s (measured)."""


class Relay:
    """Open it with `Relay.open`, on the event loop that it then belongs to."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._rooms: dict[str, Room] = {}
        self._checked_at = float("-inf")
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(TICK, self._tick)

    @classmethod
    async def open(cls, settings: RelaySettings) -> Self:
        """Bind the port and make the DTLS certificate. Raises OSError if the port is taken."""
        epoch = time.time() - time.monotonic() + _SECONDS_1900_TO_1970
        forwarder = PythonForwarder(settings.max_video_bitrate_bps, epoch, random.SystemRandom())

        def receive(link: Link, datagram: bytes, arrival: float) -> None:
            forwarder.receive(endpoint.keys.get(link, 0), datagram, arrival)

        port = await Port.open(settings.host, settings.port, receive)
        certificate = Certificate.generate()
        local = LocalDescription(
            fingerprint=certificate.fingerprint,
            candidates=candidates(settings.host, settings.announced_addresses, port.number),
            video_codecs=settings.video_codecs,
            max_video_bitrate_bps=settings.max_video_bitrate_bps,
        )
        endpoint = Endpoint(port, certificate, local, forwarder, settings.disconnect_after)
        return cls(endpoint)

    @property
    def port(self) -> int:
        """The UDP port that is bound."""
        return self._endpoint.port.number

    def room(self, room_id: str) -> Room:
        """The room of that id, made on first use."""
        if room_id not in self._rooms:
            self._rooms[room_id] = Room(room_id, self._endpoint)
        return self._rooms[room_id]

    async def close_room(self, room_id: str) -> None:
        """Close all its peers; no error if there is no such room."""
        room = self._rooms.pop(room_id, None)
        if room is not None:
            await room.close()

    def snapshot(self, now: float) -> RelaySnapshot:  # noqa: ARG002  a native engine will compute rates up to `now`
        """`now` is time.monotonic()."""
        rooms = tuple(room.snapshot() for room in self._rooms.values())
        dropped = Counter(self._endpoint.port.dropped) + self._endpoint.forwarder.dropped
        return RelaySnapshot(rooms, dict(dropped))  # dataclasses.asdict cannot copy a Counter

    async def close(self) -> None:
        """Close every room and the port."""
        for room_id in list(self._rooms):
            await self.close_room(room_id)
        self._timer.cancel()
        await self._endpoint.port.close()

    def _tick(self) -> None:
        self._timer = self._loop.call_later(TICK, self._tick)
        now = time.monotonic()
        self._endpoint.forwarder.tick(now)
        if now - self._checked_at >= _CHECK_INTERVAL:
            self._checked_at = now
            for room in tuple(self._rooms.values()):
                room.check(now)
