"""A generator on a thread of its own: clients come, and figures are read, while it sends
and receives.
"""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from relay.load.connection import Connection
from relay.load.description import Track
from relay.load.generator import Figures, Generator

SLICE = 0.05  # s that the generator runs at a time; what is asked for waits as long
DRAIN = 0.2  # s that packets may take to the server and back
_Result = TypeVar("_Result")


class Running:
    """Make it with `running`."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._asked: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._stop = False
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    async def add(self, connection: Connection, consent: bytes, tracks: Sequence[Track]) -> None:
        """See Generator.add."""
        await self._between(lambda: self._generator.add(connection, consent, tracks))

    async def take(self) -> Figures:
        """See Generator.take."""
        return await self._between(self._generator.take)

    async def begin_total(self) -> None:
        """Forget all that was counted. What was sent before has arrived by then."""
        await self._between(self._begin_total)

    async def total(self) -> Figures:
        """All since `begin_total`, once it has arrived."""
        return await self._between(self._drained_total)

    def _begin_total(self) -> None:
        self._generator.drain(DRAIN)
        self._generator.begin_total()

    def _drained_total(self) -> Figures:
        self._generator.drain(DRAIN)
        return self._generator.total()

    def _run(self) -> None:
        while not self._stop:
            while not self._asked.empty():
                self._do(*self._asked.get())
            self._generator.run(SLICE)

    def _do(self, action: Callable[[], Any], done: Future[Any]) -> None:
        if not done.set_running_or_notify_cancel():
            return
        try:
            done.set_result(action())
        except Exception as error:
            done.set_exception(error)

    async def _between(self, action: Callable[[], _Result]) -> _Result:
        done: Future[_Result] = Future()
        self._asked.put((action, done))
        return await asyncio.wrap_future(done)

    def start(self) -> None:
        self._thread.start()

    async def close(self) -> None:
        """Stop, and close the clients' sockets."""
        self._stop = True
        await asyncio.to_thread(self._thread.join)
        self._generator.close()


@asynccontextmanager
async def running(loss: float) -> AsyncIterator[Running]:
    """Until the block ends.

    Loses a fraction `loss` in each direction, and asks for what is missing.
    """
    generator = Generator()
    generator.set_loss(loss, repair=True)
    load = Running(generator)
    load.start()
    try:
        yield load
    finally:
        await load.close()
