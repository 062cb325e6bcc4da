"""An export as it is downloaded: decrypted as it is read, for as long as its reader may."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from signaling.kernel.content import Content
from signaling.kernel.errors import Damaged
from signaling.recordings.playback.media import DISK_SECONDS, Permission
from storage.audit import Detail
from storage.errors import DamagedPart
from storage.threads import Threads
from storage.vault.reader import PartReader

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ExportDownload(Content):
    """The archive, of which any range can be had."""

    permission: Permission
    reader: PartReader
    disk: Threads
    on_access: Callable[[Detail], Awaitable[None]]
    """Writes down which octets are handed out."""

    @property
    def size(self) -> int:
        return self.reader.size

    async def read(self, start: int, length: int) -> bytes:
        await self.permission.require()
        try:
            async with asyncio.timeout(DISK_SECONDS):
                return await self.disk.run(self.reader.read, start, length)
        except DamagedPart as error:
            log.error("export %s is damaged: %s", self.tag, error)
            raise Damaged("export_damaged") from None

    async def accessed(self, start: int, length: int) -> None:
        if length:
            await self.on_access({"first": start, "last": start + length - 1, "of": self.size})

    def close(self) -> None:
        self.reader.close()
