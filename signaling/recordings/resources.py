"""Recordings as compliance staff see them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from signaling.audit.resources import AuditEntry
from signaling.kernel.messages import RoomId, UserId
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import (
    Condition,
    Decision,
    ErasureBasis,
    GapReason,
    KeptBy,
    LossCause,
    Medium,
    PartSource,
    PartState,
    PurposeOfUse,
    RecordingState,
    RequestKind,
    Side,
    Step,
)
from storage.words import AuditAction, Authenticity


class ConsentText(Resource):
    """The words that people agree to; what a page has to send back with a yes is id, version,
    language and SHA-256 of exactly these words (UTF-8).
    """

    id: str
    version: str
    language: str
    sha256: str
    text: str


class Gap(Resource):
    """A stretch of a part for which something is missing, in ms from the part's beginning."""

    medium: Medium
    cause: LossCause
    """The network lost it; nothing was captured or sent; this server was too slow for it."""
    begin_ms: int
    end_ms: int


class Losses(Resource):
    """What a part does not hold as it was sent. All zero and no gap: it holds everything."""

    lost_packets: int = 0
    """Did not come in time."""
    late_packets: int = 0
    """Those of them that came after what follows them had been written, and were discarded."""
    unreadable_packets: int = 0
    """Could not be read, or were beyond a bound, and were discarded."""
    overrun_packets: int = 0
    """Discarded because this server was too slow to record them."""
    discarded_pictures: int = 0
    """Came whole, but show nothing without a picture that is missing before them."""
    discarded_sound_ms: int = 0
    """Sound that came and found no place."""
    skipped_sound_ms: int = 0
    """Left out in quiet moments, to stay with the time: the sender's sound card is faster."""
    silence_ms: int = 0
    """Silence put in where there was no sound; pauses that the sender made are among it."""
    gaps: list[Gap] = field(default_factory=list)
    """Neighbours are told as one. Pauses of speech are not among them."""
    gaps_left_out: int = 0
    """Further ones, beyond as many as are told."""


class RecordingPart(Resource):
    """One encrypted file: one participant, one source, one stretch without a break."""

    part_id: str
    participant_id: UserId
    participant_name: str
    participant_role: Side
    source: PartSource
    """`camera` holds the microphone too, and only the microphone when there was no picture."""
    media_type: str
    """As for HTMLMediaElement.canPlayType, such as `video/webm; codecs="vp8, opus"`."""
    offset_ms: int
    """Where this part begins on the recording's own time line."""
    duration_ms: int
    size_bytes: int
    """Of the decrypted file as it is served."""
    state: PartState
    authenticity: Authenticity
    """Of all of the above: one that was `changed` is not played."""
    losses: Losses | None
    """None is known while it is recorded, and of a part whose server stopped."""


class Recording(Resource):
    """One of GET recordings."""

    recording_id: str
    room_id: RoomId
    patient_name: str
    provider_name: str
    guest_names: list[str]
    """Of everybody else who was recorded."""
    started_at: datetime
    duration_ms: int
    size_bytes: int
    state: RecordingState
    on_hold: bool
    """Nobody can erase it before every one of its holds is released."""
    expires_at: datetime | None
    """When it is erased, unless it is on hold then; none if it is kept for ever, or erased."""
    kept_by: KeptBy | None
    """What that follows from."""
    sealed: bool
    """Its key is on no server: whoever has the private key opens it."""


class RecordingList(Resource):
    """GET recordings: a page of them."""

    recordings: list[Recording]
    next_cursor: str | None = None
    person_name: str | None = None
    """Of whose recordings were asked for; none if nobody's were, or there is no such person."""
    provider_name: str | None = None


