"""What one more engine thread on one more core gives: packets a second where there is more to do
than can be.

The load is rooms of one publisher and many subscribers, whose sockets nobody reads: the kernel
drops what does not fit, so that the load needs little of the cores that the server is to have. Two
servers of one thread each, which share nothing, stand beside as what is possible here.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bench.process import cpu_seconds
from bench.relay.carelay import RelayProcess
from bench.relay.measurement import Timing
from bench.relay.scenario import Scenario
from bench.relay.target import Joining
from relay.load.connection import Connection
from relay.load.generator import Generator

ROOMS = Scenario(
    "rooms_of_51",
    "rooms of one publisher and 50 subscribers",
    rooms=32,
    participants=51,
    publishers=1,
)
_TIMING = Timing(settling=1.0, measured=3.0)
KEEP_ALIVE = 3.0  # s between a subscriber's connectivity checks
HEAD = ("servers", "threads each", "packets/s", "x one thread", "cores used", "us/packet", "shares")


@dataclass(frozen=True)
class Scaling:
    """One arrangement."""

    servers: int
    engine_threads: int
    """Of each server."""
    packets_per_second: float
    """Forwarded, of all threads."""
    cores: float
    """CPU seconds of the servers a second."""
    shares: tuple[float, ...]
    """Of the packets, by thread."""

    @property
    def us_per_packet(self) -> float:
        return 1e6 * self.cores / self.packets_per_second


async def compare(host: str, rooms: Scenario = ROOMS, timing: Timing = _TIMING) -> list[Scaling]:
    """One thread, two threads, two servers.

    Raises TimeoutError or ConnectionError if a server cannot be joined.
    """
    return [
        await _measure(host, rooms, timing, *arrangement)
        for arrangement in ((1, 1), (1, 2), (2, 1))
    ]


def rows(measured: list[Scaling]) -> list[list[object]]:
    """For a table under HEAD."""
    one = measured[0].packets_per_second
    return [
        [
            each.servers, each.engine_threads, round(each.packets_per_second),
            round(each.packets_per_second / one, 2),
            round(each.cores, 2), round(each.us_per_packet, 2),
            " ".join(f"{share:.0%}" for share in each.shares),
        ]
        for each in measured
    ]  # fmt: skip


async def _measure(
    host: str, rooms: Scenario, timing: Timing, servers: int, engine_threads: int
) -> Scaling:
    print(f"scaling: {servers} x {engine_threads} threads", file=sys.stderr)
    async with AsyncExitStack() as stack:
        relays = [await RelayProcess.start(host, engine_threads) for _ in range(servers)]
        for relay in relays:
            stack.push_async_callback(relay.close)
        generator = Generator()
        stack.callback(generator.close)
        await stack.enter_async_context(_joined(relays, rooms, generator))
        await asyncio.to_thread(generator.run, timing.settling)
        packets, cpu, begin = await _forwarded(relays), _cpu(relays), time.monotonic()
        await asyncio.to_thread(generator.run, timing.measured)
        cpu, seconds = _cpu(relays) - cpu, time.monotonic() - begin
        counts = [
            after - before for after, before in zip(await _forwarded(relays), packets, strict=True)
        ]
    shares = tuple(count / sum(counts) for count in counts)
    return Scaling(servers, engine_threads, sum(counts) / seconds, cpu / seconds, shares)


async def _forwarded(relays: list[RelayProcess]) -> list[int]:
    return [count for relay in relays for count in await relay.forwarded()]


def _cpu(relays: list[RelayProcess]) -> float:
    return sum(cpu_seconds(relay.pid) for relay in relays)


@asynccontextmanager
async def _joined(
    relays: list[RelayProcess], rooms: Scenario, generator: Generator
) -> AsyncIterator[None]:
    """All rooms joined, alternately on each server.

    Subscribers say that they live, and do nothing else.
    """
    joining, subscribers = Joining(), list[tuple[Connection, bytes]]()

    async def join(number: int, participant: int) -> None:
        publishes = participant < rooms.publishers
        relay, names = relays[number % len(relays)], (f"room {number}", str(participant))
        connection, consent, tracks = await relay.connect(rooms, *names, publishes=publishes)
        if publishes:
            generator.add(connection, consent, tracks)
        else:
            subscribers.append((connection, consent))

    async def keep_alive() -> None:
        while True:
            for connection, consent in subscribers:
                connection.socket.send(consent)
            await asyncio.sleep(KEEP_ALIVE)

    alive = asyncio.create_task(keep_alive())
    try:
        await joining.each(
            [join(room, one) for room in range(rooms.rooms) for one in range(rooms.participants)]
        )
        yield
    finally:
        alive.cancel()
        for connection, _ in subscribers:
            connection.socket.close()
