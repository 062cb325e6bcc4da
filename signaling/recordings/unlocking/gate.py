"""The one gate before the media of a recording: whoever reads any of it, by whichever way, was let
in here, and is asked for again here as long as they read.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, NotAllowed
from signaling.kernel.permissions import Action, may
from signaling.kernel.words import UnlockPolicy
from signaling.recordings.unlocking import rule
from storage.models import BreakGlassAccess
from storage.people import playback_grants
from storage.people.playback_grants import ALONE, Basis, Standing, Why
from storage.recordings import break_glass, recording_unlocks
from storage.recordings.recording_unlocks import NamedUnlock
from storage.retention import erasures

LetIn = tuple[str, datetime, Why]
"""A playback grant, until when it counts, and why it was given."""


class Gate:
    """Of a server with that policy; whether the role may play at all was asked before."""

    def __init__(self, policy: UnlockPolicy, clock: Clock) -> None:
        self.policy = policy
        self._clock = clock

    async def let_in(self, tx: AsyncSession, actor: Actor, recording_id: str, why: Why) -> LetIn:
        """By the right of their role; what was approved is what was said then. Raises NotAllowed
        without an approval where one is needed.
        """
        basis = ALONE
        if approval := await self.approval(tx, actor.user_id, recording_id):
            unlock = approval.unlock
            why = Why(unlock.purpose, unlock.reason)
            basis = Basis(unlock_id=unlock.id, until=unlock.expires_at)
        return await self._grant(tx, actor.user_id, recording_id, why, basis)

    async def let_in_by_force(self, tx: AsyncSession, access: BreakGlassAccess) -> LetIn:
        """The same by an access in an emergency, which nobody has to approve."""
        why = Why(access.purpose, access.reason)
        basis = Basis(break_glass_id=access.id, until=access.expires_at)
        return await self._grant(tx, access.holder_id, access.recording_id, why, basis)

    async def _grant(
        self, tx: AsyncSession, holder_id: str, recording_id: str, why: Why, basis: Basis
    ) -> LetIn:
        grant = await playback_grants.create(
            tx,
            holder_id=holder_id,
            recording_id=recording_id,
            why=why,
            now=self._clock.now(),
            basis=basis,
        )
        return *grant, why

    async def approval(
        self, tx: AsyncSession, user_id: str, recording_id: str
    ) -> NamedUnlock | None:
        """By which somebody may open a recording now; none where none is needed. Raises NotAllowed
        where it is lacking.
        """
        if self.policy == "single":
            return None
        for found in await recording_unlocks.of_person(tx, user_id, recording_id):
            if rule.counts(found, self._clock.now()):
                return found
        raise NotAllowed("approval_needed")

    async def require(
        self, tx: AsyncSession, actor: Actor, recording_id: str, playback_id: str
    ) -> Why:
        """The grant still counts; why it was given. Raises NotAllowed, Conflict."""
        return (await self.standing(tx, actor, recording_id, playback_id)).why

    async def standing(
        self, tx: AsyncSession, actor: Actor, recording_id: str, playback_id: str
    ) -> Standing:
        """The same, with what it rests on. The role behind the sign-in may be a moment old; that
        behind the grant is not.
        """
        grant = {"holder_id": actor.user_id, "recording_id": recording_id}
        standing = await playback_grants.standing(tx, playback_id, **grant, now=self._clock.now())
        if standing is None or not may(standing.role, _needed(standing)):
            if await erasures.of_recording(tx, recording_id) is not None:
                raise Conflict("recording_erased")
            raise NotAllowed("playback_expired")
        if standing.basis.break_glass_id is not None:
            await _require_access(tx, standing.basis.break_glass_id)
        else:
            await self._require_approval(tx, standing)
        return standing

    async def require_export(
        self, tx: AsyncSession, actor: Actor, recording_id: str, unlock_id: str | None
    ) -> None:
        """What was made by an approval may be fetched for as long as it is kept, unless that was
        revoked; what was made without one needs one now, where one is needed. Raises NotAllowed.
        """
        if unlock_id is None:
            await self.approval(tx, actor.user_id, recording_id)
            return
        found = await recording_unlocks.one(tx, unlock_id)
        if not rule.counts_for_export(found, self._clock.now()):
            raise NotAllowed("approval_ended")

    async def _require_approval(self, tx: AsyncSession, standing: Standing) -> None:
        """One that was given to it still counts; one is needed now, though none was then."""
        if standing.basis.unlock_id is None:
            if self.policy != "single":
                raise NotAllowed("approval_needed")
            return
        found = await recording_unlocks.one(tx, standing.basis.unlock_id)
        if not rule.counts(found, self._clock.now()):
            raise NotAllowed("approval_ended")


def _needed(standing: Standing) -> Action:
    """What its holder has to be allowed still."""
    return "recording.play" if standing.basis.break_glass_id is None else "recording.override"


async def _require_access(tx: AsyncSession, access_id: str) -> None:
    """Whoever reviews it as not justified ends it. Its time is that of the grant."""
    access = await break_glass.by_id(tx, access_id)
    if access is None or access.justified is False:
        raise NotAllowed("playback_expired")
