"""Who may reach recordings at all, and that whoever may not is written down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from signaling.kernel.actor import Actor
from signaling.kernel.denials import Denials
from signaling.kernel.errors import NotAllowed, NotFound
from signaling.kernel.identifiers import is_identifier
from signaling.kernel.permissions import Action, may, require


class Access:
    """Refuses by role, audited."""

    def __init__(self, denials: Denials) -> None:
        self._denials = denials

    async def require(self, actor: Actor, action: Action, recording_id: str | None = None) -> None:
        """Raises NotAllowed, and NotFound for what can be no id."""
        if not may(actor.role, action):
            await self._denials.note_recording(actor, action, recording_id)
        require(actor, action)
        if recording_id is not None and not is_identifier(recording_id):
            raise NotFound("unknown_recording")

    @asynccontextmanager
    async def noting(self, actor: Actor, action: Action, recording_id: str) -> AsyncIterator[None]:
        """Whatever is refused inside for another reason than the role is written down, too; a
        transaction has to be inside of it.
        """
        try:
            yield
        except NotAllowed:
            await self._denials.note_recording(actor, action, recording_id)
            raise
