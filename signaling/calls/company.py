"""The calls as kernel/company.py has them."""

from datetime import datetime

from signaling.calls.calls import Calls
from signaling.kernel.actor import Actor
from signaling.kernel.company import Seat
from signaling.kernel.errors import Conflict, NotAllowed
from signaling.kernel.messages import Message


class LiveCompany:
    """The Company of clinical rooms."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def writer(self, actor: Actor, room_id: str) -> Seat:
        """See Company."""
        call, party = await self._calls.own_live(actor, room_id)
        if call.state.status != "active":
            raise Conflict("call_still_ringing")
        if not party.capabilities.chat:
            raise NotAllowed("forbidden", reason="chat", side=party.side)
        return Seat(call.session_id, call.patient.user_id, party.name)

    def includes(self, actor: Actor, room_id: str) -> bool:
        """See Company."""
        return self._calls.find_live(actor, room_id) is not None

    def tell(self, room_id: str, message: Message, at: datetime | None = None) -> None:
        """See Company."""
        call = self._calls.find(room_id)
        for party in call.parties if call else ():
            if at is None or party.joined_at is None or party.joined_at <= at:
                party.send(message)

    def in_crisis(self, room_id: str) -> bool:
        """See Company."""
        call = self._calls.find(room_id)
        return call is not None and call.crisis is not None

    def tell_provider(self, room_id: str, message: Message) -> None:
        """See Company."""
        call = self._calls.find(room_id)
        if call is not None:
            call.provider.send(message)
