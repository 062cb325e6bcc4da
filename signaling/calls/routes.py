"""/api/v1/telemedicine/call and /calls: the call's life, and the history of calls."""

from signaling.calls import (
    answering,
    crises,
    emergencies,
    extending,
    history,
    inviting,
    leaving,
)
from signaling.calls.calls import Calls
from signaling.calls.connectiontests import SECONDS, ConnectionTests
from signaling.calls.resources import (
    AcceptCall,
    Call,
    CallAcceptedReply,
    CallDeclinedReply,
    CallEndedReply,
    CallExtendedReply,
    CallInitiated,
    CallList,
    CallReference,
    ConnectionTestBegun,
    EmergencyAcknowledged,
    EmergencyRaised,
    ExtendCall,
    InitiateCall,
    InvitablePeople,
    InviteParticipant,
    OwnConsentList,
    ParticipantInvited,
    ParticipantRemoved,
    TestConnection,
)
from signaling.config import Config
from signaling.kernel.content import Content
from signaling.kernel.errors import TooMany
from signaling.kernel.limits import Limits
from signaling.kernel.routes import TELEMEDICINE, Context, Reply, Routes
from signaling.recordings.document import Typesetter
from signaling.recordings.room import NONE

routes = Routes("calls")


@routes.post(
    f"{TELEMEDICINE}/call/initiate",
    access="call.initiate",
    counts="initiate",
    errors=(
        "unknown_patient",
        "unknown_appointment",
        "appointment_settled",
        "patient_busy",
        "provider_busy",
        "recording_unavailable",
        "server_stopping",
    ),
    audit="call.initiated",
)
async def initiate_call(context: Context, body: InitiateCall) -> CallInitiated:
    """Invite a patient to a call (providers)."""
    calls = context.the(Calls)
    short = calls.recordings.shortage(calls.settings.longest) if body.recording_enabled else NONE
    room_id = await inviting.initiate(
        calls,
        context.actor,
        body.patient_id,
        recording_enabled=body.recording_enabled,
        audio_only=body.audio_only,
        appointment_id=body.appointment_id,
    )
    left = short.audio if body.audio_only else short.video
    return CallInitiated(room_id=room_id, recording_minutes_left=left)


@routes.post(
    f"{TELEMEDICINE}/call/accept",
    access="party",
    guests=True,
    counts="answer",
    errors=(
        "unknown_room",
        "forbidden",
        "already_accepted",
        "call_over",
        "consent_text_changed",
        "consent_text_missing",
        "server_stopping",
    ),
    audit="call.accepted",
)
async def accept_call(context: Context, body: AcceptCall) -> CallAcceptedReply:
    """Accept an invitation and say whether the call may be recorded (the invited patient)."""
    await answering.accept(
        context.the(Calls),
        context.actor,
        body.room_id,
        recording_consent=body.recording_consent,
        shown=body.consent_text,
    )
    return CallAcceptedReply()


@routes.post(
    f"{TELEMEDICINE}/call/decline",
    access="party",
    guests=True,
    counts="answer",
    errors=("unknown_room", "forbidden", "already_accepted", "call_over"),
    audit="call.declined",
)
async def decline_call(context: Context, body: CallReference) -> CallDeclinedReply:
    """Decline an invitation (the invited patient)."""
    await answering.decline(context.the(Calls), context.actor, body.room_id)
    return CallDeclinedReply()


