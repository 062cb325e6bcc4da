"""/api/v1/telemedicine/recordings: find, play and download.

Playbacks, Holds and Erasures check the role and write the audit log.
"""

from typing import Annotated

from msgspec import Meta

from signaling.kernel.content import Content
from signaling.kernel.routes import TELEMEDICINE, Context, Reply, Routes
from signaling.recordings.library import RecordingSearch
from signaling.recordings.own import OwnRecordings
from signaling.recordings.playback import Playbacks, SealedPlaybacks, Stills
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
    Still,
    TakeStill,
    TellDamage,
    TellKeyOpened,
)
from signaling.recordings.retention import Erasures, Holds
from storage.people.playback_grants import Why

Identifier = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$(?!\\n)")]
RECORDING = f"{TELEMEDICINE}/recordings/{{recording_id}}"
WITHIN_ERRORS = ("playback_expired", "approval_needed", "approval_ended")
"""Of whatever is asked for within a playback."""
STORED_ERRORS = (
    *WITHIN_ERRORS,
    "unknown_recording",
    "unknown_part",
    "recording_erased",
    "recording_not_uploaded",
    "recording_store_away",
    "recording_damaged",
    "range_not_satisfiable",
)
PART_ERRORS = (
    *STORED_ERRORS,
    "recording_key_away",
    "recording_key_missing",
    "recording_sealed",
)
routes = Routes("recordings")


@routes.get(
    f"{TELEMEDICINE}/recordings",
    access="recording.list",
    counts="recording",
    errors=("invalid_cursor",),
    audit="recording.listed",
    of_recordings=True,
)
async def list_recordings(
    context: Context, asked: RecordingSearch, cursor: str | None = None
) -> RecordingList:
    """Recordings, newest first, those that were erased included: of calls in which somebody took
    part, of a provider, of a time, in one of several states, of a length (compliance).
    """
    return await context.the(Playbacks).list(context.actor, cursor, asked)


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
    of_recordings=True,
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
        "nothing_to_play",
        "reason_needed",
        "approval_needed",
    ),
    audit="recording.played",
    of_recordings=True,
)
async def open_playback(context: Context, recording_id: str, body: OpenPlayback) -> Playback:
    """Media addresses for the caller only, who says why; written to the audit log first
    (compliance). Of a sealed recording, what whoever has its private key opens it with.
    """
    why = Why(body.purpose, body.reason)
    return await context.the(Playbacks).open(context.actor, recording_id, why)


@routes.get(
    f"{RECORDING}/parts/{{part_id}}/media",
    access="recording.watch",
    counts="media",
    errors=PART_ERRORS,
    of_recordings=True,
    replies={200: Reply("The content.", media_types=("video/webm", "audio/webm"))},
)
async def get_media(
    context: Context, recording_id: str, part_id: str, playback: str | None = None
) -> Content:
    """One part within a playback; answers Range requests."""
    return await context.the(Playbacks).media(context.actor, recording_id, part_id, playback or "")


@routes.get(
    f"{RECORDING}/parts/{{part_id}}/sealed",
    access="recording.play",
    counts="media",
    errors=("recording_not_sealed", *STORED_ERRORS),
    of_recordings=True,
    replies={200: Reply("The content.", media_types=("application/octet-stream",))},
)
async def get_sealed(
    context: Context,
    recording_id: str,
    part_id: str,
    playback: str | None = None,
    tail: bool = False,
) -> Content:
    """One part of a sealed recording as it is stored, or the tail of a torn one, within a playback;
    answers Range requests.
    """
    of = context.actor, recording_id, part_id, playback or ""
    return await context.the(SealedPlaybacks).file(*of, tail=tail)


@routes.post(
    f"{RECORDING}/key-opened",
    access="recording.play",
    counts="recording",
    errors=(*WITHIN_ERRORS, "unknown_recording", "recording_erased", "recording_not_sealed"),
    audit="key.opened",
    of_recordings=True,
)
async def tell_key_opened(context: Context, recording_id: str, body: TellKeyOpened) -> None:
    """The private key of a sealed recording is open in the caller's browser, until they sign out,
    close it or leave it alone (compliance).
    """
    sealed = context.the(SealedPlaybacks)
    await sealed.key_opened(context.actor, recording_id, body.playback_id)


@routes.post(
    f"{RECORDING}/damage",
    access="recording.play",
    counts="recording",
    errors=(
        *WITHIN_ERRORS,
        "unknown_recording",
        "unknown_part",
        "recording_erased",
        "recording_not_sealed",
    ),
    audit="recording.damaged",
    of_recordings=True,
)
async def tell_damage(context: Context, recording_id: str, body: TellDamage) -> None:
    """The caller's browser, which alone can tell, has found that a sealed recording or one of its
    parts is not as the server wrote it (compliance).
    """
    sealed = context.the(SealedPlaybacks)
    await sealed.damaged(context.actor, recording_id, body.playback_id, body.part_id)


@routes.post(
    f"{RECORDING}/stills",
    access="recording.download",
    counts="recording",
    errors=(*WITHIN_ERRORS, "unknown_recording", "recording_erased"),
    audit="recording.still_taken",
    of_recordings=True,
)
async def take_still(context: Context, recording_id: str, body: TakeStill) -> Still:
    """The page makes a picture of this moment, within a playback; written to the audit log before
    it does (compliance).
    """
    of = context.actor, recording_id, body.playback_id, body.position_ms
    return await context.the(Stills).take(*of)


@routes.get(
    f"{RECORDING}/parts/{{part_id}}/download",
    access="recording.download",
    counts="recording",
    errors=PART_ERRORS,
    audit="recording.downloaded",
    of_recordings=True,
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
    of_recordings=True,
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
    of_recordings=True,
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
    of_recordings=True,
)
async def erase_recording(context: Context, recording_id: str, body: EraseRecording) -> Erasure:
    """Destroy the key of a recording, then its files; that there was one stays (compliance)."""
    return await context.the(Erasures).request(context.actor, recording_id, body.reason)
