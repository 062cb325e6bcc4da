"""What other rooms may ask of a call that runs: who is in it, and to tell them all."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from signaling.kernel.actor import Actor
from signaling.kernel.messages import Message


@dataclass(frozen=True)
class Seat:
    """Somebody in a call that runs."""

    session_id: str
    patient_id: str
    name: str = field(repr=False)
    """As the others see it."""


class Company(Protocol):
    """The calls of this server, known by their ids."""

    async def writer(self, actor: Actor, room_id: str) -> Seat:
        """Raises NotFound unless the actor is in the call, Conflict unless it runs, NotAllowed if
        they may not write in it.
        """

    def includes(self, actor: Actor, room_id: str) -> bool:
        """Whether the actor is in it, and it is not over."""

    def tell(self, room_id: str, message: Message, at: datetime | None = None) -> None:
        """To all pages that carry the call, if it is not over; `at`: of those who were in it."""

    def in_crisis(self, room_id: str) -> bool:
        """Whether there is a crisis in it that is not over."""

    def tell_provider(self, room_id: str, message: Message) -> None:
        """To its provider's alone."""
