"""The front door of the package: its UDP ports, its rooms, and what they do right now."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from relay.endpoint import Endpoint
from relay.engine import Engine
from relay.engine.forwarder import EngineForwarder
from relay.memory import share_one_arena
from relay.negotiation.negotiate import LocalDescription
from relay.room import Room
from relay.stats import RelaySnapshot
from relay.transport.addresses import candidates
from relay.transport.dtls import Certificate
from relay.transport.port import Port, bind

_SECONDS_1900_TO_1970 = 2_208_988_800
_CHECK_INTERVAL = 0.25


@dataclass(frozen=True)
class RelaySettings:
    """Where the relay listens and what it agrees to."""

    host: str = "0.0.0.0"  # noqa: S104  a media server is reached from anywhere
    port: int = 0
    """UDP, the first of as many as there are engine threads; 0 takes free ones."""
    engine_threads: int = 1
    """Each serves a port of its own; one fills a core at about 100 two-party calls."""
    announced_addresses: tuple[str, ...] = ()
    """Candidates for a server behind NAT; empty: `host`, or the addresses of the interfaces."""
    video_codecs: tuple[str, ...] = ("VP8",)
    """In the server's order of preference: `VP8`, `H264`."""
    max_video_bitrate_bps: int = 2_500_000
    disconnect_after: float = 8.0
    """Seconds without any authenticated packet or check until a peer counts as disconnected (RFC
    7675). A browser that sends nothing is heard by its checks alone: Chromium's come each 2.7 s,
    Firefox's each 4.6 to 5.2 s (measured).
    """


class Relay:
    """Open it with `Relay.open`, on the event loop that it then belongs to."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._endpoints = endpoints
        self._rooms: dict[str, Room] = {}
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_CHECK_INTERVAL, self._check)

    @classmethod
    async def open(cls, settings: RelaySettings) -> Self:
        """Bind the ports and make the DTLS certificate. Raises OSError if a port is taken."""
        share_one_arena()
        certificate = Certificate.generate()
        endpoints: list[Endpoint] = []
        try:
            for index in range(settings.engine_threads):
                # A loop, so that those opened before one that fails are kept.
                endpoints.append(_open_endpoint(settings, certificate, index))  # noqa: PERF401
        except OSError:
            for endpoint in endpoints:
                await endpoint.port.close()
            raise
        return cls(endpoints)

    @property
    def port(self) -> int:
        """The UDP port that is bound, the first of several."""
        return self._endpoints[0].port.number

    def room(self, room_id: str) -> Room:
        """The room of that id, made on first use."""
        if room_id not in self._rooms:
            self._rooms[room_id] = Room(room_id, min(self._endpoints, key=self._load))
        return self._rooms[room_id]

    def _load(self, endpoint: Endpoint) -> int:
        """Participants, those of a new room counted before they come."""
        return sum(
            max(2, len(room.peers)) for room in self._rooms.values() if room.endpoint is endpoint
        )

    async def close_room(self, room_id: str) -> None:
        """Close all its peers; no error if there is no such room."""
        room = self._rooms.pop(room_id, None)
        if room is not None:
            await room.close()

    def snapshot(self) -> RelaySnapshot:
        """All rooms and engines as they are."""
        rooms = tuple(room.snapshot() for room in self._rooms.values())
        engines = tuple(
            end.forwarder.engine_stats(end.port.number, end.port.dropped) for end in self._endpoints
        )
        return RelaySnapshot(rooms, engines)

    async def close(self) -> None:
        """Close every room and the port."""
        for room_id in list(self._rooms):
            await self.close_room(room_id)
        self._timer.cancel()
        await asyncio.gather(*(endpoint.port.close() for endpoint in self._endpoints))

    def _check(self) -> None:
        self._timer = self._loop.call_later(_CHECK_INTERVAL, self._check)
        now = time.monotonic()
        for room in tuple(self._rooms.values()):
            room.check(now)


def _open_endpoint(settings: RelaySettings, certificate: Certificate, index: int) -> Endpoint:
    epoch = time.time() - time.monotonic() + _SECONDS_1900_TO_1970
    udp = bind(settings.host, settings.port + index if settings.port else 0)
    engine = Engine(udp.fileno(), epoch, settings.max_video_bitrate_bps)
    forwarder = EngineForwarder(engine, random.SystemRandom())
    port = Port(udp, engine, forwarder.dispatch)
    local = LocalDescription(
        fingerprint=certificate.fingerprint,
        candidates=candidates(settings.host, settings.announced_addresses, port.number),
        video_codecs=settings.video_codecs,
        max_video_bitrate_bps=settings.max_video_bitrate_bps,
    )
    return Endpoint(port, certificate, local, forwarder, settings.disconnect_after)
