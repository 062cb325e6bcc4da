"""Writes a part from the event loop: `write` only queues, a thread encrypts, writes and syncs.

A media library calls `write` from inside its own packet handling, where an exception or a pause
breaks the call.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from storage.errors import PartWriteFailed
from storage.vault.cobblestone import CHUNK_SIZE
from storage.vault.container import PartIdentity
from storage.vault.partfile import PartFile

SYNC_INTERVAL_S = 1.0
SYNC_EARLY_S = 0.25  # what was just written so shortly before is synced at once: spares a waking
BATCH_BYTES = 2 * CHUNK_SIZE
"""They wait for the thread, at most until the next sync: waking it costs as much as they do."""
MAX_QUEUED_BYTES = 8 * 1024 * 1024  # 25 s of 2.5 Mbit/s: a disk that stalls longer counts as failed


@dataclass(frozen=True)
class SealedPart:
    size_bytes: int
    """Of the plaintext."""


class PartWriter:
    """Make it with `create`.

    `on_error` is called once, on the event loop, if the part cannot be written on.
    """

    def __init__(
        self, open_file: Callable[[], PartFile], on_error: Callable[[Exception], None]
    ) -> None:
        self._open_file = open_file
        self._on_error = on_error
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        # Plaintext bytes in the file.
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._wake = threading.Condition()
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._closing = False
        self._error: PartWriteFailed | None = None
        # A daemon: a process that ends without close() must not wait for it, recovery seals the
        # part. The file is opened on it, too: a disk that hangs takes this one thread and no
        # other's.
        self._thread = threading.Thread(target=self._run, name="part-writer", daemon=True)
        self._thread.start()

    @classmethod
    async def create(
        cls,
        path: Path,
        data_key: bytes,
        identity: PartIdentity,
        on_error: Callable[[Exception], None],
    ) -> "PartWriter":
        """A new file (0600) in its folder (0700).

        Raises PartWriteFailed; an existing file is never touched.
        """
        writer = cls(partial(PartFile, path, data_key, identity), on_error)
        try:
            await writer._opened
        except asyncio.CancelledError:
            writer._close()
            raise
        return writer

    def write(self, data: bytes) -> None:
        """Never blocks, never raises. After a failure or close the data is dropped."""
        with self._wake:
            if self._closing or self._error is not None:
                return
            if self._queued_bytes + len(data) > MAX_QUEUED_BYTES:
                self._fail(
                    PartWriteFailed("The recording cannot be written: the disk is too slow.")
                )
                return
            self._queue.append(data)
            self._queued_bytes += len(data)
            if self._queued_bytes >= BATCH_BYTES:
                self._wake.notify()

    async def close(self) -> SealedPart:
        """Write what is queued and seal the file, for as long as the disk takes.

        Raises PartWriteFailed; recovery can then seal what was written.
        """
        self._close()
        size = await asyncio.shield(self._ended)
        if self._error is not None:
            raise self._error
        return SealedPart(size)

    def _close(self) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify()

    def _run(self) -> None:
        try:
            file = self._open_file()
        except Exception as error:
            self._tell(self._opened, partial(self._opened.set_exception, _failed(error)))
            return
        self._tell(self._opened, partial(self._opened.set_result, None))
        try:
            self._write(file)
        except (
            Exception
        ) as error:  # whatever it is must fail the recording, not pass for a sealed file
            with self._wake:
                self._fail(_failed(error))
        finally:
            file.abandon()
            self._tell(self._ended, partial(self._ended.set_result, file.size))

    def _write(self, file: PartFile) -> None:
        sync_at = time.monotonic() + SYNC_INTERVAL_S
        while (pieces := self._next(sync_at)) is not None:
            while pieces:
                file.append(pieces.popleft())
            if time.monotonic() >= sync_at - SYNC_EARLY_S:
                file.sync()
                sync_at = time.monotonic() + SYNC_INTERVAL_S
        if self._error is None:
            file.finish()

    def _tell(self, future: asyncio.Future[Any], settle: Callable[[], None]) -> None:
        def settle_once() -> None:
            if not future.done():
                settle()

        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(settle_once)

    def _next(self, deadline: float) -> deque[bytes] | None:
        """What is queued, once it is a batch or the deadline has passed; none at the end."""
        with self._wake:
            self._wake.wait_for(
                lambda: self._queued_bytes >= BATCH_BYTES or self._closing or self._error,
                timeout=max(0.0, deadline - time.monotonic()),
            )
            if self._error is not None or (self._closing and not self._queue):
                return None
            taken, self._queue, self._queued_bytes = self._queue, deque(), 0
            return taken

    def _fail(self, error: PartWriteFailed) -> None:
        """The lock is held. The thread ends when it sees the error."""
        if self._error is not None:
            return
        self._error = error
        self._queue.clear()
        self._wake.notify()
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(self._on_error, error)


def _failed(error: Exception) -> PartWriteFailed:
    reason = error.strerror if isinstance(error, OSError) else None
    failure = PartWriteFailed(f"The recording cannot be written: {reason or error}.")
    failure.__cause__ = error
    return failure
