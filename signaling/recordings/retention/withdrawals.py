"""What becomes of what was recorded before somebody withdrew their consent, by policy.

It is decided in the transaction of the withdrawal: both are in the database, or neither is.
"""

import logging
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.errors import Conflict
from signaling.kernel.words import Earlier, OnWithdrawal
from signaling.recordings.retention.eraser import Eraser
from storage import audit
from storage.models import Recording
from storage.recordings import recordings
from storage.retention import legal_holds

log = logging.getLogger(__name__)


class Withdrawals:
    """One server's."""

    def __init__(self, eraser: Eraser, policy: OnWithdrawal) -> None:
        self.policy = policy
        self._eraser = eraser

    async def settle(self, tx: AsyncSession, recording_id: str, by: Actor, at: datetime) -> Earlier:
        """Keep or erase what there is, and write down which. One who withdraws does not wait for a
        file: the tombstone follows as soon as it can be written.
        """
        try:
            recording = await recordings.for_change(tx, recording_id)
        except LookupError:  # a failover has lost it, and its key with it
            log.error("recording %s is not there to be erased", recording_id)
            return "erased"
        if self.policy == "keep":
            await self._note_kept(tx, recording, by, at)
            return "kept"
        return await self._erase(tx, recording, by, at)

    async def finish(self) -> None:
        """What is left to do of what was erased, once nobody writes it any more."""
        await self._eraser.try_to_finish()

    async def _erase(
        self, tx: AsyncSession, recording: Recording, by: Actor, at: datetime
    ) -> Earlier:
        try:
            await self._eraser.erase(tx, recording, "withdrawal", by)
        except Conflict as refusal:
            if refusal.code == "recording_erased":
                return "erased"
            await self._note_kept(tx, recording, by, at)
            return "held"
        recording.ended_at = recording.ended_at or at
        return "erased"

    async def _note_kept(
        self, tx: AsyncSession, recording: Recording, by: Actor, at: datetime
    ) -> None:
        holds = await legal_holds.count_active(tx, recording.id)
        event = entry(
            "recording.kept",
            at,
            by,
            session_id=recording.session_id,
            recording_id=recording.id,
            detail={"on_withdrawal": self.policy, "holds": holds},
        )
        await audit.append(tx, event)
