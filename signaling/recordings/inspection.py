"""Reads recordings to their last byte, wherever they are, and says what is not as written."""

from collections.abc import Sequence

from signaling.recordings.archive import Archive
from storage.errors import DamagedPart, StorageError
from storage.models import Recording, RecordingPart
from storage.recordings import recordings, summaries
from storage.vault.keys.sealed import is_sealed
from storage.words import PLAYABLE


async def problems(archive: Archive, recording_id: str) -> Sequence[str]:
    """One line each; none if all of it is as the server wrote it. Raises DatabaseUnavailable."""
    async with archive.database.reading() as tx:
        found = await summaries.by_id(tx, recording_id)
        parts = [named.part for named in await recordings.parts(tx, recording_id)]
    if found is None:
        return ["there is no such recording"]
    recording = found.recording
    if recording.state in {"erased", "recording"}:
        return []
    told = await _in_rows(archive, recording, parts)
    for part in parts:
        if part.state == "lost":
            told.append(f"part {part.id} was lost when it was recorded")
        elif problem := await _in_file(archive, recording, part):
            told.append(f"part {part.id}: {problem}")
    return told


async def _in_rows(
    archive: Archive, recording: Recording, parts: Sequence[RecordingPart]
) -> list[str]:
    if is_sealed(recording.key_id):
        return []  # who has the key can tell
    verdict = await archive.verdict(recording, parts)
    told = [
        f"the row of part {one} was changed"
        for one, word in verdict.parts.items()
        if word == "changed"
    ]
    if verdict.recording == "changed":
        told.insert(0, "its row, or the list of its parts, was changed")
    if verdict.recording == "unknown":
        told.insert(0, f"its key {recording.key_id} is not here")
    return told


async def _in_file(archive: Archive, recording: Recording, part: RecordingPart) -> str | None:
    try:
        if is_sealed(recording.key_id) or part.state not in PLAYABLE:
            await archive.remote.run(_touch, archive, part)
            return None
        reader = await archive.open_part(recording, part, archive.remote)
        with reader:
            size = await archive.remote.run(lambda: sum(map(len, reader.chunks())))
    except FileNotFoundError:
        return "its file is missing"
    except (StorageError, OSError) as error:
        return str(error)
    return None if size == part.size_bytes else f"it has {size} bytes, not {part.size_bytes}"


def _touch(archive: Archive, part: RecordingPart) -> None:
    """What cannot be judged without its key is there, at least."""
    stored = archive.keeping.open(part)
    try:
        if not stored.size:
            raise DamagedPart("its file is empty")
    finally:
        stored.close()
