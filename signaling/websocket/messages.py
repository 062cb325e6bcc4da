"""All that is said on a WebSocket: the messages of every room in two unions, and what is wrong
with one.

Every message is one JSON object whose `type` names it. PROTOCOL.md tells them in prose; the
TypeScript types are generated from here. Times are UTC instants (RFC 3339), durations are named
with their unit.
"""

from msgspec import field

from signaling.calls.messages import (
    Answer,
    CallAccepted,
    CallDeclined,
    CallEmergency,
    CallEnd,
    CallEnded,
    CallExtended,
    CallInvitation,
    CallJoined,
    CallLimit,
    CallStart,
    CallWarning,
    ClientAnswer,
    ConnectionReplaced,
    IceCandidate,
    InvitationClosed,
    NeedOffer,
    Offer,
    Participants,
    PathChanged,
    QualityChanged,
    SetMediaState,
    SetPictures,
)
from signaling.clinical.appointments.messages import (
    AppointmentsChanged,
    WaitingChanged,
    WaitingLine,
)
from signaling.clinical.chat.messages import ChatErased, ChatFileErased, ChatMessage, ChatSend
from signaling.clinical.places.messages import PlaceStated
from signaling.identity.messages import Authenticate, PresenceChanged, Welcome
from signaling.kernel.messages import Message
from signaling.recordings.breakglass.messages import BreakGlassChanged
from signaling.recordings.messages import (
    OffTheRecord,
    RecordingConsent,
    RecordingStateChanged,
    RecordingSwitch,
    RecordingSwitched,
)
from signaling.recordings.unlocking.messages import RecordingUnlockChanged

ClientMessage = (
    Authenticate
    | CallStart
    | Offer
    | ClientAnswer
    | IceCandidate
    | SetMediaState
    | SetPictures
    | RecordingConsent
    | OffTheRecord
    | RecordingSwitch
    | CallEnd
    | ChatSend
)


class ErrorMessage(Message, tag="error"):
    """What was wrong with a message, as RFC 9457 problem details; the socket stays open."""

    title: str
    detail: str
    code: str
    """Short stable name, such as `unknown_room`."""
    reason: str | None = None
    """Tells apart what has the same code."""
    parameters: dict[str, str | int | list[str]] = field(default_factory=dict)
    """What it concerns, by name, for words of one's own."""
    in_reply_to: str | None = None
    """The `type` of the message that was refused."""
    room_id: str | None = None
    client_id: str | None = None
    """Of the chat message that was refused."""


ServerMessage = (
    Welcome
    | PresenceChanged
    | AppointmentsChanged
    | WaitingChanged
    | WaitingLine
    | CallInvitation
    | InvitationClosed
    | CallAccepted
    | CallDeclined
    | CallJoined
    | Answer
    | NeedOffer
    | Participants
    | RecordingStateChanged
    | RecordingSwitched
    | QualityChanged
    | PathChanged
    | CallWarning
    | CallExtended
    | CallLimit
    | CallEmergency
    | CallEnded
    | ConnectionReplaced
    | RecordingUnlockChanged
    | BreakGlassChanged
    | ChatMessage
    | ChatErased
    | ChatFileErased
    | PlaceStated
    | ErrorMessage
)
