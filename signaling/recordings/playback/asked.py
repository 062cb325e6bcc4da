"""What is asked for within a playback, and whether there is such a thing."""

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.errors import Conflict, NotFound
from storage.models import Recording
from storage.people.playback_grants import Why
from storage.recordings import recordings, summaries
from storage.recordings.recordings import NamedPart
from storage.recordings.summaries import RecordingSummary
from storage.words import PartState

Asked = tuple[Recording, NamedPart, Why]
"""What is read, and why."""


async def found_recording(tx: AsyncSession, recording_id: str) -> RecordingSummary:
    """Raises NotFound."""
    found = await summaries.by_id(tx, recording_id)
    if found is None:
        raise NotFound("unknown_recording")
    return found


async def found_part(
    tx: AsyncSession, recording_id: str, part_id: str, states: tuple[PartState, ...]
) -> tuple[Recording, NamedPart]:
    """Raises NotFound, also of a part in another state, and Conflict of what was erased."""
    found = await recordings.part_of(tx, recording_id, part_id)
    if found is None:
        await found_recording(tx, recording_id)
    if found is None or found[1].part.state not in states:
        raise NotFound("unknown_part")
    refuse_erased(found[0])
    return found


def refuse_erased(recording: Recording) -> None:
    """Where there is nothing to open, and no damage either."""
    if recording.state == "erased":
        raise Conflict("recording_erased")
