"""The WebSocket messages, typed once.

PROTOCOL.md tells them in prose, web/src/shared/api/schema.d.ts in TypeScript.

Every message is one JSON object whose `type` names it. `ClientMessage` is what a browser may send,
`ServerMessage` what the server sends. Times are UTC instants (RFC 3339), durations are named with their unit.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

MAX_MESSAGE_BYTES = 64 * 1024  # a Chromium offer with every codec and six m-lines is about 20 kB

# Python's $ also stands before a last newline. PostgreSQL stores no NUL, and no database half a surrogate pair.
LINE = "^[^\\x00-\\x1f\\x7f\\ud800-\\udfff]+$(?!\\n)"
"""One line of text."""

RoomId = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9_-]+$(?!\\n)")]
UserId = Annotated[str, Meta(min_length=1, max_length=128, pattern=LINE)]
UserName = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]
"""As others see it."""
Mid = Annotated[str, Meta(min_length=1, max_length=32)]
Sdp = Annotated[str, Meta(min_length=1, max_length=60_000)]
Source = Literal["microphone", "camera", "screen"]
VideoCodec = Literal["VP8", "H264"]
Quality = Literal["poor", "fair", "good", "excellent"]
Condition = Literal["lost", "poor", "fair", "good", "excellent"]
"""Lost: nothing is heard of them, for two seconds or longer."""
EndReason = Literal[
    "hung_up",  # a participant ended an active call
    "cancelled",  # the provider withdrew the invitation
    "declined",
    "missed",  # nobody answered before the ring timeout
    "max_duration",
    "participant_lost",  # no media of a participant within the reconnect time
    "server_restart",
    "failed",
]


class Message(Struct, tag_field="type", forbid_unknown_fields=True, kw_only=True):
    """What every WebSocket message is: a JSON object with a `type`."""


class Slots(Struct, kw_only=True, frozen=True):
    """How many receiving m-lines (transceivers of direction recvonly) the server needs in the next offer."""

    audio: int
    video: int


class MediaState(Struct, kw_only=True, frozen=True):
    """What a participant is sending on purpose: false is muted or switched off, not lost."""

    microphone: bool = True
    camera: bool = True
    screen: bool = False
    unavailable: list[Literal["microphone", "camera"]] = []
    """What would be sent and cannot: blocked, missing, or in use by another program. Then it is false above, too."""


class Participant(Struct, kw_only=True, frozen=True):
    """One party of a call as the others see it."""

    user_id: UserId
    name: str
    role: Literal["patient", "provider"]
    joined: bool
    """Its page is there. Only then can media come, and that it does not is the fault of a network."""
    connected: bool
    """Its media flows."""
    quality: Condition | None
    """None: not known yet; `quality` tells when it changes."""
    media: MediaState
    video_codecs: list[VideoCodec] | None = None
    """What the browser can do of the server's video codecs; null until it has offered. Two parties without one in
    common hear each other only."""


class SlotAssignment(Struct, kw_only=True, frozen=True):
    """Which participant's source arrives on one receiving m-line."""

    mid: Mid
    user_id: UserId
    source: Source


