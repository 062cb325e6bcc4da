"""Writing a part from the event loop: never in the way of the call, whatever the disk does."""

import asyncio
import errno
import resource
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.errors import PartWriteFailed
from storage.vault import writer as writer_module
from storage.vault.cobblestone import CHUNK_SIZE
from storage.vault.partfile import PartFile, tail_path
from storage.vault.recovery import recover
from storage.vault.writer import PartWriter
from tests.patience import PATIENCE
from tests.storage.vault.parts import IDENTITY, KEY, noise, read_whole, write_torn

PLAINTEXT = noise(3 * CHUNK_SIZE + 1000)


class Errors:
    """Collects what on_error is called with, and on which thread."""

    def __init__(self) -> None:
        self.seen: list[Exception] = []
        self.threads: set[threading.Thread] = set()
        self.arrived = asyncio.Event()

    def __call__(self, error: Exception) -> None:
        self.seen.append(error)
        self.threads.add(threading.current_thread())
        self.arrived.set()


@pytest.fixture
async def errors() -> AsyncIterator[Errors]:
    errors = Errors()
    yield errors
    assert len(errors.seen) <= 1, "on_error is called once"


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """Files end at `room` bytes: the same OSError from the same calls as on a full disk,
    without being root.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def tail_size(path: Path) -> int:
    return tail_path(path).stat().st_size if tail_path(path).exists() else 0


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - a file has no event to wait for
            await asyncio.sleep(0.005)


async def test_what_is_written_is_sealed(tmp_path: Path, errors: Errors) -> None:
    path = tmp_path / "recording" / "part"
    writer = await PartWriter.create(path, KEY, IDENTITY, errors)
    for start in range(0, len(PLAINTEXT), 700):
        writer.write(PLAINTEXT[start : start + 700])
    sealed = await writer.close()
    assert sealed.size_bytes == len(PLAINTEXT)
    assert read_whole(path) == PLAINTEXT
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert names(path.parent) == {"part"}
    assert errors.seen == []


async def test_an_empty_part_is_sealed_too(tmp_path: Path, errors: Errors) -> None:
    writer = await PartWriter.create(tmp_path / "part", KEY, IDENTITY, errors)
    assert (await writer.close()).size_bytes == 0
    assert read_whole(tmp_path / "part") == b""


async def test_closing_twice_and_writing_afterwards_do_no_harm(
    tmp_path: Path, errors: Errors
) -> None:
    writer = await PartWriter.create(tmp_path / "part", KEY, IDENTITY, errors)
    writer.write(b"abc")
    assert await writer.close() == await writer.close()
    writer.write(b"late")
    assert read_whole(tmp_path / "part") == b"abc"


async def test_an_existing_file_is_never_touched(tmp_path: Path, errors: Errors) -> None:
    (tmp_path / "part").write_bytes(b"precious")
    with pytest.raises(PartWriteFailed, match="cannot be written: File exists"):
        await PartWriter.create(tmp_path / "part", KEY, IDENTITY, errors)
    assert (tmp_path / "part").read_bytes() == b"precious"


async def test_a_few_bytes_are_safe_within_the_sync_interval(
    tmp_path: Path, errors: Errors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "SYNC_INTERVAL_S", 0.01)
    path = tmp_path / "part"
    writer = await PartWriter.create(path, KEY, IDENTITY, errors)
    writer.write(b"first")
    await until(lambda: tail_size(path) == 12 + 5 + 16)
    writer.write(b"second")
    await until(lambda: tail_size(path) == 12 + 5 + 16 + 12 + 6 + 16)
    assert tail_path(path).stat().st_mode & 0o777 == 0o600
    await writer.close()
    assert not tail_path(path).exists()


def test_no_plaintext_reaches_the_disk(tmp_path: Path) -> None:
    secret = b"the patient said this and that; " * 600
    torn = write_torn(tmp_path / "part", [secret, secret], synced=2)
    assert torn.tail
    for content in (torn.file, torn.tail):
        assert not any(secret[start : start + 8] in content for start in range(32))


async def test_a_full_disk_is_told_once_and_what_was_written_can_be_recovered(
    tmp_path: Path, errors: Errors
) -> None:
    path = tmp_path / "part"
    writer = await PartWriter.create(path, KEY, IDENTITY, errors)
    with full_disk(room=40_000):
        for start in range(0, len(PLAINTEXT), 1000):
            writer.write(PLAINTEXT[start : start + 1000])
        await errors.arrived.wait()
        writer.write(b"more")
        with pytest.raises(PartWriteFailed):
            await writer.close()
    assert [type(error) for error in errors.seen] == [PartWriteFailed]
    assert str(errors.seen[0]) == "The recording cannot be written: File too large."
    assert errors.threads == {threading.main_thread()}
    assert recover(path, KEY, IDENTITY).size_bytes >= 2 * CHUNK_SIZE
    assert PLAINTEXT.startswith(read_whole(path))


async def test_a_disk_that_is_full_from_the_start_leaves_nothing_behind(
    tmp_path: Path, errors: Errors
) -> None:
    with full_disk(room=10), pytest.raises(PartWriteFailed, match="File too large"):
        await PartWriter.create(tmp_path / "part", KEY, IDENTITY, errors)
    assert names(tmp_path) == set()


async def test_a_disk_without_room_for_the_copy_keeps_the_torn_part(tmp_path: Path) -> None:
    torn = write_torn(tmp_path / "part", [PLAINTEXT], synced=1)
    path = torn.put(tmp_path / "part")
    with full_disk(room=20_000), pytest.raises(OSError, match="File too large"):
        recover(path, KEY, IDENTITY)
    assert (path.read_bytes(), tail_path(path).read_bytes()) == (torn.file, torn.tail)
    assert names(tmp_path) == {"part", "part.tail"}
    assert recover(path, KEY, IDENTITY).size_bytes == len(PLAINTEXT)


@pytest.mark.parametrize("broken", [False, True])
async def test_a_disk_that_hangs_never_holds_up_the_caller(
    tmp_path: Path, errors: Errors, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    hanging, released = threading.Event(), threading.Event()

    def hang(_file: PartFile, _data: bytes) -> None:
        hanging.set()
        released.wait()
        if broken:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(PartFile, "append", hang)
    monkeypatch.setattr(writer_module, "MAX_QUEUED_BYTES", 10_000)
    writer = await PartWriter.create(tmp_path / "part", KEY, IDENTITY, errors)
    writer.write(b"x")
    await until(hanging.is_set)
    for _ in range(10):
        writer.write(bytes(1000))
    assert errors.seen == []
    writer.write(b"one too many")
    writer.write(b"another")
    await errors.arrived.wait()
    assert str(errors.seen[0]) == "The recording cannot be written: the disk is too slow."
    released.set()
    with pytest.raises(PartWriteFailed, match="too slow"):
        await writer.close()
    assert not recover(tmp_path / "part", KEY, IDENTITY).was_sealed, (
        "a part with a gap never passes for whole"
    )


async def test_a_bug_in_writing_fails_the_part_instead_of_passing_for_sealed(
    tmp_path: Path, errors: Errors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PartFile, "append", lambda _file, _data: 1 / 0)
    writer = await PartWriter.create(tmp_path / "part", KEY, IDENTITY, errors)
    writer.write(b"x")
    with pytest.raises(PartWriteFailed, match="division by zero"):
        await writer.close()
    await errors.arrived.wait()
