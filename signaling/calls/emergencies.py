"""Emergencies: part of their call, and shown to the staff until somebody has taken them on.

What is said of them is what is known: whom the alert has reached, and who has answered it.
"""

import logging
from collections.abc import Collection
from datetime import timedelta
from typing import cast

import msgspec
from msgspec import structs

from signaling.alerts import Alert
from signaling.alerts.delivery import Way
from signaling.calls.calls import Calls
from signaling.calls.live import Emergency, LiveCall, Party
from signaling.calls.messages import CallEmergency, Channel, EmergencyState
from signaling.calls.resources import EmergencyRaised
from signaling.kernel.actor import Actor
from signaling.kernel.errors import NotFound
from signaling.kernel.hub import Socket
from signaling.kernel.permissions import require
from signaling.kernel.words import Side
from storage.calls.telemedicine_sessions import NamedSession
from storage.database import shapes
from storage.models import TelemedicineSession

log = logging.getLogger(__name__)

STANDS = timedelta(hours=24)
"""So long one that nobody has answered is shown to staff who sign in, also after a restart."""


# --- what people do


async def alert(calls: Calls, actor: Actor, room_id: str) -> EmergencyRaised:
    """Alert everybody in the call and the staff, before anything is written. The call goes on.

    Pressed again, they are alerted again. Once the crisis is over, or somebody has taken the alert
    on, it is a new one.
    """
    call, party = await calls.own_live(actor, room_id)
    emergency = call.emergency
    if emergency is None or emergency.acknowledged_at is not None or call.crisis is None:
        emergency = call.emergency = _new(calls, call, party)
        calls.emergencies[call.room_id] = emergency
    if calls.hub.has_role("admin"):
        emergency.reached.add("administrators")
    _send_all(calls, emergency)
    _tell(calls, emergency)
    log.warning("emergency raised in call %s", call.session_id)
    calls.ledger.emergency(emergency, "call.emergency", calls.clock.now(), actor)
    return msgspec.convert(_state(calls, emergency), EmergencyRaised, from_attributes=True)


def acknowledge(calls: Calls, actor: Actor, room_id: str) -> None:
    """Somebody of the staff takes it on, also when the call is over.

    Raises NotAllowed, or NotFound if there is none that stands.
    """
    require(actor, "emergency.acknowledge")
    emergency = calls.emergencies.pop(room_id, None)
    if emergency is None:
        raise NotFound("no_emergency")
    emergency.acknowledged_at, emergency.acknowledged_by = calls.clock.now(), actor.name
    _tell(calls, emergency)
    calls.ledger.emergency(emergency, "call.emergency_acknowledged", calls.clock.now(), actor)


def show(calls: Calls, socket: Socket) -> None:
    """Somebody of the staff signs in: they are reached now."""
    if socket.actor.role != "admin":
        return
    for emergency in list(calls.emergencies.values()):
        if calls.clock.now() - emergency.raised_at > STANDS:
            del calls.emergencies[emergency.room_id]
            continue
        socket.send(_message(calls, emergency, for_staff=True))
        _has_reached(calls, emergency, "administrators")


async def take_on(calls: Calls, closed: Collection[str]) -> None:
    """Take on the unanswered ones of calls whose server is no more, some of them just `closed`.

    Whoever may not have been reached is alerted again. Raises DatabaseUnavailable.
    """
    for found in await calls.ledger.left_emergencies(calls.clock.now() - STANDS, closed):
        emergency = _stored(calls, found)
        calls.emergencies[emergency.room_id] = emergency
        _send_all(calls, emergency)
        _tell(calls, emergency)
        if calls.hub.has_role("admin"):
            _has_reached(calls, emergency, "administrators")


# --- what is known of one


def of_call(calls: Calls, call: LiveCall) -> EmergencyState | None:
    """The newest one of a call that is not over, as everybody in it may know it."""
    return _state(calls, call.emergency) if call.emergency else None


def of_row(calls: Calls, found: NamedSession) -> EmergencyState | None:
    """As it stands, or stood last."""
    if standing := calls.emergencies.get(found.session.room_id):
        return _state(calls, standing)
    return (
        None if found.session.emergency_raised_at is None else _state(calls, _stored(calls, found))
    )


def _state(calls: Calls, emergency: Emergency) -> EmergencyState:
    """With what the practice says about emergencies."""
    practice = calls.settings.emergency
    return EmergencyState(
        raised_by=emergency.raised_by_name,
        raised_at=emergency.raised_at,
        phone=practice.phone,
        instructions=practice.instructions,
        practice_phone=practice.practice_phone,
        reached=sorted(emergency.reached),
        pending=bool(emergency.pending),
        acknowledged_at=emergency.acknowledged_at,
        acknowledged_by=emergency.acknowledged_by,
    )


