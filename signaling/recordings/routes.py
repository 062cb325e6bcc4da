"""/api/v1/telemedicine/recordings: find, play and download.

Playbacks, Holds and Erasures check the role and write the audit log.
"""

from typing import Annotated

from msgspec import Meta

from signaling.kernel.content import Content
from signaling.kernel.messages import UserId
from signaling.kernel.routes import TELEMEDICINE, Context, Reply, Routes
from signaling.kernel.words import RecordingFilter
from signaling.recordings.own import OwnRecordings
from signaling.recordings.playback import Playbacks
from signaling.recordings.requests import RecordingRequests
from signaling.recordings.resources import (
    AnswerRequest,
    AskForRecording,
    EraseRecording,
    Erasure,
    LegalHold,
    OpenPlayback,
    OwnRecordingList,
    PlaceHold,
    Playback,
    RecordingDetail,
    RecordingList,
    RecordingRequest,
    RecordingRequestList,
    ReleaseHold,
)
from signaling.recordings.retention import Erasures, Holds
from storage.playback_grants import Why

Identifier = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$(?!\\n)")]
RECORDING = f"{TELEMEDICINE}/recordings/{{recording_id}}"
PART_ERRORS = (
    "unknown_recording",
    "unknown_part",
    "recording_erased",
    "recording_key_away",
    "recording_key_missing",
    "recording_not_uploaded",
    "recording_store_away",
    "recording_sealed",
    "recording_damaged",
    "range_not_satisfiable",
)
routes = Routes("recordings")


@routes.get(
    f"{TELEMEDICINE}/recordings",
    access="recording.list",
    counts="recording",
    errors=("invalid_cursor",),
    audit="recording.listed",
    audits_refusals=True,
)
async def list_recordings(
    context: Context,
    cursor: str | None = None,
    only: RecordingFilter | None = None,
    person_id: UserId | None = None,
) -> RecordingList:
    """Recordings, newest first, those that were erased included; `only` those of a kind, or those
    in which a person was recorded (compliance).
    """
    return await context.the(Playbacks).list(context.actor, cursor, only, person_id)


@routes.get(
    f"{TELEMEDICINE}/own-recordings",
    access="recording.own",
    counts="recording",
    errors=("invalid_cursor",),
    audit="recording.listed",
)
async def list_own_recordings(context: Context, cursor: str | None = None) -> OwnRecordingList:
    """Recordings of the caller's own calls, newest first, and who has opened them (patients)."""
    return await context.the(OwnRecordings).list(context.actor, cursor)


@routes.post(
    f"{TELEMEDICINE}/own-recordings/{{recording_id}}/requests",
    access="recording.ask",
    counts="request",
    errors=("unknown_recording", "recording_erased", "request_waits", "request_settled"),
    audit="recording.requested",
)
async def ask_for_recording(
    context: Context, recording_id: Identifier, body: AskForRecording
) -> RecordingRequest:
    """Ask the practice for a copy of a recording of the caller's own, or to erase it (patients)."""
    return await context.the(RecordingRequests).ask(context.actor, recording_id, body.kind)


@routes.get(f"{TELEMEDICINE}/recording-requests", access="recording.answer", counts="read")
async def list_recording_requests(context: Context) -> RecordingRequestList:
    """What patients have asked for and nobody has answered, oldest first (compliance)."""
    return await context.the(RecordingRequests).waiting()


@routes.post(
    f"{TELEMEDICINE}/recording-requests/{{request_id}}/answer",
    access="recording.answer",
    counts="change",
    errors=(
        "unknown_request",
        "request_answered",
        "recording_erased",
        "recording_on_hold",
        "recording_running",
        "erasure_unavailable",
    ),
    audit="recording.request_answered",
)
async def answer_recording_request(
    context: Context, request_id: Identifier, body: AnswerRequest
) -> RecordingRequest:
    """Yes or no, for a reason that the patient reads; a yes to an erasure erases (compliance)."""
    return await context.the(RecordingRequests).answer(
        context.actor, request_id, accepted=body.accepted, reason=body.reason
    )


