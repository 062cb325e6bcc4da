"""Sends, hands out and erases files of chats.

A file is on the disk, whole and encrypted, before anything of it is in the database; then its key,
its row and its message come in one transaction. What a server that was killed in between has left,
the sweep removes.
"""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical.chat.chat import FILES, Chat, Draft, Kept, find_erasable
from signaling.clinical.chat.messages import ChatEntry, ChatFile, ChatFileErased
from signaling.clinical.chat.resources import FilesTaken
from signaling.clinical.files import names
from signaling.clinical.files.download import FileDownload
from signaling.clinical.files.scanner import Scanner
from signaling.clinical.files.store import FileStore
from signaling.clinical.files.types import HEAD_BYTES, KINDS, Inspection, media_type
from signaling.clinical.files.under_way import OnItsWay, UnderWay
from signaling.clinical.records import About, Prepared, Records
from signaling.config.sections import Clinical
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from signaling.kernel.company import Seat
from signaling.kernel.content import Content, Upload
from signaling.kernel.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotFound,
    TooLarge,
    Unavailable,
)
from signaling.kernel.identifiers import is_identifier
from signaling.kernel.repeats import Repeats
from storage import audit, models
from storage.audit import Detail
from storage.clinical import clinical_keys, files
from storage.clinical.sealing import Place
from storage.database import Database
from storage.errors import StorageError
from storage.ids import new_id
from storage.vault.keys import DataKey
from storage.words import FileKept

log = logging.getLogger(__name__)

SWEEP_SECONDS = 600.0
MB = 2**20


class _Rotated(Exception):  # noqa: N818  it is nobody's error
    """Another key wraps those of records by now."""


@dataclass(frozen=True)
class _Arrived:
    """A file that is on the disk."""

    prepared: Prepared
    about: About
    inspection: Inspection
    size: int
    kept: FileKept


