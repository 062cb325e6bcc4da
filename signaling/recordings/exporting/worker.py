"""The process that makes one bundle, beside the server's own and after everything else.

A process, because FFmpeg's frames pass through Python, whose lock a server's calls need; its
precedence is the lowest, so that it has what they leave over. What it is to do comes as a line of
JSON, keys included, by its standard input, and nothing of that is on a disk or in its arguments. It
tells how far it is on its standard output, a line each, and asks there for the signature of the
manifest: the log's key stays with the server. It ends with the server, which it can tell no more.
"""

import errno
import os
import sys
import time
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from relay.composition import Layout
from signaling.kernel.words import ExportContents, ExportFailure, ExportPhase
from signaling.recordings.exporting.documents import About
from signaling.recordings.exporting.making import Making
from storage.bundle.manifest import Manifest
from storage.errors import (
    DamagedPart,
    InvalidExport,
    NotUploaded,
    StorageError,
    StoreAway,
)
from storage.models import RecordingPart
from storage.recordings.exports import Export
from storage.recordings.keeping import Keeping
from storage.vault.container import PartIdentity
from storage.vault.keys import DataKey
from storage.vault.objects.bucket import Bucket
from storage.vault.objects.settings import BucketSettings
from storage.vault.partfile import PartFile
from storage.words import Kept

LOWEST = 19
TELL_SECONDS = 30.0
SYNC_BYTES = 64 * 2**20
"""Of the archive; not everything at its end, where the disk would be busy for long."""


class PartPlace(Struct):
    """Where the file of a part is, which an exported row does not say."""

    place_id: str | None
    kept: Kept
    node_id: str | None


class Order(Struct, kw_only=True):
    """All that it takes."""

    contents: ExportContents
    layout: Layout
    rows: Export
    places: list[PartPlace]
    about: About
    page: bytes
    data_key: bytes | None
    data_key_version: int
    folder: Path
    bucket: BucketSettings | None
    place_id: str | None
    export_id: str
    file: Path
    file_key: bytes


class Told(Struct, kw_only=True, omit_defaults=True):
    """A line of its output."""

    kind: Literal["progress", "sign", "done", "failed"]
    phase: ExportPhase = "reading"
    done: int = 0
    total: int = 0
    text: bytes = b""
    """To be signed."""
    failure: ExportFailure = "not_made"
    problem: str = ""


def encode(order: Order) -> bytes:
    """A line."""
    return msgspec.json.encode(order, enc_hook=str) + b"\n"


def decode(line: bytes) -> Order:
    return msgspec.json.decode(line, type=Order, dec_hook=_path)


def _path(kind: type, value: Any) -> Any:
    return kind(value)


def main() -> int:
    """0 if the file is whole and durable."""
    os.nice(LOWEST)
    order = decode(sys.stdin.buffer.readline())
    try:
        size = _make(order)
    except (StorageError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            return 1  # the server is no more
        _tell(Told(kind="failed", failure=failure_of(error), problem=str(error)))
        return 1
    _tell(Told(kind="done", done=size))
    return 0


def failure_of(error: Exception) -> ExportFailure:
    """In the words of whoever waits for it."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "no_space"
    match error:
        case InvalidExport():
            return "nothing_to_export"
        case NotUploaded():
            return "not_uploaded"
        case StoreAway():
            return "store_away"
        case _:
            return "not_made"


def _make(order: Order) -> int:
    bucket = Bucket(order.bucket) if order.bucket else None
    data_key = DataKey(order.data_key, order.data_key_version) if order.data_key else None
    making = Making(
        contents=order.contents,
        layout=order.layout,
        rows=order.rows,
        parts=_parts(order),
        about=order.about,
        page=order.page,
        keeping=Keeping(order.folder, bucket, lambda: order.place_id),
        data_key=data_key,
        scratch=order.file.parent,
        sign=_signed,
        told=Progress().tell,
    )
    file = PartFile(
        order.file, order.file_key, PartIdentity(order.rows.recording_id, order.export_id)
    )
    try:
        synced = 0
        for piece in making.bundle():
            file.append(piece)
            if file.size - synced >= SYNC_BYTES:
                file.sync()
                synced = file.size
        file.finish()
    except BaseException:
        file.abandon()
        order.file.unlink(missing_ok=True)
        raise
    return file.size


def _parts(order: Order) -> list[RecordingPart]:
    rows = [named.part for named in order.rows.named_parts]
    for row, place in zip(rows, order.places, strict=True):
        row.place_id, row.kept, row.node_id = place.place_id, place.kept, place.node_id
    return rows


def _signed(manifest: Manifest) -> bytes:
    _tell(Told(kind="sign", text=manifest.data))
    note = msgspec.json.decode(sys.stdin.buffer.readline() or b'""', type=bytes)
    if not note:
        raise DamagedPart("The manifest could not be signed.")
    return note


class Progress:
    """Each hundredth of each phase is told, and that it goes on where one takes long."""

    def __init__(self) -> None:
        self._last: tuple[ExportPhase, int] | None = None
        self._told_at = time.monotonic()

    def tell(self, phase: ExportPhase, done: int, total: int) -> None:
        """Raises BrokenPipeError once nobody listens any more."""
        step = phase, 100 * done // max(1, total)
        now = time.monotonic()
        if step != self._last or now - self._told_at >= TELL_SECONDS:
            self._last, self._told_at = step, now
            _tell(Told(kind="progress", phase=phase, done=done, total=total))


def _tell(told: Told) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
