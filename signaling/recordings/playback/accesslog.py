"""What the audit log is told of an access to a recording, committed before what it tells."""

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.recordings.keys import KeyPurpose, key_used
from storage import audit
from storage.audit import Detail
from storage.database import Database
from storage.models import Recording
from storage.words import AuditAction


class AccessLog:
    """Raises DatabaseUnavailable: then nothing is handed out."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def write(
        self,
        actor: Actor,
        action: AuditAction,
        recording: Recording | None = None,
        part_id: str | None = None,
        detail: Detail | None = None,
    ) -> None:
        """Committed once this returns."""
        async with self._database.transaction() as tx:
            if action == "recording.downloaded" and recording is not None:
                await self.note_key(tx, actor, recording, "download")
            await self.note(tx, action, actor, recording, part_id, detail)

    async def note(
        self,
        tx: AsyncSession,
        action: AuditAction,
        actor: Actor,
        recording: Recording | None = None,
        part_id: str | None = None,
        detail: Detail | None = None,
    ) -> None:
        """The same inside a transaction."""
        event = entry(
            action,
            self._clock.now(),
            actor,
            session_id=recording.session_id if recording else None,
            recording_id=recording.id if recording else None,
            part_id=part_id,
            detail=detail,
        )
        await audit.append(tx, event)

    async def note_key(
        self, tx: AsyncSession, actor: Actor, recording: Recording, purpose: KeyPurpose
    ) -> None:
        """The recording's data key is unwrapped; those who play it do so by a playback."""
        await audit.append(tx, key_used(self._clock.now(), actor, recording, purpose))
