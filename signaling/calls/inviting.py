"""Whom a provider calls, and whom they ask into a call that runs.

An invitation is written before anything rings.
"""

from functools import partial

from signaling.calls import announcements, ending, participants, recording, timers, views
from signaling.calls import state as callstate
from signaling.calls.calls import Calls
from signaling.calls.ledger import NewCall
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import MediaState
from signaling.calls.resources import InvitablePerson
from signaling.calls.state import Event
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict, NotFound
from signaling.kernel.permissions import require, require_side
from signaling.kernel.words import Side
from signaling.recordings.capture import CaptureOf
from storage.errors import UnfinishedCallExists
from storage.ids import new_id
from storage.models import TelemedicineSession, User


async def initiate(
    calls: Calls,
    actor: Actor,
    patient_id: str,
    *,
    recording_enabled: bool = False,
    audio_only: bool = False,
    appointment_id: str | None = None,
) -> str:
    """A provider invites a patient; returns the room id.

    Raises NotFound (no such patient or appointment), Conflict (one of the two is in a call) or
    Unavailable (recording asked for, but not possible).
    """
    require(actor, "call.initiate")
    calls.require_going_on()
    if recording_enabled:
        calls.recordings.require_available()
    patient = await calls.ledger.patient(actor, patient_id)
    if patient is None:
        raise NotFound("unknown_patient")
    now = calls.clock.moment()
    expires = now.after(calls.settings.calls.ring_timeout_seconds)
    invitation = NewCall(
        new_id(), patient.id, recording_enabled, audio_only, now, expires, appointment_id
    )
    async with calls.inviting() as busy:
        if patient.id in busy:
            raise Conflict("patient_busy")
        if actor.user_id in busy:
            raise Conflict("provider_busy")
        row = await _written(calls, actor, invitation)
        call = _new_call(calls, row, actor, patient, invitation)
        calls.add(call)
        if calls.stopping:  # since: the others are over already
            ending.finish(calls, call, Event.SERVER_RESTART)
            calls.require_going_on()
    timers.ring(calls, call)
    _tell_invited(calls, call, call.patient)
    return call.room_id


async def invitable(calls: Calls, actor: Actor, room_id: str) -> list[InvitablePerson]:
    """Whom the provider of a call may invite to it, and as what; nobody who is in it already."""
    call, inviter = await calls.own_live(actor, room_id)
    require_side(inviter.side, "call.invite")
    return [
        InvitablePerson(
            user_id=user.id,
            name=user.name,
            role=user.role,
            sides=list(participants.sides_of(user.role)),
            birth_date=birth_date,
            email=user.email,
        )
        for user, birth_date in await calls.ledger.invitable(actor)
        if not call.concerns(user.id)
    ]


async def invite(
    calls: Calls, actor: Actor, room_id: str, user_id: str, side: Side, *, required: bool
) -> None:
    """The provider of a call that runs asks for somebody, whose pages ring."""
    calls.require_going_on()
    call, inviter = await calls.own_live(actor, room_id)
    require_side(inviter.side, "call.invite")
    person = await calls.ledger.person(actor, user_id)
    if person is None:
        raise NotFound("unknown_person")
    participants.require_side_of(person.role, side)
    who = Actor(person.id, person.name, person.role)
    await _ring(calls, call, who, side, required=required, by=actor)


async def ask_in(calls: Calls, call: LiveCall, guest: Actor, side: Side) -> None:
    """Somebody came by a link, whose page rings. Raises Conflict."""
    participants.require_side_of(guest.role, side)
    await _ring(calls, call, guest, side, required=False, by=None)


async def _ring(
    calls: Calls, call: LiveCall, who: Actor, side: Side, *, required: bool, by: Actor | None
) -> None:
    """`by`: the provider of the call; none if it was a link of theirs."""
    async with calls.inviting() as busy:
        if who.user_id in busy:
            raise Conflict("participant_busy")
        if call.state.status != "active":
            raise callstate.not_now(call.state.status)
        participants.require_room(len(call.people))
        guest = _new_guest(calls, call, who, side, required=required)
        if not await calls.ledger.invited(call, by, guest, lambda: not call.state.over):
            raise Conflict("call_over")
        timers.ring_guest(calls, call, guest)
        call.people.append(guest)
        call.absent.pop(guest.user_id, None)
    _tell_invited(calls, call, guest)
    announcements.tell_participants(call)


def _tell_invited(calls: Calls, call: LiveCall, invited: Party) -> None:
    """On their pages, and on devices where they have none open."""
    rings = views.invitation(call, invited, calls.clock.moment())
    announcements.tell(calls.hub, call, invited.user_id, rings)

    def still_rings() -> bool:
        answered = invited.invitation is None and call.state.status != "initiated"
        return not (answered or call.state.over)

    calls.ring_closed_pages(invited.user_id, call.room_id, rings.expires_at, still_rings)


async def _written(calls: Calls, actor: Actor, invitation: NewCall) -> TelemedicineSession:
    """Also if the database has an unfinished call of the patient that nobody here knows."""
    answer = calls.settings.consent.switched_on() if invitation.recording_enabled else None
    while True:
        try:
            return await calls.ledger.initiated(actor, invitation, answer)
        except UnfinishedCallExists:
            # Also while the end of their last call is still to be written, the patient is busy.
            if not await ending.end_unknown(calls):
                raise Conflict("patient_busy") from None


def _new_call(
    calls: Calls, row: TelemedicineSession, provider: Actor, patient: User, invitation: NewCall
) -> LiveCall:
    room = calls.relay.room(invitation.room_id)
    journal = calls.ledger.journals.open(invitation.room_id, provider.user_id, patient.id)
    changed = partial(_recorder_changed, calls, invitation.room_id)
    call = LiveCall(
        session_id=row.id,
        room_id=invitation.room_id,
        people=[
            Party(
                provider.user_id,
                provider.name,
                provider.role,
                "provider",
                invited=invitation.at,
                joined_at=invitation.at.at,
                consent=True if invitation.recording_enabled else None,
            ),
            Party(
                patient.id,
                patient.name,
                patient.role,
                "patient",
                invited=invitation.at,
                invited_by=provider.user_id,
            ),
        ],
        recording_enabled=invitation.recording_enabled,
        audio_only=invitation.audio_only,
        appointment_id=invitation.appointment_id,
        created=invitation.at,
        invitation_expires=invitation.expires,
        room=room,
        journal=journal,
        capture=calls.recordings.capture(CaptureOf(row.id, invitation.room_id), journal, changed),
    )
    call.recording_state = recording.wanted(call)
    return call


def _recorder_changed(calls: Calls, room_id: str) -> None:
    """The recorder of that call failed, or may be started now."""
    if call := calls.find(room_id):
        calls.background.spawn(recording.adjust(call))


def _new_guest(calls: Calls, call: LiveCall, who: Actor, side: Side, *, required: bool) -> Party:
    able = participants.CAPABILITIES[side]
    return Party(
        who.user_id,
        who.name,
        who.role,
        side,
        invited=calls.clock.moment(),
        invited_by=call.provider.user_id,
        required=required,
        asked=call.records,
        guest=who.guest,
        media=MediaState(microphone=able.speak, camera=able.camera),
    )
