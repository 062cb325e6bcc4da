"""A part as a player sees it: decrypted as it is read, and never whole in memory or on disk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.clock import Clock
from signaling.kernel.content import Content
from signaling.kernel.errors import Damaged, Unavailable
from storage.audit import Detail
from storage.database import Database
from storage.errors import DamagedPart, StoreAway
from storage.threads import Threads
from storage.vault.reader import PartReader

log = logging.getLogger(__name__)

DISK_SECONDS = 10.0
"""For one piece, its turn included."""


AGAIN_SECONDS = 1.0


class Permission:
    """To read something for as long as that takes, which may be hours: it is asked for again every
    second, since the right to it may end meanwhile, and the recording be erased.
    """

    def __init__(
        self, database: Database, clock: Clock, ask: Callable[[AsyncSession], Awaitable[object]]
    ) -> None:
        """`ask` raises what refuses it; it has just been asked."""
        self._database = database
        self._clock = clock
        self._ask = ask
        self._asked = clock.moment().steady

    async def require(self) -> None:
        """Raises what refuses it, and DatabaseUnavailable."""
        if (now := self._clock.moment().steady) - self._asked < AGAIN_SECONDS:
            return
        async with self._database.reading() as tx:
            await self._ask(tx)
        self._asked = now


@dataclass(frozen=True, kw_only=True)
class Media(Content):
    """The seek header, then the decrypted file from `body_offset` on."""

    permission: Permission
    reader: PartReader
    disk: Threads
    """Where it is read."""
    seek_header: bytes
    body_offset: int
    on_damage: Callable[[], Awaitable[None]]
    """The file on disk was tampered with or is broken."""
    on_access: Callable[[Detail], Awaitable[None]]
    """Writes down which octets are handed out, by the first and the last of them."""

    @property
    def size(self) -> int:
        return len(self.seek_header) + self.reader.size - self.body_offset

    async def read(self, start: int, length: int) -> bytes:
        await self.permission.require()
        try:
            async with asyncio.timeout(DISK_SECONDS):
                return await self.disk.run(self._read, start, length)
        except DamagedPart:
            await self.on_damage()
            raise Damaged("recording_damaged") from None
        except StoreAway as error:
            log.error("a recording cannot be read further: %s", error)
            raise Unavailable("recording_store_away") from None

    async def accessed(self, start: int, length: int) -> None:
        if length:
            await self.on_access({"first": start, "last": start + length - 1, "of": self.size})

    def _read(self, start: int, length: int) -> bytes:
        """Blocking."""
        head = self.seek_header[start : start + length]
        body_start = max(0, start - len(self.seek_header))
        return head + self.reader.read(self.body_offset + body_start, length - len(head))

    def close(self) -> None:
        self.reader.close()
