"""Files of a chat on both databases and on a bucket: found out by what is in them, kept encrypted,
read by who may read the chat, and gone once they are erased.
"""

import io
import os
import time
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from signaling import config
from signaling.calls import answering, inviting, joining, leaving
from signaling.clinical.chat.messages import ChatEntry, ChatFileErased, ChatMessage
from signaling.kernel.actor import Actor
from signaling.kernel.content import Content, Upload
from signaling.kernel.errors import (
    Conflict,
    Damaged,
    DomainError,
    Invalid,
    Malformed,
    NotAllowed,
    NotFound,
    TooLarge,
    Unavailable,
)
from storage.clinical import files
from storage.errors import DatabaseUnavailable
from storage.models import ChatFile, ClinicalKey
from storage.vault.container import HEADER_SIZE
from tests.signaling.calls.test_acts_first import LosesAnswers
from tests.signaling.practice import Practice, all_written, open_practice
from tests.support.objectstore import ObjectServer, bucket_at

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"\x00 a finding that nobody else may read " * 40
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)
NAME = "Bericht äöü 报告 \U0001f4c4.pdf"


@pytest.fixture
async def practice(tmp_path: Path, database_url: str) -> AsyncIterator[Practice]:
    async with open_practice(tmp_path, database_url=database_url) as practice:
        yield practice


@dataclass(frozen=True, kw_only=True)
class Given(Upload):
    """A file that comes in small pieces; `breaks` is done after half of them."""

    content: bytes = field(repr=False)
    breaks: Callable[[], None] = lambda: None

    async def pieces(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.content), 5000):
            if start >= len(self.content) / 2:
                self.breaks()
            yield self.content[start : start + 5000]


async def send(
    practice: Practice,
    actor: Actor,
    room_id: str,
    content: bytes = PDF,
    name: str = NAME,
    client_id: str = "first-file",
) -> ChatEntry:
    given = Given(name=name, length=None, content=content)
    return await practice.files.send(actor, room_id, client_id, given)


async def refusal(practice: Practice, room_id: str, content: bytes, name: str) -> DomainError:
    with pytest.raises(DomainError) as caught:
        await send(practice, practice.provider, room_id, content, name)
    assert on_disk(practice) == [], "nothing is left of it"
    return caught.value


async def read(practice: Practice, actor: Actor, room_id: str, file_id: str) -> bytes:
    content = await practice.files.open(actor, room_id, file_id)
    return await whole(content)


async def whole(content: Content) -> bytes:
    try:
        data = await content.read(0, content.size)
        await content.accessed(0, content.size)
        return data
    finally:
        content.close()


def id_of(entry: ChatEntry) -> str:
    assert entry.file is not None
    return entry.file.file_id


def on_disk(practice: Practice) -> list[Path]:
    return sorted((practice.recordings.archive.folder / "chat-files").glob("*"))


async def guest_of(practice: Practice, room_id: str) -> Actor:
    guest = practice.page(practice.other_provider)
    await practice.clock.advance(1)
    await inviting.invite(
        practice.calls, practice.provider, room_id, "other_provider", "supervisor", required=False
    )
    await answering.accept(practice.calls, guest.actor, room_id, recording_consent=False)
    await joining.join(practice.calls, guest, room_id)
    return guest.actor


async def test_everybody_sees_it_in_the_chat_and_reads_what_was_sent(practice: Practice) -> None:
    room_id, provider, patient = await practice.running()
    entry = await send(practice, practice.patient, room_id, PDF * 30)
    for page in (provider, patient):
        assert page.last(ChatMessage).message == entry
    assert entry.text == ""
    assert entry.file is not None
    assert (entry.file.name, entry.file.media_type) == (NAME, "application/pdf")
    assert entry.file.size_bytes == len(PDF * 30)
    for actor in (practice.provider, practice.patient):
        content = await practice.files.open(actor, room_id, id_of(entry))
        assert (content.download_name, content.media_type) == (NAME, "application/pdf")
        assert await whole(content) == PDF * 30
    told = [event for event in await practice.log(room_id) if event.action.startswith("chat.file")]
    assert [(event.action, event.actor_id) for event in told] == [
        ("chat.file_sent", "patient"),
        ("chat.file_read", "provider"),
        ("chat.file_read", "patient"),
    ]
    assert {event.detail["file_id"] for event in told} == {id_of(entry)}
    await leaving.hang_up(practice.calls, practice.provider, room_id)
    await all_written(practice.calls)
    history = await practice.chat.history(practice.patient, room_id, 0)
    assert history.messages == [entry]
    assert await read(practice, practice.patient, room_id, id_of(entry)) == PDF * 30


