"""What fails while a file of a chat is sent, or after it is kept: what is committed stays and is
shown, and what is not leaves nothing behind.
"""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from signaling import config
from signaling.clinical.chat.messages import ChatMessage
from signaling.clinical.files.store import FileStore
from signaling.clinical.files.under_way import MOST_IN_CALL, OnItsWay, UnderWay
from signaling.kernel.errors import Conflict, TooMany, Unavailable
from signaling.recordings import moving
from storage.clinical import files
from storage.errors import KeyServiceAway, StoreAway
from storage.ids import new_id
from storage.models import ChatFile
from storage.vault.keys import DataKey
from storage.vault.objects.bucket import Bucket
from storage.vault.objects.settings import Lock
from storage.vault.partfile import PartFile
from tests.patience import PATIENCE, until
from tests.signaling.clinical.test_chat import Writer
from tests.signaling.clinical.test_files import (
    NAME,
    PDF,
    Given,
    id_of,
    on_disk,
    practice,
    read,
    send,
)
from tests.signaling.practice import Practice, open_practice
from tests.support.objectstore import ObjectServer, bucket_at

__all__ = ["practice"]


class AwayForFiles:
    """A key service that wraps, and opens no key of a file."""

    def __init__(self, keys: Any) -> None:
        self._keys = keys

    def __getattr__(self, name: str) -> Any:
        return getattr(self._keys, name)

    async def unwrap(self, wrapped: bytes, name: str, key_id: str) -> DataKey:
        if "chat-" not in name:
            raise KeyServiceAway("it does not answer")
        opened: DataKey = await self._keys.unwrap(wrapped, name, key_id)
        return opened


