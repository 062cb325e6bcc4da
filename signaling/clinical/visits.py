"""A call as clinical rooms know it: by its id and who took part in it."""

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.errors import NotFound
from signaling.kernel.identifiers import is_identifier
from storage.calls import call_participants, telemedicine_sessions
from storage.models import TelemedicineSession


async def of_somebody(tx: AsyncSession, actor: Actor, room_id: str) -> TelemedicineSession:
    """One that the actor took part in; raises NotFound as for one that never was."""
    session = await find(tx, room_id)
    if session is None or not actor.reaches(session.room_id, session.appointment_id):
        raise NotFound("unknown_room")
    if not is_of(actor, session) and not await call_participants.has_joined(
        tx, session.id, actor.user_id
    ):
        raise NotFound("unknown_room")
    return session


async def of_provider(tx: AsyncSession, actor: Actor, room_id: str) -> TelemedicineSession:
    """One whose provider the actor is; raises NotFound as for one that never was."""
    session = await of_somebody(tx, actor, room_id)
    if session.provider_id != actor.user_id:
        raise NotFound("unknown_room")
    return session


async def find(tx: AsyncSession, room_id: str) -> TelemedicineSession | None:
    """Whosever it is."""
    found = await telemedicine_sessions.by_room(tx, room_id) if is_identifier(room_id) else None
    return found.session if found else None


def is_of(actor: Actor, session: TelemedicineSession) -> bool:
    """Whether the actor is its patient or its provider."""
    return actor.user_id in {session.patient_id, session.provider_id}
