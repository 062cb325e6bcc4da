"""Is the folder of the recordings the one that the database speaks of?"""

from collections.abc import Sequence

from signaling.recordings.archive import Archive
from storage.ids import new_id
from storage.recordings import recordings, spooled
from storage.rows import properties
from storage.rows.properties import RECORDINGS_PLACE
from storage.vault.place import away

SAMPLES = 20


async def find(archive: Archive) -> None:
    """Afterwards it is held for this server.

    Raises RecordingsAway, AlreadyRunning, DatabaseUnavailable, OSError.
    """
    if archive.place.id is not None:
        await archive.disk.run(archive.place.require)
        return
    if archive.bucket is not None and not archive.database.held_alone:
        await _find_own(archive)
        return
    async with archive.database.reading() as tx:
        known = await properties.value(tx, RECORDINGS_PLACE)
        paths = await recordings.newest_paths(tx, SAMPLES)
    found = await archive.disk.run(_claim, archive, known, paths)
    if known is None:
        await _settle(archive, RECORDINGS_PLACE, found)


async def _find_own(archive: Archive) -> None:
    """With a bucket, each of several servers may have a folder of its own, or share one as before.

    One that has none yet gets it, unless it has left something in one that is not mounted.
    """
    node_id = archive.database.carrier.node_id
    async with archive.database.reading() as tx:
        name = properties.place_of(node_id)
        known = await properties.value(tx, name)
        shared = await properties.value(tx, RECORDINGS_PLACE)
        may_make = not await spooled.has_any_in_folder(tx, node_id)
    found = await archive.disk.run(archive.place.claim, known, new_id(), may_make=may_make)
    if known is None:
        await _settle(archive, name, found)
    if shared is None:
        async with archive.database.transaction() as tx:
            await properties.put_first(tx, RECORDINGS_PLACE, found)


async def _settle(archive: Archive, name: str, found: str) -> None:
    async with archive.database.transaction() as tx:
        known = await properties.put_first(tx, name, found)
    if known != found:  # a neighbour that has another folder was faster
        await archive.disk.run(archive.place.release)
        raise away(archive.folder, known)


def _claim(archive: Archive, known: str | None, paths: Sequence[str]) -> str:
    """A database from before there were markers proves the folder by the files that it knows."""
    may_make = not paths or any((archive.folder / path).exists() for path in paths)
    return archive.place.claim(known, new_id(), may_make=may_make)
