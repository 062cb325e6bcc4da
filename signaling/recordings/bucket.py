"""The bucket of the recordings: as it is configured, and whether it is the one that the database
speaks of.
"""

import msgspec

from signaling.config import Config, Objects
from signaling.recordings.archive import Archive
from storage.errors import StoreAway
from storage.ids import new_id
from storage.recordings.keeping import Keeping
from storage.rows import properties
from storage.rows.properties import RECORDINGS_BUCKET
from storage.vault.objects.bucket import Bucket
from storage.vault.objects.settings import BucketSettings, Lock
from storage.vault.place import marker_id


def settings_of(section: Objects) -> BucketSettings | None:
    """None without a bucket: recordings stay in their folder."""
    if not section.bucket:
        return None
    lock = Lock(section.lock_mode, section.lock_days) if section.lock_mode else None
    return BucketSettings(
        section.bucket,
        section.endpoint,
        section.region,
        section.prefix,
        section.credentials_file,
        section.ca_file,
        lock,
    )


def checkpoints_bucket_of(config: Config) -> Bucket | None:
    """Of the audit log, at the same store. Raises StoreAway for what can never work."""
    if not config.audit.bucket:
        return None
    section = msgspec.structs.replace(config.objects, bucket=config.audit.bucket, lock_mode="")
    return bucket_of(section)


def bucket_of(section: Objects) -> Bucket | None:
    """Not asked for anything yet. Raises StoreAway for what can never work."""
    settings = settings_of(section)
    return Bucket(settings) if settings else None


def keeping_of(config: Config) -> Keeping:
    """For a command, beside a running server or not. Raises StoreAway."""
    folder = config.recordings_path
    return Keeping(folder, bucket_of(config.objects), lambda: marker_id(folder))


async def find(archive: Archive) -> None:
    """Afterwards it may be written to. Raises StoreAway, DatabaseUnavailable."""
    bucket = archive.bucket
    if bucket is None or bucket.id is not None:
        return
    async with archive.database.reading() as tx:
        known = await properties.value(tx, RECORDINGS_BUCKET)
    found = await archive.remote.run(bucket.claim, known, new_id())
    if known is not None:
        return
    async with archive.database.transaction() as tx:
        known = await properties.put_first(tx, RECORDINGS_BUCKET, found)
    if known != found:  # a neighbour that has another bucket was faster
        bucket.id = None
        raise StoreAway("Another server of this database keeps its recordings in another bucket.")
