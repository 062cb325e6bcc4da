"""Calls as they are asked for and told over HTTP."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from signaling.calls.messages import Channel, EmergencyState, Mid, Sdp
from signaling.kernel.messages import RoomId, UserId
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import (
    CallStatus,
    Decision,
    EndReason,
    LeftReason,
    Quality,
    Role,
    Side,
    Source,
)
from signaling.recordings.messages import ShownText

AppointmentId = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$(?!\\n)")]


class InitiateCall(Request):
    """POST call/initiate"""

    patient_id: UserId
    recording_enabled: bool = False
    audio_only: bool = False
    appointment_id: AppointmentId | None = None
    """For which it is held; nothing more is known of it here."""


class CallInitiated(Resource):
    room_id: RoomId
    status: Literal["invitation_sent"] = "invitation_sent"
    recording_minutes_left: int | None = None
    """For how many minutes there is room to record it, where that is less than a call may last;
    none where there is enough, or it is not to be recorded.
    """


class AcceptCall(Request):
    """POST call/accept"""

    room_id: RoomId
    recording_consent: bool
    consent_text: ShownText | None = None
    """Which text was shown, where the call is to be recorded."""


class CallAcceptedReply(Resource):
    status: Literal["accepted"] = "accepted"


class TestConnection(Request):
    """POST connection-tests: two offers of one page."""

    sending: Sdp
    """One `sendonly` m-line for each source."""
    receiving: Sdp
    """`recvonly` m-lines, on which the same comes back."""
    sources: Annotated[dict[Mid, Source], Meta(min_length=1, max_length=2)]
    """Which source each m-line of `sending` carries."""


class ConnectionTestBegun(Resource):
    sending: Sdp
    receiving: Sdp
    """The answers."""
    seconds: float
    """After so long it is over, whatever the page does."""


class ExtendCall(Request):
    """POST call/{room_id}/extend"""

    minutes: Annotated[int, Meta(ge=1, le=60)] = 15


class CallExtendedReply(Resource):
    ends_at: datetime


class InviteParticipant(Request):
    """POST call/{room_id}/participants"""

    user_id: UserId
    side: Side
    required: bool = False


class ParticipantInvited(Resource):
    user_id: UserId
    side: Side
    status: Literal["invitation_sent"] = "invitation_sent"


class ParticipantRemoved(Resource):
    status: Literal["removed"] = "removed"


class IdentityConfirmed(Resource):
    status: Literal["confirmed"] = "confirmed"


class InvitablePerson(Resource):
    user_id: UserId
    name: str
    role: Role
    sides: list[Side]
    """As what they can be invited."""
    birth_date: date | None
    email: str | None


class InvitablePeople(Resource):
    """GET call/{room_id}/invitable: whom the provider may invite to the call, by name."""

    people: list[InvitablePerson]


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
    """What to do, and whom the alert had reached when this was sent;
    `call_emergency` tells how it goes on.
    """

    phone: str
    instructions: str
    """In the practice's own words; empty: whoever shows it says it in the reader's language."""
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


class CallGuest(Resource):
    """Somebody who was invited to a call while it ran; once for each invitation."""

    user_id: UserId
    name: str
    """As the others were shown it."""
    side: Side
    required: bool
    invited_at: datetime
    joined_at: datetime | None
    """None: they never came."""
    left_at: datetime | None
    """None: they are in the call, or their invitation stands."""
    left_reason: LeftReason | None


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
    """Whole ones completed between acceptance and end, by a clock that nobody sets; none
    while it is not over.
    """
    duration_minutes: int | None
    """Whole ones completed: `duration_seconds` by 60, rounded down."""
    connection_quality: Quality | None
    """The worse side's `worst`."""
    connection_by_side: ConnectionBySide | None
    """None while it is not over, and of calls of earlier versions."""
    guests: list[CallGuest]
    """In the order of their invitations.

    Of who never came only the provider and the staff are told.
    """
    bandwidth_used: int
    """Bytes relayed for this call, both directions."""
    emergency: EmergencyState | None
    """The newest one that was raised in it."""
    invitation_expires_at: datetime | None
    """While it rings; none otherwise."""
    appointment_id: str | None
    """For which it was held."""


class CallList(Resource):
    calls: list[Call]
    next_cursor: str | None = None


class OwnConsent(Resource):
    """One of GET consents: what somebody was asked about a recording, and what they answered."""

    consent_id: int
    room_id: RoomId
    call_created_at: datetime
    provider_name: str
    """Whose call it was."""
    side: Side
    """As what they took part."""
    at: datetime
    decision: Decision
    text_id: str
    text_version: str
    text_sha256: str
    language: str
    text: str | None
    """As in ConsentRecord, and so is `text_confirmed`."""
    text_confirmed: bool | None


class OwnConsentList(Resource):
    consents: list[OwnConsent]
    next_cursor: str | None = None
