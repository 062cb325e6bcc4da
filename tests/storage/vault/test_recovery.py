"""What a killed server left of a part is sealed again: all that was synced, and no byte
that was not written.
"""

import asyncio
import os
import subprocess
import sys
import threading
import time
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.errors import DamagedPart, PartStillWritten, WrongKey
from storage.vault.cobblestone import CHUNK_SIZE, PREFIX_SIZE, SEALED_CHUNK_SIZE
from storage.vault.container import HEADER_SIZE, PartIdentity
from storage.vault.objects import LocalFile
from storage.vault.partfile import PartFile, tail_path
from storage.vault.reader import PartReader
from storage.vault.recovery import recover
from storage.vault.tail import TailCipher, TailRecord
from storage.vault.writer import PartWriter
from tests.storage.vault.parts import IDENTITY, KEY, Torn, noise, read_whole, seal, write_torn
from tests.storage.vault.test_reader import reuses_a_folder

BODY = HEADER_SIZE + PREFIX_SIZE
piece_sizes = st.lists(
    st.one_of(st.integers(0, 3000), st.just(CHUNK_SIZE), st.integers(0, 40_000)), max_size=8
)


def pieces_of(sizes: list[int]) -> list[bytes]:
    return [noise(size, seed) for seed, size in enumerate(sizes)]


def recovered(folder: Path, torn: Torn) -> bytes:
    path = torn.put(folder / "part")
    result = recover(path, KEY, IDENTITY)
    plaintext = read_whole(path)
    assert result.size_bytes == len(plaintext)
    assert list(folder.iterdir()) == [path]
    return plaintext


@pytest.fixture(scope="module")
def torn(tmp_path_factory: pytest.TempPathFactory) -> Torn:
    """Two whole chunks, a synced rest of 700 bytes in the tail, and 300 bytes
    that came after the last sync.
    """
    pieces = [noise(20_000, 1), noise(12_768, 2), noise(300, 3), noise(400, 4), noise(300, 5)]
    return write_torn(tmp_path_factory.mktemp("torn") / "part", pieces, synced=4)


TORN_PLAINTEXT = noise(20_000, 1) + noise(12_768, 2) + noise(300, 3) + noise(400, 4) + noise(300, 5)
TORN_SYNCED = len(TORN_PLAINTEXT) - 300