async def test_neither_name_nor_content_lie_readable_anywhere(practice: Practice) -> None:
    room_id, _, _ = await practice.running()
    await send(practice, practice.provider, room_id)
    [path] = on_disk(practice)
    assert path.stat().st_mode & 0o077 == 0
    stored = path.read_bytes()
    assert b"nobody else" not in stored
    assert len(stored) > HEADER_SIZE
    async with practice.database.reading() as tx:
        row = (await tx.scalars(sa.select(ChatFile))).one()
    assert b"Bericht" not in row.sealed_name


async def test_two_files_exchanged_on_the_disk_are_damaged_and_not_shown(
    practice: Practice,
) -> None:
    room_id, _, _ = await practice.running()
    entries = [
        await send(practice, practice.provider, room_id, PDF + tail, client_id=f"client-{number}")
        for number, tail in enumerate((b"1", b"2"))
    ]
    one, other = (practice.recordings.archive.folder / files.path(id_of(e)) for e in entries)
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    with pytest.raises(Damaged, match="file_damaged"):
        await read(practice, practice.patient, room_id, id_of(entries[0]))
    one.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(Damaged, match="file_damaged"):
        await read(practice, practice.patient, room_id, id_of(entries[0]))
    assert await read(practice, practice.patient, room_id, id_of(entries[1])) == PDF + b"2"


def archive_of(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "<x/>" * 40)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "named", "found"),
    [
        (PNG, "report.pdf", "pdf", "png"),
        (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200), "report.pdf", "pdf", "exe"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "picture.png", "png", "elf"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "notes.txt", "text", "html"),
        (b'\xef\xbb\xbf <svg xmlns="http://www.w3.org/2000/svg"/>', "a.txt", "text", "svg"),
        (b"#!/bin/sh\nrm -rf /\n", "notes.txt", "text", "script"),
        (b"harmless words", "invoice.html", "html", "text"),
        (PDF, "invoice.pdf.exe", "exe", "pdf"),
        (archive_of("a.txt"), "letter.docx", "docx", "zip"),
        (archive_of("xl/workbook.xml", "[Content_Types].xml"), "letter.docx", "docx", "xlsx"),
    ],
)
async def test_a_mislabelled_file_is_refused_by_both_of_its_types(
    tmp_path: Path, content: bytes, name: str, named: str, found: str
) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, _, _ = await practice.running()
        error = await refusal(practice, room_id, content, name)
        assert isinstance(error, Invalid)
        assert (error.code, error.parameters) == (
            "file_mislabelled",
            {"named": named, "found": found},
        )
        assert (await practice.chat.history(practice.provider, room_id, 0)).messages == []


async def test_what_is_not_on_the_list_is_refused_and_what_is_gets_an_end_of_its_name(
    tmp_path: Path,
) -> None:
    settings = config.Clinical(file_types=("pdf", "docx", "text"))
    async with open_practice(tmp_path, clinical=settings) as practice:
        room_id, _, _ = await practice.running()
        error = await refusal(practice, room_id, PNG, "picture.png")
        assert (error.code, error.parameters["found"]) == ("file_type_not_taken", "png")
        assert error.parameters["taken"] == ["pdf", "docx", "text"]
        for content in (
            bytes(300),
            b"words, and then\x00" + bytes(9000),
            b"words" * 4000 + b"\x01",
        ):
            error = await refusal(practice, room_id, content, "notes.txt")
            assert (error.code, error.reason) == ("file_type_not_taken", "unknown")
        assert (await refusal(practice, room_id, b"", "notes.txt")).code == "file_empty"
        taken: dict[str, str] = {}
        for name, content in {
            "scan": PDF,
            "Umlaut.CSV": "BMI;ä\n".encode("cp1252"),
            "google.docx": archive_of("word/numbering.xml", "word/document.xml"),
            "../../etc/\u202efdp.x\x00y.pdf": PDF,
            "x" * 400 + ".pdf": PDF,
            "": PDF,
        }.items():
            entry = await send(
                practice, practice.provider, room_id, content, name, f"client-{len(taken)}"
            )
            assert entry.file is not None
            taken[entry.file.name or ""] = entry.file.media_type.rpartition("/")[2]
        assert taken == {
            "scan.pdf": "pdf",
            "Umlaut.CSV": "plain",
            "google.docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
            "fdp.xy.pdf": "pdf",
            "x" * 196 + ".pdf": "pdf",
            "file.pdf": "pdf",
        }