class ConsentRecord(Resource):
    """One decision, never changed afterwards."""

    at: datetime
    user_name: str
    role: Side
    decision: Decision
    text_id: str
    text_version: str
    text_sha256: str
    language: str
    text: str | None
    """The words themselves; none are kept of answers to earlier versions of carelay."""
    text_confirmed: bool | None
    """Whether the page sent back that it showed exactly these words; false: it did not, and they
    are those that were in force; null: of earlier versions, which did not ask.
    """
    address: str | None
    user_agent: str | None


class PauseRequest(Struct, kw_only=True, frozen=True):
    """Somebody asked to be off the record, from when to when, on the recording's time line."""

    user_id: UserId
    name: str
    side: Side
    begin_ms: int
    end_ms: int


class RecordingGap(Struct, kw_only=True, frozen=True):
    """A stretch of which a recording has nothing of anybody."""

    offset_ms: int
    """On the recording's time line."""
    duration_ms: int
    reason: GapReason
    """As in RecordingState: somebody was away or asked for it, consent was withdrawn,
    or it could not be written.
    """
    requests: list[PauseRequest] = field(default_factory=list)
    """Of whoever asked to be off the record meanwhile, in the order of their asking."""


class TimelineEvent(Struct, kw_only=True, frozen=True):
    """Somebody said something about being recorded."""

    at_ms: int
    """On the recording's time line; below 0 of what was said before it began."""
    user_id: UserId
    name: str
    side: Side
    kind: Step


class ConnectionStretch(Struct, kw_only=True, frozen=True):
    """How well somebody was connected, on the recording's time line."""

    user_id: UserId
    name: str
    side: Side
    begin_ms: int
    end_ms: int | None
    """None: the call goes on."""
    condition: Condition


class Timeline(Struct, kw_only=True, frozen=True):
    """What happened in a call while it was recorded."""

    events: list[TimelineEvent]
    """In their order."""
    connections: list[ConnectionStretch]
    """Those of each person in their order; none of calls of versions that did not note them."""


Reason = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=500,
        pattern="^(?=.*\\S)[^\\x00-\\x1f\\x7f\\ud800-\\udfff]+$(?!\\n)",
    ),
]
"""Why somebody does it, in their own words: one line, not only of spaces."""


class PlaceHold(Request):
    """POST recordings/{recording_id}/holds"""

    reason: Reason


class ReleaseHold(Request):
    """POST recordings/{recording_id}/holds/{hold_id}/release"""

    reason: Reason


class LegalHold(Resource):
    """A reason why a recording must not be erased; one that was released stays on record."""

    hold_id: str
    placed_at: datetime
    placed_by_name: str
    reason: str
    released_at: datetime | None
    released_by_name: str | None
    release_reason: str | None


class EraseRecording(Request):
    """POST recordings/{recording_id}/erase"""

    reason: Reason


class Erasure(Resource):
    """What stays on record of a recording that was erased: nobody can decrypt it any more."""

    erased_at: datetime
    basis: ErasureBasis
    erased_by_name: str | None
    """None of the server itself."""
    reason: str | None
    files_deleted_at: datetime | None
    """None while they are being deleted, or cannot be reached."""


class RecordingDetail(Resource):
    """GET recordings/{recording_id}: the manifest, the consents it rests on, what keeps it and
    who has had access.
    """

    recording: Recording
    authenticity: Authenticity
    """Of its begin, end and state, of `gaps`, and of which `parts` it has."""
    key_id: str | None
    """Of the private key that a sealed recording needs; none of one that the server opens."""
    parts: list[RecordingPart]
    gaps: list[RecordingGap] | None
    """Between the parts; none is known while it is recorded,
    and of a recording whose server stopped.
    """
    timeline: Timeline
    consents: list[ConsentRecord]
    holds: list[LegalHold]
    """Oldest first, those that were released included."""
    erasure: Erasure | None
    """None of a recording that is still there."""
    access_log: list[AuditEntry]


class RecordingAccess(Struct, kw_only=True):
    """Somebody has opened a recording, or taken it along."""

    at: datetime
    action: AuditAction
    actor_name: str | None
    """None of somebody who did it on the server itself."""
    actor_role: str | None
    reason: str | None
    """In their own words, where they were asked for one."""


