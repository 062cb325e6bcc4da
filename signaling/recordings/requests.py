"""Patients ask for a copy of a recording or its erasure; compliance says yes or no, and why."""

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.background import Background
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, NotFound, Unavailable
from signaling.kernel.words import RequestKind
from signaling.recordings.resources import RecordingRequest, RecordingRequestList
from signaling.recordings.retention import Eraser
from storage import audit
from storage.audit import Detail
from storage.calls import telemedicine_sessions
from storage.database import Database
from storage.models import Recording
from storage.recordings import recording_requests, recordings
from storage.recordings.recording_requests import NamedRequest
from storage.words import AuditAction

MOST_OF_A_KIND = 3
"""That somebody can ever ask the same of one recording: a no stays on record, and is not worn
down."""


class RecordingRequests:
    """The routes know who may ask and who may answer."""

    def __init__(
        self, database: Database, eraser: Eraser, background: Background, clock: Clock
    ) -> None:
        """Files are deleted in the background."""
        self._database = database
        self._eraser = eraser
        self._background = background
        self._clock = clock

    async def ask(self, actor: Actor, recording_id: str, kind: RequestKind) -> RecordingRequest:
        """Of a recording of a call whose patient they were: any other is not there.

        Raises NotFound, Conflict.
        """
        async with self._database.transaction() as tx:
            recording = await _locked(tx, recording_id)
            patient = await telemedicine_sessions.patient_of(tx, recording.session_id)
            if patient != actor.user_id:
                raise NotFound("unknown_recording")
            if recording.state == "erased":
                raise Conflict("recording_erased")
            made = await recording_requests.of_recordings(tx, [recording_id])
            same = [one for one in made.get(recording_id, ()) if one.request.kind == kind]
            if any(one.answer is None for one in same):
                raise Conflict("request_waits")
            if len(same) >= MOST_OF_A_KIND:
                raise Conflict("request_settled")
            found = await recording_requests.ask(
                tx, recording_id, kind, by=actor.user_id, now=self._clock.now()
            )
            await self._note(tx, "recording.requested", actor, recording, {"kind": kind})
        return view(found)

    async def waiting(self) -> RecordingRequestList:
        """For compliance."""
        async with self._database.reading() as tx:
            found = await recording_requests.waiting(tx)
        return RecordingRequestList(requests=[view(one) for one in found])

    async def answer(
        self, actor: Actor, request_id: str, *, accepted: bool, reason: str
    ) -> RecordingRequest:
        """A yes to an erasure erases, or is none: in the same transaction, by the same rule as
        everything that is erased. Raises NotFound, Conflict, Unavailable.
        """
        if accepted:
            try:
                await self._eraser.require_possible()
            except OSError as error:
                raise Unavailable("erasure_unavailable", problem=error.strerror or "?") from None
        async with self._database.transaction() as tx:
            recording, asked = await _asked(tx, request_id)
            if asked.answer is not None:
                raise Conflict("request_answered")
            kind = asked.request.kind
            if accepted and kind == "erasure":
                await self._eraser.erase(tx, recording, "request", actor, reason)
            found = await recording_requests.answer(
                tx,
                request_id,
                accepted=accepted,
                by=actor.user_id,
                reason=reason,
                now=self._clock.now(),
            )
            told: Detail = {"kind": kind, "accepted": accepted, "reason": reason}
            await self._note(tx, "recording.request_answered", actor, recording, told)
        if accepted and kind == "erasure":
            self._background.spawn(self._eraser.try_to_finish())
        return view(found)

    async def _note(
        self,
        tx: AsyncSession,
        action: AuditAction,
        actor: Actor,
        recording: Recording,
        detail: Detail,
    ) -> None:
        of = {"session_id": recording.session_id, "recording_id": recording.id}
        await audit.append(tx, entry(action, self._clock.now(), actor, **of, detail=detail))


def view(found: NamedRequest) -> RecordingRequest:
    """As both sides see it."""
    request, answer = found.request, found.answer
    return RecordingRequest(
        request_id=request.id,
        recording_id=request.recording_id,
        kind=request.kind,
        patient_name=found.patient_name,
        recorded_at=found.recorded_at,
        asked_at=request.asked_at,
        answered_at=answer.answered_at if answer else None,
        answered_by_name=found.answered_by_name,
        accepted=answer.accepted if answer else None,
        answer=answer.reason if answer else None,
    )


async def _asked(tx: AsyncSession, request_id: str) -> tuple[Recording, NamedRequest]:
    """Read again once its recording is locked: somebody may have answered meanwhile."""
    try:
        recording_id = (await recording_requests.one(tx, request_id)).request.recording_id
        recording = await recordings.for_change(tx, recording_id)
        return recording, await recording_requests.one(tx, request_id)
    except LookupError:
        raise NotFound("unknown_request") from None


async def _locked(tx: AsyncSession, recording_id: str) -> Recording:
    try:
        return await recordings.for_change(tx, recording_id)
    except LookupError:
        raise NotFound("unknown_recording") from None
