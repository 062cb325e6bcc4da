"""Opens the file of a part for whoever asks for it within a playback."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, Damaged, Unavailable
from signaling.recordings import Recordings
from signaling.recordings.playback.accesslog import AccessLog
from signaling.recordings.playback.asked import Asked
from signaling.recordings.playback.media import DISK_SECONDS, Permission
from signaling.recordings.why import told
from storage.audit import Detail
from storage.cluster import nodes
from storage.database import Database
from storage.errors import (
    DamagedPart,
    KeyFileError,
    KeyIsSealed,
    KeyServiceAway,
    NotUploaded,
    StoreAway,
    WrongKey,
)
from storage.models import Recording, RecordingPart
from storage.recordings.recordings import NamedPart
from storage.threads import Threads
from storage.words import AuditAction

log = logging.getLogger(__name__)

PLAYING_AT_ONCE = 4  # pieces are read and decrypted; a disk that hangs holds up no more than these


@dataclass(frozen=True)
class Opening:
    """A part that is asked for, and what is written down of it."""

    recording: Recording
    named: NamedPart
    permission: Permission
    disk: Threads
    accessed: Callable[[Detail], Awaitable[None]]
    """Before octets are handed out."""
    damaged: Callable[[], Awaitable[None]]

    @property
    def part(self) -> RecordingPart:
        return self.named.part


@dataclass(frozen=True)
class Parts:
    """Whoever asks has been let in by role."""

    database: Database
    stored: Recordings
    clock: Clock
    log: AccessLog
    disk: Threads = field(default_factory=lambda: Threads("playback", PLAYING_AT_ONCE))

    @asynccontextmanager
    async def opening(
        self,
        actor: Actor,
        ask: Callable[[AsyncSession], Awaitable[Asked]],
        action: AuditAction,
        detail: Detail | None = None,
    ) -> AsyncIterator[Opening]:
        """What fails inside becomes what is answered. `ask` raises what refuses it."""
        permission = Permission(self.database, self.clock, ask)
        async with self.database.reading() as tx:
            recording, named, why = await ask(tx)
        of = actor, recording, named.part.id
        more = {**(detail or {}), **told(why)}
        opening = Opening(
            recording,
            named,
            permission,
            self.disk,
            partial(self._accessed, action, of, more),
            partial(self._damaged, of),
        )
        try:
            async with asyncio.timeout(DISK_SECONDS):
                yield opening
        except KeyIsSealed:
            raise Conflict("recording_sealed") from None
        except KeyServiceAway as error:
            log.error("recording %s cannot be opened now: %s", recording.id, error)
            raise Unavailable("recording_key_away", retry_after=10) from None
        except (KeyFileError, WrongKey) as error:
            log.error("recording %s cannot be opened: %s", recording.id, error)
            raise Unavailable("recording_key_missing", problem=str(error)) from None
        except StoreAway as error:
            log.error("recording %s cannot be read: %s", recording.id, error)
            raise Unavailable("recording_store_away") from None
        except NotUploaded as error:
            node = await self._node_name(error.node_id)
            raise Unavailable("recording_not_uploaded", node=node) from None
        except (DamagedPart, FileNotFoundError):
            await opening.damaged()
            raise Damaged("recording_damaged") from None

    async def _accessed(
        self, action: AuditAction, of: tuple[Actor, Recording, str], more: Detail, octets: Detail
    ) -> None:
        actor, recording, part_id = of
        await self.log.write(actor, action, recording, part_id, {**octets, **more})

    async def _damaged(self, of: tuple[Actor, Recording, str]) -> None:
        actor, recording, part_id = of
        log.error("part %s is damaged or was changed", part_id)
        self.stored.damaged.add(recording.id)
        await self.log.write(actor, "recording.damaged", recording, part_id)

    async def _node_name(self, node_id: str | None) -> str:
        """As operators know it; it is forgotten a day after it was heard of last."""
        async with self.database.reading() as tx:
            return await nodes.name_of(tx, node_id)