class AskForRecording(Request):
    """POST own-recordings/{recording_id}/requests"""

    kind: RequestKind


class AnswerRequest(Request):
    """POST recording-requests/{request_id}/answer"""

    accepted: bool
    reason: Reason
    """The patient reads it."""


class RecordingRequest(Resource):
    """A patient asks for something of a recording; what was answered stays on record."""

    request_id: str
    recording_id: str
    kind: RequestKind
    patient_name: str
    recorded_at: datetime
    asked_at: datetime
    answered_at: datetime | None
    answered_by_name: str | None
    accepted: bool | None
    answer: str | None
    """Why, in the words of whoever answered."""


class RecordingRequestList(Resource):
    """GET recording-requests: those that nobody has answered, oldest first."""

    requests: list[RecordingRequest]


class OwnRecording(Resource):
    """A recording as its patient sees it."""

    recording_id: str
    room_id: RoomId
    started_at: datetime
    duration_ms: int
    provider_name: str
    guest_names: list[str]
    """Of everybody else who was recorded."""
    state: RecordingState
    expires_at: datetime | None
    """When it is to be erased; none if that is not known, or it was."""
    erased_at: datetime | None
    accesses: list[RecordingAccess]
    """Newest first, no more than a hundred."""
    requests: list[RecordingRequest]
    """Newest first."""


class OwnRecordingList(Resource):
    """GET own-recordings"""

    recordings: list[OwnRecording]
    next_cursor: str | None = None


class OpenPlayback(Request):
    """POST recordings/{recording_id}/playback"""

    purpose: PurposeOfUse
    reason: Reason | None = None
    """In their own words; `HOPERAT` needs them."""


class TellKeyOpened(Request):
    """POST recordings/{recording_id}/key-opened"""

    playback_id: str


class TellDamage(Request):
    """POST recordings/{recording_id}/damage"""

    playback_id: str
    part_id: str | None = None
    """None: the recording itself, or which parts it has."""


class TakeStill(Request):
    """POST recordings/{recording_id}/stills"""

    playback_id: str
    position_ms: Annotated[int, Meta(ge=0, le=2**53)]
    """On the recording's time line."""


class Still(Resource):
    """What stands on a still, which the page makes: it is in the audit log by now."""

    taken_at: datetime
    viewer_name: str


class ProvedRow(Struct, kw_only=True, frozen=True):
    """What the database says, as a text of JSON that the recording's data key authenticates."""

    row: str
    mac: str | None
    """HMAC-SHA256 of exactly these characters (FORMAT.md), in hexadecimal digits."""


class SealedPart(Struct, kw_only=True, frozen=True):
    """One encrypted file of a sealed recording."""

    part_id: str
    proved: ProvedRow
    url: str | None
    """Where the file is read as it is stored, by Range requests; none while it is written."""
    tail_url: str | None
    """Where its tail is, of one that a crash has torn."""


class SealedRecording(Struct, kw_only=True, frozen=True):
    """What whoever has the private key opens a recording with that the server cannot open."""

    recording_id: str
    key_id: str
    """Of the private key that it needs."""
    wrapped_key: str
    """The data key, sealed to that key, in base64 (FORMAT.md)."""
    data_key_sha256: str | None
    """The digest of the data key that the audit log names since the recording began."""
    proved: ProvedRow
    parts: list[SealedPart]


class Playback(Resource):
    """What the answer is: written to the audit log; the media URLs work for its holder only."""

    playback_id: str
    expires_at: datetime
    urls: dict[str, str]
    """part_id → path that answers HTTP Range requests; empty of a sealed recording."""
    sealed: SealedRecording | None
    """None of a recording that the server decrypts itself."""
    viewer_name: str
    """Of its holder, to be shown over the picture."""
    may_save: bool
    """Whether its holder may take something of it along: a file, a still."""