@reuses_a_folder
@given(piece_sizes, st.integers(0, 8))
def test_a_killed_writer_loses_only_what_came_after_the_last_sync(
    tmp_path: Path, sizes: list[int], synced: int
) -> None:
    pieces = pieces_of(sizes)
    plaintext, safe = b"".join(pieces), sum(sizes[:synced])
    found = recovered(tmp_path, write_torn(tmp_path / "part", pieces, synced))
    assert plaintext.startswith(found)
    assert len(found) >= max(safe, len(plaintext) // CHUNK_SIZE * CHUNK_SIZE)


@reuses_a_folder
@given(st.data())
def test_files_torn_at_any_byte_give_an_authentic_beginning(
    tmp_path: Path, torn: Torn, data: st.DataObject
) -> None:
    size = data.draw(st.integers(BODY, len(torn.file)))
    tail_size = data.draw(st.integers(0, len(torn.tail)))
    found = recovered(tmp_path, Torn(torn.file[:size], torn.tail[:tail_size]))
    assert TORN_PLAINTEXT.startswith(found)
    assert len(found) >= (size - BODY) // SEALED_CHUNK_SIZE * CHUNK_SIZE
    if (size, tail_size) == (len(torn.file), len(torn.tail)):
        assert len(found) == TORN_SYNCED


@pytest.mark.parametrize("edge", [BODY, BODY + SEALED_CHUNK_SIZE, BODY + 2 * SEALED_CHUNK_SIZE])
@pytest.mark.parametrize("around", [-17, -16, -1, 0, 1, 15, 16, 17])
def test_files_torn_around_the_edge_of_a_chunk(
    tmp_path: Path, torn: Torn, edge: int, around: int
) -> None:
    size = max(BODY, min(edge + around, len(torn.file)))
    found = recovered(tmp_path, Torn(torn.file[:size], b""))
    assert found == TORN_PLAINTEXT[: (size - BODY) // SEALED_CHUNK_SIZE * CHUNK_SIZE]


@pytest.mark.parametrize("records", range(3))
def test_a_tail_torn_in_a_record_gives_the_records_before_it(
    tmp_path: Path, torn: Torn, records: int
) -> None:
    ends = [0, *accumulate(12 + size + 16 for size in (300, 400))]
    assert ends[-1] == len(torn.tail)
    for cut in {ends[records], min(ends[records] + 13, len(torn.tail) - (records < 2))}:
        found = recovered(tmp_path, Torn(torn.file, torn.tail[:cut]))
        assert found == TORN_PLAINTEXT[: 2 * CHUNK_SIZE + [0, 300, 700][records]]


@reuses_a_folder
@given(st.data())
def test_a_flipped_bit_ends_the_recovered_beginning(
    tmp_path: Path, torn: Torn, data: st.DataObject
) -> None:
    both = bytearray(torn.file + torn.tail)
    at = data.draw(st.integers(BODY, len(both) - 1))
    both[at] ^= 1 << data.draw(st.integers(0, 7))
    damaged = Torn(bytes(both[: len(torn.file)]), bytes(both[len(torn.file) :]))
    found = recovered(tmp_path, damaged)
    assert TORN_PLAINTEXT.startswith(found)
    assert len(found) < TORN_SYNCED
    assert len(found) >= min((at - BODY) // SEALED_CHUNK_SIZE, 2) * CHUNK_SIZE


def test_swapped_chunks_end_the_recovered_beginning(tmp_path: Path, torn: Torn) -> None:
    first, second = torn.file[BODY:][:SEALED_CHUNK_SIZE], torn.file[BODY + SEALED_CHUNK_SIZE :]
    assert recovered(tmp_path, Torn(torn.file[:BODY] + second + first, torn.tail)) == b""


def test_the_tail_of_another_part_is_not_taken(tmp_path: Path, torn: Torn) -> None:
    other = write_torn(tmp_path / "other", [noise(2 * CHUNK_SIZE), noise(500, 9)], synced=2)
    assert other.tail
    assert recovered(tmp_path, Torn(torn.file, other.tail)) == TORN_PLAINTEXT[: 2 * CHUNK_SIZE]


def test_the_new_file_has_a_new_salt(tmp_path: Path, torn: Torn) -> None:
    path = torn.put(tmp_path / "part")
    recover(path, KEY, IDENTITY)
    assert path.read_bytes()[:HEADER_SIZE] == torn.file[:HEADER_SIZE]
    assert path.read_bytes()[HEADER_SIZE:BODY] != torn.file[HEADER_SIZE:BODY]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_sealed_part_is_left_alone(tmp_path: Path) -> None:
    path = seal(tmp_path / "part", noise(50_000))
    content = path.read_bytes()
    tail_path(path).write_bytes(b"killed between sealing and removing the tail")
    result = recover(path, KEY, IDENTITY)
    assert (result.size_bytes, result.was_sealed) == (50_000, True)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_recovering_again_changes_nothing(tmp_path: Path, torn: Torn) -> None:
    path = torn.put(tmp_path / "part")
    assert not recover(path, KEY, IDENTITY).was_sealed
    content = path.read_bytes()
    assert recover(path, KEY, IDENTITY).was_sealed
    assert path.read_bytes() == content


def test_a_recovery_that_was_killed_starts_again(tmp_path: Path, torn: Torn) -> None:
    (tmp_path / "part.recovering").write_bytes(b"half a copy")
    assert recovered(tmp_path, torn) == TORN_PLAINTEXT[:TORN_SYNCED]


def test_a_wrong_key_or_name_destroys_nothing(tmp_path: Path, torn: Torn) -> None:
    path = torn.put(tmp_path / "part")
    with pytest.raises(WrongKey):
        recover(path, bytes(32), IDENTITY)
    with pytest.raises(DamagedPart):
        recover(path, KEY, PartIdentity("33" * 16, IDENTITY.part_id))
    assert (path.read_bytes(), tail_path(path).read_bytes()) == (torn.file, torn.tail)


@pytest.mark.parametrize("size", [0, HEADER_SIZE, BODY - 1])
def test_a_file_without_a_whole_header_cannot_be_recovered(
    tmp_path: Path, torn: Torn, size: int
) -> None:
    path = Torn(torn.file[:size], torn.tail).put(tmp_path / "part")
    with pytest.raises(DamagedPart):
        recover(path, KEY, IDENTITY)
    assert path.exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20_000), st.booleans()), max_size=20))
