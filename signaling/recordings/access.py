"""Who may reach recordings at all, and that whoever may not is written down."""

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import NotFound
from signaling.kernel.identifiers import is_identifier
from signaling.kernel.permissions import Action, may, require
from signaling.kernel.repeats import Repeats


class Access:
    """Refuses by role, audited."""

    def __init__(self, repeats: Repeats, clock: Clock) -> None:
        self._repeats = repeats
        self._clock = clock

    async def require(self, actor: Actor, action: Action, recording_id: str | None = None) -> None:
        """Raises NotAllowed, and NotFound for what can be no id."""
        known = recording_id if recording_id and is_identifier(recording_id) else None
        if not may(actor.role, action):
            denied = entry(
                "recording.denied",
                self._clock.now(),
                actor,
                recording_id=known,
                detail={"action": action},
            )
            await self._repeats.append(denied, actor.user_id)
        require(actor, action)
        if known != recording_id:
            raise NotFound("unknown_recording")
