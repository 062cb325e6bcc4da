"""Where the bytes of files are: in the folder of the recordings, or, where there is a bucket, in
that. Encrypted as parts of recordings are (storage/vault/FORMAT.md), each by a key of its own.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from signaling.clinical.records import Record
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Damaged, Unavailable
from signaling.recordings import bucket, folder
from signaling.recordings.archive import Archive
from storage.clinical.files import FOLDER, path
from storage.errors import (
    DamagedPart,
    NoRoom,
    RecordingsAway,
    StillLocked,
    StorageError,
    StoreAway,
    WrongKey,
)
from storage.ids import is_id
from storage.models import ChatFile
from storage.threads import Threads
from storage.vault.container import PartIdentity
from storage.vault.objects import LocalFolder
from storage.vault.objects.bucket import Bucket
from storage.vault.partfile import PartFile
from storage.vault.reader import PartReader
from storage.vault.space import Space
from storage.words import FileKept

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
THREADS = 4
BATCH_BYTES = 256 * 1024
ROOM_BYTES = 4 * 2**20
"""After so many the disk is asked again whether it has room."""
ORPHAN_SECONDS = 3600.0
"""No file takes that long to be sent."""


class Writing:
    """A file that is on its way to the disk. One piece of work after the other: what is left of a
    cancelled one ends before the file is closed.
    """

    def __init__(self, disk: Threads, space: Space, local: Path) -> None:
        self._disk = disk
        self._space = space
        self._local = local
        self._part: PartFile | None = None
        self._work: asyncio.Task[Any] | None = None
        self._batch = bytearray()
        self._since_asked = 0
        self.may_be_stored = False
        """In the bucket: the file that is here is then what the sweep knows of that one."""

    async def begin(self, key: bytes, identity: PartIdentity) -> None:
        """Raises NoRoom, OSError."""
        await self._run(self._space.require)
        await self._run(self._open, key, identity)

    async def append(self, piece: bytes) -> None:
        """Raises NoRoom, OSError."""
        self._batch += piece
        if len(self._batch) >= BATCH_BYTES:
            await self._flush()

    async def finish(self) -> int:
        """Whole and durable; how many bytes it has. Raises OSError."""
        await self._flush()
        await self._run(self._opened.finish)
        return self._opened.size

    async def drop(self) -> None:
        """Close it, and remove it unless a copy of it may be elsewhere."""
        if self._work is not None:
            await asyncio.wait([self._work])
        with suppress(OSError):  # the sweep removes it
            await self._disk.run(self._close)

    async def _flush(self) -> None:
        batch, self._batch = bytes(self._batch), bytearray()
        self._since_asked += len(batch)
        if self._since_asked >= ROOM_BYTES:
            self._since_asked = 0
            await self._run(self._space.require)
        await self._run(self._opened.append, batch)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        running = asyncio.create_task(self._disk.run(work, *args, **kwargs))
        self._work = running
        return await asyncio.shield(running)

    @property
    def _opened(self) -> PartFile:
        if self._part is None:
            raise RuntimeError("it was not begun")
        return self._part

    def _open(self, key: bytes, identity: PartIdentity) -> None:
        self._part = PartFile(self._local, key, identity)

    def _close(self) -> None:
        if self._part is None:
            return
        self._part.abandon()
        if not self.may_be_stored:
            self._local.unlink(missing_ok=True)


class FileStore:
    """Raises Unavailable with the reason, where nothing can be kept or read at present."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock
        self._disk = Threads("files", THREADS)
        self._dropped: set[asyncio.Task[None]] = set()

    @property
    def has_bucket(self) -> bool:
        """Whether files go there."""
        return self._archive.bucket is not None

    @asynccontextmanager
    async def writing(self, record: Record, message_id: str) -> AsyncIterator[Writing]:
        """A new file of that message, which is gone again if what is done within it raises; once
        it may be in the bucket, the sweep removes both.
        """
        writing = Writing(self._disk, self._archive.space, self._local(record.id))
        try:
            with _unavailable():
                await folder.find(self._archive)
                await writing.begin(record.key.key, PartIdentity(record.id, message_id))
                yield writing
        except BaseException:
            dropped = asyncio.create_task(writing.drop())
            self._dropped.add(dropped)  # also if whoever waits for it is cancelled
            dropped.add_done_callback(self._dropped.discard)
            await asyncio.shield(dropped)
            raise

    async def settle(self, file_id: str, writing: Writing) -> FileKept:
        """Where it is from now on. The copy that is here stays until the database knows that."""
        if self._archive.bucket is None:
            return "folder"
        writing.may_be_stored = True
        with _unavailable():
            await self._to_bucket(file_id)
        return "bucket"

    async def move(self, file: ChatFile) -> bool:
        """Whether it is in the bucket, to which it goes from the folder of this server, where its
        readers have it until the sweep removes it.
        """
        with _unavailable():
            await folder.find(self._archive)
            if not await self._disk.run(self._local(file.id).exists):
                return False
            return await self._to_bucket(file.id)

    async def forget(self, file_id: str, *, everywhere: bool) -> None:
        """The copy that is here, and with it, where nothing knows of it, that of the bucket."""
        with suppress(OSError, StorageError):  # the sweep does it again
            if everywhere and self._archive.bucket is not None:
                with suppress(StillLocked):  # nobody has its key
                    await self._disk.run(self._archive.bucket.delete, path(file_id))
            await self._disk.run(self._unlink, file_id)

    async def open(self, file: ChatFile, record: Record) -> PartReader:
        """Its reader closes it. Raises Damaged, too."""
        identity = PartIdentity(file.id, file.message_id)
        try:
            with _unavailable():
                if file.kept == "folder":
                    await folder.find(self._archive)
                return await self._disk.run(self._reader, file, record, identity)
        except (FileNotFoundError, DamagedPart, WrongKey, ValueError) as error:
            log.error("file %s cannot be read: %s", file.id, error)
            raise Damaged("file_damaged") from None

    async def read(self, reader: PartReader, start: int, length: int) -> bytes:
        """Raises DamagedPart, StoreAway, OSError."""
        return await self._disk.run(reader.read, start, length)

    async def remove(self, file: ChatFile) -> bool:
        """Whether its bytes are gone; if not, it is tried again."""
        try:
            if file.kept == "bucket":
                await self._disk.run(self._bucket().delete, path(file.id))
            else:
                await folder.find(self._archive)
            await self._disk.run(self._unlink, file.id)
        except StillLocked:
            return False
        except (OSError, StorageError) as error:
            log.warning("file %s, which was erased, is still there: %s", file.id, error)
            return False
        return True

    async def orphans(self) -> list[str]:
        """Ids of files in the folder that nothing may know of. Raises StorageError, OSError."""
        await folder.find(self._archive)
        return await self._disk.run(self._old)

    async def _to_bucket(self, file_id: str) -> bool:
        """Whether there is one."""
        archive = self._archive
        if archive.bucket is None:
            return False
        await bucket.find(archive)
        local, now = self._local(file_id), self._clock.now()
        await self._disk.run(archive.bucket.store, path(file_id), local, now)
        return True

    def _old(self) -> list[str]:
        before = time.time() - ORPHAN_SECONDS
        found = (self._archive.folder / FOLDER).glob("*.part")
        return [each.stem for each in found if is_id(each.stem) and each.lstat().st_mtime < before]

    def _reader(self, file: ChatFile, record: Record, identity: PartIdentity) -> PartReader:
        name = path(file.id)
        if file.kept == "bucket":
            return PartReader(self._bucket().open(name), record.key.key, identity)
        stored = LocalFolder(self._archive.folder).open(name)
        return PartReader(stored, record.key.key, identity)

    def _bucket(self) -> Bucket:
        if self._archive.bucket is None:
            raise StoreAway("Files are in a bucket, and objects.bucket names none.")
        return self._archive.bucket

    def _local(self, file_id: str) -> Path:
        return self._archive.folder / path(file_id)

    def _unlink(self, file_id: str) -> None:
        with suppress(FileNotFoundError):
            self._local(file_id).unlink()


@contextmanager
def _unavailable() -> Iterator[None]:
    """What stands in the way, in words for the page."""
    try:
        yield
    except FileNotFoundError:
        raise
    except RecordingsAway as error:
        log.error("files of chats: %s", error)
        raise Unavailable("file_storage_unavailable", reason="folder_away") from error
    except StoreAway as error:
        log.error("files of chats: %s", error)
        raise Unavailable("file_storage_unavailable", reason="store_away") from error
    except NoRoom as error:
        log.error("files of chats: %s", error)
        raise Unavailable("file_storage_unavailable", reason="no_space") from error
    except OSError as error:
        log.error("files of chats: %s", error)
        raise Unavailable("file_storage_unavailable", reason="disk") from error
