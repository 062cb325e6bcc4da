"""Makes a whole recording of what a stopped server or a full disk left of one."""

import logging
import os
from pathlib import Path

from relay.recorder import NothingPlayableError, PartSummary, scan
from signaling.recordings.archive import Archive
from storage.errors import (
    DamagedPart,
    KeyIsSealed,
    KeyServiceAway,
    PartStillWritten,
    RecordingsAway,
    StorageError,
    WrongKey,
)
from storage.models import Recording, RecordingPart
from storage.recordings import recordings
from storage.vault.container import PartIdentity
from storage.vault.files import open_regular, refuse_if_written
from storage.vault.keys import DataKey
from storage.vault.objects import LocalFile
from storage.vault.reader import PartReader
from storage.vault.recovery import RecoveredPart, recover

log = logging.getLogger(__name__)


async def recover_recording(archive: Archive, recording: Recording) -> bool:
    """Whether nothing is left to do: the recording is then as complete as it can be.

    Raises DatabaseUnavailable.
    """
    try:
        data_key = await archive.data_key(recording)
    except KeyIsSealed:
        return await _leave_torn(archive, recording)
    except KeyServiceAway as error:
        log.error("recording %s cannot be recovered yet: %s", recording.id, error)
        return False
    except StorageError as error:
        log.error("recording %s cannot be recovered without its key: %s", recording.id, error)
        return True
    lost = await recover_parts(archive, recording.id, data_key)
    if lost is not None:
        await archive.recovered(recording, data_key, lost)
    return lost is not None


async def _leave_torn(archive: Archive, recording: Recording) -> bool:
    """False if it is too early: the volume is not mounted, or a thread still writes."""
    async with archive.database.reading() as tx:
        parts = [named.part for named in await recordings.parts(tx, recording.id)]
    try:
        await archive.disk.run(archive.place.require)
        for part in parts:
            if part.state == "recording":
                await archive.disk.run(_refuse_if_written, archive.path(part))
    except (OSError, RecordingsAway, PartStillWritten) as error:
        log.error("recording %s cannot be closed yet: %s", recording.id, error)
        return False
    await archive.leave_torn(recording, parts)
    return True


def _refuse_if_written(path: Path) -> None:
    """Raises PartStillWritten, OSError."""
    try:
        descriptor = open_regular(path, os.O_RDWR)
    except (FileNotFoundError, DamagedPart):
        return  # whoever has the key is told
    try:
        refuse_if_written(descriptor)
    finally:
        os.close(descriptor)


async def recover_parts(archive: Archive, recording_id: str, data_key: DataKey) -> int | None:
    """Settle every part that is still open; how many are lost, or none if it is too early to tell.

    It is as long as the disk has no room for a copy, the volume is not mounted, or a thread still
    writes.
    """
    async with archive.database.reading() as tx:
        parts = [named.part for named in await recordings.parts(tx, recording_id)]
    try:
        for part in parts:
            if part.state == "recording":
                await archive.disk.run(archive.place.require)
                await _recover_part(archive, part, data_key)
    except (OSError, RecordingsAway, PartStillWritten) as error:
        log.error("recording %s cannot be recovered yet: %s", recording_id, error)
        return None
    return sum(part.state == "lost" for part in parts)


async def _recover_part(archive: Archive, part: RecordingPart, data_key: DataKey) -> None:
    identity = PartIdentity(part.recording_id, part.id)
    try:
        sealed, summary = await archive.disk.run(_seal_and_scan, archive, part, data_key, identity)
    except (
        DamagedPart,
        WrongKey,
        FileNotFoundError,
        NothingPlayableError,
    ) as error:  # the key itself was proved before
        # A volume that goes away takes its files along.
        await archive.disk.run(archive.place.require)
        log.warning("part %s is lost: %s", part.id, type(error).__name__)
        part.state = "lost"
        await archive.settle_part(part.id, data_key, "lost")
        return
    part.state = "sealed" if sealed.was_sealed else "recovered"
    await archive.settle_part(part.id, data_key, part.state, sealed.size_bytes, summary)


def _seal_and_scan(
    archive: Archive, part: RecordingPart, data_key: DataKey, identity: PartIdentity
) -> tuple[RecoveredPart, PartSummary]:
    path = archive.path(part)
    sealed = recover(path, data_key.key, identity, archive.database.carrier.fence)
    with PartReader(LocalFile(path), data_key.key, identity) as reader:
        return sealed, scan(reader.chunks())
