"""A still of a moment, which the browser makes: written to the audit log before it does."""

from signaling.kernel.actor import Actor
from signaling.kernel.clock import Clock
from signaling.recordings.access import Access
from signaling.recordings.playback.accesslog import AccessLog
from signaling.recordings.playback.asked import found_recording, refuse_erased
from signaling.recordings.resources import Still
from signaling.recordings.unlocking import Gate
from signaling.recordings.why import told
from storage.database import Database


class Stills:
    """To whoever may not download a recording either, it raises NotAllowed, audited."""

    def __init__(self, database: Database, access: Access, gate: Gate, clock: Clock) -> None:
        self._database = database
        self._access = access
        self._gate = gate
        self._clock = clock
        self._log = AccessLog(database, clock)

    async def take(
        self, actor: Actor, recording_id: str, playback_id: str, position_ms: int
    ) -> Still:
        """What has to stand on it: who made it, and when."""
        await self._access.require(actor, "recording.download", recording_id)
        async with self._database.reading() as tx:
            why = await self._gate.require(tx, actor, recording_id, playback_id)
            recording = (await found_recording(tx, recording_id)).recording
        refuse_erased(recording)
        taken_at = self._clock.now()
        detail = {"position_ms": position_ms, **told(why)}
        await self._log.write(actor, "recording.still_taken", recording, None, detail)
        return Still(taken_at=taken_at, viewer_name=actor.name)
