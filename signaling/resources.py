"""The bodies of HTTP requests and responses under /api/v1, typed once; OpenAPI and TypeScript come from here."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from signaling.messages import (
    LINE,
    Channel,
    Condition,
    EmergencyState,
    EndReason,
    IceServer,
    MediaState,
    Quality,
    RoomId,
    UserId,
)

Role = Literal["patient", "provider", "compliance", "ops", "admin"]
CallStatus = Literal["initiated", "active", "ended", "failed", "declined", "missed"]


class Request(Struct, forbid_unknown_fields=True, kw_only=True):
    """A JSON request body; an unknown field is an error that names it."""


class Resource(Struct, kw_only=True):
    """A JSON response body."""


class Problem(Resource, omit_defaults=True):
    """RFC 9457 problem details, the one shape of every error (application/problem+json)."""

    title: str
    status: int
    detail: str
    code: str
    """Short stable name, such as `unknown_room`, to program against."""
    type: str = "about:blank"


# --- signing in: /api/v1/auth -------------------------------------------------------------------------------


class Login(Request):
    """POST auth/login"""

    username: Annotated[str, Meta(min_length=1, max_length=128, pattern=LINE)]
    password: Annotated[str, Meta(min_length=1, max_length=1024)]


class Identity(Resource):
    """GET auth/me; also the reply of auth/login, and of auth/session (bearer token exchanged for a cookie)."""

    user_id: UserId
    name: str
    role: Role
    expires_at: datetime


# --- calls: /api/v1/telemedicine ----------------------------------------------------------------------------


class InitiateCall(Request):
    """POST call/initiate"""

    patient_id: UserId
    recording_enabled: bool = False
    audio_only: bool = False


class CallInitiated(Resource):
    room_id: RoomId
    status: Literal["invitation_sent"] = "invitation_sent"


class AcceptCall(Request):
    """POST call/accept"""

    room_id: RoomId
    recording_consent: bool


class CallAcceptedReply(Resource):
    status: Literal["accepted"] = "accepted"


class CallReference(Request):
    """POST call/decline, call/end and call/emergency"""

    room_id: RoomId


class CallDeclinedReply(Resource):
    status: Literal["declined"] = "declined"


class CallEndedReply(Resource):
    """Both durations are what was completed of their unit."""

    duration_seconds: int
    duration_minutes: int
    status: Literal["ended"] = "ended"


class EmergencyRaised(Resource):
    """What to do, and whom the alert had reached when this was sent; `call_emergency` tells how it goes on."""

    phone: str
    instructions: str
    practice_phone: str
    reached: list[Channel]
    pending: bool
    status: Literal["emergency_raised"] = "emergency_raised"


class EmergencyAcknowledged(Resource):
    status: Literal["acknowledged"] = "acknowledged"


class SideConnection(Resource):
    """How well one side was connected during a call."""

    typical: Quality
    """The median."""
    worst: Quality
    """The worst that lasted for at least ten seconds in one go; `poor` also while cut off."""
    worst_seconds: int
    """How long it was as bad as that in one go, at most."""


class ConnectionBySide(Resource):
    """None: that side was never heard of."""

    provider: SideConnection | None
    patient: SideConnection | None


class Call(Resource):
    """GET calls/{room_id}; GET calls lists them, newest first."""

    room_id: RoomId
    patient_id: UserId
    patient_name: str
    provider_id: UserId
    provider_name: str
    call_status: CallStatus
    end_reason: EndReason | None
    audio_only: bool
    recording_enabled: bool
    recording_consent_given: bool | None
    has_recording: bool
    """Something of it can be played, from its first part that is whole on."""
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: int | None
    """Whole ones completed between acceptance and end, by a clock that nobody sets; none while it is not over."""
    duration_minutes: int | None
    """Whole ones completed: `duration_seconds` by 60, rounded down."""
    connection_quality: Quality | None
    """The worse side's `worst`."""
    connection_by_side: ConnectionBySide | None
    """None while it is not over, and of calls of earlier versions."""
    bandwidth_used: int
    """Bytes relayed for this call, both directions."""
    emergency: EmergencyState | None
    """The newest one that was raised in it."""
    invitation_expires_at: datetime | None
    """While it rings; none otherwise."""


class CallList(Resource):
    calls: list[Call]
    next_cursor: str | None = None


class Patient(Resource):
    """One of GET patients (providers only)."""

    user_id: UserId
    name: str
    online: bool
    last_call_at: datetime | None


class PatientList(Resource):
    patients: list[Patient]


class ConsentText(Resource):
    """The words a patient agrees to; what is stored is id, version, language and SHA-256 of exactly these words."""

    id: str
    version: str
    language: str
    sha256: str
    text: str


class ClientSettings(Resource):
    """GET settings: what the pages need to know of the configuration, before signing in as well."""

    practice_name: str
    ice_servers: list[IceServer]
    """Empty until signed in: TURN credentials are for users."""
    ring_timeout_seconds: int
    reconnect_seconds: int
    max_call_duration_minutes: int
    recording_available: bool
    recording_unavailable_reason: str | None
    consent: ConsentText
    emergency_phone: str
    practice_phone: str
    """Where the practice itself is reached in an emergency; empty if it says nothing."""
    emergency_instructions: str
    demo: bool


# --- recordings: compliance only ----------------------------------------------------------------------------


class Gap(Resource):
    """A stretch of a part for which something is missing, in ms from the part's beginning."""

    medium: Literal["sound", "picture"]
    cause: Literal["lost", "not_sent", "overrun"]
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
    silence_ms: int = 0
    """Silence put in where there was no sound; pauses that the sender made are among it."""
    gaps: list[Gap] = []
    """Neighbours are told as one. Pauses of speech are not among them."""
    gaps_left_out: int = 0
    """Further ones, beyond as many as are told."""


