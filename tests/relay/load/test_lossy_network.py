"""The load generator behind a network that loses packets: what it counts is what got through."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from bench.relay.carelay import RelayProcess
from bench.relay.scenario import Scenario
from relay.load.connection import Connection
from relay.load.description import Transport, offer
from relay.load.generator import Figures, Generator
from tests.patience import PATIENCE

HOST = "127.0.0.1"
CALL = Scenario("call", "one call", rooms=1)
ONE_IN = 9
"""So many datagrams of media to a client, one is lost."""


class Link(asyncio.DatagramProtocol):
    """Between one client and the server.

    Passes everything up, and of the media down all but one in ONE_IN.
    """

    def __init__(self, server: tuple[str, int]) -> None:
        self._server, self._client = server, ("", 0)
        self._media = 0
        self.through: set[bytes] = set()
        """Payload type, number, time and SSRC of what got through at least once."""
        self.copies = 0
        self.transport: asyncio.DatagramTransport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if address != self._server:
            self._client = address
            self.transport.sendto(data, self._server)
        elif not is_media(data) or not self._is_lost(data):
            self.transport.sendto(data, self._client)

    def _is_lost(self, data: bytes) -> bool:
        self._media += 1
        if self._media % ONE_IN == 0:
            return True
        self.copies += data[1:12] in self.through
        self.through.add(data[1:12])
        return False


def is_media(data: bytes) -> bool:
    return 128 <= data[0] < 192 and not 192 <= data[1] <= 223


@asynccontextmanager
async def open_link(server: tuple[str, int]) -> AsyncIterator[tuple[Link, tuple[str, int]]]:
    """The link, and its address to the client."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: Link(server), local_addr=(HOST, 0)
    )
    protocol.transport = transport
    try:
        yield protocol, transport.get_extra_info("sockname")
    finally:
        transport.close()


async def test_only_what_got_through_is_counted_and_once() -> None:
    generator = Generator()
    try:
        async with RelayProcess.running(HOST) as relay, AsyncExitStack() as network:
            links = [await join(generator, relay, network, name) for name in ("ann", "ben")]
            async with asyncio.timeout(PATIENCE):
                while sum(link.copies for link in links) < 20:
                    await asyncio.to_thread(generator.run, 0.05)
                while not all_counted(generator.total(), links):
                    await asyncio.to_thread(generator.drain, 0.05)
            figures = generator.total()
    finally:
        generator.close()
    assert figures.forwarded == sum(len(link.through) for link in links)
    assert figures.repeated == sum(link.copies for link in links)
    assert figures.unreadable == 0
    assert figures.forwarded - figures.repaired < figures.sent


def all_counted(figures: Figures, links: Sequence[Link]) -> bool:
    passed = sum(len(link.through) + link.copies for link in links)
    return figures.forwarded + figures.repeated + figures.unreadable >= passed


async def join(
    generator: Generator, relay: RelayProcess, network: AsyncExitStack, participant: str
) -> Link:
    connection, tracks = Connection(HOST), CALL.tracks()
    sdp = offer(connection.transport, tracks, slots=CALL.kinds)
    body = {
        "room": "room",
        "participant": participant,
        "sdp": sdp,
        "sources": {"0": "microphone", "1": "camera"},
    }
    answer = (await relay.post("join", **body))["sdp"]
    remote = Transport.of(answer)
    link, address = await network.enter_async_context(open_link(remote.addresses[0]))
    consent = await connection.connect(replace(remote, addresses=(address,)))
    generator.add(connection, consent, [track.agreed(answer) for track in tracks])
    return link