class Files:
    """Of all chats."""

    def __init__(
        self,
        settings: Clinical,
        database: Database,
        records: Records,
        chat: Chat,
        store: FileStore,
        repeats: Repeats,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._database = database
        self._records = records
        self._chat = chat
        self._company = chat.company
        self._store = store
        self._scanner = Scanner(settings.clamav)
        self._under_way = UnderWay()
        self._repeats = repeats
        self._clock = clock
        chat.takes = FilesTaken(most_bytes=settings.file_mb * MB, types=[*settings.file_types])

    async def send(self, actor: Actor, room_id: str, client_id: str, upload: Upload) -> ChatEntry:
        """Keep it, and show it to everybody in the call; one that is kept already is as it was.

        Raises NotFound, NotAllowed, Conflict, TooLarge, TooMany, Invalid, Unavailable, and what
        reading it raises.
        """
        seat = await self._company.writer(actor, room_id)
        if await self._chat.is_kept(actor, seat.session_id, client_id):
            kept = await self._chat.keep(actor, seat, Draft(client_id))
            return (await self._chat.show(room_id, kept))[0]
        self._require_size(upload.length or 0)
        of = OnItsWay(seat.session_id, actor.user_id, upload.length or 0)
        with self._under_way.one(of):
            return await self._send(actor, room_id, seat, Draft(client_id), upload, of)

    async def open(self, actor: Actor, room_id: str, file_id: str) -> Content:
        """To be read by whoever may read its message. Raises NotFound, Conflict, Damaged,
        Unavailable.
        """
        async with self._database.reading() as tx:
            session, since = await self._chat.require_reader(tx, actor, room_id)
            found = await files.by_id(tx, session.id, file_id) if is_identifier(file_id) else None
        if found is None or (since is not None and found.file.created_at < since):
            raise NotFound("unknown_file")
        file, key = found
        record = await self._records.opened(key)
        name = record.read(Place(FILES, file.id), file.sealed_name)
        reader = await self._store.open(file, record)
        detail: Detail = {"file_id": file.id, "size_bytes": reader.size}

        async def note() -> None:
            now = self._clock.now()
            event = entry("chat.file_read", now, actor, session_id=session.id, detail=detail)
            await self._repeats.append(event, f"{actor.user_id} {file.id}")

        return FileDownload(
            tag=file.id,
            media_type=media_type(file.media_type),
            download_name=name or "file",
            reader=reader,
            store=self._store,
            on_access=note,
        )

    async def erase(self, actor: Actor, room_id: str, file_id: str, reason: str) -> None:
        """Key and bytes; that there was one stays. Raises NotFound, Conflict, Unavailable."""
        await self._records.require_erasable()
        async with self._database.transaction() as tx:
            session = await find_erasable(tx, actor, room_id)
            is_one = session is not None and is_identifier(file_id)
            found = await files.by_id(tx, session.id, file_id) if session and is_one else None
            key = await clinical_keys.for_change(tx, file_id) if found else None
            if key is None:
                raise NotFound("unknown_file")
            if key.wrapped_key is None:
                raise Conflict("clinical_text_erased")
            tombstone = await self._records.erase(tx, key, actor, reason)
        await self._records.note_erased(tombstone)
        self._company.tell(room_id, ChatFileErased(room_id=room_id, file_id=file_id))
        await self.remove_erased()

    async def watch(self) -> None:
        """Until cancelled."""
        await repeat(self.sweep, SWEEP_SECONDS, "removing files of chats", self._clock)

    async def sweep(self) -> None:
        """What was erased, what a server has left that was killed, and what was sent before there
        was a bucket.
        """
        await self.remove_erased()
        await self._remove_left()
        await self._move()  # last: its copy in the folder stays until the next time

    async def remove_erased(self) -> None:
        """The bytes of what has no key any more. What fails is tried again."""
        try:
            async with self._database.reading() as tx:
                erased = await files.to_remove(tx)
            for file in erased:
                if await self._store.remove(file):
                    async with self._database.transaction() as tx:
                        await files.removed(tx, file, self._clock.now())
        except StorageError as error:
            log.warning("files that were erased are removed later: %s", error)

    async def _remove_left(self) -> None:
        try:
            ids = await self._store.orphans()
            async with self._database.reading() as tx:
                known = await files.known(tx, ids)
        except (StorageError, OSError) as error:
            log.debug("files of chats are looked through later: %s", error)
            return
        for file_id in ids:
            if known.get(file_id) != "folder":
                log.warning("file %s was left on its way, and is removed", file_id)
                await self._store.forget(file_id, everywhere=file_id not in known)

    async def _move(self) -> None:
        """From the folder to the bucket, where there is one. What fails is tried again."""
        if not self._store.has_bucket:
            return
        try:
            async with self._database.reading() as tx:
                left = await files.in_folder(tx)
            for file in left:
                if await self._store.move(file):
                    async with self._database.transaction() as tx:
                        await files.moved(tx, file.id)
        except (StorageError, Unavailable, FileNotFoundError) as error:
            log.warning("files of chats go to the bucket later: %s", error)

    async def _send(
        self,
        actor: Actor,
        room_id: str,
        seat: Seat,
        draft: Draft,
        upload: Upload,
        of: OnItsWay,
    ) -> ChatEntry:
        async with self._database.reading() as tx:
            coming = self._under_way.bytes_before(of)
            await self._require_place(tx, seat.session_id, coming + of.size_bytes)
        arrived = await self._take(seat, draft.message_id, upload, of)
        file_id = arrived.prepared.record.id
        try:
            kept = await self._keep(actor, room_id, draft, arrived)
        except DomainError:  # nothing was committed
            await self._store.forget(file_id, everywhere=True)
            raise
        entry_, _ = await self._chat.show(room_id, kept)
        if kept.row.id != draft.message_id:
            await self._store.forget(file_id, everywhere=True)
        elif arrived.kept == "bucket":
            await self._store.forget(file_id, everywhere=False)
        return entry_

    async def _take(self, seat: Seat, message_id: str, upload: Upload, of: OnItsWay) -> _Arrived:
        """To the disk."""
        about = About("file", patient_id=seat.patient_id, session_id=seat.session_id)
        prepared = await self._records.prepare(new_id(), about, DataKey.new())
        inspection = Inspection(names.clean(upload.name), self._settings.file_types)
        async with (
            self._scanner.scan() as scan,
            self._store.writing(prepared.record, message_id) as writing,
        ):
            async for piece in self._inspected(upload, inspection, of):
                await scan.feed(piece)
                await writing.append(piece)
            await scan.require_clean()
            size = await writing.finish()
            kept = await self._store.settle(prepared.record.id, writing)
        return _Arrived(prepared, about, inspection, size, kept)

    async def _inspected(
        self, upload: Upload, inspection: Inspection, of: OnItsWay
    ) -> AsyncIterator[bytes]:
        """Its pieces; the first one is long enough to find its type by, if it is."""
        size, head, begun = 0, bytearray(), False
        async for piece in upload.pieces():
            size += len(piece)
            self._require_size(size)
            of.size_bytes = max(of.size_bytes, size)
            if begun:
                inspection.go_on(piece)
                yield piece
                continue
            head += piece
            if len(head) >= HEAD_BYTES:
                begun = True
                yield _begun(inspection, bytes(head))
        if size == 0:
            raise Invalid("file_empty")
        if not begun:
            yield _begun(inspection, bytes(head))

    async def _keep(self, actor: Actor, room_id: str, draft: Draft, arrived: _Arrived) -> Kept:
        prepared = arrived.prepared
        while True:
            seat = await self._company.writer(actor, room_id)  # it took a while
            attach = partial(self._attach, actor, arrived, prepared)
            attached = replace(draft, attach=attach, file=_shown(arrived))
            try:
                return await self._chat.keep(actor, seat, attached)
            except _Rotated:
                record = prepared.record
                prepared = await self._records.prepare(record.id, arrived.about, record.key)

    async def _attach(
        self,
        actor: Actor,
        arrived: _Arrived,
        prepared: Prepared,
        tx: AsyncSession,
        message: models.ChatMessage,
    ) -> None:
        await self._require_place(tx, message.session_id, arrived.size)
        if await self._records.put(tx, prepared) is None:
            raise _Rotated
        await files.add(tx, self._row(message, arrived))
        detail: Detail = {"file_id": prepared.record.id, "size_bytes": arrived.size}
        now, session_id = self._clock.now(), message.session_id
        event = entry("chat.file_sent", now, actor, session_id=session_id, detail=detail)
        await audit.append(tx, event)

    def _row(self, message: models.ChatMessage, arrived: _Arrived) -> models.ChatFile:
        record = arrived.prepared.record
        return models.ChatFile(
            id=record.id,
            session_id=message.session_id,
            message_id=message.id,
            media_type=KINDS[arrived.inspection.type].media_type,
            size_bytes=arrived.size,
            sealed_name=record.seal(Place(FILES, record.id), arrived.inspection.name),
            kept=arrived.kept,
            created_at=message.sent_at,
        )

    def _require_size(self, size: int) -> None:
        if self._settings.file_mb == 0 or not self._settings.file_types:
            raise Conflict("files_off")
        if size > self._settings.file_mb * MB:
            raise TooLarge("file_too_large", limit=self._settings.file_mb)

    async def _require_place(self, tx: AsyncSession, session_id: str, size: int) -> None:
        total = await files.total(tx, session_id)
        if total.files >= self._settings.files_per_call:
            raise Conflict("too_many_files", limit=self._settings.files_per_call)
        if total.size_bytes + size > self._settings.files_mb_per_call * MB:
            raise Conflict("too_many_files", reason="size", limit=self._settings.files_mb_per_call)


def _shown(arrived: _Arrived) -> ChatFile:
    """As its row will have it."""
    return ChatFile(
        file_id=arrived.prepared.record.id,
        name=arrived.inspection.name,
        media_type=KINDS[arrived.inspection.type].media_type,
        size_bytes=arrived.size,
    )


def _begun(inspection: Inspection, head: bytes) -> bytes:
    inspection.begin(head)
    inspection.go_on(head)
    return head