def test_no_tail_nonce_comes_twice(tmp_path: Path, steps: list[tuple[int, bool]]) -> None:
    """The nonce is the record's offset, so the offsets have to grow."""
    offsets: list[int] = []

    class Spy(TailCipher):
        def seal(self, record: TailRecord) -> bytes:
            offsets.append(record.offset)
            return super().seal(record)

    (tmp_path / "part").unlink(missing_ok=True)
    part = PartFile(tmp_path / "part", KEY, IDENTITY)
    part._tail_cipher = Spy(KEY, bytes(64))
    for size, sync in steps:
        part.append(noise(size))
        if sync:
            part.sync()
            part.sync()
    part.finish()
    assert offsets == sorted(set(offsets))


WRITE_LIKE_SPEECH = """
import asyncio, sys
from pathlib import Path
from storage.vault.writer import PartWriter
from tests.storage.vault.parts import IDENTITY, KEY, noise

async def main():
    path, fail = Path(sys.argv[1]), lambda error: sys.exit(str(error))
    writer = await PartWriter.create(path, KEY, IDENTITY, on_error=fail)
    plaintext = noise(1_000_000)
    for end in range(400, len(plaintext), 400):  # 32 kbit/s of speech: a chunk takes four seconds
        writer.write(plaintext[end - 400 : end])
        print(end, flush=True)
        await asyncio.sleep(0.1)

asyncio.run(main())
"""


def test_kill_9_costs_at_most_three_seconds_of_speech(tmp_path: Path) -> None:
    path = tmp_path / "part"
    written: list[tuple[float, int]] = []
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_LIKE_SPEECH, path],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            written.append((time.monotonic(), int(line)))
            if written[-1][0] - written[0][0] >= 3.8:  # the first chunk is not full yet
                break
        process.kill()
        killed_at = time.monotonic()
    assert recover(path, KEY, IDENTITY).was_sealed is False
    plaintext = read_whole(path)
    assert noise(1_000_000).startswith(plaintext)
    assert len(plaintext) >= max(size for at, size in written if at <= killed_at - 3)
    assert 0 < len(plaintext) < CHUNK_SIZE, "what is there was in the tail"


async def test_what_a_thread_still_writes_is_not_recovered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk hangs for longer than the call lasts: the part is left alone
    until its writer has ended.
    """
    hanging, released = threading.Event(), threading.Event()
    append = PartFile.append

    def hang(file: PartFile, data: bytes) -> None:
        hanging.set()
        released.wait(60)
        append(file, data)

    monkeypatch.setattr(PartFile, "append", hang)
    path = tmp_path / "part"
    writer = await PartWriter.create(path, KEY, IDENTITY, lambda _: None)
    writer.write(b"said before the disk hung")
    await asyncio.to_thread(hanging.wait)
    inode = path.stat().st_ino
    with pytest.raises(PartStillWritten):
        recover(path, KEY, IDENTITY)
    assert path.stat().st_ino == inode
    released.set()
    await writer.close()
    assert recover(path, KEY, IDENTITY).was_sealed
    assert read_whole(path) == b"said before the disk hung"


def test_something_else_in_place_of_a_part_or_its_tail_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "part")
    with pytest.raises(DamagedPart, match="in place of a file"):
        recover(tmp_path / "part", KEY, IDENTITY)
    with pytest.raises(DamagedPart, match="in place of a file"):
        PartReader(LocalFile(tmp_path / "part"), KEY, IDENTITY)
    (tmp_path / "part").unlink()
    torn = write_torn(tmp_path / "part", [noise(40_000)], synced=1)
    torn.put(tmp_path / "part")
    tail_path(tmp_path / "part").unlink()
    os.mkfifo(tail_path(tmp_path / "part"))
    assert recover(tmp_path / "part", KEY, IDENTITY).size_bytes == 2 * CHUNK_SIZE
