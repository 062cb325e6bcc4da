"""/api/v1/telemedicine/calls/{room_id}/chat/files, and erasing a chat, whose files go with it."""

from signaling.clinical.chat.chat import Chat
from signaling.clinical.chat.messages import ClientId
from signaling.clinical.chat.resources import EraseChat
from signaling.clinical.files.files import Files
from signaling.clinical.files.resources import EraseFile, SentFile
from signaling.kernel.content import Content, Upload
from signaling.kernel.messages import RoomId
from signaling.kernel.routes import TELEMEDICINE, Context, Reply, Routes

CHAT = f"{TELEMEDICINE}/calls/{{room_id}}/chat"
FILES = f"{CHAT}/files"
KEYS = ("clinical_text_erased", "clinical_text_unavailable", "file_storage_unavailable")
routes = Routes("chat")


@routes.post(
    FILES,
    access="party",
    counts="file",
    errors=(
        "unknown_room",
        "call_over",
        "call_still_ringing",
        "not_joined",
        "forbidden",
        "files_off",
        "file_empty",
        "file_too_large",
        "file_type_not_taken",
        "file_mislabelled",
        "file_infected",
        "scanner_unavailable",
        "too_many_files",
        *KEYS,
    ),
    audit="chat.file_sent",
    guests=True,
)
async def send_file(
    context: Context, room_id: RoomId, upload: Upload, client_id: ClientId
) -> SentFile:
    """Send a file to everybody in the call: the body is its bytes, and nothing else."""
    message = await context.the(Files).send(context.actor, room_id, client_id, upload)
    return SentFile(message=message)


@routes.get(
    f"{FILES}/{{file_id}}",
    access="party",
    counts="read",
    errors=("unknown_room", "unknown_file", "chat_over", "file_damaged", *KEYS),
    audit="chat.file_read",
    guests=True,
    replies={200: Reply("The file.", media_types=("application/octet-stream",))},
)
async def download_file(context: Context, room_id: RoomId, file_id: str) -> Content:
    """A file of a chat that one may read, to be saved."""
    return await context.the(Files).open(context.actor, room_id, file_id)


@routes.post(
    f"{FILES}/{{file_id}}/erase",
    access="chat.erase",
    counts="change",
    errors=("unknown_file", "clinical_text_erased", "erasure_unavailable"),
    audit="clinical.erased",
)
async def erase_file(context: Context, room_id: RoomId, file_id: str, body: EraseFile) -> None:
    """Erase a file for good (compliance, and the provider of the call)."""
    await context.the(Files).erase(context.actor, room_id, file_id, body.reason)


@routes.post(
    f"{CHAT}/erase",
    access="chat.erase",
    counts="change",
    errors=("unknown_chat", "clinical_text_erased", "erasure_unavailable"),
    audit="clinical.erased",
)
async def erase_chat(context: Context, room_id: RoomId, body: EraseChat) -> None:
    """Erase for good what was written in a call (compliance, and its provider)."""
    await context.the(Chat).erase(context.actor, room_id, body.reason)
    await context.the(Files).remove_erased()
