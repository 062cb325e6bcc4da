"""Legal holds: compliance places and releases them, each with a reason, all of it audited."""

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, NotFound
from signaling.recordings.access import Access
from signaling.recordings.playback import views
from signaling.recordings.resources import LegalHold
from storage import audit
from storage.database import Database
from storage.models import Recording
from storage.recordings import recordings
from storage.retention import legal_holds
from storage.words import AuditAction


class Holds:
    """To whoever is not of compliance, each method raises NotAllowed, audited."""

    def __init__(self, database: Database, access: Access, clock: Clock) -> None:
        self._database = database
        self._access = access
        self._clock = clock

    async def place(self, actor: Actor, recording_id: str, reason: str) -> LegalHold:
        """One more; a recording that is still being made can be held, too."""
        await self._access.require(actor, "recording.hold", recording_id)
        async with self._database.transaction() as tx:
            recording = await _locked(tx, recording_id)
            if recording.state == "erased":
                raise Conflict("recording_erased")
            placed = await legal_holds.place(
                tx, recording_id, by=actor.user_id, reason=reason, now=self._clock.now()
            )
            await self._note(tx, "recording.hold_placed", actor, recording, placed.id, reason)
            return await _hold(tx, recording_id, placed.id)

    async def release(
        self, actor: Actor, recording_id: str, hold_id: str, reason: str
    ) -> LegalHold:
        """One of them; the others go on to hold."""
        await self._access.require(actor, "recording.hold", recording_id)
        async with self._database.transaction() as tx:
            recording = await _locked(tx, recording_id)
            if (await _hold(tx, recording_id, hold_id)).released_at is not None:
                raise Conflict("hold_released")
            await legal_holds.release(
                tx, hold_id, by=actor.user_id, reason=reason, now=self._clock.now()
            )
            await self._note(tx, "recording.hold_released", actor, recording, hold_id, reason)
            return await _hold(tx, recording_id, hold_id)

    async def _note(
        self,
        tx: AsyncSession,
        action: AuditAction,
        actor: Actor,
        recording: Recording,
        hold_id: str,
        reason: str,
    ) -> None:
        event = entry(
            action,
            self._clock.now(),
            actor,
            session_id=recording.session_id,
            recording_id=recording.id,
            detail={"hold_id": hold_id, "reason": reason},
        )
        await audit.append(tx, event)


async def _locked(tx: AsyncSession, recording_id: str) -> Recording:
    """Nobody places or releases a hold of it meanwhile, nor erases it."""
    try:
        return await recordings.for_change(tx, recording_id)
    except LookupError:
        raise NotFound("unknown_recording") from None


async def _hold(tx: AsyncSession, recording_id: str, hold_id: str) -> LegalHold:
    for named in await legal_holds.of_recording(tx, recording_id):
        if named.hold.id == hold_id:
            return views.hold(named)
    raise NotFound("unknown_hold")
