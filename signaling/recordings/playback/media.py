"""A part as it is handed out: decrypted as it is read, and never whole in memory or on disk; or as
it is stored, to whoever has the key that this server has not.
"""

import asyncio
import logging
from abc import abstractmethod
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
from storage.vault.objects import StoredObject
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
class OfPart(Content):
    """What is read of one part, within a playback."""

    permission: Permission
    disk: Threads
    """Where it is read."""
    on_damage: Callable[[], Awaitable[None]]
    """The file on disk was tampered with or is broken."""
    on_access: Callable[[Detail], Awaitable[None]]
    """Writes down which octets are handed out, by the first and the last of them."""

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

    @abstractmethod
    def _read(self, start: int, length: int) -> bytes:
        """Blocking."""


@dataclass(frozen=True, kw_only=True)
class Media(OfPart):
    """The seek header, then the decrypted file from `body_offset` on."""

    reader: PartReader
    seek_header: bytes
    body_offset: int

    @property
    def size(self) -> int:
        return len(self.seek_header) + self.reader.size - self.body_offset

    def _read(self, start: int, length: int) -> bytes:
        head = self.seek_header[start : start + length]
        body_start = max(0, start - len(self.seek_header))
        return head + self.reader.read(self.body_offset + body_start, length - len(head))

    def close(self) -> None:
        self.reader.close()


@dataclass(frozen=True, kw_only=True)
class Ciphertext(OfPart):
    """The file as it is stored."""

    stored: StoredObject
    stored_size: int

    @property
    def size(self) -> int:
        return self.stored_size

    def _read(self, start: int, length: int) -> bytes:
        return self.stored.read(start, length)

    def close(self) -> None:
        self.stored.close()


@dataclass(frozen=True, kw_only=True)
class Tail(OfPart):
    """What lies beside a part that was never finished: some kilobytes, or nothing."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def _read(self, start: int, length: int) -> bytes:
        return self.data[start : start + length]

    def close(self) -> None:
        """There is nothing to close."""