@routes.post(
    f"{TELEMEDICINE}/call/end",
    access="party",
    guests=True,
    errors=("unknown_room", "too_many_requests"),
    audit="call.ended",
)
async def end_call(context: Context, body: CallReference) -> CallEndedReply:
    """Hang up, or withdraw an invitation."""
    calls = context.the(Calls)
    if not calls.find_live(context.actor, body.room_id):  # hanging up is never refused
        context.the(Limits).require("change", context.actor.user_id)
    seconds = await leaving.hang_up(calls, context.actor, body.room_id)
    return CallEndedReply(duration_seconds=seconds, duration_minutes=seconds // 60)


@routes.get(
    f"{TELEMEDICINE}/call/{{room_id}}/invitable",
    access="party",
    counts="read",
    errors=("unknown_room", "forbidden", "call_over"),
)
async def list_invitable(context: Context, room_id: str) -> InvitablePeople:
    """Whom its provider may invite to a call that runs."""
    return InvitablePeople(
        people=await inviting.invitable(context.the(Calls), context.actor, room_id)
    )


@routes.post(
    f"{TELEMEDICINE}/call/{{room_id}}/participants",
    access="party",
    counts="initiate",
    errors=(
        "unknown_room",
        "unknown_person",
        "forbidden",
        "side_not_possible",
        "participant_busy",
        "call_full",
        "call_still_ringing",
        "call_over",
        "server_stopping",
    ),
    audit="call.participant_invited",
)
async def invite_participant(
    context: Context, room_id: str, body: InviteParticipant
) -> ParticipantInvited:
    """Invite somebody to a call that runs (its provider)."""
    await inviting.invite(
        context.the(Calls), context.actor, room_id, body.user_id, body.side, required=body.required
    )
    return ParticipantInvited(user_id=body.user_id, side=body.side)


@routes.post(
    f"{TELEMEDICINE}/call/{{room_id}}/extend",
    access="party",
    counts="change",
    errors=(
        "unknown_room",
        "forbidden",
        "call_still_ringing",
        "call_extended_enough",
        "crisis_stands",
        "call_over",
    ),
    audit="call.extended",
)
async def extend_call(context: Context, room_id: str, body: ExtendCall) -> CallExtendedReply:
    """Let a call last longer than calls do (its provider)."""
    calls = context.the(Calls)
    ends_at = await extending.extend(calls, context.actor, room_id, body.minutes)
    return CallExtendedReply(ends_at=ends_at)


@routes.delete(
    f"{TELEMEDICINE}/call/{{room_id}}/participants/{{user_id}}",
    access="party",
    counts="change",
    errors=("unknown_room", "unknown_participant", "forbidden", "call_over"),
    audit="call.participant_removed",
)
async def remove_participant(context: Context, room_id: str, user_id: str) -> ParticipantRemoved:
    """Take somebody out of a call, or an invitation back (its provider)."""
    await leaving.remove(context.the(Calls), context.actor, room_id, user_id)
    return ParticipantRemoved()


@routes.post(
    f"{TELEMEDICINE}/call/emergency",
    access="party",
    guests=True,
    errors=("unknown_room", "call_over", "too_many_requests"),
    audit="call.emergency",
)
async def raise_emergency(context: Context, body: CallReference) -> EmergencyRaised:
    """Alert everybody in the call and the staff; the call goes on."""
    calls, actor = context.the(Calls), context.actor
    phone = context.the(Config).emergency.phone
    theirs = body.room_id if calls.find_live(actor, body.room_id) else ""
    if wait := context.the(Limits).wait("emergency", f"{actor.user_id} {theirs}"):
        raise TooMany("too_many_requests", reason="emergency", retry_after=wait, phone=phone)
    return await crises.begin(calls, actor, body.room_id)


@routes.post(
    f"{TELEMEDICINE}/call/{{room_id}}/crisis/over",
    access="party",
    counts="change",
    errors=("unknown_room", "forbidden", "no_crisis", "call_over"),
    audit="call.crisis_over",
)
async def end_crisis(context: Context, room_id: str) -> None:
    """Say that a crisis is over, so that the call has a limit again (its provider)."""
    await crises.end(context.the(Calls), context.actor, room_id)


@routes.post(
    f"{TELEMEDICINE}/call/{{room_id}}/disconnect",
    access="party",
    errors=("unknown_room", "forbidden", "call_still_ringing", "call_over"),
    audit="call.ended",
)
async def disconnect_call(context: Context, room_id: str) -> CallEndedReply:
    """End a call for everybody at once, in an emergency (its provider)."""
    seconds = await leaving.disconnect(context.the(Calls), context.actor, room_id)
    return CallEndedReply(duration_seconds=seconds, duration_minutes=seconds // 60)


@routes.post(
    f"{TELEMEDICINE}/call/emergency/acknowledge",
    access="emergency.acknowledge",
    counts="change",
    errors=("no_emergency",),
    audit="call.emergency_acknowledged",
)
async def acknowledge_emergency(context: Context, body: CallReference) -> EmergencyAcknowledged:
    """Say that somebody of the practice takes care of it (administrators)."""
    emergencies.acknowledge(context.the(Calls), context.actor, body.room_id)
    return EmergencyAcknowledged()


@routes.get(f"{TELEMEDICINE}/calls", access="call.list", counts="read", errors=("invalid_cursor",))
async def list_calls(context: Context, cursor: str | None = None) -> CallList:
    """Calls, newest first."""
    return await history.page(context.the(Calls), context.actor, cursor)


@routes.get(
    f"{TELEMEDICINE}/calls/{{room_id}}",
    access="call.list",
    counts="read",
    errors=("unknown_room",),
    guests=True,
)
async def get_call(context: Context, room_id: str) -> Call:
    """One call."""
    return await history.one(context.the(Calls), context.actor, room_id)


@routes.post(
    f"{TELEMEDICINE}/connection-tests",
    access="signed_in",
    guests=True,
    counts="test",
    errors=("bad_offer", "connection_tests_full"),
)
async def test_connection(context: Context, body: TestConnection) -> ConnectionTestBegun:
    """Send media to the relay and receive them back, to learn what one's network can carry."""
    offers = {"sending": body.sending, "receiving": body.receiving}
    answers = await context.the(ConnectionTests).run(context.actor, offers, body.sources)
    return ConnectionTestBegun(
        sending=answers["sending"], receiving=answers["receiving"], seconds=SECONDS
    )


@routes.get(
    f"{TELEMEDICINE}/consents", access="signed_in", counts="read", errors=("invalid_cursor",)
)
async def list_consents(context: Context, cursor: str | None = None) -> OwnConsentList:
    """What the caller has answered about recordings, newest first."""
    return await history.consents(context.the(Calls), context.actor, cursor)


@routes.get(
    f"{TELEMEDICINE}/consents/{{consent_id}}/document",
    access="signed_in",
    counts="change",
    errors=("unknown_consent",),
    replies={200: Reply("The document.", media_types=("application/pdf",))},
)
async def get_consent_document(context: Context, consent_id: int) -> Content:
    """One of these as a PDF."""
    return await history.consent_document(
        context.the(Calls), context.the(Typesetter), context.actor, consent_id
    )
