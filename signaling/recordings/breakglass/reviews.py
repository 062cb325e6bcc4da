"""Compliance works off what was opened in an emergency: justified or not, and why."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from signaling.recordings.access import Access
from signaling.recordings.breakglass import views
from signaling.recordings.breakglass.alerting import Alerting
from signaling.recordings.breakglass.resources import BreakGlassAccess, BreakGlassList
from storage import audit
from storage.audit import Detail
from storage.database import Database
from storage.models import BreakGlassAccess as Row
from storage.recordings import break_glass
from storage.recordings.break_glass import NamedAccess

SHOWN = timedelta(days=30)
"""So long what was reviewed stays in the list; the audit log has it for good."""


class Reviews:
    """The routes know who may see and who may review."""

    def __init__(
        self, database: Database, access: Access, alerting: Alerting, clock: Clock
    ) -> None:
        self._database = database
        self._access = access
        self._alerting = alerting
        self._clock = clock

    async def list(self) -> BreakGlassList:
        """What waits for a review, and what was reviewed of late."""
        async with self._database.reading() as tx:
            found = await break_glass.to_review(tx, since=self._clock.now() - SHOWN)
        return BreakGlassList(accesses=[views.access(one) for one in found])

    async def review(
        self, actor: Actor, access_id: str, *, justified: bool, note: str | None
    ) -> BreakGlassAccess:
        """Once, and never one's own; a no needs a note, and ends what still runs. Raises NotFound,
        NotAllowed, Conflict, Invalid.
        """
        if not justified and note is None:
            raise Invalid("note_needed")
        async with self._database.reading() as tx:
            recording_id = (await _found(tx, access_id)).recording.id
        async with (
            self._access.noting(actor, "recording.review", recording_id),
            self._database.transaction() as tx,
        ):
            row = await break_glass.for_change(tx, access_id)
            _require_reviewable(row, actor)
            row.reviewed_at, row.reviewed_by = self._clock.now(), actor.user_id
            row.justified, row.note = justified, note
            await tx.flush()
            found = await break_glass.one(tx, access_id)
            said: Detail = {"access_id": access_id, "justified": justified}
            event = entry(
                "recording.break_glass_reviewed",
                self._clock.now(),
                actor,
                session_id=found.recording.session_id,
                recording_id=recording_id,
                detail={**said, **({"reason": note} if note else {})},
            )
            await audit.append(tx, event)
        view = views.access(found)
        self._alerting.tell(view)
        return view


async def _found(tx: AsyncSession, access_id: str) -> NamedAccess:
    try:
        return await break_glass.one(tx, access_id)
    except LookupError:
        raise NotFound("unknown_access") from None


def _require_reviewable(row: Row, by: Actor) -> None:
    if row.holder_id == by.user_id:
        raise NotAllowed("own_request")
    if row.reviewed_at is not None:
        raise Conflict("access_reviewed")
