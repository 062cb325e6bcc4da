"""A folder that holds all that a server keeps but its key, and a server's folders made of it again.
Blocking.

    manifest.json        what belongs to the backup, with SHA-256; written last, so a backup is
                         whole or not there
    database-….sqlite3   or .pgdump
    recordings/…         the encrypted parts as they are; those in a bucket only by name
    recordings-…/…       those that were still being written; of one run, as the database is

Until its manifest is replaced, a backup that is there stays whole: no file that it names is written
to.

Which recordings were erased is not in it: that file lies beside the key (`vault/tombstones.py`), so
that a backup of before an erasure does not bring back what was erased.

A running server goes on writing meanwhile. The database is taken first, as of one moment; every
file that it names is there by then, or grows: the beginning of such a part is as good as that of a
part whose server was killed, and is sealed at the next start in the same way. A settled part never
changes, so one that the folder has is not copied again.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from storage.backup import dump
from storage.errors import BackupFailed, DamagedPart
from storage.vault.files import (
    create_private,
    create_private_folder,
    open_regular,
    stays_inside,
    sync_folder,
    write_all,
)
from storage.vault.partfile import tail_path
from storage.vault.place import MARKER, make_marker

MANIFEST = "manifest.json"
RECORDINGS = "recordings"
FORMAT = 2
READABLE = {1, FORMAT}
"""The first one knew no objects."""
PIECE = 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """Its path is relative to the backup's folder."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    made_at: str
    database: str
    """`sqlite` or `postgresql`: a backup goes back into the same kind."""
    dump: StoredFile
    place_id: str | None
    """What the marker of the recordings' folder holds."""
    key_ids: list[str]
    """Key files that are needed to play the recordings; they are not in the backup."""
    files: list[StoredFile] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    """Of parts that are in a bucket, and only there."""
    bucket: str | None = None
    """What the marker object of that bucket holds."""
    format: int = FORMAT


@dataclass(frozen=True)
class Part:
    """What the database says of a file."""

    path: str
    settled: bool


