"""What acts on questionnaires work with, and whose they are.

Whoever may not see a patient is told the same as of one who never was.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical.intake.platform import Platform
from signaling.clinical.records import Records
from signaling.identity.scope import Scope
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import NotFound
from storage import audit
from storage.audit import Detail
from storage.database import Database
from storage.words import AuditAction


class Intakes:
    """Acts are functions that take this first."""

    def __init__(
        self,
        database: Database,
        records: Records,
        scope: Scope,
        platform: Platform | None,
        clock: Clock,
    ) -> None:
        """`platform`: where questionnaires can be pulled from."""
        self.database = database
        self.records = records
        self.platform = platform
        self.clock = clock
        self._scope = scope

    async def require_patient(
        self, tx: AsyncSession, actor: Actor, patient_id: str, *, lock: bool = False
    ) -> None:
        """The actor themselves, or one whose record they may see; raises NotFound. `lock`: until
        the transaction ends, nobody else adds to what is theirs.
        """
        own = actor.user_id == patient_id
        if actor.role == "patient" and not own:
            raise NotFound("unknown_patient")
        if await self._scope.on_record(tx, actor, patient_id, lock=lock) is None:
            raise NotFound("unknown_patient")

    async def note(
        self, tx: AsyncSession, action: AuditAction, actor: Actor, patient_id: str, detail: Detail
    ) -> None:
        """In the audit log, without a word of what was answered."""
        event = entry(action, self.clock.now(), actor, user_id=patient_id, detail=detail)
        await audit.append(tx, event)
