"""Open a recording in an emergency, and the list of those who did, for review."""

from typing import Annotated

from msgspec import Meta

from signaling.kernel.messages import RoomId
from signaling.kernel.routes import TELEMEDICINE, Context, Routes
from signaling.recordings.breakglass import resources
from signaling.recordings.breakglass.accesses import BreakGlass
from signaling.recordings.breakglass.resources import (
    BreakGlassAccess,
    BreakGlassList,
    EmergencyPlayback,
    ReviewAccess,
)
from signaling.recordings.breakglass.reviews import Reviews

Identifier = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$(?!\\n)")]
routes = Routes("recordings")


@routes.post(
    f"{TELEMEDICINE}/calls/{{room_id}}/break-glass",
    access="recording.override",
    counts="change",
    errors=(
        "break_glass_off",
        "unknown_room",
        "unknown_recording",
        "recording_erased",
        "recording_sealed",
        "nothing_to_play",
    ),
    audit="recording.break_glass",
    of_recordings=True,
)
async def break_the_glass(
    context: Context, room_id: RoomId, body: resources.BreakGlass
) -> EmergencyPlayback:
    """Open the recording of a call that the caller took part in, in an emergency, for some minutes;
    compliance and administrators are alerted (providers).
    """
    of = context.actor, room_id, body.purpose, body.reason
    return await context.the(BreakGlass).open(*of)


@routes.get(f"{TELEMEDICINE}/break-glass", access="recording.approve", counts="read")
async def list_accesses(context: Context) -> BreakGlassList:
    """Who opened which recording in an emergency, and its review (compliance, administrators)."""
    return await context.the(Reviews).list()


@routes.post(
    f"{TELEMEDICINE}/break-glass/{{access_id}}/review",
    access="recording.review",
    counts="change",
    errors=("unknown_access", "own_request", "access_reviewed", "note_needed"),
    audit="recording.break_glass_reviewed",
)
async def review_access(
    context: Context, access_id: Identifier, body: ReviewAccess
) -> BreakGlassAccess:
    """Say whether it was justified; a no needs a note, and ends what still runs (compliance)."""
    return await context.the(Reviews).review(
        context.actor, access_id, justified=body.justified, note=body.note
    )
