"""Access to recordings: who may have it, and the audit row
that is committed before the first byte.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict
from signaling.kernel.permissions import may
from signaling.recordings import Recordings, policy
from signaling.recordings.access import Access
from signaling.recordings.keys import KeyPurpose, logged_digest
from signaling.recordings.library import RecordingSearch
from signaling.recordings.playback import views
from signaling.recordings.playback.accesslog import AccessLog
from signaling.recordings.playback.asked import (
    Asked,
    found_part,
    found_recording,
    refuse_erased,
)
from signaling.recordings.playback.media import Media
from signaling.recordings.playback.parts import Parts
from signaling.recordings.policy import SOON
from signaling.recordings.resources import Playback, RecordingDetail, RecordingList
from signaling.recordings.unlocking import Gate, LetIn
from signaling.recordings.why import require_said, told
from storage import audit
from storage.calls import connections, consents
from storage.database import Database
from storage.models import Recording
from storage.people import users
from storage.people.playback_grants import Why
from storage.recordings import recordings, search
from storage.recordings.authenticity import Verdict
from storage.recordings.recordings import NamedPart
from storage.recordings.summaries import RecordingSummary
from storage.retention import erasures, legal_holds
from storage.vault.keys.sealed import is_sealed
from storage.words import PLAYABLE, SETTLED, AuditAction

log = logging.getLogger(__name__)

EVERYTHING = RecordingSearch()


@dataclass(frozen=True)
class Opened:
    """What somebody was let in to, and what it consists of."""

    playback: Playback
    found: RecordingSummary
    parts: Sequence[NamedPart]
    verdict: Verdict


class Playbacks:
    """What compliance staff do with recordings.

    To anybody else each method raises NotAllowed, audited.
    """

    def __init__(
        self,
        database: Database,
        stored: Recordings,
        access: Access,
        gate: Gate,
        clock: Clock,
    ) -> None:
        self._database = database
        self._access = access
        self._gate = gate
        self._stored = stored
        self._archive = stored.archive
        self._clock = clock
        self._log = AccessLog(database, clock)
        self._parts = Parts(database, stored, clock, self._log)

    async def list(
        self,
        actor: Actor,
        cursor: str | None = None,
        asked: RecordingSearch = EVERYTHING,
    ) -> RecordingList:
        """Newest first, those erased included; who looked for what is written down.

        Raises Invalid, InvalidCursor.
        """
        await self._access.require(actor, "recording.list")
        now = self._clock.now()
        async with self._database.reading() as tx:
            kept = await policy.in_force(tx)
            page = await search.newest(tx, asked.wanted(kept.over(now + SOON)), cursor)
            people = [one for one in (asked.person_id, asked.provider_id) if one is not None]
            names = {user.id: user.name for user in await users.by_ids(tx, people)}
        detail: audit.Detail = {**asked.detail, "rows": len(page.items)}
        event = entry("recording.listed", now, actor, user_id=asked.person_id, detail=detail)
        async with self._database.transaction() as tx:
            await audit.append(tx, event)
        return RecordingList(
            recordings=[views.recording(found, kept) for found in page.items],
            next_cursor=page.next_cursor,
            person_name=names.get(asked.person_id or ""),
            provider_name=names.get(asked.provider_id or ""),
        )

    async def detail(self, actor: Actor, recording_id: str) -> RecordingDetail:
        """The manifest, the consents it rests on and who has had access."""
        await self._access.require(actor, "recording.read", recording_id)
        found, parts = await self._at_one_moment(recording_id)
        verdict = await self._verdict(found, parts)
        async with self._database.transaction() as tx:
            if verdict.recording != "unknown":
                await self._log.note_key(tx, actor, found.recording, "judging")
            await self._log.note(tx, "recording.viewed", actor, found.recording)
            await self._note_changes(tx, actor, found.recording, verdict)
        async with self._database.reading() as tx:
            kept = await policy.in_force(tx)
            on_record = views.OnRecord(
                await consents.for_session(tx, found.recording.session_id),
                await connections.of_session(tx, found.recording.session_id),
                await legal_holds.of_recording(tx, recording_id),
                await erasures.of_recording(tx, recording_id),
                await audit.for_recording(tx, recording_id),
            )
        return views.detail(found, kept, parts, verdict, on_record)

    async def open(self, actor: Actor, recording_id: str, why: Why) -> Playback:
        """Permission for this actor to read the media for a while, and why they do. Raises Invalid
        if that has to be said in words, and is not; NotAllowed if somebody else has to approve.
        """
        await self._access.require(actor, "recording.play", recording_id)
        require_said(why)
        async with self._access.noting(actor, "recording.play", recording_id):
            opened = await self.grant(
                actor,
                recording_id,
                lambda tx: self._gate.let_in(tx, actor, recording_id, why),
                "recording.played",
            )
        return opened.playback

    async def grant(
        self,
        actor: Actor,
        recording_id: str,
        let_in: Callable[[AsyncSession], Awaitable[LetIn]],
        action: AuditAction,
    ) -> Opened:
        """To whom the gate lets in, in the transaction that writes that down. Raises what it
        raises, and Conflict of what cannot be opened.
        """
        found, parts = await self._at_one_moment(recording_id)
        refuse_erased(found.recording)
        sealed = is_sealed(found.recording.key_id)
        verdict = await self._verdict(found, parts)
        states = SETTLED if sealed else PLAYABLE
        playable = [named.part for named in parts if named.part.state in states]
        async with self._database.transaction() as tx:
            if playable:
                playback_id, expires_at, why = await let_in(tx)
                if sealed or verdict.recording != "unknown":
                    purpose: KeyPurpose = "browser" if sealed else "playback"
                    await self._log.note_key(tx, actor, found.recording, purpose)
                await self._log.note(tx, action, actor, found.recording, detail=told(why))
            await self._note_changes(tx, actor, found.recording, verdict)
            digest = await logged_digest(tx, recording_id) if sealed else None
        if not playable:
            raise Conflict("nothing_to_play")
        rows = [named.part for named in parts]
        playback = Playback(
            playback_id=playback_id,
            expires_at=expires_at,
            urls={}
            if sealed
            else {part.id: views.media_url(part, playback_id) for part in playable},
            sealed=views.sealed(found.recording, rows, digest, playback_id) if sealed else None,
            viewer_name=actor.name,
            may_save=may(actor.role, "recording.download"),
        )
        return Opened(playback, found, parts, verdict)

    async def _at_one_moment(
        self, recording_id: str
    ) -> tuple[RecordingSummary, Sequence[NamedPart]]:
        """What is judged together; a part that is added in between would look like a forged one."""
        async with self._database.reading() as tx:
            return await found_recording(tx, recording_id), await recordings.parts(tx, recording_id)

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
            await self._log.note(tx, "recording.damaged", actor, recording)
        for part_id, word in verdict.parts.items():
            if word == "changed":
                log.error("the row of part %s was changed by somebody else", part_id)
                await self._log.note(tx, "recording.damaged", actor, recording, part_id)

    async def media(self, actor: Actor, recording_id: str, part_id: str, playback_id: str) -> Media:
        """One part, by a playback that this actor opened."""
        await self._access.require(actor, "recording.watch", recording_id)

        async def ask(tx: AsyncSession) -> Asked:
            why = await self._gate.require(tx, actor, recording_id, playback_id)
            return *await found_part(tx, recording_id, part_id, PLAYABLE), why

        if may(actor.role, "recording.play"):
            return await self._media(actor, ask, "recording.streamed")
        async with self._access.noting(actor, "recording.play", recording_id):
            return await self._media(actor, ask, "recording.streamed")

    async def download(
        self, actor: Actor, recording_id: str, part_id: str, playback_id: str
    ) -> Media:
        """One part, to be saved, by a playback that this actor opened."""
        await self._access.require(actor, "recording.download", recording_id)

        async def ask(tx: AsyncSession) -> Asked:
            recording, named = await found_part(tx, recording_id, part_id, PLAYABLE)
            if is_sealed(recording.key_id):
                raise Conflict("recording_sealed")
            why = await self._gate.require(tx, actor, recording_id, playback_id)
            return recording, named, why

        return await self._media(actor, ask, "recording.downloaded")

    async def _media(
        self,
        actor: Actor,
        ask: Callable[[AsyncSession], Awaitable[Asked]],
        action: Literal["recording.streamed", "recording.downloaded"],
    ) -> Media:
        async with self._parts.opening(actor, ask, action) as opening:
            recording, part, disk = opening.recording, opening.part, opening.disk
            reader = await self._archive.open_part(recording, part, disk)
        is_saved = action == "recording.downloaded"
        return Media(
            permission=opening.permission,
            reader=reader,
            disk=disk,
            seek_header=part.seek_header,
            body_offset=part.body_offset,
            media_type=part.media_type,
            tag=part.id,  # a settled part never changes
            download_name=views.file_name(recording, opening.named) if is_saved else None,
            on_damage=opening.damaged,
            on_access=opening.accessed,
        )
