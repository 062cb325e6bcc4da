"""A process that ends in the middle of a call."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.relay.carelay import RelayProcess
from bench.relay.scenario import CALLS
from relay.load.generator import Generator
from tests.patience import PATIENCE

HOST = "127.0.0.1"
CALL = CALLS.with_rooms(1)


@asynccontextmanager
async def call(relay: RelayProcess) -> AsyncIterator[None]:
    """Two people who send for a second."""
    generator = Generator()
    try:
        for name in ("ann", "bob"):
            generator.add(*await relay.connect(CALL, "room", name, publishes=True))
        sending = asyncio.create_task(asyncio.to_thread(generator.run, 1.0))
        try:
            yield
        finally:
            await sending
    finally:
        generator.close()


async def test_a_relay_that_nobody_closed_ends_in_order_while_packets_come() -> None:
    async with asyncio.timeout(PATIENCE), RelayProcess.running(HOST) as relay, call(relay):
        while not sum(await relay.forwarded()):  # noqa: ASYNC110  another process is asked
            await asyncio.sleep(0.01)
        os.kill(relay.pid, signal.SIGINT)
        assert await relay.wait() == -signal.SIGINT
