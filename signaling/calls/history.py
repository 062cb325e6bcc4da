"""Calls as they are read: one's own, or those of all for roles that may; and one's own consents."""

from signaling.calls import emergencies, views
from signaling.calls.calls import Calls
from signaling.calls.resources import Call, CallList, OwnConsentList
from signaling.kernel.actor import Actor
from signaling.kernel.content import Document
from signaling.kernel.errors import NotFound
from signaling.kernel.permissions import may, require
from signaling.recordings.document import Typesetter
from storage.calls.telemedicine_sessions import NamedSession


async def one(calls: Calls, actor: Actor, room_id: str) -> Call:
    """Raises NotFound for a room that is not one's own, just as for one that never was."""
    require(actor, "call.list")
    if not may(actor.role, "call.list_all"):
        return _resource(calls, actor, await calls.own(actor, room_id))
    found = await calls.row(room_id)
    if found is None:
        raise NotFound("unknown_room")
    return _resource(calls, actor, found)


async def page(calls: Calls, actor: Actor, cursor: str | None = None) -> CallList:
    """Newest first; raises InvalidCursor for a cursor that was not given out."""
    require(actor, "call.list")
    everybody = may(actor.role, "call.list_all")
    found = await calls.ledger.history(None if everybody else actor.user_id, cursor)
    return CallList(
        calls=[_resource(calls, actor, call) for call in found.items], next_cursor=found.next_cursor
    )


async def consents(calls: Calls, actor: Actor, cursor: str | None = None) -> OwnConsentList:
    """Everything that the actor was asked and answered; raises InvalidCursor."""
    found = await calls.ledger.consents(actor.user_id, cursor)
    return OwnConsentList(
        consents=[views.own_consent(own) for own in found.items], next_cursor=found.next_cursor
    )


async def consent_document(
    calls: Calls, typesetter: Typesetter, actor: Actor, consent_id: int
) -> Document:
    """One of them, to keep. Raises NotFound for anybody else's."""
    own = await calls.ledger.consent(actor.user_id, consent_id)
    if own is None:
        raise NotFound("unknown_consent")
    return await typesetter.document(own)


def _resource(calls: Calls, actor: Actor, found: NamedSession) -> Call:
    return views.resource(found, actor, emergencies.of_row(calls, found))
