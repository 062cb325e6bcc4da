"""What is said on the socket that carries a call."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from signaling.kernel.messages import Message, RoomId, UserId
from signaling.kernel.words import (
    Condition,
    Device,
    Direction,
    EndReason,
    GuestIdentity,
    LeaveReason,
    OnWithdrawal,
    PictureSize,
    Side,
    Source,
    VideoCodec,
)
from signaling.recordings.messages import RecordingState

Mid = Annotated[str, Meta(min_length=1, max_length=32)]
Sdp = Annotated[str, Meta(min_length=1, max_length=60_000)]


class Slots(Struct, kw_only=True, frozen=True):
    """How many receiving m-lines (transceivers of direction recvonly) the server needs in the next
    offer.
    """

    audio: int
    video: int


class MediaState(Struct, kw_only=True, frozen=True):
    """What a participant is sending on purpose: false is muted or switched off, not lost."""

    microphone: bool = True
    camera: bool = True
    screen: bool = False
    unavailable: list[Device] = []
    """What would be sent and cannot: blocked, missing, or in use by another program.

    Then it is false above, too.
    """


class Pictures(Struct, kw_only=True, frozen=True):
    """Which pictures a page takes part with."""

    sound_only: bool = False
    """Its user wants none, neither way, whatever their network carries."""
    sends: PictureSize = "full"
    """Of their camera, as far as their network carries it."""
    receives: PictureSize = "full"
    """Of the others' cameras, likewise."""
    screen: bool = False
    """They want to see a shared screen all the same."""


class Capabilities(Struct, kw_only=True, frozen=True):
    """What somebody may do in a call, and whether they are recorded where the call is."""

    speak: bool
    camera: bool
    screen: bool
    chat: bool
    recorded: bool
    """Then nothing of anybody is recorded while they are there without having agreed."""


class Participant(Struct, kw_only=True, frozen=True):
    """Somebody in a call, or invited to it, as the others see them."""

    user_id: UserId
    name: str
    role: Side
    capabilities: Capabilities
    required: bool
    """Their absence ends the call."""
    invited: bool
    """Their invitation stands unanswered: they are not in the call."""
    recording_consent: bool | None
    """Their standing decision; none before they made one, and of whoever is not recorded."""
    off_the_record: bool
    """They asked for a pause of the recording, which only they can end; or their leaving does."""
    joined: bool
    """Its page is there.

    Only then can media come, and that it does not is the fault of a network.
    """
    connected: bool
    """Its media flows."""
    quality: Condition | None
    """None: not known yet; `quality` tells when it changes."""
    direction: Direction | None
    """Which way alone is that bad, as in `quality`."""
    media: MediaState
    pictures: Pictures
    video_codecs: list[VideoCodec] | None = None
    """What the browser can do of the server's video codecs; null until it has offered. Two parties
    without one in common hear each other only.
    """
    identity: GuestIdentity | None = None
    """Of who came by a link; null: they signed in, or are not here yet."""


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


Channel = Literal["administrators", "email", "webhook"]
Closed = Literal["accepted", "declined", "cancelled", "missed"]
"""What became of an invitation."""


Absence = Literal["declined", "missed", "unreached", "cancelled"]
"""Why somebody who was invited is not there.

`missed`: it rang; `unreached`: there was no page of theirs to ring.
"""


class Absentee(Struct, kw_only=True, frozen=True):
    """Somebody who was invited to a call that runs, and whose invitation is over without them."""

    user_id: UserId
    name: str
    role: Side
    reason: Absence


# Not frozen, as no message is: CallEmergency is both.
class EmergencyState(Struct, kw_only=True):
    """An emergency of a call, as far as it is known whom the alert has reached."""

    raised_by: str
    """Name of who raised it."""
    raised_at: datetime
    phone: str
    instructions: str
    """In the practice's own words; empty: whoever shows it says it in the reader's language."""
    practice_phone: str
    """Where the practice itself is reached; empty if it says nothing."""
    reached: list[Channel]
    """Administrators who were signed in, and what has taken the message. Empty: nobody, so far."""
    pending: bool
    """Whether it is still being tried to reach somebody."""
    acknowledged_at: datetime | None
    """When somebody of the practice took it on; none yet."""
    acknowledged_by: str | None


class CallStart(Message, tag="call_start"):
    """Take part with this socket: the provider from the invitation on,
    the patient once accepted.
    """

    room_id: RoomId


class Offer(Message, tag="offer"):
    """An SDP offer (JSEP).

    The browser always offers; new ICE credentials in it are an ICE restart.
    """

    room_id: RoomId
    sdp: Sdp
    sources: Annotated[dict[Mid, Source], Meta(max_length=8)] = field(default_factory=dict)
    """Which source each sending m-line carries."""


class ClientAnswer(Message, tag="answer"):
    """Refused: this server never offers. Typed so that the refusal says so."""

    room_id: RoomId
    sdp: Sdp