def _new(calls: Calls, call: LiveCall, party: Party) -> Emergency:
    return Emergency(
        session_id=call.session_id,
        room_id=call.room_id,
        party_ids=tuple(_ids(call)),
        patient_name=call.patient.name,
        raised_by=party.side,
        raised_by_name=party.name,
        raised_at=calls.clock.now(),
        journal=call.journal,
        call=call,
    )


def _stored(calls: Calls, found: NamedSession) -> Emergency:
    row = found.session
    side = cast("Side", row.emergency_raised_by or "provider")
    names = {"patient": found.patient_name, "provider": found.provider_name}
    return Emergency(
        session_id=row.id,
        room_id=row.room_id,
        party_ids=(row.provider_id, row.patient_id),
        patient_name=found.patient_name,
        raised_by=side,
        raised_by_name=names.get(side, side),
        raised_at=row.emergency_raised_at or row.created_at,
        journal=calls.ledger.journals.open(row.room_id, row.provider_id, row.patient_id),
        reached=_channels(row),
        acknowledged_at=row.emergency_acknowledged_at,
        acknowledged_by=row.emergency_acknowledged_by,
    )


def _channels(row: TelemedicineSession) -> set[Channel]:
    known: tuple[Channel, ...] = ("administrators", "email", "webhook")
    reached = shapes.read(row, "emergency_reached", list[str]) or []
    return {channel for channel in known if channel in reached}


# --- whom the alert reaches


def _send_all(calls: Calls, emergency: Emergency) -> None:
    """In the background, to whomever it has not reached and is not on its way to."""
    unreached = calls.alerts.ways - emergency.reached - emergency.pending
    emergency.pending |= unreached
    for way in sorted(unreached):
        calls.background.spawn(_send(calls, emergency, way))


async def _send(calls: Calls, emergency: Emergency, channel: Way) -> None:
    told = _alert(emergency, calls.settings.public_url)
    sent = False
    try:
        sent = await calls.alerts.send(channel, told, lambda: _is_unanswered(emergency))
    finally:  # whatever went wrong, nobody waits for it any longer
        emergency.pending.discard(channel)
        if sent:
            _has_reached(calls, emergency, channel)
        else:
            _tell(calls, emergency)


def _is_unanswered(emergency: Emergency) -> bool:
    """Nobody has taken it on. Once there is a newer one, that one goes the same ways."""
    return emergency.acknowledged_at is None and not emergency.superseded


def _alert(emergency: Emergency, url: str) -> Alert:
    """What is told of it outside of the pages."""
    at = emergency.raised_at
    return Alert(
        what="an emergency",
        subject="Emergency in a video call",
        text=(
            f"The {emergency.raised_by} of a video call raised an emergency"
            f" at {at:%Y-%m-%d %H:%M:%S} UTC.\n\n"
            "Sign in as an administrator to see whose call it is and to say that you take care "
            f"of it:\n{url}\n"
        ),
        body={
            "type": "call_emergency",
            "room_id": emergency.room_id,
            "raised_by": emergency.raised_by,
            "raised_at": at.isoformat(),
        },
    )


def _has_reached(calls: Calls, emergency: Emergency, channel: Channel) -> None:
    if channel in emergency.reached:
        return
    emergency.reached.add(channel)
    _tell(calls, emergency)
    calls.ledger.emergency(
        emergency, "call.emergency_alerted", calls.clock.now(), None, {"by": channel}
    )


def _tell(calls: Calls, emergency: Emergency) -> None:
    """Every page of everybody in the call, and with the patient's name signed-in administrators.

    Nobody, once the call has a newer one: an answer to this one would be taken for that one's.
    """
    if emergency.superseded:
        return
    call, message = emergency.call, _message(calls, emergency, for_staff=False)
    for user_id in emergency.party_ids if call is None else _ids(call):
        for socket in calls.hub.of(user_id):
            if socket.actor.guest is None or (call and call.reached_by(socket.actor)):
                socket.send(message)
    calls.hub.send_to_role("admin", _message(calls, emergency, for_staff=True))


def _message(calls: Calls, emergency: Emergency, *, for_staff: bool) -> CallEmergency:
    return CallEmergency(
        room_id=emergency.room_id,
        patient_name=emergency.patient_name if for_staff else None,
        **structs.asdict(_state(calls, emergency)),
    )


def _ids(call: LiveCall) -> list[str]:
    return [party.user_id for party in call.parties]
