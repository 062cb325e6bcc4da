"""What was erased, in a file that no backup of the database holds. Blocking.

    {"recording_id":"…","erased_at":"…","basis":"request",…}      a line for each recording
    {"record_id":"…","erased_at":"…",…}      and, in a file of their own, each clinical record

A backup of before an erasure has the wrapped key. Whoever puts it back has this file as well, which
lies beside the key file, so that what was erased stays erased. The file is appended to, never
rewritten; a line that a power cut has torn is written anew from the database.
"""

import fcntl
import logging
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from storage.vault.files import create_private, sync_folder, write_all
from storage.words import ErasureBasis

log = logging.getLogger(__name__)


class Tombstone(msgspec.Struct, kw_only=True, frozen=True):
    """All that stays on record of an erasure, so that the record can be put back from it, too."""

    recording_id: str
    erased_at: datetime
    basis: ErasureBasis
    erased_by: str | None = None
    erased_by_name: str | None = None
    reason: str | None = None

    @property
    def subject_id(self) -> str:
        return self.recording_id


class ClinicalTombstone(msgspec.Struct, kw_only=True, frozen=True):
    """The same of a clinical record; what kind of record it was stays in the database."""

    record_id: str
    erased_at: datetime
    erased_by: str | None = None
    reason: str | None = None

    @property
    def subject_id(self) -> str:
        return self.record_id


class _Noted(Protocol):
    @property
    def subject_id(self) -> str:
        """What was erased."""


T = TypeVar("T", bound=_Noted)


class Tombstones(Generic[T]):
    """One file, which other servers of the same folder may append to."""

    def __init__(self, path: Path, kind: type[T]) -> None:
        self.path = path
        self.damaged: list[int] = []
        """Lines that could not be read, by their numbers."""
        self._kind = kind
        self._known: dict[str, T] = {}
        self._size = -1

    def read(self) -> Mapping[str, T]:
        """By what it is of. Raises OSError; a line that cannot be read is told in the log."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return {}
        try:
            return self._read(descriptor)
        finally:
            os.close(descriptor)

    def add(self, tombstones: Iterable[T]) -> None:
        """Those that it does not hold yet; durable afterwards. Raises OSError."""
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            known = self._read(descriptor)
            lines = [
                msgspec.json.encode(tombstone) + b"\n"
                for tombstone in tombstones
                if tombstone.subject_id not in known
            ]
            if not lines:
                return
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                lines.insert(0, b"\n")
            write_all(descriptor, b"".join(lines))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def require(self) -> None:
        """Whether something could be added. Raises OSError."""
        os.close(self._open())

    def _open(self) -> int:
        try:
            os.close(create_private(self.path))
            sync_folder(self.path.parent)
        except FileExistsError:
            pass
        return os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)

    def _read(self, descriptor: int) -> Mapping[str, T]:
        size = os.fstat(descriptor).st_size
        if size != self._size:
            with open(os.dup(descriptor), "rb") as file:  # noqa: PTH123  a descriptor, not a path
                file.seek(0)
                self._known = dict(self._parsed(file.read(size)))
            self._size = size
        return self._known

    def _parsed(self, content: bytes) -> Iterable[tuple[str, T]]:
        self.damaged = []
        for number, line in enumerate(content.splitlines(), 1):
            try:
                tombstone = msgspec.json.decode(line, type=self._kind)
            except ValueError:
                if line:
                    self.damaged.append(number)
                    log.error("line %d of %s is not that of something erased", number, self.path)
                continue
            yield tombstone.subject_id, tombstone
