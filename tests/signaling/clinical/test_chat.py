"""The chat of a call on both databases: everybody in it reads what is written, once and in order,
without any media; afterwards its two do.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.calls import answering, inviting, joining, leaving
from signaling.clinical.chat.chat import record_id
from signaling.clinical.chat.messages import ChatErased
from signaling.clinical.chat.messages import ChatMessage as Told
from signaling.kernel.errors import Conflict, NotFound
from signaling.kernel.limits import Limits
from signaling.kernel.permissions import may
from signaling.kernel.words import Side
from signaling.websocket.conversation import Conversation
from signaling.websocket.messages import ErrorMessage
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.models import ChatMessage, ClinicalKey
from tests.signaling.calls.test_acts_first import LosesAnswers
from tests.signaling.practice import (
    Page,
    Practice,
    all_written,
    audit_log_away,
    open_practice,
)

HELLO = "I cannot hear you. \U0001f50a"


@pytest.fixture
async def practice(tmp_path: Path, database_url: str) -> AsyncIterator[Practice]:
    async with open_practice(tmp_path, database_url=database_url) as practice:
        yield practice


class Writer:
    """A page that writes on its socket."""

    def __init__(self, practice: Practice, page: Page, room_id: str) -> None:
        self.page, self.room_id = page, room_id
        self._conversation = Conversation(page, practice.calls, practice.chat, Limits(lambda: 0.0))

    async def write(self, text: str, client_id: str = "first-message") -> None:
        message = {"type": "chat_send", "room_id": self.room_id, "client_id": client_id}
        await self._conversation.hear(msgspec.json.encode({**message, "text": text}))

    def read(self) -> list[tuple[int, str, str | None]]:
        """What the page was told so far."""
        told = [message.message for message in self.page.all(Told)]
        return [(entry.number, entry.author_name, entry.text) for entry in told]

    def refusal(self) -> tuple[str, str | None, str | None]:
        error = self.page.last(ErrorMessage)
        return error.code, error.reason, error.client_id


async def invite(practice: Practice, room_id: str, side: Side) -> None:
    await inviting.invite(
        practice.calls, practice.provider, room_id, "other_provider", side, required=False
    )


async def history(practice: Practice, page: Page, room_id: str, after: int = 0) -> list[str | None]:
    found = await practice.chat.history(page.actor, room_id, after)
    assert not found.more
    return [entry.text for entry in found.messages]


async def test_everybody_reads_it_in_one_order_without_media(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    writers = [Writer(practice, page, room_id) for page in (provider, patient)]
    await writers[0].write(HELLO)
    await writers[1].write("Nor I you.")
    for writer in writers:
        assert writer.read() == [
            (1, "Name of provider", HELLO),
            (2, "Name of patient", "Nor I you."),
        ]
    assert await history(practice, patient, room_id) == [HELLO, "Nor I you."]
    assert await history(practice, patient, room_id, after=1) == ["Nor I you."]
    async with practice.database.reading() as tx:
        rows = (await tx.scalars(sa.select(ChatMessage))).all()
    assert not any(b"hear" in row.sealed for row in rows)


async def test_a_message_that_is_sent_again_is_the_same(practice: Practice) -> None:
    room_id, provider, _ = await practice.running()
    writer = Writer(practice, provider, room_id)
    await asyncio.gather(*(writer.write(HELLO, f"message-{each % 2}") for each in range(6)))
    assert {number for number, _, _ in writer.read()} == {1, 2}
    assert await history(practice, provider, room_id) == [HELLO, HELLO]


async def test_a_message_that_is_sent_again_with_another_text_is_told_as_kept_to_its_sender_alone(
    practice: Practice,
) -> None:
    room_id, provider, patient = await practice.running()
    writer = Writer(practice, provider, room_id)
    await writer.write(HELLO)
    guest = practice.page(practice.other_provider)
    await practice.clock.advance(1)
    await invite(practice, room_id, "supervisor")
    await answering.accept(practice.calls, guest.actor, room_id, recording_consent=False)
    await joining.join(practice.calls, guest, room_id)
    await writer.write("Something else")
    kept = (1, "Name of provider", HELLO)
    assert writer.read() == [kept, kept]
    assert Writer(practice, patient, room_id).read() == [kept]
    assert Writer(practice, guest, room_id).read() == []
    await practice.repeats.close()
    assert (await practice.actions(room_id)).count("chat.written") == 1


async def test_nothing_is_kept_or_told_that_the_log_does_not_tell(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    await all_written(practice.calls)
    writer = Writer(practice, provider, room_id)
    async with audit_log_away(practice):
        await writer.write(HELLO)
    assert writer.refusal()[0] == "internal_error"
    assert Writer(practice, patient, room_id).read() == []
    assert await history(practice, provider, room_id) == []
    await writer.write(HELLO)
    assert "chat.written" in await practice.actions(room_id)


async def test_a_guest_reads_from_when_they_joined_until_the_call_is_over(
    practice: Practice,
) -> None:
    room_id, provider, patient = await practice.running()
    await Writer(practice, patient, room_id).write("For the provider alone")
    guest = practice.page(practice.other_provider)
    await practice.clock.advance(1)
    await invite(practice, room_id, "supervisor")
    with pytest.raises(NotFound):
        await practice.chat.history(guest.actor, room_id, 0)
    await answering.accept(practice.calls, guest.actor, room_id, recording_consent=False)
    await joining.join(practice.calls, guest, room_id)
    await Writer(practice, provider, room_id).write("Hello to both")
    await Writer(practice, guest, room_id).write("Hello")
    assert await history(practice, guest, room_id) == ["Hello to both", "Hello"]
    assert len(await history(practice, patient, room_id)) == 3
    await leaving.hang_up(practice.calls, practice.provider, room_id)
    await all_written(practice.calls)
    with pytest.raises(Conflict, match="chat_over"):
        await practice.chat.history(guest.actor, room_id, 0)
    for page in (provider, patient):
        assert len(await history(practice, page, room_id)) == 3
    writer = Writer(practice, provider, room_id)
    await writer.write("Too late", "too-late-1")
    assert writer.refusal() == ("call_over", None, "too-late-1")


async def test_an_observer_reads_and_writes_nothing(practice: Practice) -> None:
    room_id, provider, _ = await practice.running()
    guest = practice.page(practice.other_provider)
    await invite(practice, room_id, "observer")
    await answering.accept(practice.calls, guest.actor, room_id, recording_consent=False)
    await joining.join(practice.calls, guest, room_id)
    await Writer(practice, provider, room_id).write(HELLO)
    writer = Writer(practice, guest, room_id)
    assert [text for _, _, text in writer.read()] == [HELLO]
    await writer.write("Hello")
    assert writer.refusal() == ("forbidden", "chat", "first-message")


async def test_strangers_find_no_chat_and_ringing_has_none(practice: Practice) -> None:
    room_id = await practice.ring()
    provider, stranger = practice.page(practice.provider), practice.page(practice.other_patient)
    await joining.join(practice.calls, provider, room_id)
    for page, code in ((provider, "call_still_ringing"), (stranger, "unknown_room")):
        writer = Writer(practice, page, room_id)
        await writer.write(HELLO)
        assert writer.refusal()[0] == code
    for actor in (practice.other_provider, practice.compliance, practice.admin):
        with pytest.raises(NotFound, match="unknown_room"):
            await practice.chat.history(actor, room_id, 0)


async def test_too_much_too_long_and_nothing_are_refused_with_the_reason(
    practice: Practice,
) -> None:
    room_id, provider, _ = await practice.running()
    writer = Writer(practice, provider, room_id)
    for text in ("", " \n", "x" * 4001, "\x00"):
        await writer.write(text)
        assert writer.refusal()[0] == "invalid_message", text[:9]
    for number in range(21):
        await writer.write("x" * 4000, f"message-{number:02}")
    code, reason, client_id = writer.refusal()
    assert (code, reason, client_id) == ("too_many_requests", "chat", "message-20")
    assert len(await history(practice, provider, room_id)) == 20


async def test_a_message_that_was_moved_is_not_shown_and_the_others_are(
    practice: Practice,
) -> None:
    room_id, provider, _ = await practice.running()
    writer = Writer(practice, provider, room_id)
    for number in range(3):
        await writer.write(str(number), f"message-{number}")
    async with practice.database.transaction() as tx:
        rows = {row.number: row for row in await tx.scalars(sa.select(ChatMessage))}
        rows[2].sealed = rows[1].sealed
    assert await history(practice, provider, room_id) == ["0", None, "2"]


async def test_what_compliance_erases_nobody_reads_or_continues(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    with pytest.raises(NotFound, match="unknown_chat"):
        await practice.chat.erase(practice.compliance, room_id, "Asked for")
    writer = Writer(practice, provider, room_id)
    await writer.write(HELLO)
    await practice.chat.erase(practice.compliance, room_id, "Asked for")
    with pytest.raises(Conflict, match="clinical_text_erased"):
        await practice.chat.history(patient.actor, room_id, 0)
    await writer.write("Again", "message-again")
    assert writer.refusal()[0] == "clinical_text_erased"
    session_id = (await practice.log(room_id))[0].session_id or ""
    async with practice.database.reading() as tx:
        key = await tx.get_one(ClinicalKey, record_id(session_id))
    assert (key.wrapped_key, key.erase_reason) == (None, "Asked for")
    [event] = [one for one in await practice.log(room_id) if one.action == "clinical.erased"]
    assert (event.actor_id, event.detail["reason"]) == ("compliance", "Asked for")


async def test_its_provider_erases_it_and_all_in_the_call_are_told(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    await Writer(practice, patient, room_id).write(HELLO)
    with pytest.raises(NotFound, match="unknown_chat"):
        await practice.chat.erase(practice.other_provider, room_id, "Not mine")
    assert await history(practice, patient, room_id) == [HELLO]
    await practice.chat.erase(practice.provider, room_id, "Of somebody else")
    for page in (provider, patient):
        assert page.last(ChatErased).room_id == room_id
    with pytest.raises(Conflict, match="clinical_text_erased"):
        await practice.chat.history(patient.actor, room_id, 0)


def test_patients_erase_no_chat() -> None:
    assert not may("patient", "chat.erase")


async def test_a_message_whose_commit_was_not_answered_is_told_when_it_is_sent_again(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path, database_kind=LosesAnswers) as practice:
        assert isinstance(practice.database, LosesAnswers)
        room_id, provider, patient = await practice.running()
        await all_written(practice.calls)
        writer, reader = (Writer(practice, page, room_id) for page in (provider, patient))
        await writer.write("The first one")
        practice.database.answers_to_lose = 1
        await writer.write(HELLO, "answer-lost")
        assert writer.refusal() == ("database_unavailable", None, "answer-lost")
        assert len(reader.read()) == 1
        await practice.clock.advance(1)
        guest = practice.page(practice.other_provider)
        await invite(practice, room_id, "supervisor")
        await answering.accept(practice.calls, guest.actor, room_id, recording_consent=False)
        await joining.join(practice.calls, guest, room_id)
        for _ in range(2):
            await writer.write(HELLO, "answer-lost")
        assert reader.read()[1:] == [(2, "Name of provider", HELLO)]
        assert Writer(practice, guest, room_id).read() == []


class ReadsNothingAfterwards(Database):
    """It is away for readers once something was committed."""

    is_watching = False
    is_away = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        async with super().transaction() as tx:
            yield tx
        self.is_away = self.is_watching

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        if self.is_away:
            raise DatabaseUnavailable("the connection was lost")
        async with super().reading() as tx:
            yield tx


async def test_what_is_committed_is_told_although_the_database_is_gone_then(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path, database_kind=ReadsNothingAfterwards) as practice:
        assert isinstance(practice.database, ReadsNothingAfterwards)
        room_id, provider, patient = await practice.running()
        await all_written(practice.calls)
        writer, reader = (Writer(practice, page, room_id) for page in (provider, patient))
        await writer.write("The first one")
        practice.database.is_watching = True
        await writer.write(HELLO, "the-second")
        practice.database.is_watching = practice.database.is_away = False
        assert reader.read()[1:] == [(2, "Name of provider", HELLO)]
        assert await history(practice, patient, room_id) == ["The first one", HELLO]


async def test_reading_and_writing_are_in_the_log(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    await Writer(practice, provider, room_id).write(HELLO)
    await history(practice, patient, room_id)
    told = [event for event in await practice.log(room_id) if event.action.startswith("chat.")]
    assert [(event.action, event.actor_id) for event in told] == [
        ("chat.written", "provider"),
        ("chat.read", "patient"),
    ]
    assert not any(HELLO in str(event.detail) for event in told)
