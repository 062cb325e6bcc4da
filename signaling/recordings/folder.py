"""Is the folder of the recordings the one that the database speaks of?"""

from collections.abc import Sequence

from signaling.recordings.archive import Archive
from storage import properties, recordings
from storage.ids import new_id
from storage.properties import RECORDINGS_PLACE
from storage.vault.place import away

SAMPLES = 20


async def find(archive: Archive) -> None:
    """Afterwards it is held for this server.

    Raises RecordingsAway, AlreadyRunning, DatabaseUnavailable, OSError.
    """
    if archive.place.id is not None:
        await archive.disk.run(archive.place.require)
        return
    async with archive.database.reading() as tx:
        known = await properties.value(tx, RECORDINGS_PLACE)
        paths = await recordings.newest_paths(tx, SAMPLES)
    found = await archive.disk.run(_claim, archive, known, paths)
    if known is None:
        async with archive.database.transaction() as tx:
            known = await properties.put_first(tx, RECORDINGS_PLACE, found)
        if known != found:  # a neighbour that has another folder was faster
            await archive.disk.run(archive.place.release)
            raise away(archive.folder, known)


def _claim(archive: Archive, known: str | None, paths: Sequence[str]) -> str:
    """A database from before there were markers proves the folder by the files that it knows."""
    may_make = not paths or any((archive.folder / path).exists() for path in paths)
    return archive.place.claim(known, new_id(), may_make=may_make)
