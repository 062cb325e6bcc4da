"""What patients learn of the recordings of their calls: which there are, until when, and who has
opened them, as the audit log has it.

That one is on hold they do not learn here: why it is may concern an inquiry into them or into
somebody else, and whether it may be told differs from law to law. So it is for the practice to say.
What should be erased by now and is not has no time of erasure.
"""

from collections.abc import Sequence
from datetime import datetime

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.repeats import Repeats
from signaling.recordings import policy
from signaling.recordings.policy import Policy
from signaling.recordings.requests import view
from signaling.recordings.resources import OwnRecording, OwnRecordingList, RecordingAccess
from storage import audit
from storage.audit import AuditEntry
from storage.database import Database
from storage.recordings import recording_requests, search
from storage.recordings.recording_requests import NamedRequest
from storage.recordings.search import Wanted
from storage.recordings.summaries import RecordingSummary
from storage.retention import erasures
from storage.words import AuditAction

OPENED: Sequence[AuditAction] = (
    "recording.viewed",
    "recording.played",
    "recording.break_glass",
    "recording.downloaded",
    "recording.export_downloaded",
    "recording.exported",
    "recording.still_taken",
)
MOST_ACCESSES = 100


class OwnRecordings:
    """To whoever is no patient, the route raises NotAllowed; a guest of a call sees none of it."""

    def __init__(self, database: Database, repeats: Repeats, clock: Clock) -> None:
        self._database = database
        self._repeats = repeats
        self._clock = clock

    async def list(self, actor: Actor, cursor: str | None = None) -> OwnRecordingList:
        """Newest first, those that were erased included; that somebody looked is in the log."""
        now = self._clock.now()
        async with self._database.reading() as tx:
            kept = await policy.in_force(tx)
            page = await search.newest(tx, Wanted(patient_id=actor.user_id), cursor)
            ids = [found.recording.id for found in page.items]
            opened = await audit.for_recordings(tx, ids, OPENED)
            erased = await erasures.times(tx, ids)
            asked = await recording_requests.of_recordings(tx, ids)
        event = entry("recording.listed", now, actor, detail={"own": True, "rows": len(ids)})
        await self._repeats.append(event, actor.user_id, adds="rows")
        return OwnRecordingList(
            recordings=[
                _view(
                    found,
                    kept,
                    now,
                    erased.get(found.recording.id),
                    opened.get(found.recording.id, ()),
                    asked.get(found.recording.id, ()),
                )
                for found in page.items
            ],
            next_cursor=page.next_cursor,
        )


def _view(
    found: RecordingSummary,
    kept: Policy,
    now: datetime,
    erased_at: datetime | None,
    opened: Sequence[AuditEntry],
    asked: Sequence[NamedRequest],
) -> OwnRecording:
    recording = found.recording
    expiry = kept.of(found) if recording.state != "erased" else None
    return OwnRecording(
        recording_id=recording.id,
        room_id=found.room_id,
        started_at=recording.started_at,
        duration_ms=found.recording.duration_ms,
        provider_name=found.provider_name,
        guest_names=list(found.guest_names),
        state=recording.state,
        expires_at=expiry.at if expiry and expiry.at > now else None,
        erased_at=erased_at,
        accesses=[_access(one) for one in opened[:MOST_ACCESSES]],
        requests=[view(one) for one in asked],
    )


def _access(stored: AuditEntry) -> RecordingAccess:
    event = stored.event
    reason = event.detail.get("reason")
    return RecordingAccess(
        at=event.at,
        action=event.action,
        actor_name=event.actor_name,
        actor_role=event.actor_role,
        reason=reason if isinstance(reason, str) else None,
    )
