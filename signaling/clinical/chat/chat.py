"""The chat of a call: kept before anybody sees it, in the server's order, and needing no media.

Everybody in the call reads it as long as they are in it, guests from when they joined; afterwards
the patient and the provider whose call it was do.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical import visits
from signaling.clinical.chat.messages import ChatEntry, ChatErased, ChatFile, ChatMessage, ChatSend
from signaling.clinical.chat.resources import ChatHistory, FilesTaken
from signaling.clinical.records import About, Record, Records
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.company import Company, Seat
from signaling.kernel.errors import Conflict, DomainError, NotFound, Unavailable
from signaling.kernel.hub import Socket
from signaling.kernel.repeats import Repeats
from storage import models
from storage.calls import call_participants
from storage.clinical import chat, clinical_keys, files
from storage.clinical.files import KeyedFile
from storage.clinical.sealing import Place
from storage.database import Database
from storage.ids import new_id
from storage.words import AuditAction

log = logging.getLogger(__name__)

TABLE = "chat_messages"
FILES = "chat_files"
PAGE = 200
MOST_UNSURE = 1000

Named = tuple[str, str, str]
"""A message: session, author, and the id that its author's page gave it."""


Attach = Callable[[AsyncSession, models.ChatMessage], Awaitable[None]]


@dataclass(frozen=True)
class Draft:
    """A message that is to be kept."""

    client_id: str
    text: str = field(default="", repr=False)
    attach: Attach | None = None
    """Puts a file beside it, in its transaction, and writes that down; what it raises refuses the
    message.
    """
    file: ChatFile | None = None
    """As everybody is to see it."""
    message_id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class Kept:
    """A message that is committed: whatever fails from now on takes nothing of it back."""

    named: Named
    row: models.ChatMessage
    record: Record
    draft: Draft
    is_new: bool
    """Not so: it was there before, as `row` has it, and the draft was not kept."""


