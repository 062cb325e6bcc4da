"""A file as it is handed out: decrypted as it is read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from signaling.clinical.files.store import FileStore
from signaling.kernel.content import Content
from signaling.kernel.errors import Damaged, Unavailable
from storage.errors import DamagedPart, StoreAway
from storage.vault.reader import PartReader

log = logging.getLogger(__name__)

DISK_SECONDS = 10.0
"""For one piece, its turn included."""


@dataclass(frozen=True, kw_only=True)
class FileDownload(Content):
    """Who may have it was settled when it was opened."""

    reader: PartReader
    store: FileStore
    on_access: Callable[[], Awaitable[None]]
    """Writes down that it is handed out."""

    @property
    def size(self) -> int:
        return self.reader.size

    async def read(self, start: int, length: int) -> bytes:
        try:
            async with asyncio.timeout(DISK_SECONDS):
                return await self.store.read(self.reader, start, length)
        except DamagedPart as error:
            log.error("file %s is damaged: %s", self.tag, error)
            raise Damaged("file_damaged") from None
        except StoreAway as error:
            log.error("file %s cannot be read: %s", self.tag, error)
            raise Unavailable("file_storage_unavailable", reason="store_away") from None

    async def accessed(self, start: int, length: int) -> None:  # noqa: ARG002
        await self.on_access()

    def close(self) -> None:
        self.reader.close()