async def test_what_is_too_large_is_refused_before_and_while_it_is_read(tmp_path: Path) -> None:
    settings = config.Clinical(file_mb=1, files_mb_per_call=2, files_per_call=3)
    async with open_practice(tmp_path, clinical=settings) as practice:
        room_id, _, _ = await practice.running()

        def is_read() -> None:
            raise AssertionError("it is read")

        announced = Given(name=NAME, length=2**20 + 1, content=PDF, breaks=is_read)
        with pytest.raises(TooLarge, match="file_too_large"):
            await practice.files.send(practice.provider, room_id, "announced", announced)
        error = await refusal(practice, room_id, PDF + bytes(2**20), NAME)
        assert (error.code, error.parameters) == ("file_too_large", {"limit": 1})
        for number in range(2):
            content = PDF + bytes(2**20 - len(PDF))
            await send(practice, practice.patient, room_id, content, NAME, f"large-{number}")
        with pytest.raises(Conflict) as full:
            await send(practice, practice.patient, room_id, PDF, NAME, "one-too-many")
        assert (full.value.code, full.value.reason) == ("too_many_files", "size")
        assert len(on_disk(practice)) == 2
        history = await practice.chat.history(practice.provider, room_id, 0)
        for entry in history.messages:
            await practice.files.erase(practice.provider, room_id, id_of(entry), "Too large")
        for number in range(3):
            await send(practice, practice.patient, room_id, PDF, NAME, f"small-{number}")
        with pytest.raises(Conflict) as many:
            await send(practice, practice.patient, room_id, PDF, NAME, "one-too-many")
        assert (many.value.code, many.value.parameters) == ("too_many_files", {"limit": 3})


async def test_who_may_not_write_sends_nothing_and_who_may_not_read_gets_nothing(
    practice: Practice,
) -> None:
    room_id, _, _ = await practice.running()
    entry = await send(practice, practice.patient, room_id)
    guest = await guest_of(practice, room_id)
    later = await send(practice, practice.patient, room_id, client_id="for-all-three")
    assert await read(practice, guest, room_id, id_of(later)) == PDF
    with pytest.raises(NotFound, match="unknown_file"):
        await practice.files.open(guest, room_id, id_of(entry))
    for actor in (practice.other_patient, practice.compliance, practice.admin):
        with pytest.raises(NotFound, match="unknown_room"):
            await practice.files.open(actor, room_id, id_of(entry))
        with pytest.raises(NotFound, match="unknown_room"):
            await send(practice, actor, room_id)
        if actor.role != "compliance":
            continue
        with pytest.raises(NotFound, match="unknown_file"):
            await practice.files.erase(practice.other_provider, room_id, id_of(entry), "Mine")
    await leaving.hang_up(practice.calls, practice.provider, room_id)
    await all_written(practice.calls)
    with pytest.raises(Conflict, match="chat_over"):
        await practice.files.open(guest, room_id, id_of(later))
    with pytest.raises(Conflict, match="call_over"):
        await send(practice, practice.provider, room_id, client_id="too-late")
    other_id, _, _ = await practice.running()
    with pytest.raises(NotFound, match="unknown_file"):
        await practice.files.open(practice.provider, other_id, id_of(entry))


async def test_an_observer_sends_nothing(practice: Practice) -> None:
    room_id, _, _ = await practice.running()
    guest = practice.page(practice.other_provider)
    await inviting.invite(
        practice.calls, practice.provider, room_id, "other_provider", "observer", required=False
    )
    await answering.accept(practice.calls, guest.actor, room_id, recording_consent=False)
    with pytest.raises(NotAllowed, match="forbidden"):
        await send(practice, guest.actor, room_id)


async def test_one_that_is_sent_again_is_the_same(practice: Practice) -> None:
    room_id, _, patient = await practice.running()
    entry = await send(practice, practice.provider, room_id)
    again = await send(practice, practice.provider, room_id, PNG, "other.png")
    assert again == entry
    assert len(patient.all(ChatMessage)) == 1
    assert len(on_disk(practice)) == 1


async def test_one_that_breaks_off_leaves_nothing(practice: Practice) -> None:
    room_id, _, patient = await practice.running()

    def cut() -> None:
        raise Malformed("invalid_body", reason="not_well_formed")

    broken = Given(name=NAME, length=None, content=PDF * 40, breaks=cut)
    with pytest.raises(Malformed):
        await practice.files.send(practice.provider, room_id, "first-file", broken)
    assert on_disk(practice) == []
    assert patient.all(ChatMessage) == []
    async with practice.database.reading() as tx:
        kinds = set(await tx.scalars(sa.select(ClinicalKey.kind)))
    assert "file" not in kinds
    await send(practice, practice.provider, room_id)
    assert len(patient.all(ChatMessage)) == 1


async def test_a_call_that_ends_meanwhile_gets_nothing_any_more(practice: Practice) -> None:
    room_id, _, _ = await practice.running()
    taken = practice.files._take

    async def slow(*given: object) -> object:
        arrived = await taken(*given)  # type: ignore[arg-type]
        await leaving.hang_up(practice.calls, practice.patient, room_id)
        return arrived

    practice.files._take = slow  # type: ignore[method-assign, assignment]
    with pytest.raises(Conflict, match="call_over"):
        await send(practice, practice.provider, room_id)
    assert on_disk(practice) == []


