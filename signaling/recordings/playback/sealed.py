"""A sealed recording for whoever opens it in their browser: its files as they are stored, and what
that browser tells of it. Nothing is decrypted here.
"""

import logging

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict
from signaling.recordings import Recordings
from signaling.recordings.access import Access
from signaling.recordings.playback.accesslog import AccessLog
from signaling.recordings.playback.asked import Asked, found_part, found_recording
from signaling.recordings.playback.media import Ciphertext, OfPart, Tail
from signaling.recordings.playback.parts import Opening, Parts
from signaling.recordings.unlocking import Gate
from signaling.recordings.why import told
from storage.database import Database
from storage.errors import DamagedPart
from storage.models import Recording, RecordingPart
from storage.people.playback_grants import Why
from storage.vault.files import stays_inside
from storage.vault.keys.sealed import is_sealed
from storage.vault.objects import StoredObject
from storage.words import SETTLED

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/octet-stream"


class SealedPlaybacks:
    """To anybody but compliance each method raises NotAllowed, audited."""

    def __init__(
        self, database: Database, stored: Recordings, access: Access, gate: Gate, clock: Clock
    ) -> None:
        self._database = database
        self._stored = stored
        self._access = access
        self._gate = gate
        self._keeping = stored.archive.keeping
        self._log = AccessLog(database, clock)
        self._parts = Parts(database, stored, clock, self._log)

    async def file(
        self, actor: Actor, recording_id: str, part_id: str, playback_id: str, *, tail: bool
    ) -> OfPart:
        """One part as it is stored, or its tail, by a playback that this actor opened."""
        await self._access.require(actor, "recording.play", recording_id)

        async def ask(tx: AsyncSession) -> Asked:
            why = await self._gate.require(tx, actor, recording_id, playback_id)
            recording, named = await found_part(tx, recording_id, part_id, SETTLED)
            if not is_sealed(recording.key_id):
                raise Conflict("recording_not_sealed")
            return recording, named, why

        what = {"file": "tail" if tail else "sealed"}
        async with self._parts.opening(actor, ask, "recording.streamed", what) as opening:
            part = opening.part
            # Nobody has proved the row: it must not lead to any other file of the server.
            if not stays_inside(part.path):
                raise DamagedPart(f"The row of part {part.id} names no file of a recording.")
            return await (self._tail(opening) if tail else self._ciphertext(opening))

    async def _ciphertext(self, opening: Opening) -> Ciphertext:
        stored, size = await opening.disk.run(self._open, opening.part)
        return Ciphertext(
            permission=opening.permission,
            disk=opening.disk,
            stored=stored,
            stored_size=size,
            media_type=MEDIA_TYPE,
            tag=f"{opening.part.id}.sealed",
            download_name=None,
            on_damage=opening.damaged,
            on_access=opening.accessed,
        )

    async def _tail(self, opening: Opening) -> Tail:
        return Tail(
            permission=opening.permission,
            disk=opening.disk,
            data=await opening.disk.run(self._keeping.tail, opening.part),
            media_type=MEDIA_TYPE,
            tag=f"{opening.part.id}.tail",
            download_name=None,
            on_damage=opening.damaged,
            on_access=opening.accessed,
        )

    def _open(self, part: RecordingPart) -> tuple[StoredObject, int]:
        stored = self._keeping.open(part)
        return stored, stored.size

    async def key_opened(self, actor: Actor, recording_id: str, playback_id: str) -> None:
        """The private key of this recording is open in the actor's browser, as that says: until
        they sign out, close it or leave it alone, it opens others as well.
        """
        recording, why = await self._within(actor, recording_id, playback_id)
        detail = {"key_id": recording.key_id, **told(why)}
        await self._log.write(actor, "key.opened", recording, None, detail)

    async def damaged(
        self, actor: Actor, recording_id: str, playback_id: str, part_id: str | None
    ) -> None:
        """The actor's browser has found that a part, or the recording, is not as it was written."""
        recording, _ = await self._within(actor, recording_id, playback_id)
        if part_id is not None:
            async with self._database.reading() as tx:
                await found_part(tx, recording_id, part_id, SETTLED)
        log.error("recording %s (part %s) is damaged or was changed", recording.id, part_id)
        self._stored.damaged.add(recording.id)
        found = {"found_by": "browser"}
        await self._log.write(actor, "recording.damaged", recording, part_id, found)

    async def _within(
        self, actor: Actor, recording_id: str, playback_id: str
    ) -> tuple[Recording, Why]:
        await self._access.require(actor, "recording.play", recording_id)
        async with self._database.reading() as tx:
            why = await self._gate.require(tx, actor, recording_id, playback_id)
            recording = (await found_recording(tx, recording_id)).recording
        if not is_sealed(recording.key_id):
            raise Conflict("recording_not_sealed")
        return recording, why
