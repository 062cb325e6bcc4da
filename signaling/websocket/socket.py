"""One open WebSocket: a bounded queue in front of it,
so that nobody ever waits for a slow reader.
"""

import asyncio
from contextlib import suppress
from datetime import datetime

import msgspec
from aiohttp import web

from signaling.kernel.actor import Actor
from signaling.kernel.messages import Message
from signaling.websocket.closing import Close

MAX_QUEUED = 256
"""A call makes a few messages a second; a reader this far behind has lost the thread."""
SEND_SECONDS = 10.0


class ClientSocket:
    """What the calls see as a hub.Socket. `run_writer` is a task of the endpoint."""

    def __init__(
        self,
        response: web.WebSocketResponse,
        actor: Actor,
        expires_at: datetime,
        cookie_digest: bytes | None = None,
    ) -> None:
        self.actor = actor
        self.expires_at = expires_at
        self.cookie_digest = cookie_digest
        self.signed_out = False
        self._response = response
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue()
        self._farewell: tuple[int, str] | None = None

    def send(self, message: Message) -> None:
        """See hub.Socket."""
        if self._farewell is not None:
            return
        if self._queue.qsize() >= MAX_QUEUED:
            self._drop_queued()
            self.close(Close.TOO_SLOW, "too slow")
            return
        self._queue.put_nowait(message)

    @property
    def closing(self) -> bool:
        """Goodbye was said: nothing more is sent, and nothing more is heard."""
        return self._farewell is not None

    def close(self, code: int, reason: str) -> None:
        """See hub.Socket."""
        if self._farewell is None:
            self._farewell = code, reason
            self._queue.put_nowait(None)

    async def run_writer(self) -> None:
        """Send what is queued until told to close, or until the connection is gone."""
        with suppress(ConnectionError, TimeoutError):
            while (message := await self._queue.get()) is not None:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._response.send_str(msgspec.json.encode(message).decode())
        code, reason = self._farewell or (Close.TOO_SLOW, "too slow")
        await self._response.close(code=code, message=reason.encode())

    def _drop_queued(self) -> None:
        while not self._queue.empty():
            self._queue.get_nowait()
