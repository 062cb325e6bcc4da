"""Access to recordings: who may have it, and the audit row
that is committed before the first byte.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, Damaged, Invalid, NotAllowed, NotFound, Unavailable
from signaling.kernel.permissions import may
from signaling.kernel.words import RecordingFilter
from signaling.recordings import Recordings, policy
from signaling.recordings.access import Access
from signaling.recordings.keys import KeyPurpose, key_used
from signaling.recordings.playback import views
from signaling.recordings.playback.media import DISK_SECONDS, Media, Permission
from signaling.recordings.policy import SOON
from signaling.recordings.resources import Playback, RecordingDetail, RecordingList
from storage import (
    audit,
    consents,
    erasures,
    legal_holds,
    nodes,
    playback_grants,
    recordings,
)
from storage.audit import Detail
from storage.authenticity import Verdict
from storage.database import Database
from storage.errors import (
    DamagedPart,
    KeyFileError,
    KeyIsSealed,
    KeyServiceAway,
    NotUploaded,
    StoreAway,
    WrongKey,
)
from storage.models import Recording
from storage.playback_grants import Why
from storage.recordings import NamedPart, RecordingSummary
from storage.threads import Threads
from storage.vault.keys.sealed import is_sealed
from storage.words import PLAYABLE, AuditAction

log = logging.getLogger(__name__)

PLAYING_AT_ONCE = 4  # pieces are read and decrypted; a disk that hangs holds up no more than these


Asked = tuple[Recording, NamedPart, Why]
"""What is read, and why."""


class Playbacks:
    """What compliance staff do with recordings.

    To anybody else each method raises NotAllowed, audited.
    """

    def __init__(
        self,
        database: Database,
        stored: Recordings,
        access: Access,
        clock: Clock,
    ) -> None:
        self._database = database
        self._access = access
        self._stored = stored
        self._archive = stored.archive
        self._disk = Threads("playback", PLAYING_AT_ONCE)
        self._clock = clock

    async def list(
        self,
        actor: Actor,
        cursor: str | None = None,
        only: RecordingFilter | None = None,
        person_id: str | None = None,
    ) -> RecordingList:
        """Newest first; of a person, all in which they were recorded, those erased included."""
        await self._access.require(actor, "recording.list")
        async with self._database.reading() as tx:
            kept = await policy.in_force(tx)
            expiring = kept.over(self._clock.now() + SOON)
            page = await recordings.list_newest(
                tx, only=only, expiring=expiring, person_id=person_id, cursor=cursor
            )
        await self._write(actor, "recording.listed")
        return RecordingList(
            recordings=[views.recording(found, kept) for found in page.items],
            next_cursor=page.next_cursor,
        )

    async def detail(self, actor: Actor, recording_id: str) -> RecordingDetail:
        """The manifest, the consents it rests on and who has had access."""
        await self._access.require(actor, "recording.read", recording_id)
        found, parts = await self._at_one_moment(recording_id)
        verdict = await self._verdict(found, parts)
        async with self._database.transaction() as tx:
            if verdict.recording != "unknown":
                await self._note_key(tx, actor, found.recording, "judging")
            await self._note(tx, "recording.viewed", actor, found.recording)
            await self._note_changes(tx, actor, found.recording, verdict)
        async with self._database.reading() as tx:
            kept = await policy.in_force(tx)
            on_record = views.OnRecord(
                await consents.for_session(tx, found.recording.session_id),
                await legal_holds.of_recording(tx, recording_id),
                await erasures.of_recording(tx, recording_id),
                await audit.for_recording(tx, recording_id),
            )
        return views.detail(found, kept, parts, verdict, on_record)

    async def open(self, actor: Actor, recording_id: str, why: Why) -> Playback:
        """Permission for this actor to read the media for a while, and why they do. Raises Invalid
        if that has to be said in words, and is not.
        """
        await self._access.require(actor, "recording.play", recording_id)
        if why.purpose == "HOPERAT" and not why.reason:
            raise Invalid("reason_needed")
        found, parts = await self._at_one_moment(recording_id)
        _refuse_erased(found.recording)
        if is_sealed(found.recording.key_id):
            raise Conflict("recording_sealed")
        verdict = await self._verdict(found, parts)
        playable = [named.part for named in parts if named.part.state in PLAYABLE]
        async with self._database.transaction() as tx:
            if playable:
                grant = {"holder_id": actor.user_id, "recording_id": recording_id}
                playback_id, expires_at = await playback_grants.create(
                    tx, **grant, why=why, now=self._clock.now()
                )
                if verdict.recording != "unknown":
                    await self._note_key(tx, actor, found.recording, "playback")
                told = _told(why)
                await self._note(tx, "recording.played", actor, found.recording, detail=told)
            await self._note_changes(tx, actor, found.recording, verdict)
        if not playable:
            raise Conflict("nothing_to_play")
        return Playback(
            playback_id=playback_id,
            expires_at=expires_at,
            urls={part.id: views.media_url(part, playback_id) for part in playable},
            viewer_name=actor.name,
        )

    async def _at_one_moment(
        self, recording_id: str
    ) -> tuple[RecordingSummary, Sequence[NamedPart]]:
        """What is judged together; a part that is added in between would look like a forged one."""
        async with self._database.reading() as tx:
            return await _found(tx, recording_id), await recordings.parts(tx, recording_id)

    async def _verdict(self, found: RecordingSummary, parts: Sequence[NamedPart]) -> Verdict:
        return await self._archive.verdict(found.recording, [named.part for named in parts])

    async def _note_changes(
        self, tx: AsyncSession, actor: Actor, recording: Recording, verdict: Verdict
    ) -> None:
        """What somebody else has changed in the database, in the logs of server and of accesses."""
        if not verdict.changed:
            return
        self._stored.damaged.add(recording.id)
        if verdict.recording == "changed":
            log.error(
                "recording %s or the list of its parts was changed by somebody else", recording.id
            )
            await self._note(tx, "recording.damaged", actor, recording)
        for part_id, word in verdict.parts.items():
            if word == "changed":
                log.error("the row of part %s was changed by somebody else", part_id)
                await self._note(tx, "recording.damaged", actor, recording, part_id)

    async def media(self, actor: Actor, recording_id: str, part_id: str, playback_id: str) -> Media:
        """One part, by a playback that this actor opened."""
        await self._access.require(actor, "recording.play", recording_id)

        async def ask(tx: AsyncSession) -> Asked:
            why = await self._why(tx, actor, recording_id, playback_id)
            return *await _playable_part(tx, recording_id, part_id), why

        return await self._open(actor, ask, "recording.streamed")

    async def download(
        self, actor: Actor, recording_id: str, part_id: str, playback_id: str
    ) -> Media:
        """One part, to be saved, by a playback that this actor opened."""
        await self._access.require(actor, "recording.download", recording_id)

        async def ask(tx: AsyncSession) -> Asked:
            recording, named = await _playable_part(tx, recording_id, part_id)
            if is_sealed(recording.key_id):
                raise Conflict("recording_sealed")
            return recording, named, await self._why(tx, actor, recording_id, playback_id)

        return await self._open(actor, ask, "recording.downloaded")

    async def _why(
        self, tx: AsyncSession, actor: Actor, recording_id: str, playback_id: str
    ) -> Why:
        """The role behind the sign-in may be a moment old; that behind the grant is not."""
        grant = {"holder_id": actor.user_id, "recording_id": recording_id}
        standing = await playback_grants.standing(tx, playback_id, **grant, now=self._clock.now())
        if standing is None or not may(standing.role, "recording.play"):
            if await erasures.of_recording(tx, recording_id) is not None:
                raise Conflict("recording_erased")
            raise NotAllowed("playback_expired")
        return standing.why

    async def _write(
        self,
        actor: Actor,
        action: AuditAction,
        recording: Recording | None = None,
        part_id: str | None = None,
        detail: Detail | None = None,
    ) -> None:
        """An access, committed before anything of what it tells is handed out."""
        async with self._database.transaction() as tx:
            if action == "recording.downloaded" and recording is not None:
                await self._note_key(tx, actor, recording, "download")
            await self._note(tx, action, actor, recording, part_id, detail)

    async def _note_key(
        self, tx: AsyncSession, actor: Actor, recording: Recording, purpose: KeyPurpose
    ) -> None:
        """The recording's data key is unwrapped; those who play it do so by a playback."""
        event = key_used(self._clock.now(), actor, recording, purpose)
        await audit.append(tx, event)

    async def _note(
        self,
        tx: AsyncSession,
        action: AuditAction,
        actor: Actor,
        recording: Recording | None = None,
        part_id: str | None = None,
        detail: Detail | None = None,
    ) -> None:
        event = entry(
            action,
            self._clock.now(),
            actor,
            session_id=recording.session_id if recording else None,
            recording_id=recording.id if recording else None,
            part_id=part_id,
            detail=detail,
        )
        await audit.append(tx, event)

    async def _node_name(self, node_id: str | None) -> str:
        """As operators know it; it is forgotten a day after it was heard of last."""
        async with self._database.reading() as tx:
            return await nodes.name_of(tx, node_id)

    async def _open(
        self,
        actor: Actor,
        ask: Callable[[AsyncSession], Awaitable[Asked]],
        action: Literal["recording.streamed", "recording.downloaded"],
    ) -> Media:
        permission = Permission(self._database, self._clock, ask)
        async with self._database.reading() as tx:
            recording, named, why = await ask(tx)
        part = named.part

        async def accessed(octets: Detail) -> None:
            await self._write(actor, action, recording, part.id, {**octets, **_told(why)})

        async def damaged() -> None:
            log.error("part %s is damaged or was changed", part.id)
            self._stored.damaged.add(recording.id)
            await self._write(actor, "recording.damaged", recording, part.id)

        try:
            async with asyncio.timeout(DISK_SECONDS):
                reader = await self._archive.open_part(recording, part, self._disk)
        except KeyIsSealed:
            raise Conflict("recording_sealed") from None
        except KeyServiceAway as error:
            log.error("recording %s cannot be opened now: %s", recording.id, error)
            raise Unavailable("recording_key_away", retry_after=10) from None
        except (KeyFileError, WrongKey) as error:
            log.error("recording %s cannot be opened: %s", recording.id, error)
            raise Unavailable("recording_key_missing", problem=str(error)) from None
        except StoreAway as error:
            log.error("recording %s cannot be read: %s", recording.id, error)
            raise Unavailable("recording_store_away") from None
        except NotUploaded as error:
            raise Unavailable(
                "recording_not_uploaded", node=await self._node_name(error.node_id)
            ) from None
        except (DamagedPart, FileNotFoundError):
            await damaged()
            raise Damaged("recording_damaged") from None
        is_saved = action == "recording.downloaded"
        return Media(
            permission=permission,
            reader=reader,
            disk=self._disk,
            seek_header=part.seek_header,
            body_offset=part.body_offset,
            media_type=part.media_type,
            tag=part.id,  # a settled part never changes
            download_name=views.file_name(recording, named) if is_saved else None,
            on_damage=damaged,
            on_access=accessed,
        )


def _told(why: Why) -> Detail:
    """As the log has it: `purpose_of_event` is FHIR's AuditEvent.purposeOfEvent."""
    return {"purpose_of_event": why.purpose, **({"reason": why.reason} if why.reason else {})}


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
    _refuse_erased(found[0])
    return found


def _refuse_erased(recording: Recording) -> None:
    """Where there is nothing to open, and no damage either."""
    if recording.state == "erased":
        raise Conflict("recording_erased")
