"""Reading sealed parts: any range, and nothing that was tampered with."""

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage.errors import DamagedPart, StorageError, WrongKey
from storage.vault.cobblestone import CHUNK_SIZE, PREFIX_SIZE, SEALED_CHUNK_SIZE
from storage.vault.container import HEADER_SIZE, PartIdentity
from storage.vault.objects import LocalFile
from storage.vault.reader import PartReader
from tests.storage.vault.parts import IDENTITY, KEY, noise, read_whole, seal

BODY = HEADER_SIZE + PREFIX_SIZE
PLAINTEXT = noise(3 * CHUNK_SIZE + 1000)
SIZES = [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 2 * CHUNK_SIZE, len(PLAINTEXT)]

# The folder is the same for every example: each writes its file anew.
reuses_a_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return seal(tmp_path / "recording" / "part", PLAINTEXT)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_read(tmp_path: Path, size: int) -> None:
    path = seal(tmp_path / "part", PLAINTEXT[:size])
    with PartReader(LocalFile(path), KEY, IDENTITY) as reader:
        assert reader.size == size
        assert reader.read(0, size + 1) == b"".join(reader.chunks()) == PLAINTEXT[:size]


def test_the_file_is_private_and_nothing_else_is_left(part: Path) -> None:
    assert part.stat().st_mode & 0o777 == 0o600
    assert part.parent.stat().st_mode & 0o777 == 0o700
    assert list(part.parent.iterdir()) == [part]


@reuses_a_folder
@given(st.integers(0, len(PLAINTEXT) + 10), st.integers(0, len(PLAINTEXT) + 10))
@example(CHUNK_SIZE - 1, 2)
@example(CHUNK_SIZE, CHUNK_SIZE)
@example(len(PLAINTEXT), 1)
def test_any_range_is_read(part: Path, start: int, length: int) -> None:
    with PartReader(LocalFile(part), KEY, IDENTITY) as reader:
        assert reader.read(start, length) == PLAINTEXT[start : start + length]


def test_threads_share_a_reader(part: Path) -> None:
    with PartReader(LocalFile(part), KEY, IDENTITY) as reader:
        wrong: list[int] = []

        def read_backwards() -> None:
            starts = range(len(PLAINTEXT) - 100, 0, -3000)
            wrong.extend(
                start
                for start in starts
                if reader.read(start, 100) != PLAINTEXT[start : start + 100]
            )

        threads = [threading.Thread(target=read_backwards) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_wrong_key_is_told_as_such(part: Path) -> None:
    for key in (bytes(32), KEY[:16], b""):
        with pytest.raises(WrongKey):
            PartReader(LocalFile(part), key, IDENTITY)


def test_a_part_in_the_place_of_another_is_refused(part: Path) -> None:
    for identity in (
        PartIdentity("33" * 16, IDENTITY.part_id),
        PartIdentity(IDENTITY.recording_id, "33" * 16),
    ):
        with pytest.raises(DamagedPart, match="not the part it should be"):
            PartReader(LocalFile(part), KEY, identity)


def test_a_header_rewritten_to_pass_for_another_part_is_refused(part: Path) -> None:
    other = PartIdentity("33" * 16, "44" * 16)
    part.write_bytes(other.header() + part.read_bytes()[HEADER_SIZE:])
    with pytest.raises(WrongKey):
        PartReader(LocalFile(part), KEY, other)


def test_swapped_chunks_are_noticed(part: Path) -> None:
    content = part.read_bytes()
    first = content[BODY : BODY + SEALED_CHUNK_SIZE]
    second = content[BODY + SEALED_CHUNK_SIZE :][:SEALED_CHUNK_SIZE]
    part.write_bytes(content[:BODY] + second + first + content[BODY + 2 * SEALED_CHUNK_SIZE :])
    with PartReader(LocalFile(part), KEY, IDENTITY) as reader:
        for start in (0, CHUNK_SIZE):
            with pytest.raises(DamagedPart):
                reader.read(start, 1)
        assert reader.read(2 * CHUNK_SIZE, 10) == PLAINTEXT[2 * CHUNK_SIZE :][:10], (
            "the others are intact"
        )


def test_chunks_of_another_part_of_the_recording_do_not_fit(part: Path, tmp_path: Path) -> None:
    content, other = part.read_bytes(), seal(tmp_path / "other", PLAINTEXT).read_bytes()
    part.write_bytes(
        content[:BODY]
        + other[BODY : BODY + SEALED_CHUNK_SIZE]
        + content[BODY + SEALED_CHUNK_SIZE :]
    )
    with pytest.raises(DamagedPart):
        read_whole(part)


@pytest.mark.parametrize("chunks", [0, 1, 2, 3])
@pytest.mark.parametrize("rest", [0, 1, 15, 16, 17, 1000])
def test_a_cut_off_file_is_noticed_on_opening(part: Path, chunks: int, rest: int) -> None:
    part.write_bytes(part.read_bytes()[: BODY + chunks * SEALED_CHUNK_SIZE + rest])
    with pytest.raises(DamagedPart, match="cut off" if rest < 16 else "damaged"):
        PartReader(LocalFile(part), KEY, IDENTITY)


@pytest.mark.parametrize("size", [0, 1, HEADER_SIZE - 1, HEADER_SIZE, HEADER_SIZE + 24, BODY - 1])
def test_a_file_without_a_whole_header_is_damaged(part: Path, size: int) -> None:
    part.write_bytes(part.read_bytes()[:size])
    with pytest.raises(DamagedPart):
        PartReader(LocalFile(part), KEY, IDENTITY)


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PartReader(LocalFile(tmp_path / "part"), KEY, IDENTITY)


@reuses_a_folder
@given(st.data())
def test_no_change_of_a_file_goes_unnoticed(tmp_path: Path, data: st.DataObject) -> None:
    """The malleability fuzz of age: whatever is done to a file, it either fails to open
    or was not changed.
    """
    (tmp_path / "part").unlink(missing_ok=True)
    plaintext = noise(data.draw(st.sampled_from([0, 1, 100, CHUNK_SIZE, CHUNK_SIZE + 5])))
    original = seal(tmp_path / "part", plaintext).read_bytes()
    at = data.draw(st.integers(0, len(original)))
    change = data.draw(st.sampled_from(["flip", "cut", "insert", "remove", "repeat", "zero"]))
    amount = data.draw(st.integers(1, 64))
    changed = {
        "flip": original[:at]
        + bytes(byte ^ 1 << amount % 8 for byte in original[at : at + 1])
        + original[at + 1 :],
        "cut": original[:at],
        "insert": original[:at] + bytes(amount) + original[at:],
        "remove": original[:at] + original[at + amount :],
        "repeat": original[:at] + original[max(0, at - amount) : at] + original[at:],
        "zero": original[:at] + bytes(len(original[at : at + amount])) + original[at + amount :],
    }[change]
    (tmp_path / "part").write_bytes(changed)
    if changed == original:
        assert read_whole(tmp_path / "part") == plaintext
    else:
        with pytest.raises(StorageError):
            read_whole(tmp_path / "part")
