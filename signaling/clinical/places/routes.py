"""/api/v1/telemedicine/place: where the patient is now, asked at each visit."""

from signaling.clinical.appointments.resources import Identifier
from signaling.clinical.places.places import Places
from signaling.clinical.places.resources import ErasePlace, OwnPlace, Place, SayPlace
from signaling.kernel.messages import RoomId
from signaling.kernel.routes import TELEMEDICINE, Context, Routes

PLACE = f"{TELEMEDICINE}/calls/{{room_id}}/place"
KEPT = ("invalid_place", "clinical_text_unavailable", "clinical_text_erased")
routes = Routes("places")


@routes.get(
    f"{TELEMEDICINE}/place",
    access="place.own",
    counts="read",
    errors=("unknown_room",),
    audit="place.read",
    guests=True,
)
async def get_own_place(
    context: Context, room_id: RoomId | None = None, appointment_id: Identifier | None = None
) -> OwnPlace:
    """Where one may be now, to be confirmed for a call or an appointment (patients)."""
    return await context.the(Places).own(context.actor, room_id, appointment_id)


@routes.put(
    PLACE,
    access="place.own",
    counts="change",
    errors=("unknown_room", "call_over", *KEPT),
    audit="place.said",
    guests=True,
)
async def say_place(context: Context, room_id: RoomId, body: SayPlace) -> None:
    """Say where one is, in a call that rings or runs (its patient)."""
    await context.the(Places).say_in_call(context.actor, room_id, body)


@routes.put(
    f"{TELEMEDICINE}/waiting-room/{{appointment_id}}/place",
    access="place.own",
    counts="change",
    errors=("unknown_appointment", "not_waiting_time", *KEPT),
    audit="place.said",
    guests=True,
)
async def say_place_in_waiting_room(
    context: Context, appointment_id: Identifier, body: SayPlace
) -> None:
    """The same while one waits for an appointment; it counts for the calls that follow."""
    await context.the(Places).say_in_waiting_room(context.actor, appointment_id, body)


@routes.get(
    PLACE,
    access="place.view",
    counts="read",
    errors=("unknown_room", "clinical_text_unavailable"),
    audit="place.read",
)
async def get_place(context: Context, room_id: RoomId) -> Place:
    """Where the patient of a call says they are (its provider, and nobody else)."""
    return await context.the(Places).of_call(context.actor, room_id)


@routes.post(
    f"{PLACE}/erase",
    access="place.erase",
    counts="change",
    errors=("unknown_place", "clinical_text_erased", "erasure_unavailable"),
    audit="clinical.erased",
)
async def erase_place(context: Context, room_id: RoomId, body: ErasePlace) -> None:
    """Erase for good where the patient of a call said they were (compliance)."""
    await context.the(Places).erase(context.actor, room_id, body.reason)
