"""The chat of a call: kept before anybody sees it, in the server's order, and needing no media.

Everybody in the call reads it as long as they are in it, guests from when they joined; afterwards
the patient and the provider whose call it was do.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical import visits
from signaling.clinical.chat.messages import ChatEntry, ChatErased, ChatMessage, ChatSend
from signaling.clinical.chat.resources import ChatHistory
from signaling.clinical.records import About, Record, Records
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.company import Company, Seat
from signaling.kernel.errors import Conflict, DomainError, NotFound
from signaling.kernel.hub import Socket
from signaling.kernel.repeats import Repeats
from storage import models
from storage.calls import call_participants
from storage.clinical import chat, clinical_keys
from storage.clinical.sealing import Place
from storage.database import Database
from storage.ids import new_id
from storage.words import AuditAction

TABLE = "chat_messages"
PAGE = 200
MOST_UNSURE = 1000

Named = tuple[str, str, str]
"""A message: session, author, and the id that its author's page gave it."""


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
        self._company = company
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
        seat = await self._company.writer(sender.actor, sent.room_id)
        about = About("chat", patient_id=seat.patient_id, session_id=seat.session_id)
        record = await self._records.make(record_id(seat.session_id), about)
        named = (seat.session_id, sender.actor.user_id, sent.client_id)
        try:
            row, is_new = await self._keep(sender.actor, seat, sent, record)
        except DomainError:
            raise
        except BaseException:
            self._note_unsure(named)
            raise
        message = _entry(row, record.read(_place(row), row.sealed))
        told = ChatMessage(room_id=sent.room_id, message=message)
        if is_new:
            self._company.tell(sent.room_id, told)
        elif named in self._unsure:
            self._company.tell(sent.room_id, told, at=row.sent_at)
        else:
            sender.send(told)
        self._unsure.pop(named, None)

    async def history(self, actor: Actor, room_id: str, after: int) -> ChatHistory:
        """What follows that number, in the log before it is handed out. Raises NotFound for whoever
        took no part, Conflict for a guest of a call that is over.
        """
        async with self._database.reading() as tx:
            session = await visits.of_somebody(tx, actor, room_id)
            since = None
            if not visits.is_of(actor, session):
                if not self._company.includes(actor, room_id):
                    raise Conflict("chat_over")
                since = await call_participants.first_joined(tx, session.id, actor.user_id)
            rows = await chat.after(tx, session.id, after, since, PAGE + 1)
        record = await self._records.find(record_id(session.id)) if rows else None
        if rows:
            await self._note("chat.read", actor, session.id)
        texts = [record.read(_place(row), row.sealed) if record else None for row in rows]
        entries = [_entry(row, text) for row, text in zip(rows, texts, strict=True)]
        return ChatHistory(messages=entries[:PAGE], more=len(entries) > PAGE)

    async def erase(self, actor: Actor, room_id: str, reason: str) -> None:
        """Nobody reads it any more; who wrote when stays. Raises NotFound without one, and for a
        provider whose call it was not.
        """
        await self._records.require_erasable()
        async with self._database.transaction() as tx:
            session = await visits.find(tx, room_id)
            if session and actor.role == "provider" and session.provider_id != actor.user_id:
                session = None
            key = await clinical_keys.for_change(tx, record_id(session.id)) if session else None
            if key is None:
                raise NotFound("unknown_chat")
            if key.wrapped_key is None:
                raise Conflict("clinical_text_erased")
            tombstone = await self._records.erase(tx, key, actor, reason)
        await self._records.note_erased(tombstone)
        self._company.tell(room_id, ChatErased(room_id=room_id))

    def _note_unsure(self, named: Named) -> None:
        self._unsure[named] = None
        if len(self._unsure) > MOST_UNSURE:
            self._unsure.pop(next(iter(self._unsure)))

    async def _keep(
        self, actor: Actor, seat: Seat, sent: ChatSend, record: Record
    ) -> tuple[models.ChatMessage, bool]:
        row = models.ChatMessage(
            id=new_id(),
            session_id=seat.session_id,
            author_id=actor.user_id,
            author_name=seat.name,
            client_id=sent.client_id,
            sent_at=self._clock.now(),
        )
        row.sealed = record.seal(_place(row), sent.text)
        async with self._database.transaction() as tx:
            key = await clinical_keys.for_change(tx, record.id)  # one after the other
            if key is None or key.wrapped_key is None:
                raise Conflict("clinical_text_erased")
            of = (seat.session_id, actor.user_id, sent.client_id)
            if (kept := await chat.by_client_id(tx, *of)) is not None:
                return kept, False
            await chat.add(tx, row)
            await self._note("chat.written", actor, seat.session_id, tx)
        return row, True

    async def _note(
        self, action: AuditAction, actor: Actor, session_id: str, tx: AsyncSession | None = None
    ) -> None:
        event = entry(action, self._clock.now(), actor, session_id=session_id)
        await self._repeats.append(event, f"{actor.user_id} {session_id}", tx=tx)


def record_id(session_id: str) -> str:
    """Of the chat of that call."""
    return f"chat-{session_id}"


def _place(row: models.ChatMessage) -> Place:
    return Place(TABLE, row.id)


def _entry(row: models.ChatMessage, text: str | None) -> ChatEntry:
    return ChatEntry(
        number=row.number,
        client_id=row.client_id,
        author_id=row.author_id,
        author_name=row.author_name,
        text=text,
        sent_at=row.sent_at,
    )
