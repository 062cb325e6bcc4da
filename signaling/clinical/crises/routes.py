"""/api/v1/telemedicine/calls/{room_id}/crisis, and whom to ring in a country."""

from signaling.clinical.crises.crises import Crises
from signaling.clinical.crises.numbers import EmergencyDirectory
from signaling.clinical.crises.resources import (
    Country,
    Crisis,
    EmergencyNumbers,
    EraseCrisis,
    NoteCrisis,
)
from signaling.kernel.messages import RoomId
from signaling.kernel.routes import TELEMEDICINE, Context, Routes

CRISIS = f"{TELEMEDICINE}/calls/{{room_id}}/crisis"
routes = Routes("crises")


@routes.get(
    CRISIS,
    access="crisis.view",
    counts="read",
    errors=("unknown_room",),
    audit="crisis.read",
)
async def get_crisis(context: Context, room_id: RoomId) -> Crisis:
    """What is at hand in a crisis of a call, and what was done in it (its provider)."""
    return await context.the(Crises).of_call(context.actor, room_id)


@routes.post(
    CRISIS,
    access="crisis.view",
    counts="change",
    errors=(
        "unknown_room",
        "invalid_crisis_entry",
        "clinical_text_unavailable",
        "clinical_text_erased",
    ),
    audit="crisis.noted",
)
async def note_crisis(context: Context, room_id: RoomId, body: NoteCrisis) -> None:
    """Write down what was done (its provider)."""
    await context.the(Crises).add(context.actor, room_id, body)


@routes.post(
    f"{CRISIS}/erase",
    access="crisis.erase",
    counts="change",
    errors=("unknown_crisis", "clinical_text_erased", "erasure_unavailable"),
    audit="clinical.erased",
)
async def erase_crisis(context: Context, room_id: RoomId, body: EraseCrisis) -> None:
    """Erase for good what was written down of the crises of a call (compliance)."""
    await context.the(Crises).erase(context.actor, room_id, body.reason)


@routes.get(f"{TELEMEDICINE}/emergency-numbers", access="crisis.view", counts="read")
async def list_emergency_numbers(context: Context, country: Country) -> EmergencyNumbers:
    """Whom to ring in a country (providers)."""
    return context.the(EmergencyDirectory).of(country)