def write(folder: Path, manifest: Manifest, erased: Iterable[str] = ()) -> None:
    """From now on this is the backup; what only one of before needs is removed, and so are the
    parts of recordings that were erased since, by their paths.
    """
    _write_private(folder / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
    _remove_superseded(folder, manifest)
    for path in filter(stays_inside, erased):
        (folder / RECORDINGS / path).unlink(missing_ok=True)
        with suppress(OSError):  # it is not empty, or not there
            (folder / RECORDINGS / path).parent.rmdir()


def read(folder: Path) -> Manifest:
    """Raises BackupFailed."""
    try:
        raw = json.loads((folder / MANIFEST).read_bytes())
        if raw.get("format") not in READABLE:
            raise BackupFailed(f"The backup in {folder} was made by a newer version of carelay.")
        stored = {
            "dump": StoredFile(**raw["dump"]),
            "files": [StoredFile(**file) for file in raw["files"]],
        }
        manifest = Manifest(**{**raw, **stored})
    except FileNotFoundError:
        raise BackupFailed(f"There is no backup in {folder}: it has no {MANIFEST}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupFailed(f"{folder / MANIFEST} is damaged.") from None
    for file in (manifest.dump, *manifest.files):
        if not stays_inside(file.path):
            raise BackupFailed(f"{folder / MANIFEST} is damaged.")
    return manifest


def dump_database(url: str, folder: Path, now: datetime) -> StoredFile:
    """Raises BackupFailed, OSError."""
    name = f"database-{_run(now)}{dump.SUFFIXES[dump.kind(url)]}"
    create_private_folder(folder)
    try:
        dump.dump(url, folder / name)
    except BaseException:
        (folder / name).unlink(missing_ok=True)
        raise
    sync_folder(folder)
    return StoredFile(name, (folder / name).stat().st_size, _digest(folder / name))


def copy_parts(
    source: Path,
    folder: Path,
    parts: Iterable[Part],
    known: Mapping[str, StoredFile],
    now: datetime,
) -> tuple[list[StoredFile], list[str]]:
    """The files of the parts, and which of them are not there.

    `known` are those of the backup of before.
    """
    of_this_run = f"{RECORDINGS}-{_run(now)}"
    copied: list[StoredFile] = []
    missing: list[str] = []
    for part in parts:
        target = f"{RECORDINGS}/{part.path}"
        try:
            if part.settled and (kept := _kept(source / part.path, folder, known.get(target))):
                copied.append(kept)
                continue
            if not part.settled or target in known:
                target = f"{of_this_run}/{part.path}"
            # The tail first: it continues what is in the part by then, or in a part that has grown
            # meanwhile.
            if not part.settled and (
                tail := _copy(tail_path(source / part.path), folder, f"{target}.tail")
            ):
                copied.append(tail)
            if (file := _copy(source / part.path, folder, target)) is None:
                missing.append(part.path)
            else:
                copied.append(file)
        except DamagedPart:
            missing.append(part.path)
    return copied, missing


def verify(folder: Path, manifest: Manifest) -> None:
    """Every byte is as it was written. Raises BackupFailed."""
    for file in (manifest.dump, *manifest.files):
        path = folder / file.path
        if not path.is_file() or _digest(path) != file.sha256:
            raise BackupFailed(f"The backup is damaged: {path} is missing or was changed.")


def restore_parts(folder: Path, manifest: Manifest, recordings: Path) -> None:
    """Into a folder that has no recordings. Raises BackupFailed, OSError."""
    if recordings.is_dir() and any(path.name != "lost+found" for path in recordings.iterdir()):
        raise BackupFailed(f"{recordings} is not empty: nothing is ever overwritten.")
    create_private_folder(recordings)
    for file in manifest.files:
        _copy(folder / file.path, recordings, _path_of_part(file.path))
    if manifest.place_id is not None:
        make_marker(recordings / MARKER, manifest.place_id)


def _run(now: datetime) -> str:
    """In the name of what one run of `carelay backup` writes beside what is there."""
    return f"{now:%Y%m%dT%H%M%S%fZ}"


def _path_of_part(stored: str) -> str:
    """Below `recordings/` or `recordings-…/`."""
    return stored.partition("/")[2]


def _remove_superseded(folder: Path, manifest: Manifest) -> None:
    """Of a part whose file is not there now, the copy of before may be the only one: it stays."""
    needed = {file.path for file in (manifest.dump, *manifest.files)}
    lost = {name for path in manifest.missing for name in (path, f"{path}.tail")}
    patterns = ("database-*", f"{RECORDINGS}-*", f"{RECORDINGS}-*/**/*")
    found = {path for pattern in patterns for path in folder.glob(pattern)}
    for path in sorted(found, reverse=True):  # what is in a folder comes before it
        name = str(path.relative_to(folder))
        if path.is_dir():
            with suppress(OSError):  # it is not empty
                path.rmdir()
        elif name not in needed and _path_of_part(name) not in lost:
            path.unlink()


def _kept(source: Path, folder: Path, known: StoredFile | None) -> StoredFile | None:
    """The file of the backup of before, if it is the same."""
    if known is None:
        return None
    there = folder / known.path
    sizes = [path.stat().st_size if path.is_file() else -1 for path in (source, there)]
    return known if sizes == [known.size, known.size] else None


def _copy(source: Path, folder: Path, name: str) -> StoredFile | None:
    """None if there is no such file, or something else in its place."""
    try:
        descriptor = open_regular(source)
    except (FileNotFoundError, DamagedPart):
        return None
    target = folder / name
    temporary = target.with_name(f"{target.name}.copying")
    temporary.unlink(missing_ok=True)
    digest, size = hashlib.sha256(), 0
    private = create_private(temporary)
    with open(descriptor, "rb") as original, open(private, "wb") as copy:  # noqa: PTH123
        while piece := original.read(PIECE):
            digest.update(piece)
            size += len(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
    temporary.replace(target)
    sync_folder(target.parent)
    return StoredFile(name, size, digest.hexdigest())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_private(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = create_private(temporary)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    temporary.replace(path)
    sync_folder(path.parent)
