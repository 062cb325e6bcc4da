"""A port with an engine of its own, for tests below the relay."""

import asyncio

from relay.engine import Engine, session_pointer
from relay.transport.dtls import SrtpKeys
from relay.transport.port import Port, bind
from tests.patience import PATIENCE


def open_port(host: str = "127.0.0.1") -> tuple[Port, Engine]:
    """On a free port. Close the port; the engine ends with it."""
    udp = bind(host, 0)
    engine = Engine(udp.fileno(), 0.0, 1_000_000)
    return Port(udp, engine, lambda: None), engine


class Ear:
    """Listens with a peer's keys; lives as long as the engine needs the sessions."""

    def __init__(self, engine: Engine, peer: int, keys: SrtpKeys) -> None:
        self._engine, self._peer = engine, peer
        self._sessions = keys.sessions()
        engine.secure(peer, *map(session_pointer, self._sessions))

    async def hears(self) -> None:
        """Wait until an authenticated packet of the peer has arrived."""
        async with asyncio.timeout(PATIENCE):
            # A counter, not an event.
            while self._engine.last_heard(self._peer) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
