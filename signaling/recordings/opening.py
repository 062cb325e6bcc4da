"""Decrypts the media of an encrypted bundle on the machine of whoever has its key. Blocking."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

import av

from relay.composition import Layout, Piece, compose
from relay.recorder import NothingPlayableError, scan
from signaling.recordings.playback.views import file_name
from storage.bundle.files import BundleFiles, content
from storage.errors import DamagedPart, WrongKey
from storage.models import RecordingPart
from storage.recordings import authenticity, exports
from storage.recordings.exports import Export
from storage.vault.beginning import authentic_beginning
from storage.vault.cobblestone import CHUNK_SIZE
from storage.vault.container import PartIdentity, stored_size
from storage.vault.files import create_private
from storage.vault.keys import DataKey
from storage.vault.keys.sealed import is_sealed
from storage.vault.objects import StoredObject
from storage.vault.partfile import tail_name
from storage.vault.reader import PartReader


@dataclass
class Opened:
    """What was found in an export."""

    key_digest: str
    """What the audit log must name for this recording."""
    parts: dict[Path, RecordingPart] = field(default_factory=dict)
    """Of which part each plain file is that was written. Rows prove whose they are by id, and not
    by name.
    """
    torn: list[Path] = field(default_factory=list)
    """Those of them that end where a server died, or its disk was full."""
    problems: list[str] = field(default_factory=list)
    """One line each."""


def open_export(export: Export, files: BundleFiles, data_key: DataKey, output: Path) -> Opened:
    """All parts whose rows and files are as the server wrote them become playable files in
    `output`, and no others. Raises WrongKey, FileExistsError, OSError.
    """
    digest = data_key.digest(export.recording_id)
    opened = Opened(digest)
    if export.data_key_sha256 not in {None, digest}:
        raise WrongKey(
            f"The key of recording {export.recording_id} is not the one that the audit log names: "
            "somebody has put another recording in its place."
        )
    if export.data_key_sha256 is None and is_sealed(export.key_id):
        opened.problems.append(
            "the export does not say which key the audit log names: anybody can have sealed it"
        )
    parts = export.named_parts
    verdict = authenticity.judge(export.recording, [named.part for named in parts], data_key)
    if verdict.recording == "changed":
        opened.problems.append(
            f"the row of recording {export.recording_id}, or the list of its parts, was changed"
        )
    for named in parts:
        part = named.part
        if verdict.parts[part.id] == "changed":
            opened.problems.append(f"the row of part {part.id} was changed")
        elif part.state == "lost":
            opened.problems.append(f"part {part.id} was lost by the server")
        else:
            target = file_name(export.recording, named)
            _open_into(opened, files, part, data_key, output / target)
    return opened


def _open_into(
    opened: Opened, files: BundleFiles, part: RecordingPart, data_key: DataKey, target: Path
) -> None:
    try:
        behind = _open_part(files, part, data_key, target)
    except FileExistsError:
        opened.problems.append(f"{target} is there already, and was left as it is")
    except FileNotFoundError:
        opened.problems.append(f"the file of part {part.id} is not in the export")
    except (DamagedPart, WrongKey) as error:
        opened.problems.append(f"part {part.id}: {error}")
    except NothingPlayableError:
        opened.problems.append(f"part {part.id} was torn before anything playable was in it")
    else:
        opened.parts[target] = part
        if part.state in exports.UNFINISHED:
            opened.torn.append(target)
        if behind > MOST_TORN:
            opened.problems.append(
                f"part {part.id}: {behind} bytes behind its authentic beginning are not authentic, "
                "more than a crash leaves: its disk lost them, or somebody changed them"
            )


MOST_TORN = 2 * CHUNK_SIZE
"""Bytes: a chunk that was being written, and its neighbour on the disk."""


def _open_part(files: BundleFiles, part: RecordingPart, data_key: DataKey, target: Path) -> int:
    """How many bytes are in the file behind what is authentic."""
    identity = PartIdentity(part.recording_id, part.id)
    path = exports.part_path(part.id)
    if part.state in exports.UNFINISHED:
        tail = _tail(files, tail_name(path))
        return _open_torn(files.open(path), tail, data_key, identity, target)
    with PartReader(files.open(path), data_key.key, identity) as reader:
        if reader.size != part.size_bytes:
            raise DamagedPart("The file has another length than its row says.")
        _write(target, _playable(part, reader))
    return 0


def _tail(files: BundleFiles, path: str) -> bytes:
    try:
        return content(files, path)
    except FileNotFoundError:
        return b""


def _playable(part: RecordingPart, reader: PartReader) -> Iterator[bytes]:
    yield part.seek_header
    yield from _without(reader.chunks(), part.body_offset)


def _open_torn(
    stored: StoredObject, tail: bytes, data_key: DataKey, identity: PartIdentity, target: Path
) -> int:
    """Its authentic beginning, made seekable as a server's recovery does."""
    try:

        def beginning() -> Iterator[bytes]:
            return authentic_beginning(data_key.key, identity, stored.read, tail)

        summary = scan(beginning())
        authentic = sum(len(piece) for piece in beginning())

        def playable() -> Iterator[bytes]:
            yield summary.seek_header
            yield from _without(beginning(), summary.body_offset)

        _write(target, playable())
        return max(0, stored.size - stored_size(authentic))
    finally:
        stored.close()


def _without(pieces: Iterator[bytes], count: int) -> Iterator[bytes]:
    """All but so many bytes at the beginning."""
    for piece in pieces:
        yield piece[count:]
        count = max(0, count - len(piece))


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    with whole(path) as file:
        for piece in pieces:
            file.write(piece)


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A new file, readable for its owner alone, that is whole or not there.

    Raises FileExistsError, OSError.
    """
    if path.exists():
        raise FileExistsError(path)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(create_private(unfinished), "r+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_film(opened: Opened, path: Path, layout: Layout, told: Callable[[float], None]) -> None:
    """All that was opened as one film, next to which its parts stay as they are.

    Raises FileExistsError, OSError, and DamagedPart for parts that cannot be decoded.
    """
    pieces = [
        Piece(partial(_reader, file), part.participant_id, part.source, part.offset_ms)
        for file, part in opened.parts.items()
    ]
    try:
        with whole(path) as output:
            compose(pieces, output, layout, told)
    except av.FFmpegError as error:
        raise DamagedPart(f"The film cannot be made: {error}.") from error


def _reader(file: Path) -> BinaryIO:
    return file.open("rb")