class RecordingPart(Resource):
    """One encrypted file: one participant, one source, one stretch without a break."""

    part_id: str
    participant_id: UserId
    participant_name: str
    participant_role: Literal["patient", "provider"]
    source: Literal["camera", "screen"]
    """`camera` holds the microphone too, and only the microphone when there was no picture."""
    media_type: str
    """As for HTMLMediaElement.canPlayType, such as `video/webm; codecs="vp8, opus"`."""
    offset_ms: int
    """Where this part begins on the recording's own time line."""
    duration_ms: int
    size_bytes: int
    """Of the decrypted file as it is served."""
    state: Literal["recording", "sealed", "recovered", "lost"]
    losses: Losses | None
    """None is known while it is recorded, and of a part whose server stopped."""


class Recording(Resource):
    """One of GET recordings."""

    recording_id: str
    room_id: RoomId
    patient_name: str
    provider_name: str
    started_at: datetime
    duration_ms: int
    size_bytes: int
    state: Literal["recording", "complete", "recovered", "failed"]


class RecordingList(Resource):
    recordings: list[Recording]
    next_cursor: str | None = None


class AuditEntry(Resource):
    """One row of the append-only log."""

    id: int
    at: datetime
    action: str
    """Such as `recording.played`, `recording.downloaded`, `recording.denied`, `call.initiated`."""
    actor_id: str | None
    actor_name: str | None
    actor_role: str | None
    address: str | None
    user_agent: str | None
    detail: dict[str, str | int | bool | None]


class ConsentRecord(Resource):
    """One decision, never changed afterwards."""

    at: datetime
    user_name: str
    role: Role
    decision: Literal["given", "declined", "withdrawn"]
    text_id: str
    text_version: str
    text_sha256: str
    language: str


class RecordingGap(Struct, kw_only=True, frozen=True):
    """A stretch of which a recording has nothing of anybody."""

    offset_ms: int
    """On the recording's time line."""
    duration_ms: int
    reason: Literal["paused", "stopped", "awaiting_consent", "off", "failed"]
    """As in RecordingState: somebody was away, consent was withdrawn, or it could not be written."""


class RecordingDetail(Resource):
    """GET recordings/{recording_id}: the manifest, the consents it rests on and who has had access."""

    recording: Recording
    parts: list[RecordingPart]
    gaps: list[RecordingGap] | None
    """Between the parts; none is known while it is recorded, and of a recording whose server stopped."""
    consents: list[ConsentRecord]
    access_log: list[AuditEntry]


class Playback(Resource):
    """POST recordings/{recording_id}/playback: written to the audit log; the media URLs work for its holder only."""

    playback_id: str
    expires_at: datetime
    urls: dict[str, str]
    """part_id → path that answers HTTP Range requests."""


# --- operations ---------------------------------------------------------------------------------------------


class TrackStatistics(Resource):
    """One RTP stream as the relay sees it; counters since the track began, rates over the last second or so."""

    direction: Literal["up", "down"]
    source: Literal["microphone", "camera", "screen"]
    codec: str
    packets: int
    bytes: int
    bitrate_bps: int
    packets_lost: int
    loss_fraction: float
    jitter_ms: float
    rtt_ms: float | None
    nack_count: int
    """Packets asked for again: by the server (up), by the browser (down)."""
    retransmitted_count: int
    """Packets that came again (up), or were sent again from the packet cache (down)."""
    cached_count: int
    """Down: of the packets asked for again, those that the packet cache still had; limits on resending may have kept
    them from being sent. `cached_count / nack_count` is the cache's hit rate, low also
    where the server itself misses what is asked for. Up: 0."""
    pli_count: int
    layer: str | None = None
    """Of a camera in a room of three or more: the size of picture, as the browser names it; up each has an entry."""


class ParticipantStatistics(Resource):
    """One connection. The label is an opaque number within the room, never a name."""

    label: str
    role: Literal["patient", "provider"]
    connected: bool
    quality: Condition | None
    media: MediaState
    tracks: list[TrackStatistics]


class RoomStatistics(Resource):
    """One live room. The label is opaque: operations staff see streams, not people."""

    label: str
    age_seconds: int
    recording: str
    participants: list[ParticipantStatistics]


class Distribution(Resource):
    """How often a measure lay where, since the server started."""

    bounds: list[float]
    """Upper ones, ascending and inclusive."""
    counts: list[int]
    """One for each bound, each value in one of them only, and a last for what lay beyond all bounds."""
    sum: float
    """Of all values."""


class EngineStatistics(Resource):
    """One engine thread, told by its UDP port; counters since the server started."""

    port: int
    received_packets: int
    """RTP packets taken from publishers."""
    forwarded_packets: int
    """RTP packets for subscribers, retransmissions left out."""
    batch_datagrams: Distribution
    """Datagrams that the thread received together."""
    forwarding_delay_seconds: Distribution
    """Of each batch, how long its oldest datagram took from the socket until all was sent."""
    dropped_datagrams: dict[str, int]
    """Reason → count."""


class Health(Resource):
    """GET /healthz: the process answers."""

    status: Literal["ok"] = "ok"


class Readiness(Resource):
    """GET /readyz: 200 if every check is `ok`, else 503."""

    ready: bool
    checks: dict[str, str]
    """What was checked → `ok`, or what is wrong in a few fixed words; the log says why."""


class RelayStatistics(Resource):
    """GET ops/rooms (roles ops and admin)."""

    at: datetime
    rooms: list[RoomStatistics]
    engines: list[EngineStatistics]
    """Each room lives on one of them."""
    dropped_datagrams: dict[str, int]
    """Reason → count over all engines, since the server started."""
