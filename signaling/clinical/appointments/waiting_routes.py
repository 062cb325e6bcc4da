"""/api/v1/telemedicine/waiting-room: who is there for their appointment, and waits."""

from signaling.clinical.appointments.appointments import Appointments
from signaling.clinical.appointments.resources import (
    Identifier,
    SayToWaiting,
    WaitingList,
    WaitingPlace,
)
from signaling.clinical.appointments.waiting import WaitingRoom
from signaling.kernel.auditing import entry
from signaling.kernel.errors import Conflict, NotFound
from signaling.kernel.routes import TELEMEDICINE, Context, Routes
from storage.appointments.appointments import NamedAppointment

ROOM = f"{TELEMEDICINE}/waiting-room"
PLACE = f"{ROOM}/{{appointment_id}}"
routes = Routes("appointments")


@routes.get(ROOM, access="appointment.write", counts="read", audit="appointment.listed")
async def list_waiting(context: Context) -> WaitingList:
    """Who waits, in the order of their appointments (providers their own, administrators all)."""
    book, room = context.the(Appointments), context.the(WaitingRoom)
    async with book.database.reading() as tx:
        await room.look_again(tx)
    found = room.of(context.actor)
    detail = {"rows": len(found)}
    event = entry("appointment.listed", book.clock.now(), context.actor, detail=detail)
    await book.repeats.append(event, context.actor.user_id, adds="rows")
    return WaitingList(waiting=found)


@routes.post(
    PLACE,
    access="appointment.read",
    counts="read",
    errors=("unknown_appointment", "not_waiting_time"),
    audit="appointment.arrived",
    guests=True,
)
async def wait(context: Context, appointment_id: Identifier) -> WaitingPlace:
    """Be in the waiting room of an appointment (its patient); to be said every 25 seconds."""
    book, room = context.the(Appointments), context.the(WaitingRoom)
    found = await _own(context, appointment_id)
    match room.doors.around(found.appointment, book.clock.now()):
        case "cancelled":
            raise Conflict("not_waiting_time", reason="cancelled")
        case "early":
            raise Conflict("not_waiting_time", reason="early")
        case "over":
            raise Conflict("not_waiting_time", reason="over")
    async with room.coming:
        if not room.has(appointment_id):
            async with book.database.transaction() as tx:
                await book.note(tx, "appointment.arrived", context.actor, found.appointment)
        return room.wait(found, context.actor)


@routes.delete(
    PLACE,
    access="appointment.read",
    counts="change",
    errors=("unknown_appointment",),
    guests=True,
)
async def stop_waiting(context: Context, appointment_id: Identifier) -> None:
    """Leave the waiting room (its patient)."""
    await _own(context, appointment_id)
    context.the(WaitingRoom).leave(appointment_id)


@routes.post(
    f"{PLACE}/line",
    access="appointment.write",
    counts="change",
    errors=("unknown_appointment", "nobody_waits"),
)
async def say_to_waiting(context: Context, appointment_id: Identifier, body: SayToWaiting) -> None:
    """Send a line to whoever waits, such as that it takes five more minutes (its provider)."""
    book, room = context.the(Appointments), context.the(WaitingRoom)
    async with book.database.reading() as tx:
        found = await book.theirs(tx, context.actor, appointment_id)
        await room.look_again(tx, appointment_id)
    room.say(found, body.line)


async def _own(context: Context, appointment_id: str) -> NamedAppointment:
    """The actor's own, as its patient; who may not wait any more has left. Raises NotFound."""
    book, actor = context.the(Appointments), context.actor
    async with book.database.reading() as tx:
        found = await book.theirs(tx, actor, appointment_id)
        await context.the(WaitingRoom).look_again(tx, appointment_id)
    is_theirs = found.appointment.patient_id == actor.user_id
    if not is_theirs or not actor.reaches("", appointment_id):
        raise NotFound("unknown_appointment")
    return found