class Chat:
    """Of all calls."""

    def __init__(
        self,
        database: Database,
        records: Records,
        company: Company,
        repeats: Repeats,
        clock: Clock,
    ) -> None:
        self._database = database
        self._records = records
        self.company = company
        self.takes = FilesTaken(most_bytes=0, types=[])
        self._repeats = repeats
        self._clock = clock
        self._unsure: dict[Named, None] = {}
        """Of these nobody knows whether they were kept: the database's answer was lost, and nobody
        was told of them.
        """

    async def send(self, sender: Socket, sent: ChatSend) -> None:
        """Keep it, and show it to everybody in the call; one that is kept already, as it was kept,
        to the page that has sent it again alone, unless the others may not know of it.

        Raises NotFound, Conflict, NotAllowed, Unavailable.
        """
        seat = await self.company.writer(sender.actor, sent.room_id)
        draft = Draft(sent.client_id, sent.text)
        kept = await self.keep(sender.actor, seat, draft)
        entry, is_told = await self.show(sent.room_id, kept)
        if not is_told:
            sender.send(ChatMessage(room_id=sent.room_id, message=entry))

    async def keep(self, actor: Actor, seat: Seat, draft: Draft) -> Kept:
        """To be shown next. A DomainError is a refusal, and nothing is kept then: Conflict,
        Unavailable, and what its file raises. After any other error it may be.
        """
        about = About("chat", patient_id=seat.patient_id, session_id=seat.session_id)
        record = await self._records.make(record_id(seat.session_id), about)
        named = (seat.session_id, actor.user_id, draft.client_id)
        try:
            row, is_new = await self._keep(actor, seat, draft, record)
        except DomainError:
            raise
        except BaseException:
            self._note_unsure(named)
            raise
        if is_new:
            self._note_unsure(named)  # until it is shown
        return Kept(named, row, record, draft, is_new)

    async def show(self, room_id: str, kept: Kept) -> tuple[ChatEntry, bool]:
        """As it is kept, and whether everybody in the call was told just now. If this fails, they
        are when it is sent again.
        """
        row, draft = kept.row, kept.draft
        if kept.is_new:  # all of it is at hand: neither database nor keys are asked
            entry = _entry(row, draft.text, draft.file)
        else:
            async with self._database.reading() as tx:
                attached = await files.of_messages(tx, [row.id])
            [entry] = await self._entries([row], attached, kept.record)
        told = ChatMessage(room_id=room_id, message=entry)
        is_told = kept.is_new or kept.named in self._unsure
        if is_told:
            self.company.tell(room_id, told, at=None if kept.is_new else row.sent_at)
        self._unsure.pop(kept.named, None)
        return entry, is_told

    async def is_kept(self, actor: Actor, session_id: str, client_id: str) -> bool:
        """Whether a message of theirs is there already under that id."""
        async with self._database.reading() as tx:
            return await chat.by_client_id(tx, session_id, actor.user_id, client_id) is not None

    async def require_reader(
        self, tx: AsyncSession, actor: Actor, room_id: str
    ) -> tuple[models.TelemedicineSession, datetime | None]:
        """The call, and since when they read what is written in it; none: all of it.

        Raises NotFound for whoever took no part, Conflict for a guest of a call that is over.
        """
        session = await visits.of_somebody(tx, actor, room_id)
        if visits.is_of(actor, session):
            return session, None
        if not self.company.includes(actor, room_id):
            raise Conflict("chat_over")
        return session, await call_participants.first_joined(tx, session.id, actor.user_id)

    async def history(self, actor: Actor, room_id: str, after: int) -> ChatHistory:
        """What follows that number, in the log before it is handed out. Raises NotFound for whoever
        took no part, Conflict for a guest of a call that is over.
        """
        async with self._database.reading() as tx:
            session, since = await self.require_reader(tx, actor, room_id)
            rows = await chat.after(tx, session.id, after, since, PAGE + 1)
            attached = await files.of_messages(tx, [row.id for row in rows])
        record = await self._records.find(record_id(session.id)) if rows else None
        if rows:
            await self._note("chat.read", actor, session.id)
        entries = await self._entries(rows, attached, record)
        return ChatHistory(messages=entries[:PAGE], more=len(entries) > PAGE, files=self.takes)

    async def erase(self, actor: Actor, room_id: str, reason: str) -> None:
        """Nobody reads it any more, its files included; who wrote when stays. Raises NotFound
        without one, and for a provider whose call it was not.
        """
        await self._records.require_erasable()
        async with self._database.transaction() as tx:
            session = await find_erasable(tx, actor, room_id)
            key = await clinical_keys.for_change(tx, record_id(session.id)) if session else None
            if key is None:
                raise NotFound("unknown_chat")
            if key.wrapped_key is None:
                raise Conflict("clinical_text_erased")
            keys = [key, *await files.keys_for_change(tx, key.session_id or "")]
            tombstones = [await self._records.erase(tx, each, actor, reason) for each in keys]
        for tombstone in tombstones:
            await self._records.note_erased(tombstone)
        self.company.tell(room_id, ChatErased(room_id=room_id))

    def _note_unsure(self, named: Named) -> None:
        self._unsure[named] = None
        if len(self._unsure) > MOST_UNSURE:
            self._unsure.pop(next(iter(self._unsure)))

    async def _keep(
        self, actor: Actor, seat: Seat, draft: Draft, record: Record
    ) -> tuple[models.ChatMessage, bool]:
        row = models.ChatMessage(
            id=draft.message_id,
            session_id=seat.session_id,
            author_id=actor.user_id,
            author_name=seat.name,
            client_id=draft.client_id,
            sent_at=self._clock.now(),
        )
        row.sealed = record.seal(_place(row), draft.text)
        async with self._database.transaction() as tx:
            key = await clinical_keys.for_change(tx, record.id)  # one after the other
            if key is None or key.wrapped_key is None:
                raise Conflict("clinical_text_erased")
            of = (seat.session_id, actor.user_id, draft.client_id)
            if (kept := await chat.by_client_id(tx, *of)) is not None:
                return kept, False
            await chat.add(tx, row)
            if draft.attach is None:
                await self._note("chat.written", actor, seat.session_id, tx)
            else:
                await draft.attach(tx, row)
        return row, True

    async def _entries(
        self,
        rows: Sequence[models.ChatMessage],
        attached: Mapping[str, KeyedFile],
        record: Record | None,
    ) -> list[ChatEntry]:
        """As everybody sees them."""
        seen = await asyncio.gather(*(self._file(keyed) for keyed in attached.values()))
        by_message = dict(zip(attached, seen, strict=True))
        texts = [record.read(_place(row), row.sealed) if record else None for row in rows]
        return [
            _entry(row, text, by_message.get(row.id)) for row, text in zip(rows, texts, strict=True)
        ]

    async def _file(self, keyed: KeyedFile) -> ChatFile:
        file, key = keyed
        name = None
        if key.wrapped_key is not None:
            try:
                record = await self._records.opened(key)
            except Unavailable as error:  # of one file: the others and what was written are read
                log.warning("file %s is shown without its name: %s", file.id, error)
            else:
                name = record.read(Place(FILES, file.id), file.sealed_name)
        return ChatFile(
            file_id=file.id,
            name=name,
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            erased=key.wrapped_key is None,
        )

    async def _note(
        self, action: AuditAction, actor: Actor, session_id: str, tx: AsyncSession | None = None
    ) -> None:
        event = entry(action, self._clock.now(), actor, session_id=session_id)
        await self._repeats.append(event, f"{actor.user_id} {session_id}", tx=tx)


def record_id(session_id: str) -> str:
    """Of the chat of that call."""
    return f"chat-{session_id}"


async def find_erasable(
    tx: AsyncSession, actor: Actor, room_id: str
) -> models.TelemedicineSession | None:
    """Any for compliance, for a provider one of their own; none as for one that never was."""
    session = await visits.find(tx, room_id)
    if session and actor.role == "provider" and session.provider_id != actor.user_id:
        return None
    return session


def _place(row: models.ChatMessage) -> Place:
    return Place(TABLE, row.id)


def _entry(row: models.ChatMessage, text: str | None, file: ChatFile | None) -> ChatEntry:
    return ChatEntry(
        number=row.number,
        client_id=row.client_id,
        author_id=row.author_id,
        author_name=row.author_name,
        text=text,
        file=file,
        sent_at=row.sent_at,
    )