@dataclass(frozen=True, kw_only=True)
class Held(Given):
    """Half of it comes at once, the rest when it may go on."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def pieces(self) -> AsyncIterator[bytes]:
        yield self.content[: len(self.content) // 2]
        self.begun.set()
        await self.goes_on.wait()
        yield self.content[len(self.content) // 2 :]


async def test_a_committed_file_stays_and_is_told_although_its_key_cannot_be_had(
    practice: Practice,
) -> None:
    room_id, provider, patient = await practice.running()
    keys = practice.records._keys
    practice.records._keys = AwayForFiles(keys)
    entry = await send(practice, practice.provider, room_id)
    assert entry.file is not None
    assert entry.file.name == NAME
    assert patient.last(ChatMessage).message == entry
    await Writer(practice, provider, room_id).write("Beside it", "some-words")
    shown = (await practice.chat.history(practice.patient, room_id, 0)).messages
    assert [each.text for each in shown] == ["", "Beside it"]
    assert shown[0].file is not None
    assert (shown[0].file.name, shown[0].file.erased) == (None, False)
    practice.records._keys = keys
    assert (await practice.chat.history(practice.patient, room_id, 0)).messages[0] == entry
    assert await read(practice, practice.patient, room_id, id_of(entry)) == PDF


async def test_more_files_than_a_query_takes_are_looked_through(practice: Practice) -> None:
    room_id, _, _ = await practice.running()
    entry = await send(practice, practice.provider, room_id)
    ids = [*(new_id() for _ in range(33_000)), id_of(entry)]
    async with practice.database.reading() as tx:
        assert await files.known(tx, ids) == {id_of(entry): "folder"}


async def test_one_person_sends_two_at_once_and_what_is_on_its_way_counts(tmp_path: Path) -> None:
    settings = config.Clinical(file_mb=2, files_mb_per_call=2)
    async with open_practice(tmp_path, clinical=settings) as practice, AsyncExitStack() as stack:
        room_id, _, patient = await practice.running()
        held = [
            Held(name=NAME, length=length, content=PDF * 20) for length in (2**20, len(PDF * 20))
        ]
        group = await stack.enter_async_context(asyncio.TaskGroup())
        for number, each in enumerate(held):
            of = practice.provider, room_id, f"file-at-once-{number}", each
            group.create_task(practice.files.send(*of))
            async with asyncio.timeout(PATIENCE):
                await each.begun.wait()
        with pytest.raises(TooMany, match="too_many_requests"):
            await send(practice, practice.provider, room_id, client_id="one-too-many")
        large = Given(name=NAME, length=2**20, content=PDF)
        with pytest.raises(Conflict, match="too_many_files size"):
            await practice.files.send(practice.patient, room_id, "too-much", large)
        await send(practice, practice.patient, room_id, client_id="small-enough")
        for each in held:
            each.goes_on.set()
        await until(lambda: len(patient.all(ChatMessage)) == 3)
        await send(practice, practice.provider, room_id, client_id="next-one")


def test_a_call_takes_six_at_once_and_another_call_is_another() -> None:
    under_way = UnderWay()
    with ExitStack() as stack:
        for number in range(MOST_IN_CALL):
            stack.enter_context(under_way.one(OnItsWay("a call", f"person {number}", 10)))
        with pytest.raises(TooMany), under_way.one(OnItsWay("a call", "another", 10)):
            pass
        other = OnItsWay("another call", "another", 10)
        with under_way.one(other):
            assert under_way.bytes_before(other) == 0
    with under_way.one(OnItsWay("a call", "another", 10)):
        pass


async def test_a_disk_that_gets_full_meanwhile_ends_it(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, _, _ = await practice.running()
        space = practice.recordings.archive.space

        def fill() -> None:
            space._reserve = 2**60

        large = Given(name=NAME, length=None, content=PDF + bytes(12 * 2**20), breaks=fill)
        with pytest.raises(Unavailable, match="file_storage_unavailable no_space"):
            await practice.files.send(practice.provider, room_id, "first-file", large)
        assert on_disk(practice) == []


async def test_one_that_breaks_off_is_closed_after_what_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on, was_open = threading.Event(), threading.Event(), list[bool]()
    append = PartFile.append

    def slow(part: PartFile, data: bytes) -> None:
        begun.set()
        goes_on.wait(PATIENCE)
        was_open.append(part._file >= 0)
        append(part, data)

    monkeypatch.setattr(PartFile, "append", slow)
    async with open_practice(tmp_path) as practice:
        room_id, _, _ = await practice.running()
        task = asyncio.create_task(send(practice, practice.provider, room_id, PDF * 400))
        await until(begun.is_set)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=0.05)
        goes_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: was_open)
        assert (was_open, done) == ([True], set())
        assert on_disk(practice) == []


async def test_what_was_sent_before_there_was_a_bucket_follows(
    tmp_path: Path, database_url: str, object_server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOOK_SECONDS", "SLOW_SECONDS"):
        monkeypatch.setattr(moving, name, 0.01)
    async with open_practice(tmp_path, database_url=database_url) as before:
        room_id, _, _ = await before.running()
        kept = id_of(await send(before, before.provider, room_id))
        gone = id_of(await send(before, before.provider, room_id, client_id="to-be-erased"))
        await before.files.erase(before.compliance, room_id, gone, "a mistake")
    name, slow = object_server.new_bucket(), list[int]()
    bucket = bucket_at(object_server.url, name)
    async with open_practice(tmp_path, database_url=database_url, bucket=bucket) as practice:
        moved = asyncio.create_task(moving.move_all(practice.database, slow.append))
        await until(lambda: bool(slow))
        assert slow[0] == 1
        await practice.files.sweep()
        assert await moved == 1
        assert object_server.keys(name) == {f"chat-files/{kept}.part"}
        [copy] = on_disk(practice)
        os.utime(copy, (1, 1))
        await practice.files.sweep()
        assert on_disk(practice) == []
        assert await read(practice, practice.provider, room_id, kept) == PDF


async def test_one_that_is_erased_while_it_moves_is_in_no_bucket(
    tmp_path: Path, object_server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_practice(tmp_path) as before:
        room_id, _, _ = await before.running()
        file_id = id_of(await send(before, before.provider, room_id))
    move = FileStore.move
    name = object_server.new_bucket()
    async with open_practice(tmp_path, bucket=bucket_at(object_server.url, name)) as practice:

        async def erased(store: FileStore, file: ChatFile) -> bool:
            done = await move(store, file)
            await practice.files.erase(practice.compliance, room_id, file_id, "a mistake")
            return done

        monkeypatch.setattr(FileStore, "move", erased)
        await practice.files.sweep()
        await practice.files.sweep()
        assert (on_disk(practice), object_server.keys(name)) == ([], set())


@pytest.mark.parametrize("lock", [None, Lock("compliance", 3650)])
async def test_what_may_be_in_the_bucket_is_swept_from_there_too(
    tmp_path: Path,
    object_server: ObjectServer,
    monkeypatch: pytest.MonkeyPatch,
    lock: Lock | None,
) -> None:
    """A locked one stays there, where nobody has its key; what is here is gone all the same."""
    store = Bucket.store

    def breaks(bucket: Bucket, name: str, path: Path, now: datetime) -> None:
        store(bucket, name, path, now)
        raise StoreAway("its answer was lost")

    name = object_server.new_bucket(locks=lock is not None)
    bucket = bucket_at(object_server.url, name, lock=lock)
    async with open_practice(tmp_path, bucket=bucket) as practice:
        room_id, _, _ = await practice.running()
        monkeypatch.setattr(Bucket, "store", breaks)
        with pytest.raises(Unavailable, match="file_storage_unavailable store_away"):
            await send(practice, practice.provider, room_id)
        [left] = on_disk(practice)
        assert len(object_server.keys(name)) == 1
        before = time.time() - 7200
        os.utime(left, (before, before))
        await practice.files.sweep()
        assert on_disk(practice) == []
        assert bool(object_server.keys(name)) == (lock is not None)