class IceCandidate(Message, tag="ice_candidate"):
    """A trickled candidate.

    Checked and then ignored: an ICE-lite server learns addresses from the checks.
    """

    room_id: RoomId
    candidate: Annotated[str, Meta(max_length=1024)]
    sdp_mid: Annotated[str, Meta(max_length=32)] | None = None


class SetMediaState(Message, tag="media_state"):
    """The participant muted, unmuted, or switched camera or screen."""

    room_id: RoomId
    media: MediaState


class SetPictures(Message, tag="pictures"):
    """The participant wants no pictures, or their network carries fewer or more of them."""

    room_id: RoomId
    pictures: Pictures


class CallEnd(Message, tag="call_end"):
    """Hang up, as `POST call/end` does."""

    room_id: RoomId


class CallInvitation(Message, tag="call_invitation"):
    """To every socket of whoever is invited while it rings; repeated when a socket opens during
    that time.
    """

    room_id: RoomId
    side: Side
    """As what: `patient` of a call that begins; anything else of one that runs."""
    provider_name: str
    recording_enabled: bool
    audio_only: bool
    expires_at: datetime
    appointment_id: str | None = None
    """For which it is held."""


class InvitationClosed(Message, tag="invitation_closed"):
    """The invitation no longer stands on this socket: answered on another one, withdrawn
    or timed out.
    """

    room_id: RoomId
    reason: Closed


class CallAccepted(Message, tag="call_accepted"):
    """To the sockets of who accepted, and with the patient to the provider's.

    The call's time begins with the patient's, for everybody and for the server.
    """

    room_id: RoomId
    recording_consent: bool
    """What they said of the recording who accepted."""
    server_time: datetime
    started_at: datetime
    ends_at: datetime | None
    """None while there is a crisis: not by itself."""


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
    """When the call ends by itself; none while it rings, and while there is a crisis."""
    invitation_expires_at: datetime | None
    """Until when it rings at the patient's; none once they have answered."""
    server_time: datetime
    participants: list[Participant]
    absentees: list[Absentee]
    """To the provider, who invited them; until they are invited again. Nobody else is told."""
    recording: RecordingState
    on_withdrawal: OnWithdrawal
    """What becomes of what was recorded so far when somebody withdraws their consent."""
    recording_consent: bool | None
    """Their own standing decision; none before it was made. The provider is told the patient's."""
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
    """Who is in the call and what arrives on which m-line of this connection;
    sent on every change.
    """

    room_id: RoomId
    participants: list[Participant]
    absentees: list[Absentee]
    """As in `call_joined`."""
    assignments: list[SlotAssignment]


class QualityChanged(Message, tag="quality"):
    """How well one participant's own network carries the call, in words; sent
    when the word changes.
    """

    room_id: RoomId
    user_id: UserId
    quality: Condition
    direction: Direction | None
    """Which way alone is that bad, of a fair or poor one: what they send (`up`) or receive. None:
    both ways are, or the round trip is long.
    """


class PathChanged(Message, tag="path"):
    """What a page cannot measure itself of its own connection; sent when it changes."""

    room_id: RoomId
    loss: float
    """Fraction of what was sent to it that did not arrive, 0 to 1; what others lost on their way
    to the server does not count.
    """
    carries_bps: int | None
    """Video that its downlink takes; none: as much as there is."""
    limit_bps: int | None
    """Video that it is asked to send at most, because of the others' networks; none: not asked."""


class CallWarning(Message, tag="call_warning"):
    """The call ends by itself at `ends_at`, as the clock of `server_time` tells it."""

    room_id: RoomId
    server_time: datetime
    ends_at: datetime
    minutes_left: int


class CallExtended(Message, tag="call_extended"):
    """The provider let the call last longer: until `ends_at`, by the clock of `server_time`."""

    room_id: RoomId
    server_time: datetime
    ends_at: datetime
    minutes: int
    """By how many this time."""


class CallLimit(Message, tag="call_limit"):
    """When the call ends by itself is another time now, by the clock of `server_time`, or none: it
    does not while there is a crisis.
    """

    room_id: RoomId
    server_time: datetime
    ends_at: datetime | None


class CallEmergency(EmergencyState, Message, tag="call_emergency"):
    """The state whenever it changes: to all in the call, and to administrators until somebody
    took it on.
    """

    room_id: RoomId
    patient_name: str | None
    """Only to staff."""


class CallEnded(Message, tag="call_ended"):
    """The call is over. Both durations are what was completed of their unit, 0
    if it was never active.

    `ended_by` is null where the server ended it. With `left` and `removed` it is over for this
    person only, and `ended_by` is whose doing that was.
    """

    room_id: RoomId
    duration_seconds: int
    duration_minutes: int
    reason: EndReason | LeaveReason
    ended_by: Side | None


class ConnectionReplaced(Message, tag="connection_replaced"):
    """The same user took part with another socket; this one no longer carries the call."""

    room_id: RoomId
