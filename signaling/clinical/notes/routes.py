"""/api/v1/telemedicine/calls/{room_id}/note"""

from signaling.clinical.notes.notes import Notes
from signaling.clinical.notes.resources import Note, NoteList, WriteNote
from signaling.kernel.messages import RoomId, UserId
from signaling.kernel.routes import TELEMEDICINE, Context, Routes

NOTE = f"{TELEMEDICINE}/calls/{{room_id}}/note"
KEYS = ("clinical_text_damaged", "clinical_text_erased", "clinical_text_unavailable")
routes = Routes("notes")


@routes.get(
    NOTE,
    access="note.own",
    counts="read",
    errors=("unknown_room", "unknown_note", *KEYS),
    audit="note.read",
)
async def get_note(context: Context, room_id: RoomId) -> Note:
    """One's own private note on a call that one took part in (providers). Nobody else reads it."""
    return await context.the(Notes).read(context.actor, room_id)


@routes.put(
    NOTE,
    access="note.own",
    counts="change",
    errors=("unknown_room", "note_changed", *KEYS),
    audit="note.written",
)
async def write_note(context: Context, room_id: RoomId, body: WriteNote) -> Note:
    """Put this text in place of the version that it was made from."""
    return await context.the(Notes).write(context.actor, room_id, body)


@routes.delete(
    NOTE,
    access="note.own",
    counts="change",
    errors=("unknown_room", "unknown_note", "erasure_unavailable"),
    audit="clinical.erased",
)
async def erase_note(context: Context, room_id: RoomId) -> None:
    """Erase it for good."""
    await context.the(Notes).erase(context.actor, room_id)


@routes.get(f"{TELEMEDICINE}/notes", access="note.own", counts="read", audit="note.listed")
async def list_notes(context: Context, patient_id: UserId) -> NoteList:
    """On which calls with a patient one has notes: when, and how long."""
    return await context.the(Notes).on_patient(context.actor, patient_id)
