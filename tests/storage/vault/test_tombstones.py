"""The file of what was erased: it only grows, and survives what power cuts do to it."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.vault.tombstones import Tombstone, Tombstones

AT = datetime(2026, 3, 4, 5, 6, 7, 890123, UTC)


def tombstone(number: int) -> Tombstone:
    return Tombstone(
        recording_id=f"r{number}",
        erased_at=AT,
        basis="request",
        erased_by="u1",
        erased_by_name="Robin «Ö» Park",
        reason="Asked for",
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "erased-recordings"


def test_what_was_added_is_read_by_whoever_comes_next(path: Path) -> None:
    assert Tombstones(path, Tombstone).read() == {}
    tombstones = Tombstones(path, Tombstone)
    tombstones.add([tombstone(1), tombstone(2)])
    Tombstones(path, Tombstone).add([tombstone(3)])
    tombstones.add([tombstone(2), tombstone(3), tombstone(4)])
    assert Tombstones(path, Tombstone).read() == {
        f"r{number}": tombstone(number) for number in range(1, 5)
    }
    assert len(path.read_bytes().splitlines()) == 4
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_that_a_power_cut_has_torn_hides_no_other(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    Tombstones(path, Tombstone).add([tombstone(1), tombstone(2)])
    path.write_bytes(path.read_bytes()[:-20])
    assert Tombstones(path, Tombstone).read() == {"r1": tombstone(1)}
    assert f"line 2 of {path} is not that of something erased" in caplog.text
    Tombstones(path, Tombstone).add([tombstone(2), tombstone(3)])
    assert Tombstones(path, Tombstone).read() == {
        f"r{number}": tombstone(number) for number in (1, 2, 3)
    }


@pytest.mark.parametrize("line", [b"\xff\xfe", b"[]", b'{"recording_id": 3}', b"{" * 5000])
def test_a_line_of_anything_else_is_passed_over(path: Path, line: bytes) -> None:
    Tombstones(path, Tombstone).add([tombstone(1)])
    path.write_bytes(line + b"\n" + path.read_bytes())
    assert Tombstones(path, Tombstone).read() == {"r1": tombstone(1)}


def test_a_file_that_cannot_be_written_is_told_before_anything_is_erased(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        Tombstones(path, Tombstone).require()
