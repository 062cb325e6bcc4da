"""What an encrypted bundle has beside what every bundle has (docs/audit.md):

    encrypted.json                         the rows of the database, the wrapped key among them
    media/<part id>.part, ….part.tail      the files as they are stored (FORMAT.md)

Nothing is decrypted to make one, and nobody without the key opens it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import DecodeError, Struct, ValidationError, json

from storage.bundle.files import BundleFiles, content
from storage.errors import DamagedPart, InvalidExport
from storage.ids import is_id
from storage.models import Recording, RecordingPart
from storage.recordings.recordings import NamedPart
from storage.words import PartSource, PartState, RecordingState, Side

ROWS = "encrypted.json"
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


def encode(export: Export) -> bytes:
    """As it is read again."""
    return json.format(json.encode(export), indent=2) + b"\n"


def read(files: BundleFiles) -> Export:
    """Raises InvalidExport, OSError."""
    try:
        data = content(files, ROWS)
        found = json.decode(data, type=Export)
        for at in (found.started_at, found.ended_at):
            _ = at and at.astimezone(UTC)
    except FileNotFoundError:
        raise InvalidExport(
            f"There is no {ROWS} in it: it is not an encrypted recording."
        ) from None
    except (ValidationError, DecodeError, DamagedPart, OverflowError) as error:
        raise InvalidExport(f"{ROWS} cannot be read: {str(error).rstrip('.')}.") from None
    names = [found.recording_id, *(part.id for part in found.parts)]
    if not all(map(is_id, names)):
        raise InvalidExport(f"{ROWS} names something that is no id.")
    if len({*names}) < len(names):
        raise InvalidExport(f"{ROWS} names something twice.")
    return found


def part_path(part_id: str) -> str:
    """Of its file, in the bundle."""
    return f"media/{part_id}.part"


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