async def test_what_a_killed_server_left_is_swept_and_what_is_known_stays(
    practice: Practice,
) -> None:
    room_id, _, _ = await practice.running()
    entry = await send(practice, practice.provider, room_id)
    [known] = on_disk(practice)
    young, old = known.with_name("a" * 32 + ".part"), known.with_name("b" * 32 + ".part")
    for path in (young, old):
        path.write_bytes(b"half a file")
    before = time.time() - 7200
    for path in (known, old):
        os.utime(path, (before, before))
    await practice.files.sweep()
    assert set(on_disk(practice)) == {known, young}
    assert await read(practice, practice.patient, room_id, id_of(entry)) == PDF


async def test_a_commit_without_an_answer_loses_no_file(tmp_path: Path) -> None:
    async with open_practice(tmp_path, database_kind=LosesAnswers) as practice:
        assert isinstance(practice.database, LosesAnswers)
        room_id, _, patient = await practice.running()
        await send(practice, practice.provider, room_id, client_id="before-that")
        practice.database.answers_to_lose = 1
        with pytest.raises(DatabaseUnavailable):
            await send(practice, practice.provider, room_id)
        entry = await send(practice, practice.provider, room_id)
        assert patient.last(ChatMessage).message == entry
        assert await read(practice, practice.patient, room_id, id_of(entry)) == PDF
        assert len(on_disk(practice)) == 2


async def test_an_erased_file_is_gone_for_all_by_key_and_bytes(practice: Practice) -> None:
    room_id, _, patient = await practice.running()
    file_id = id_of(await send(practice, practice.patient, room_id))
    with pytest.raises(NotFound):
        await practice.files.erase(practice.other_provider, room_id, file_id, "Not mine")
    await practice.files.erase(practice.provider, room_id, file_id, "Of somebody else")
    assert patient.last(ChatFileErased).file_id == file_id
    assert on_disk(practice) == []
    [entry] = (await practice.chat.history(practice.patient, room_id, 0)).messages
    assert entry.file is not None
    assert (entry.file.erased, entry.file.name) == (True, None)
    with pytest.raises(Conflict, match="clinical_text_erased"):
        await practice.files.open(practice.patient, room_id, file_id)
    async with practice.database.reading() as tx:
        key = await tx.get_one(ClinicalKey, file_id)
        row = await tx.get_one(ChatFile, file_id)
    assert (key.wrapped_key, row.removed_at) == (None, practice.clock.now())


async def test_files_are_erased_with_their_chat(practice: Practice) -> None:
    room_id, _, _ = await practice.running()
    file_id = id_of(await send(practice, practice.patient, room_id))
    await practice.chat.erase(practice.compliance, room_id, "Asked for")
    with pytest.raises(Conflict, match="clinical_text_erased"):
        await practice.files.open(practice.patient, room_id, file_id)
    assert len(on_disk(practice)) == 1
    await practice.files.sweep()
    assert on_disk(practice) == []
    erased = [event for event in await practice.log(room_id) if event.action == "clinical.erased"]
    assert {event.detail["kind"] for event in erased} == {"chat", "file"}


async def test_without_a_key_or_a_folder_it_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with open_practice(tmp_path / "a", keys=False) as practice:
        room_id, _, _ = await practice.running()
        with pytest.raises(Unavailable, match="clinical_text_unavailable no_key"):
            await send(practice, practice.provider, room_id)
    async with open_practice(tmp_path / "b", reserve_bytes=2**60) as practice:
        room_id, _, _ = await practice.running()
        with pytest.raises(Unavailable, match="file_storage_unavailable no_space"):
            await send(practice, practice.provider, room_id)
        (practice.recordings.archive.folder / "carelay-recordings").unlink()
        with pytest.raises(Unavailable, match="file_storage_unavailable folder_away"):
            await send(practice, practice.provider, room_id)


async def test_with_a_bucket_they_are_there_alone(
    tmp_path: Path, object_server: ObjectServer
) -> None:
    name = object_server.new_bucket()
    bucket = bucket_at(object_server.url, name)
    async with open_practice(tmp_path, bucket=bucket) as practice:
        room_id, _, _ = await practice.running()
        entry = await send(practice, practice.provider, room_id)
        assert on_disk(practice) == []
        assert object_server.keys(name) == {files.path(id_of(entry))}
        assert await read(practice, practice.patient, room_id, id_of(entry)) == PDF
        await practice.files.erase(practice.provider, room_id, id_of(entry), "Asked for")
        assert object_server.keys(name) == set()
