"""What a backup holds, and what stops a restore before anything is touched."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import backup
from storage.backup import Manifest, Part
from storage.errors import BackupFailed
from storage.vault.partfile import tail_path
from storage.vault.place import MARKER
from tests.storage.vault.parts import noise, read_whole, seal, write_torn

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SEALED, OPEN = Part("1/sealed.part", settled=True), Part("1/open.part", settled=False)


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """With a sealed part, and one that is being written."""
    folder = tmp_path / "recordings"
    seal(folder / SEALED.path, noise(50_000))
    write_torn(folder / OPEN.path, [noise(20_000)], synced=1).put(folder / OPEN.path)
    return folder


@pytest.fixture
def url(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "carelay.sqlite3") as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE said (word TEXT)")
        database.execute("INSERT INTO said VALUES ('first')")
    database.close()
    return f"sqlite+aiosqlite:///{tmp_path}/carelay.sqlite3"


def back_up(url: str, recordings: Path, folder: Path, now: datetime = NOW) -> Manifest:
    known = {file.path: file for file in backup.read(folder).files} if folder.exists() else {}
    dumped = backup.dump_database(url, folder, now)
    files, missing = backup.copy_parts(recordings, folder, [SEALED, OPEN], known, now)
    manifest = Manifest(now.isoformat(), "sqlite", dumped, "place", ["key"], files, missing)
    backup.write(folder, manifest)
    assert backup.read(folder) == manifest
    return manifest


def test_what_is_in_the_write_ahead_log_is_in_the_backup(
    tmp_path: Path, recordings: Path, url: str
) -> None:
    writing = sqlite3.connect(tmp_path / "carelay.sqlite3")
    writing.execute("PRAGMA wal_autocheckpoint = 0")
    writing.execute("INSERT INTO said VALUES ('logged')")
    writing.commit()
    writing.execute("INSERT INTO said VALUES ('not committed')")
    manifest = back_up(url, recordings, tmp_path / "backup")
    writing.close()
    with sqlite3.connect(tmp_path / "backup" / manifest.dump.path) as copy:
        assert [word for (word,) in copy.execute("SELECT word FROM said")] == ["first", "logged"]
    copy.close()


def test_parts_are_restored_byte_by_byte_and_the_folder_is_the_place(
    tmp_path: Path, recordings: Path, url: str
) -> None:
    manifest = back_up(url, recordings, tmp_path / "backup")
    backup.verify(tmp_path / "backup", manifest)
    restored = tmp_path / "restored"
    backup.restore_parts(tmp_path / "backup", manifest, restored)
    for name in (SEALED.path, OPEN.path, f"{OPEN.path}.tail"):
        assert (restored / name).read_bytes() == (recordings / name).read_bytes()
        assert (restored / name).stat().st_mode & 0o777 == 0o600
    assert read_whole(restored / SEALED.path) == noise(50_000)
    assert (restored / MARKER).read_text() == "place\n"


def test_a_settled_part_is_not_copied_twice_and_one_that_was_sealed_since_is(
    tmp_path: Path, recordings: Path, url: str
) -> None:
    folder = tmp_path / "backup"
    back_up(url, recordings, folder)
    sealed = folder / "recordings" / SEALED.path
    before, [copy] = sealed.stat().st_ino, folder.glob(f"recordings-*/{OPEN.path}")
    tail_path(recordings / OPEN.path).unlink()
    (recordings / OPEN.path).unlink()
    seal(recordings / OPEN.path, noise(30_000))
    manifest = back_up(url, recordings, folder, NOW + timedelta(days=1))
    assert sealed.stat().st_ino == before
    assert not copy.exists()
    assert [path.name for path in folder.glob("database-*")] == [manifest.dump.path], (
        "the older one is gone"
    )
    assert f"recordings/{OPEN.path}.tail" not in {file.path for file in manifest.files}


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("changed", [SEALED.path, OPEN.path])
def test_a_backup_outlives_the_next_one_being_killed(
    tmp_path: Path, recordings: Path, url: str, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    folder = tmp_path / "backup"
    manifest = back_up(url, recordings, folder)
    (recordings / changed).unlink()
    seal(recordings / changed, noise(30_000))
    with monkeypatch.context() as killed:
        killed.setattr(backup, "write", lambda *_: None)
        with pytest.raises(AssertionError):
            back_up(url, recordings, folder, NOW + timedelta(days=1))
    assert backup.read(folder) == manifest
    backup.verify(folder, manifest)
    backup.restore_parts(folder, manifest, tmp_path / "restored")

    latest = back_up(url, recordings, folder, NOW + timedelta(days=2))
    backup.verify(folder, latest)
    assert names(folder) == {
        backup.MANIFEST,
        latest.dump.path,
        *(file.path for file in latest.files),
        *([f"recordings/{SEALED.path}"] if changed == SEALED.path else []),
    }, "what the killed one left is gone"
    restored = tmp_path / "restored again"
    backup.restore_parts(folder, latest, restored)
    assert (restored / changed).read_bytes() == (recordings / changed).read_bytes()


def test_the_last_copy_of_a_part_is_not_removed(tmp_path: Path, recordings: Path, url: str) -> None:
    folder = tmp_path / "backup"
    back_up(url, recordings, folder)
    before = names(folder)
    recordings.rename(tmp_path / "volume")
    manifest = back_up(url, recordings, folder, NOW + timedelta(days=1))
    assert manifest.missing == [SEALED.path, OPEN.path]
    assert {name for name in before if name.startswith("recordings")} <= names(folder)


def test_a_file_that_is_not_there_is_told_and_the_rest_is_copied(
    tmp_path: Path, recordings: Path, url: str
) -> None:
    (recordings / SEALED.path).unlink()
    assert back_up(url, recordings, tmp_path / "backup").missing == [SEALED.path]


@pytest.mark.parametrize("what", ["dump", "part", "gone"])
def test_a_damaged_backup_is_found_before_anything_is_restored(
    tmp_path: Path, recordings: Path, url: str, what: str
) -> None:
    folder = tmp_path / "backup"
    manifest = back_up(url, recordings, folder)
    path = folder / (manifest.dump.path if what == "dump" else f"recordings/{SEALED.path}")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    if what == "gone":
        path.unlink()
    with pytest.raises(BackupFailed, match="is missing or was changed"):
        backup.verify(folder, manifest)


def test_nothing_is_restored_over_recordings(tmp_path: Path, recordings: Path, url: str) -> None:
    manifest = back_up(url, recordings, tmp_path / "backup")
    with pytest.raises(BackupFailed, match="nothing is ever overwritten"):
        backup.restore_parts(tmp_path / "backup", manifest, recordings)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b'{"format": 2}', b'{"format": 1, "dump": 3}', b"[]"],
)
def test_a_folder_without_a_whole_manifest_is_no_backup(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BackupFailed, match="There is no backup"):
        backup.read(tmp_path)
    (tmp_path / backup.MANIFEST).write_bytes(content)
    with pytest.raises(BackupFailed, match=r"is damaged|newer version"):
        backup.read(tmp_path)


def test_a_manifest_leads_nowhere_else(tmp_path: Path, recordings: Path, url: str) -> None:
    back_up(url, recordings, tmp_path / "backup")
    manifest = tmp_path / "backup" / backup.MANIFEST
    manifest.write_text(
        manifest.read_text().replace("recordings/1/sealed", "recordings/../../sealed")
    )
    with pytest.raises(BackupFailed, match="is damaged"):
        backup.read(tmp_path / "backup")
