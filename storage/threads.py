"""Blocking work off the event loop, each kind in threads of its own: where one hangs,
others go on.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """Up to `most` threads at once for one kind of work; whoever comes then waits, in order.

    asyncio.to_thread has six threads on two cores for everything: six reads from a network share
    that hangs would stop every sign-in. The threads here are daemons, so that none of them keeps a
    server from stopping. One is started for each piece of work, which takes 0.1 ms.
    """

    def __init__(self, kind: str, most: int) -> None:
        self._kind = kind
        self._turn = asyncio.Semaphore(most)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` returns or raises.

        Cancelling does not stop it; its thread counts until it ends.
        """
        await self._turn.acquire()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def finish(settle: Callable[[], None]) -> None:
            self._turn.release()
            if not done.done():
                settle()

        def carry_out() -> None:
            settle: Callable[[], None]
            try:
                settle = partial(done.set_result, work(*args, **kwargs))
            except Exception as error:  # it belongs to whoever waits
                settle = partial(done.set_exception, error)
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(finish, settle)

        threading.Thread(target=carry_out, name=self._kind, daemon=True).start()
        return await done
