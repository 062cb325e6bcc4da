"""/api/v1/telemedicine/calls/{room_id}/chat"""

from signaling.clinical.chat.chat import Chat
from signaling.clinical.chat.resources import After, ChatHistory
from signaling.kernel.messages import RoomId
from signaling.kernel.routes import TELEMEDICINE, Context, Routes

CHAT = f"{TELEMEDICINE}/calls/{{room_id}}/chat"
routes = Routes("chat")


@routes.get(
    CHAT,
    access="party",
    counts="read",
    errors=("unknown_room", "chat_over", "clinical_text_erased", "clinical_text_unavailable"),
    audit="chat.read",
    guests=True,
)
async def get_chat(context: Context, room_id: RoomId, after: After = 0) -> ChatHistory:
    """What was written in a call that one takes or took part in, after that number."""
    return await context.the(Chat).history(context.actor, room_id, after)
