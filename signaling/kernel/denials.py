"""What somebody asked for that is not their role's or their side's, in the audit log."""

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import NotAllowed
from signaling.kernel.identifiers import is_identifier
from signaling.kernel.permissions import Action
from signaling.kernel.repeats import Repeats


class Denials:
    """Writes them, the first at once and those that follow it soon by their number."""

    def __init__(self, repeats: Repeats, clock: Clock) -> None:
        self._repeats = repeats
        self._clock = clock

    async def note(self, actor: Actor, error: NotAllowed, asked: str) -> None:
        """`asked` is a fixed text, which names no call and nobody. Raises DatabaseUnavailable."""
        if error.code != "forbidden":
            return
        detail = {"asked": asked, "reason": error.reason}
        event = entry("access.denied", self._clock.now(), actor, detail=detail)
        await self._repeats.append(event, actor.user_id)

    async def note_recording(self, actor: Actor, action: Action, recording_id: str | None) -> None:
        """The same in the log of a recording, where they named one. Raises DatabaseUnavailable."""
        known = recording_id if recording_id and is_identifier(recording_id) else None
        event = entry(
            "recording.denied",
            self._clock.now(),
            actor,
            recording_id=known,
            detail={"action": action},
        )
        await self._repeats.append(event, actor.user_id)
