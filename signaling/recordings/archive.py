"""Where recordings live: their rows, their encrypted files and their keys, joined."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from msgspec import to_builtins
from sqlalchemy.ext.asyncio import AsyncSession

from relay.recorder import PartDescription, PartSummary
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.recordings.keys import key_used
from signaling.recordings.resources import RecordingGap
from storage import audit
from storage.audit import AuditEvent, Detail
from storage.calls import telemedicine_sessions
from storage.database import Database
from storage.errors import DamagedPart, KeyFileError, KeyIsSealed, KeyServiceAway, WrongKey
from storage.ids import new_id
from storage.models import Recording, RecordingPart
from storage.recordings import authenticity, recording_keys, recordings
from storage.recordings.authenticity import Verdict
from storage.recordings.keeping import Keeping
from storage.rows import carriers
from storage.threads import Threads
from storage.vault.container import PartIdentity
from storage.vault.keys import DataKey, KeyProvider
from storage.vault.objects.bucket import Bucket
from storage.vault.place import Place
from storage.vault.reader import PartReader
from storage.vault.space import Space
from storage.vault.spool import Spool
from storage.words import AuditAction

log = logging.getLogger(__name__)

DISK_THREADS = 4
REMOTE_THREADS = 2  # an upload, and what is deleted meanwhile
FinalState = Literal["complete", "recovered", "failed"]
Settled = Literal["sealed", "recovered", "lost"]


@dataclass(frozen=True)
class Limits:
    """Of the disk that recordings are written to; 0 is none."""

    reserve_bytes: int = 0
    """They leave that much of it free."""
    spool_bytes: int = 0
    """So much may wait for the bucket."""


UNLIMITED = Limits()


@dataclass(frozen=True)
class OpenRecording:
    """A recording that is being written, with the key to write it."""

    id: str
    session_id: str
    data_key: DataKey


class Archive:
    """Every method that writes raises DatabaseUnavailable, or CarriedElsewhere once another server
    has taken the recording over, and then nothing of it was written.
    """

    def __init__(
        self,
        database: Database,
        keys: KeyProvider | None,
        folder: Path,
        clock: Clock,
        limits: Limits = UNLIMITED,
        bucket: Bucket | None = None,
    ) -> None:
        """With a bucket, parts that are complete are uploaded to it; the folder is its spool."""
        self.database = database
        self._keys = keys
        self.folder = folder
        self.bucket = bucket
        self.place = Place(folder, shared=not database.held_alone)
        self.keeping = Keeping(folder, bucket, lambda: self.place.id)
        self.spool = Spool(folder, limits.spool_bytes)
        self.space = Space(folder, limits.reserve_bytes, self.spool.require)
        self.uploading: str | None = None
        """Of which recording a part is on its way to the bucket; its files stay meanwhile."""
        self.disk = Threads("recordings", DISK_THREADS)
        """For everything that touches the folder but playback, which has threads of its own."""
        self.closing: set[str] = set()
        """Recordings that are over, and whose last parts are still on their way to the disk."""
        self.remote = Threads("bucket", REMOTE_THREADS)
        """For the bucket, which a disk does not wait for; playback has threads of its own."""
        self._clock = clock

    @property
    def keys(self) -> KeyProvider:
        """Raises KeyFileError if the server has none."""
        if self._keys is None:
            raise KeyFileError("There is no key file for recordings.")
        return self._keys

    @property
    def has_key(self) -> bool:
        return self._keys is not None

    async def create(self, session_id: str, room_id: str) -> OpenRecording:
        """A new recording of a call, with its own data key.

        Raises KeyFileError, WrongKey, KeyServiceAway.
        """
        opened = OpenRecording(new_id(), session_id, DataKey.new())
        async with self.database.reading() as tx:
            key_id = await recording_keys.current(tx) or self.keys.key_id
        while (needed := await self._create(opened, room_id, key_id)) != key_id:
            key_id = needed
        return opened

    async def _create(self, opened: OpenRecording, room_id: str, key_id: str) -> str:
        """Nothing if a rotation began meanwhile: then it is another key that is needed."""
        wrapped = await self.keys.wrap(opened.data_key, opened.id, key_id)
        async with self.database.transaction() as tx:
            if (needed := await recording_keys.hold_current(tx, key_id)) != key_id:
                return needed
            recording = await recordings.create(
                tx,
                opened.id,
                session_id=opened.session_id,
                wrapped_key=wrapped,
                key_id=key_id,
                now=self._clock.now(),
            )
            authenticity.authenticate(recording, opened.data_key)
            await audit.append(tx, key_used(self._clock.now(), None, recording, "recording"))
            found = await telemedicine_sessions.by_room(tx, room_id, for_update=True)
            if found is not None:
                found.session.recording_file_path = opened.id
        return key_id

    def event(
        self,
        recording: OpenRecording,
        action: AuditAction,
        at: datetime,
        detail: Detail | None = None,
    ) -> AuditEvent:
        """Something the server did with a recording at that moment, for the audit log."""
        return entry(
            action,
            at,
            None,
            session_id=recording.session_id,
            recording_id=recording.id,
            detail=detail,
        )

    async def probe(self) -> None:
        """Whether a part could be written at present. Raises RecordingsAway, NoRoom, OSError."""
        await self.disk.run(self.place.require)
        await self.disk.run(self.space.require)
        await self.disk.run(self.place.probe)

    async def add_part(
        self,
        recording: OpenRecording,
        description: PartDescription,
        identity: PartIdentity | None = None,
    ) -> tuple[PartIdentity, Path]:
        """The row of a part that is about to be written, and the file to write it to.

        Whoever asks again, because the database was away, gives the same `identity`.
        Raises RecordingsAway, NoRoom, CarriedElsewhere.
        """
        await self.disk.run(self.place.require)
        await self.disk.run(self.space.require)
        identity = identity or PartIdentity(recording.id, new_id())
        path = f"{recording.id}/{identity.part_id}.part"
        async with self.database.transaction() as tx:
            if await recordings.part_by_id(tx, identity.part_id) is not None:
                return identity, self.folder / path
            async with authenticity.changing(tx, recording.id, recording.data_key) as row:
                carriers.require(tx, row)
                part = await recordings.add_part(
                    tx,
                    identity.part_id,
                    recording_id=recording.id,
                    participant_id=description.participant_id,
                    source=description.source,
                    media_type=description.media_type,
                    path=path,
                    place_id=self.place.id,
                    kept="spool" if self.bucket else "folder",
                    offset_ms=description.offset_ms,
                )
                authenticity.authenticate_part(part, row, recording.data_key)
        return identity, self.folder / path

    async def settle_part(
        self,
        part_id: str,
        data_key: DataKey,
        state: Settled,
        size: int = 0,
        summary: PartSummary | None = None,
    ) -> None:
        """The part will not change any more. `size` is that of its plaintext.

        A row that somebody else has changed meanwhile stays so, which is told when it is looked at.
        """
        async with self.database.transaction() as tx:
            await self.settle(tx, part_id, data_key, state, size, summary)

    async def settle(
        self,
        tx: AsyncSession,
        part_id: str,
        data_key: DataKey,
        state: Settled,
        size: int,
        summary: PartSummary | None,
    ) -> None:
        """The same inside a transaction."""
        part = await recordings.part_by_id(tx, part_id)
        if part is None:
            raise LookupError("a part has lost its row")
        async with authenticity.changing(tx, part.recording_id, data_key) as recording:
            with authenticity.changing_part(part, recording, data_key):
                part.state, part.size_bytes = state, size
                if summary is not None:
                    part.duration_ms, part.seek_header = summary.duration_ms, summary.seek_header
                    part.body_offset = summary.body_offset
                    part.losses = to_builtins(summary.losses)
                    recordings.extend(recording, part)

    async def finish(
        self,
        recording_id: str,
        data_key: DataKey,
        state: FinalState,
        action: AuditAction,
        detail: Detail,
    ) -> None:
        """All parts are settled."""
        at = self._clock.now()
        async with self.database.transaction() as tx:
            recording = await self.conclude(tx, recording_id, data_key, state)
            of = {"session_id": recording.session_id, "recording_id": recording.id}
            await audit.append(tx, entry(action, at, None, **of, detail=detail))

    async def conclude(
        self,
        tx: AsyncSession,
        recording_id: str,
        data_key: DataKey,
        state: FinalState,
        gaps: Sequence[RecordingGap] | None = None,
    ) -> Recording:
        """The same inside a transaction, which also tells the event; `gaps`, where known."""
        async with authenticity.changing(tx, recording_id, data_key) as recording:
            recording.state = state
            parts = [named.part for named in await recordings.parts(tx, recording_id)]
            lasted = timedelta(milliseconds=recordings.length(parts))
            recording.ended_at = recording.started_at + lasted
            if gaps is not None:
                recording.gaps = to_builtins(gaps)
        return recording

    async def leave_torn(self, recording: Recording, parts: Sequence[RecordingPart]) -> None:
        """Its server died, and no server can open its key: the files stay as they are.

        Whoever has the key finds their authentic beginnings. The codes of the rows stay, too.
        """
        torn = [part.id for part in parts if part.state == "recording"]
        at, of = self._clock.now(), {"session_id": recording.session_id}
        async with self.database.transaction() as tx:
            for part_id in torn:
                if part := await recordings.part_by_id(tx, part_id):
                    part.state = "torn"
            (await recordings.for_change(tx, recording.id)).state = "torn"
            event = entry(
                "recording.left_torn",
                at,
                None,
                recording_id=recording.id,
                **of,
                detail={"parts": len(torn)},
            )
            await audit.append(tx, event)

    async def set_beginning(self, tx: AsyncSession, recording: OpenRecording, at: datetime) -> None:
        """When its time line began; parts that were there earlier have it in their codes."""
        async with authenticity.changing(tx, recording.id, recording.data_key) as row:
            parts = [named.part for named in await recordings.parts(tx, recording.id)]
            with ExitStack() as renewed:
                for part in parts:
                    renewed.enter_context(authenticity.changing_part(part, row, recording.data_key))
                row.started_at = at

    async def set_gaps(
        self, tx: AsyncSession, recording: OpenRecording, gaps: Sequence[RecordingGap]
    ) -> None:
        """Where it has nothing of anybody."""
        async with authenticity.changing(tx, recording.id, recording.data_key) as row:
            row.gaps = to_builtins(gaps)

    def path(self, part: RecordingPart) -> Path:
        """Where it is written, and recovered."""
        return self.folder / part.path

    async def data_key(self, recording: Recording) -> DataKey:
        """Raises KeyFileError, WrongKey, KeyIsSealed, KeyServiceAway."""
        if recording.wrapped_key is None:
            raise WrongKey(f"Recording {recording.id} has no key any more.")
        return await self.keys.unwrap(recording.wrapped_key, recording.id, recording.key_id)

    async def recovered(self, recording: Recording, data_key: DataKey, lost: int) -> None:
        """All that could be recovered of it is; so many parts are lost."""
        async with self.database.transaction() as tx:
            await audit.append(tx, key_used(self._clock.now(), None, recording, "recovery"))
        detail = {"parts_lost": lost}
        await self.finish(recording.id, data_key, "recovered", "recording.recovered", detail)

    async def verdict(self, recording: Recording, parts: Sequence[RecordingPart]) -> Verdict:
        """Whether the rows, all of one moment, are as this server wrote them."""
        if recording.state == "erased" and recording.wrapped_key is None:
            return authenticity.all_are("unknown", parts)
        try:
            verdict = authenticity.judge(recording, parts, await self.data_key(recording))
        except (KeyFileError, KeyIsSealed, KeyServiceAway):
            return authenticity.all_are("unknown", parts)
        except WrongKey:
            ours = await self.keys.holds(recording.key_id)
            return authenticity.all_are("changed" if ours else "unknown", parts)
        is_ours = verdict.recording == "authentic" and not verdict.changed
        if is_ours and recording.duration_ms != recordings.length(parts):  # has no code of its own
            return Verdict("changed", verdict.parts)
        return verdict

    async def open_part(
        self, recording: Recording, part: RecordingPart, threads: Threads
    ) -> PartReader:
        """For reading in those threads.

        Raises KeyFileError, WrongKey, KeyIsSealed, DamagedPart, FileNotFoundError, StoreAway,
        NotUploaded.
        """
        data_key = await self.data_key(recording)
        if authenticity.judge_part(part, recording, data_key) == "changed":
            raise DamagedPart("The row of the part was changed.")
        reader = await threads.run(self._reader, recording, part, data_key)
        if not 0 <= part.body_offset <= reader.size:
            reader.close()
            raise DamagedPart("The row of the part speaks of bytes that its file does not have.")
        return reader

    def _reader(self, recording: Recording, part: RecordingPart, data_key: DataKey) -> PartReader:
        identity = PartIdentity(recording.id, part.id)
        return PartReader(self.keeping.open(part), data_key.key, identity)
