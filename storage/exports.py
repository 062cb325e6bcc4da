"""An encrypted recording in a folder of its own: its files as they are stored, and what the
database says of them. Blocking.

    <part id>.part, <part id>.part.tail    as FORMAT.md describes them
    manifest.json                          the rows, the wrapped key among them

Nothing is decrypted to make one, and nobody without the key opens it. It is complete once its
manifest is there.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from msgspec import DecodeError, Struct, ValidationError, json

from storage.errors import DamagedPart, InvalidExport, NotUploaded, StoreAway
from storage.ids import is_id
from storage.keeping import Keeping
from storage.models import Recording, RecordingPart
from storage.recordings import NamedPart
from storage.vault.files import (
    create_private,
    open_regular,
    stays_inside,
    sync_folder,
    write_all,
    write_new,
)
from storage.vault.objects import StoredObject
from storage.vault.partfile import tail_path
from storage.words import PartSource, PartState, RecordingState, Side

MANIFEST = "manifest.json"
PIECE = 2**20
UNFINISHED = {"torn", "recording"}
"""Parts that may have a tail."""


class ExportedPart(Struct, kw_only=True, frozen=True):
    """A row of `recording_parts`, and whose it is."""

    id: str
    participant_id: str
    participant_name: str
    participant_side: Side
    source: PartSource
    media_type: str
    path: str
    offset_ms: int
    duration_ms: int
    size_bytes: int
    seek_header: bytes
    body_offset: int
    state: PartState
    losses: dict[str, Any] | None
    mac: bytes | None


OF_PERSON = {"participant_name", "participant_side"}
"""Those fields of an exported part that its row has not."""


class Export(Struct, kw_only=True, frozen=True):
    """A row of `recordings`, and its parts."""

    format: Literal["carelay encrypted recording 1"] = "carelay encrypted recording 1"
    exported_at: datetime
    recording_id: str
    session_id: str
    state: RecordingState
    started_at: datetime
    ended_at: datetime | None
    gaps: list[dict[str, Any]] | None
    key_id: str
    wrapped_key: bytes
    mac: bytes | None
    data_key_sha256: str | None
    """As the audit log tells it since the recording began; none of earlier versions."""
    parts: list[ExportedPart]

    @property
    def recording(self) -> Recording:
        """The row, in no database."""
        return Recording(
            id=self.recording_id,
            session_id=self.session_id,
            state=self.state,
            started_at=self.started_at,
            ended_at=self.ended_at,
            gaps=self.gaps,
            key_id=self.key_id,
            wrapped_key=self.wrapped_key,
            mac=self.mac,
        )

    @property
    def named_parts(self) -> Sequence[NamedPart]:
        """Their rows."""
        return [_row(self.recording_id, part) for part in self.parts]


def describe(
    recording: Recording, parts: Sequence[NamedPart], data_key_sha256: str | None, now: datetime
) -> Export:
    """Of rows as of one moment. Raises InvalidExport of a recording that was erased."""
    if recording.wrapped_key is None:
        raise InvalidExport(f"Recording {recording.id} was erased: nobody can open it.")
    return Export(
        exported_at=now,
        recording_id=recording.id,
        session_id=recording.session_id,
        state=recording.state,
        started_at=recording.started_at,
        ended_at=recording.ended_at,
        gaps=recording.gaps,
        key_id=recording.key_id,
        wrapped_key=recording.wrapped_key,
        mac=recording.mac,
        data_key_sha256=data_key_sha256,
        parts=[_described(named) for named in parts],
    )


def write(
    export: Export, rows: Sequence[RecordingPart], keeping: Keeping, folder: Path
) -> Mapping[str, str]:
    """Copy the files from wherever they are, then write the manifest; what keeps a part from being
    in the export, by its id.

    Raises FileExistsError if there is an export, OSError, DamagedPart.
    """
    missing = {}
    for part in rows:
        target = part_file(folder, part.id)
        if not stays_inside(part.path):
            raise DamagedPart(f"The row of part {part.id} names no file of a recording.")
        try:
            # the tail first: it continues what is in the part by then, or in one that has grown
            tail = keeping.tail(part) if part.state in UNFINISHED else b""
            _copy(keeping.open(part), target)
        except (FileNotFoundError, DamagedPart):
            missing[part.id] = "its file is not there"
            continue
        except (NotUploaded, StoreAway) as error:
            missing[part.id] = str(error)
            continue
        if tail:
            write_new(tail_path(target), tail)
    write_new(folder / MANIFEST, json.format(json.encode(export), indent=2) + b"\n")
    return missing


def read(folder: Path) -> Export:
    """Raises InvalidExport, OSError."""
    path = folder / MANIFEST
    try:
        with open(open_regular(path), "rb") as file:  # noqa: PTH123  a descriptor, not a path
            found = json.decode(file.read(), type=Export)
        for at in (found.started_at, found.ended_at):
            _ = at and at.astimezone(UTC)
    except FileNotFoundError:
        raise InvalidExport(f"There is no {MANIFEST} in {folder}: it is no whole export.") from None
    except (ValidationError, DecodeError, DamagedPart, OverflowError) as error:
        raise InvalidExport(f"{path} cannot be read: {str(error).rstrip('.')}.") from None
    names = [found.recording_id, *(part.id for part in found.parts)]
    if not all(map(is_id, names)):
        raise InvalidExport(f"{path} names something that is no id.")
    if len({*names}) < len(names):
        raise InvalidExport(f"{path} names something twice.")
    return found


def part_file(folder: Path, part_id: str) -> Path:
    """Of an export."""
    return folder / f"{part_id}.part"


def _copy(stored: StoredObject, target: Path) -> None:
    """A part may grow meanwhile. Whole, or not there."""
    try:
        copy, offset = create_private(target), 0
        try:
            while piece := stored.read(offset, PIECE):
                write_all(copy, piece)
                offset += len(piece)
            os.fsync(copy)
        except BaseException:
            target.unlink()
            raise
        finally:
            os.close(copy)
    finally:
        stored.close()
    sync_folder(target.parent)


def _described(named: NamedPart) -> ExportedPart:
    return ExportedPart(
        participant_name=named.participant_name,
        participant_side=named.participant_side,
        **_columns(named.part),
    )


def _row(recording_id: str, part: ExportedPart) -> NamedPart:
    row = RecordingPart(recording_id=recording_id, **_columns(part))
    return NamedPart(row, part.participant_name, part.participant_side)


def _columns(part: RecordingPart | ExportedPart) -> dict[str, Any]:
    """What both have under one name."""
    return {
        name: getattr(part, name)
        for name in ExportedPart.__struct_fields__
        if name not in OF_PERSON
    }