class IceServer(Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One RTCIceServer of the browser's RTCConfiguration."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class RecordingState(Struct, kw_only=True, frozen=True):
    """What the server's recorder does for this call, and why.

    off: the provider's switch is off. awaiting_consent: switch on, consent not given yet.
    recording: media is being written. paused: somebody is away. stopped: consent declined or withdrawn.
    failed: the recording cannot be written; it is tried again, and the call goes on.
    """

    state: Literal["off", "awaiting_consent", "recording", "paused", "stopped", "failed"]
    reason: str = ""


Channel = Literal["administrators", "email", "webhook"]


class EmergencyState(Struct, kw_only=True, frozen=True):
    """An emergency of a call, as far as it is known whom the alert has reached."""

    raised_by: str
    """Name of who raised it."""
    raised_at: datetime
    phone: str
    instructions: str
    practice_phone: str
    """Where the practice itself is reached; empty if it says nothing."""
    reached: list[Channel]
    """Administrators who were signed in, and what has taken the message. Empty: nobody, so far."""
    pending: bool
    """Whether it is still being tried to reach somebody."""
    acknowledged_at: datetime | None
    """When somebody of the practice took it on; none yet."""
    acknowledged_by: str | None


# --- from the browser ---------------------------------------------------------------------------------------


class Authenticate(Message, tag="authenticate"):
    """First message of a socket that carries neither cookie nor Authorization header."""

    token: Annotated[str, Meta(min_length=1, max_length=8192)]


class CallStart(Message, tag="call_start"):
    """Take part with this socket: the provider from the invitation on, the patient once accepted."""

    room_id: RoomId


class Offer(Message, tag="offer"):
    """An SDP offer (JSEP). The browser always offers; new ICE credentials in it are an ICE restart."""

    room_id: RoomId
    sdp: Sdp
    sources: Annotated[dict[Mid, Source], Meta(max_length=8)] = field(default_factory=dict)
    """Which source each sending m-line carries."""


class ClientAnswer(Message, tag="answer"):
    """Refused: this server never offers. Typed so that the refusal says so."""

    room_id: RoomId
    sdp: Sdp


class IceCandidate(Message, tag="ice_candidate"):
    """A trickled candidate. Checked and then ignored: an ICE-lite server learns addresses from the checks."""

    room_id: RoomId
    candidate: Annotated[str, Meta(max_length=1024)]
    sdp_mid: Annotated[str, Meta(max_length=32)] | None = None


class SetMediaState(Message, tag="media_state"):
    """The participant muted, unmuted, or switched camera or screen."""

    room_id: RoomId
    media: MediaState


class RecordingConsent(Message, tag="recording_consent"):
    """Give, decline or withdraw consent to the recording during the call."""

    room_id: RoomId
    recording_consent: bool


class CallEnd(Message, tag="call_end"):
    """Hang up, as `POST call/end` does."""

    room_id: RoomId


ClientMessage = (
    Authenticate | CallStart | Offer | ClientAnswer | IceCandidate | SetMediaState | RecordingConsent | CallEnd
)


# --- from the server ----------------------------------------------------------------------------------------


class Welcome(Message, tag="welcome"):
    """First message on an authenticated socket."""

    user_id: UserId
    name: str
    role: str
    server_time: datetime


class CallInvitation(Message, tag="call_invitation"):
    """To every socket of the patient while the call rings; repeated when a socket opens during that time."""

    room_id: RoomId
    provider_name: str
    recording_enabled: bool
    audio_only: bool
    expires_at: datetime


class InvitationClosed(Message, tag="invitation_closed"):
    """The invitation no longer stands on this socket: answered on another one, withdrawn or timed out."""

    room_id: RoomId
    reason: Literal["accepted", "declined", "cancelled", "missed"]


class CallAccepted(Message, tag="call_accepted"):
    """To the sockets of the provider and of the patient. The call's time begins here, for both and for the server."""

    room_id: RoomId
    recording_consent: bool
    server_time: datetime
    started_at: datetime
    ends_at: datetime


class CallDeclined(Message, tag="call_declined"):
    """To the provider's sockets."""

    room_id: RoomId


class CallJoined(Message, tag="call_joined"):
    """Reply to `call_start`: all that a page needs to show the call, also after a reload."""

    room_id: RoomId
    call_status: Literal["initiated", "active"]
    recording_enabled: bool
    audio_only: bool
    started_at: datetime | None
    ends_at: datetime | None
    """When the call ends by itself; none while it rings."""
    server_time: datetime
    participants: list[Participant]
    recording: RecordingState
    recording_consent: bool | None
    """The patient's standing decision; none before it was made."""
    emergency: EmergencyState | None
    """The newest one of this call."""
    ice_servers: list[IceServer]
    slots: Slots


class Answer(Message, tag="answer"):
    """The SDP answer to the socket's last offer."""

    room_id: RoomId
    sdp: str
    assignments: list[SlotAssignment]


class NeedOffer(Message, tag="need_offer"):
    """The room changed: offer again with at least these receiving m-lines."""

    room_id: RoomId
    slots: Slots


class Participants(Message, tag="participants"):
    """Who is in the call and what arrives on which m-line of this connection; sent on every change."""

    room_id: RoomId
    participants: list[Participant]
    assignments: list[SlotAssignment]


class RecordingStateChanged(Message, tag="recording_state"):
    """To both parties whenever the recording changes state."""

    room_id: RoomId
    state: Literal["off", "awaiting_consent", "recording", "paused", "stopped", "failed"]
    reason: str = ""


class QualityChanged(Message, tag="quality"):
    """How well one participant's own network carries the call, in words; sent when the word changes."""

    room_id: RoomId
    user_id: UserId
    quality: Condition


class CallWarning(Message, tag="call_warning"):
    """The call ends by itself at `ends_at`, as the clock of `server_time` tells it."""

    room_id: RoomId
    server_time: datetime
    ends_at: datetime
    minutes_left: int


class CallEmergency(Message, tag="call_emergency"):
    """An EmergencyState whenever it changes: to both parties, and to administrators until somebody took it on."""

    room_id: RoomId
    patient_name: str | None
    """Only to staff."""
    raised_by: str
    raised_at: datetime
    phone: str
    instructions: str
    practice_phone: str
    reached: list[Channel]
    pending: bool
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class CallEnded(Message, tag="call_ended"):
    """The call is over. Both durations are what was completed of their unit, 0 if it was never active."""

    room_id: RoomId
    duration_seconds: int
    duration_minutes: int
    reason: EndReason


class ConnectionReplaced(Message, tag="connection_replaced"):
    """The same user took part with another socket; this one no longer carries the call."""

    room_id: RoomId


class ErrorMessage(Message, tag="error"):
    """What was wrong with a message, as RFC 9457 problem details; the socket stays open."""

    title: str
    detail: str
    code: str
    """Short stable name, such as `unknown_room`."""
    in_reply_to: str | None = None
    """The `type` of the message that was refused."""
    room_id: str | None = None


ServerMessage = (
    Welcome
    | CallInvitation
    | InvitationClosed
    | CallAccepted
    | CallDeclined
    | CallJoined
    | Answer
    | NeedOffer
    | Participants
    | RecordingStateChanged
    | QualityChanged
    | CallWarning
    | CallEmergency
    | CallEnded
    | ConnectionReplaced
    | ErrorMessage
)