@routes.get(
    RECORDING,
    access="recording.read",
    counts="recording",
    errors=("unknown_recording",),
    audit="recording.viewed",
    audits_refusals=True,
)
async def get_recording(context: Context, recording_id: str) -> RecordingDetail:
    """Parts, consents and who has had access (compliance)."""
    return await context.the(Playbacks).detail(context.actor, recording_id)


@routes.post(
    f"{RECORDING}/playback",
    access="recording.play",
    counts="recording",
    errors=(
        "unknown_recording",
        "recording_erased",
        "recording_sealed",
        "nothing_to_play",
        "reason_needed",
    ),
    audit="recording.played",
    audits_refusals=True,
)
async def open_playback(context: Context, recording_id: str, body: OpenPlayback) -> Playback:
    """Media addresses for the caller only, who says why; written to the audit log first
    (compliance).
    """
    why = Why(body.purpose, body.reason)
    return await context.the(Playbacks).open(context.actor, recording_id, why)


@routes.get(
    f"{RECORDING}/parts/{{part_id}}/media",
    access="recording.play",
    counts="media",
    errors=("playback_expired", *PART_ERRORS),
    audits_refusals=True,
    replies={200: Reply("The content.", media_types=("video/webm", "audio/webm"))},
)
async def get_media(
    context: Context, recording_id: str, part_id: str, playback: str | None = None
) -> Content:
    """One part within a playback; answers Range requests."""
    return await context.the(Playbacks).media(context.actor, recording_id, part_id, playback or "")


@routes.get(
    f"{RECORDING}/parts/{{part_id}}/download",
    access="recording.download",
    counts="recording",
    errors=("playback_expired", *PART_ERRORS),
    audit="recording.downloaded",
    audits_refusals=True,
    replies={200: Reply("The content.", media_types=("application/octet-stream",))},
)
async def download_part(
    context: Context, recording_id: str, part_id: str, playback: str | None = None
) -> Content:
    """One part as a file, within a playback; written to the audit log before the first byte
    (compliance).
    """
    of = context.actor, recording_id, part_id
    return await context.the(Playbacks).download(*of, playback or "")


@routes.post(
    f"{RECORDING}/holds",
    access="recording.hold",
    counts="change",
    errors=("unknown_recording", "recording_erased"),
    audit="recording.hold_placed",
    audits_refusals=True,
)
async def place_hold(context: Context, recording_id: str, body: PlaceHold) -> LegalHold:
    """Put a recording on hold, for a reason, beside the holds that it has (compliance)."""
    return await context.the(Holds).place(context.actor, recording_id, body.reason)


@routes.post(
    f"{RECORDING}/holds/{{hold_id}}/release",
    access="recording.hold",
    counts="change",
    errors=("unknown_recording", "unknown_hold", "hold_released"),
    audit="recording.hold_released",
    audits_refusals=True,
)
async def release_hold(
    context: Context, recording_id: str, hold_id: str, body: ReleaseHold
) -> LegalHold:
    """End one hold of a recording, for a reason; it stays on record (compliance)."""
    return await context.the(Holds).release(context.actor, recording_id, hold_id, body.reason)


@routes.post(
    f"{RECORDING}/erase",
    access="recording.erase",
    counts="change",
    errors=(
        "unknown_recording",
        "recording_erased",
        "recording_on_hold",
        "recording_running",
        "erasure_unavailable",
    ),
    audit="recording.erased",
    audits_refusals=True,
)
async def erase_recording(context: Context, recording_id: str, body: EraseRecording) -> Erasure:
    """Destroy the key of a recording, then its files; that there was one stays (compliance)."""
    return await context.the(Erasures).request(context.actor, recording_id, body.reason)
