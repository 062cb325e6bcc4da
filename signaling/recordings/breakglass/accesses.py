"""A provider opens a recording of a call that they took part in: without anybody's approval, for
some minutes, and not unseen.
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, NotAllowed, NotFound
from signaling.kernel.words import EmergencyPurpose
from signaling.recordings.access import Access
from signaling.recordings.breakglass import views
from signaling.recordings.breakglass.alerting import Alerting
from signaling.recordings.breakglass.resources import EmergencyPlayback
from signaling.recordings.playback import Playbacks
from signaling.recordings.playback import views as of_playback
from signaling.recordings.resources import RecordingGap
from signaling.recordings.unlocking import Gate, LetIn
from storage.calls import call_participants, connections, consents, telemedicine_sessions
from storage.database import Database, shapes
from storage.models import Recording
from storage.recordings import break_glass, recordings
from storage.vault.keys.sealed import is_sealed


class BreakGlass:
    """To whoever is no provider each method raises NotAllowed, audited."""

    def __init__(
        self,
        database: Database,
        playbacks: Playbacks,
        access: Access,
        gate: Gate,
        alerting: Alerting,
        minutes: int,
        clock: Clock,
    ) -> None:
        self._database = database
        self._playbacks = playbacks
        self._access = access
        self._gate = gate
        self._alerting = alerting
        self._lasts = timedelta(minutes=minutes)
        self._clock = clock

    async def open(
        self, actor: Actor, room_id: str, purpose: EmergencyPurpose, reason: str
    ) -> EmergencyPlayback:
        """The recording of a call; compliance and administrators are alerted before the answer.

        Raises NotFound of a call that they did not take part in, NotAllowed where this is switched
        off, and Conflict of what cannot be opened.
        """
        await self._access.require(actor, "recording.override")
        if not self._lasts:
            raise NotAllowed("break_glass_off")
        async with self._database.reading() as tx:
            recording = await _recording(tx, actor, room_id)
        if is_sealed(recording.key_id):
            raise Conflict("recording_sealed")
        ids: list[str] = []

        async def let_in(tx: AsyncSession) -> LetIn:
            now = self._clock.now()
            access = await break_glass.open_in_emergency(
                tx,
                recording.id,
                by=actor.user_id,
                purpose=purpose,
                reason=reason,
                now=now,
                until=now + self._lasts,
                alerts=self._alerting.ways,
            )
            ids.append(access.id)
            return await self._gate.let_in_by_force(tx, access)

        opened = await self._playbacks.grant(actor, recording.id, let_in, "recording.break_glass")
        async with self._database.reading() as tx:
            access = views.access(await break_glass.one(tx, ids[0]))
            asked = await consents.for_session(tx, recording.session_id)
            connected = await connections.of_session(tx, recording.session_id)
        self._alerting.alert(access)
        parts = [
            of_playback.part(named, opened.verdict.parts[named.part.id]) for named in opened.parts
        ]
        gaps = shapes.read(opened.found.recording, "gaps", list[RecordingGap])
        return EmergencyPlayback(
            access=access,
            playback=opened.playback,
            duration_ms=opened.found.recording.duration_ms,
            parts=parts,
            gaps=gaps,
            timeline=of_playback.timeline(opened.found, gaps, asked, connected),
        )


async def _recording(tx: AsyncSession, actor: Actor, room_id: str) -> Recording:
    """The newest of a call that they took part in: any other is not there."""
    call = await telemedicine_sessions.by_room(tx, room_id)
    if call is None or not await call_participants.has_joined(tx, call.session.id, actor.user_id):
        raise NotFound("unknown_room")
    found = await recordings.newest_of(tx, call.session.id)
    if found is None:
        raise NotFound("unknown_recording")
    return found
