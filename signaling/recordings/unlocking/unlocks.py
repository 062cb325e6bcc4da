"""Somebody asks to open a recording, and somebody else approves it for a while, or refuses."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, NotFound
from signaling.kernel.hub import Hub
from signaling.kernel.permissions import ALLOWED
from signaling.recordings.access import Access
from signaling.recordings.unlocking import rule
from signaling.recordings.unlocking.messages import RecordingUnlockChanged
from signaling.recordings.unlocking.resources import RecordingUnlock, RecordingUnlockList
from signaling.recordings.unlocking.settings import UnlockSettings
from signaling.recordings.why import require_said, told
from storage import audit
from storage.audit import Detail
from storage.database import Database
from storage.models import Recording, RecordingExport
from storage.people.playback_grants import Why
from storage.recordings import recording_unlocks, recordings
from storage.recordings.recording_unlocks import NamedUnlock
from storage.rows import exports
from storage.words import AuditAction

OWN = timedelta(days=7)
"""So long somebody sees what became of what they asked for."""


class Unlocks:
    """The routes know who may ask and who may answer. All who may answer hear of each change, as
    far as their pages are at this server.
    """

    def __init__(
        self,
        database: Database,
        settings: UnlockSettings,
        access: Access,
        hub: Hub,
        clock: Clock,
    ) -> None:
        self._database = database
        self._settings = settings
        self._access = access
        self._hub = hub
        self._clock = clock

    async def list(self, actor: Actor) -> RecordingUnlockList:
        """What waits and what is approved, and what they asked for themselves of late."""
        now, policy = self._clock.now(), self._settings.policy
        async with self._database.reading() as tx:
            found = await recording_unlocks.standing(tx, actor.user_id, now=now, since=now - OWN)
        shown = found if policy == "two_person" else []
        return RecordingUnlockList(policy=policy, unlocks=[self._view(one) for one in shown])

    async def ask(self, actor: Actor, recording_id: str, why: Why) -> RecordingUnlock:
        """One request of theirs waits for each recording. Raises NotFound, Conflict, Invalid."""
        await self._access.require(actor, "recording.unlock", recording_id)
        rule.require_two_person(self._settings.policy)
        require_said(why)
        now = self._clock.now()
        async with self._database.transaction() as tx:
            recording = await _locked(tx, recording_id)
            if recording.state == "erased":
                raise Conflict("recording_erased")
            own = await recording_unlocks.of_person(tx, actor.user_id, recording_id)
            if any(rule.state(one, now) == "waiting" for one in own):
                raise Conflict("unlock_waits")
            found = await recording_unlocks.ask(
                tx, recording_id, why, by=actor.user_id, now=now, until=now + self._settings.waits
            )
            await self._note(tx, "recording.unlock_requested", actor, found, told(why))
        return self._tell(found)

    async def approve(self, actor: Actor, unlock_id: str) -> RecordingUnlock:
        """For as long as the practice has it. Raises NotFound, NotAllowed, Conflict."""

        def approve(found: NamedUnlock) -> AuditAction:
            rule.require_two_person(self._settings.policy)
            rule.require_answerable(found, actor, now)
            found.unlock.answered_at, found.unlock.answered_by = now, actor.user_id
            found.unlock.approved, found.unlock.expires_at = True, now + self._settings.lasts
            return "recording.unlock_approved"

        now = self._clock.now()
        until = (now + self._settings.lasts).isoformat()
        return await self._change(actor, unlock_id, approve, {"until": until})

    async def refuse(self, actor: Actor, unlock_id: str, reason: str) -> RecordingUnlock:
        """For a reason, which whoever asked reads. Raises NotFound, NotAllowed, Conflict."""

        def refuse(found: NamedUnlock) -> AuditAction:
            rule.require_two_person(self._settings.policy)
            rule.require_answerable(found, actor, now)
            found.unlock.answered_at, found.unlock.answered_by = now, actor.user_id
            found.unlock.approved, found.unlock.answer = False, reason
            return "recording.unlock_refused"

        now = self._clock.now()
        return await self._change(actor, unlock_id, refuse, {"reason": reason})

    async def end(self, actor: Actor, unlock_id: str) -> RecordingUnlock:
        """Withdraw one's own request, or take an approval back: what is played by it ends within a
        second, and what was exported by it is destroyed. Raises NotFound, NotAllowed, Conflict.
        """

        def end(found: NamedUnlock) -> AuditAction:
            rule.require_endable(found, actor, now)
            found.unlock.ended_at, found.unlock.ended_by = now, actor.user_id
            waited = found.unlock.approved is None
            return "recording.unlock_withdrawn" if waited else "recording.unlock_revoked"

        now = self._clock.now()
        return await self._change(actor, unlock_id, end, {})

    async def _change(
        self,
        actor: Actor,
        unlock_id: str,
        change: Callable[[NamedUnlock], AuditAction],
        detail: Detail,
    ) -> RecordingUnlock:
        """Of two at once, the second finds what the first has made of it."""
        async with self._database.reading() as tx:
            recording_id = (await _one(tx, unlock_id)).recording.id
        async with (
            self._access.noting(actor, "recording.approve", recording_id),
            self._database.transaction() as tx,
        ):
            await _locked(tx, recording_id)
            found = await _one(tx, unlock_id)
            await self._note(tx, change(found), actor, found, detail)
            if found.unlock.ended_at is not None:
                rests = RecordingExport.unlock_id == unlock_id
                now = self._clock.now()
                await exports.destroy_all(tx, rests, "approval_ended", now)
            await tx.flush()
            found = await _one(tx, unlock_id)
        return self._tell(found)

    async def _note(
        self,
        tx: AsyncSession,
        action: AuditAction,
        actor: Actor,
        found: NamedUnlock,
        detail: Detail,
    ) -> None:
        said = {"unlock_id": found.unlock.id, "requested_by": found.unlock.requested_by, **detail}
        of = {"session_id": found.recording.session_id, "recording_id": found.recording.id}
        await audit.append(tx, entry(action, self._clock.now(), actor, **of, detail=said))

    def _tell(self, found: NamedUnlock) -> RecordingUnlock:
        view = self._view(found)
        for role in ALLOWED["recording.approve"]:
            self._hub.send_to_role(role, RecordingUnlockChanged(unlock=view))
        return view

    def _view(self, found: NamedUnlock) -> RecordingUnlock:
        unlock = found.unlock
        return RecordingUnlock(
            unlock_id=unlock.id,
            recording_id=unlock.recording_id,
            patient_name=found.patient_name,
            provider_name=found.provider_name,
            recorded_at=found.recording.started_at,
            requested_by=unlock.requested_by,
            requested_by_name=found.requested_by_name,
            requested_at=unlock.requested_at,
            purpose=unlock.purpose,
            reason=unlock.reason,
            state=rule.state(found, self._clock.now()),
            expires_at=unlock.expires_at,
            answered_at=unlock.answered_at,
            answered_by_name=found.answered_by_name,
            answer=unlock.answer,
            ended_at=unlock.ended_at,
            ended_by_name=found.ended_by_name,
        )


async def _one(tx: AsyncSession, unlock_id: str) -> NamedUnlock:
    try:
        return await recording_unlocks.one(tx, unlock_id)
    except LookupError:
        raise NotFound("unknown_unlock") from None


async def _locked(tx: AsyncSession, recording_id: str) -> Recording:
    try:
        return await recordings.for_change(tx, recording_id)
    except LookupError:
        raise NotFound("unknown_recording") from None
