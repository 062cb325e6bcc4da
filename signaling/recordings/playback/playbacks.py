"""Access to recordings: who may have it, and the audit row
that is committed before the first byte.
"""

import asyncio
import logging
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, Damaged, NotAllowed, NotFound, Unavailable
from signaling.kernel.identifiers import is_identifier
from signaling.kernel.permissions import Action, may, require
from signaling.kernel.repeats import Repeats
from signaling.recordings import Recordings
from signaling.recordings.playback import views
from signaling.recordings.playback.media import DISK_SECONDS, Media
from signaling.recordings.resources import Playback, RecordingDetail, RecordingList
from storage import audit, consents, playback_grants, recordings
from storage.database import Database
from storage.errors import DamagedPart, KeyFileError, WrongKey
from storage.models import Recording, RecordingPart
from storage.recordings import NamedPart, RecordingSummary
from storage.threads import Threads
from storage.words import PLAYABLE, AuditAction

log = logging.getLogger(__name__)

PLAYING_AT_ONCE = 4  # pieces are read and decrypted; a disk that hangs holds up no more than these


class Playbacks:
    """What compliance staff do with recordings.

    To anybody else each method raises NotAllowed, audited.
    """

    def __init__(
        self, database: Database, stored: Recordings, repeats: Repeats, clock: Clock
    ) -> None:
        self._database = database
        self._repeats = repeats
        self._archive = stored.archive
        self._disk = Threads("playback", PLAYING_AT_ONCE)
        self._clock = clock

    async def list(self, actor: Actor, cursor: str | None) -> RecordingList:
        """Newest first."""
        await self._require(actor, "recording.list")
        async with self._database.reading() as tx:
            page = await recordings.list_newest(tx, cursor=cursor)
        await self._write(actor, "recording.listed")
        return RecordingList(
            recordings=[views.recording(found) for found in page.items],
            next_cursor=page.next_cursor,
        )

    async def detail(self, actor: Actor, recording_id: str) -> RecordingDetail:
        """The manifest, the consents it rests on and who has had access."""
        await self._require(actor, "recording.read", recording_id)
        async with self._database.reading() as tx:
            found = await _found(tx, recording_id)
        await self._write(actor, "recording.viewed", found.recording)
        async with self._database.reading() as tx:
            return views.detail(
                found,
                await recordings.parts(tx, recording_id),
                await consents.for_session(tx, found.recording.session_id),
                await audit.for_recording(tx, recording_id),
            )

    async def open(self, actor: Actor, recording_id: str) -> Playback:
        """Permission for this actor to read the media for a while."""
        await self._require(actor, "recording.play", recording_id)
        async with self._database.transaction() as tx:
            found = await _found(tx, recording_id)
            parts = [named.part for named in await recordings.parts(tx, recording_id)]
            playable = [part for part in parts if part.state in PLAYABLE]
            if not playable:
                raise Conflict("nothing_to_play")
            now = self._clock.now()
            grant = {"holder_id": actor.user_id, "recording_id": recording_id}
            playback_id, expires_at = await playback_grants.create(tx, **grant, now=now)
            await self._note(tx, "recording.played", actor, found.recording)
            for part in self._changed(found.recording, parts):
                log.error("the row of part %s was changed by somebody else", part.id)
                await self._note(tx, "recording.damaged", actor, found.recording, part.id)
        return Playback(
            playback_id=playback_id,
            expires_at=expires_at,
            urls={part.id: views.media_url(part, playback_id) for part in playable},
        )

    def _changed(
        self, recording: Recording, parts: Sequence[RecordingPart]
    ) -> Sequence[RecordingPart]:
        """Rows that are not as the server wrote them; none without a key, which `media` tells."""
        try:
            return [part for part in parts if not self._archive.is_authentic(recording, part)]
        except (KeyFileError, WrongKey):
            return []

    async def media(self, actor: Actor, recording_id: str, part_id: str, playback_id: str) -> Media:
        """One part, by a playback that this actor opened."""
        await self._require(actor, "recording.play", recording_id)
        async with self._database.reading() as tx:
            await self._require_playback(tx, actor, recording_id, playback_id)
            recording, named = await _playable_part(tx, recording_id, part_id)
        return await self._open(actor, recording, named, None)

    async def download(self, actor: Actor, recording_id: str, part_id: str) -> Media:
        """One part, to be saved."""
        await self._require(actor, "recording.download", recording_id)
        async with self._database.reading() as tx:
            recording, named = await _playable_part(tx, recording_id, part_id)
        await self._write(actor, "recording.downloaded", recording, part_id)
        return await self._open(actor, recording, named, views.file_name(recording, named))

    async def _require(self, actor: Actor, action: Action, recording_id: str | None = None) -> None:
        known = recording_id if recording_id and is_identifier(recording_id) else None
        if not may(actor.role, action):
            denied = entry(
                "recording.denied",
                self._clock.now(),
                actor,
                recording_id=known,
                detail={"action": action},
            )
            await self._repeats.append(denied, actor.user_id)
        require(actor, action)
        if known != recording_id:
            raise NotFound("unknown_recording")

    async def _require_playback(
        self, tx: AsyncSession, actor: Actor, recording_id: str, playback_id: str
    ) -> None:
        """The role behind the sign-in may be a moment old; that behind the grant is not."""
        grant = {"holder_id": actor.user_id, "recording_id": recording_id}
        role = await playback_grants.holder_role(tx, playback_id, **grant, now=self._clock.now())
        if role is None or not may(role, "recording.play"):
            raise NotAllowed("playback_expired")

    async def _write(
        self,
        actor: Actor,
        action: AuditAction,
        recording: Recording | None = None,
        part_id: str | None = None,
    ) -> None:
        """An access, committed before anything of what it tells is handed out."""
        async with self._database.transaction() as tx:
            await self._note(tx, action, actor, recording, part_id)

    async def _note(
        self,
        tx: AsyncSession,
        action: AuditAction,
        actor: Actor,
        recording: Recording | None = None,
        part_id: str | None = None,
    ) -> None:
        event = entry(
            action,
            self._clock.now(),
            actor,
            session_id=recording.session_id if recording else None,
            recording_id=recording.id if recording else None,
            part_id=part_id,
        )
        await audit.append(tx, event)

    async def _open(
        self, actor: Actor, recording: Recording, named: NamedPart, name: str | None
    ) -> Media:
        part = named.part

        async def damaged() -> None:
            log.error("part %s is damaged or was changed", part.id)
            await self._write(actor, "recording.damaged", recording, part.id)

        try:
            async with asyncio.timeout(DISK_SECONDS):
                reader = await self._disk.run(self._archive.open_part, recording, part)
        except (KeyFileError, WrongKey) as error:
            log.error("recording %s cannot be opened: %s", recording.id, error)
            raise Unavailable("recording_key_missing", problem=str(error)) from None
        except (DamagedPart, FileNotFoundError):
            await damaged()
            raise Damaged("recording_damaged") from None
        return Media(
            reader=reader,
            disk=self._disk,
            seek_header=part.seek_header,
            body_offset=part.body_offset,
            media_type=part.media_type,
            tag=part.id,  # a settled part never changes
            download_name=name,
            on_damage=damaged,
        )


async def _found(tx: AsyncSession, recording_id: str) -> RecordingSummary:
    found = await recordings.by_id(tx, recording_id)
    if found is None:
        raise NotFound("unknown_recording")
    return found


async def _playable_part(
    tx: AsyncSession, recording_id: str, part_id: str
) -> tuple[Recording, NamedPart]:
    found = await recordings.part_of(tx, recording_id, part_id)
    if found is None:
        await _found(tx, recording_id)
    if found is None or found[1].part.state not in PLAYABLE:
        raise NotFound("unknown_part")
    return found
