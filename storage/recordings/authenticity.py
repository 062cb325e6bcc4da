"""What the database says of a recording, authenticated with that recording's data key (FORMAT.md).

Whoever can write the database, but has no key, can then neither remove a part, a gap or a
beginning, nor exchange who speaks, nor move a recording to another call without its being noticed.
The row of a part has a code of its own, so that one part can be judged alone; that of the recording
covers the codes of all.
"""

import hmac
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Recording, RecordingPart
from storage.recordings import recordings
from storage.vault.keys import DataKey
from storage.words import Authenticity

log = logging.getLogger(__name__)

_PART = b"carelay part metadata 1\x00"
_RECORDING = b"carelay recording metadata 1\x00"
_AS_WRITTEN = {"torn": "recording"}
"""Who found it torn could not open its key: the codes are those of when it was written."""


@dataclass(frozen=True)
class Verdict:
    """On the rows, not on the files: these are judged as they are read."""

    recording: Authenticity
    """Its own row, its gaps and which parts it has."""
    parts: Mapping[str, Authenticity]
    """By id."""

    @property
    def changed(self) -> bool:
        """Whether anything was changed by somebody else."""
        return "changed" in {self.recording, *self.parts.values()}


def judge(recording: Recording, parts: Sequence[RecordingPart], key: DataKey) -> Verdict:
    """Of all its parts, and all of it as of one moment. Pure."""
    macs = {part.id: part.mac for part in parts}
    return Verdict(
        _word(_is_authentic(recording, macs, key), must_be=key.authenticates_recording),
        {part.id: judge_part(part, recording, key) for part in parts},
    )


def judge_part(part: RecordingPart, recording: Recording, key: DataKey) -> Authenticity:
    """Its row alone. Pure."""
    return _word(_part_is_authentic(part, recording, key), must_be=key.authenticates_parts)


def all_are(word: Authenticity, parts: Sequence[RecordingPart]) -> Verdict:
    """Where the key does not let us judge."""
    return Verdict(word, {part.id: word for part in parts})


@asynccontextmanager
async def changing(tx: AsyncSession, recording_id: str, key: DataKey) -> AsyncIterator[Recording]:
    """The server changes the recording inside, or which parts it has, or one of them.

    Its code is renewed in the same transaction, if it was right before: what somebody else has
    changed stays noticed. Of two at once the second begins with what the first has written.
    """
    recording = await recordings.for_change(tx, recording_id)
    if recording.state == "erased":  # while its last parts were being closed: it has no code
        yield recording
        return
    was_authentic = _is_authentic(recording, await recordings.part_macs(tx, recording_id), key)
    yield recording
    if not key.authenticates_recording:
        return
    if was_authentic:
        await tx.flush()
        recording.mac = _mac(recording, await recordings.part_macs(tx, recording_id), key)
    else:
        log.error(
            "recording %s or the list of its parts was changed by somebody else", recording_id
        )


@contextmanager
def changing_part(part: RecordingPart, recording: Recording, key: DataKey) -> Iterator[None]:
    """The same for the row of one part, within `changing`."""
    was_authentic = _part_is_authentic(part, recording, key)
    yield
    if not key.authenticates_parts:
        return
    if was_authentic:
        authenticate_part(part, recording, key)
    else:
        log.error("the row of part %s was changed by somebody else", part.id)


def authenticate(recording: Recording, key: DataKey) -> None:
    """A new one, which has no parts."""
    recording.mac = _mac(recording, {}, key)


def authenticate_part(part: RecordingPart, recording: Recording, key: DataKey) -> None:
    """A new one, within `changing`."""
    part.mac = _part_mac(part, recording, key)


def _word(authentic: bool, *, must_be: bool) -> Authenticity:
    if not must_be:
        return "not_authenticated"
    return "authentic" if authentic else "changed"


def _is_authentic(recording: Recording, macs: Mapping[str, bytes | None], key: DataKey) -> bool:
    return recording.mac is not None and hmac.compare_digest(
        recording.mac, _mac(recording, macs, key)
    )


def _part_is_authentic(part: RecordingPart, recording: Recording, key: DataKey) -> bool:
    return part.mac is not None and hmac.compare_digest(part.mac, _part_mac(part, recording, key))


def _mac(recording: Recording, macs: Mapping[str, bytes | None], key: DataKey) -> bytes:
    return _code(recording_text(recording, macs), _RECORDING, key)


def _part_mac(part: RecordingPart, recording: Recording, key: DataKey) -> bytes:
    return _code(part_text(part, recording), _PART, key)


def recording_text(recording: Recording, macs: Mapping[str, bytes | None]) -> str:
    """What the code of a recording covers; `macs` are those of all its parts, by id. Pure."""
    return _text(
        {
            "recording_id": recording.id,
            "session_id": recording.session_id,
            "state": _AS_WRITTEN.get(recording.state, recording.state),
            "started_at": _instant(recording.started_at),
            "ended_at": None if recording.ended_at is None else _instant(recording.ended_at),
            "gaps": recording.gaps,
            "parts": {part_id: None if mac is None else mac.hex() for part_id, mac in macs.items()},
        }
    )


def part_text(part: RecordingPart, recording: Recording) -> str:
    """What the code of a part covers. Pure."""
    return _text(
        {
            "recording_id": recording.id,
            "session_id": recording.session_id,
            "started_at": _instant(recording.started_at),
            "part_id": part.id,
            "participant_id": part.participant_id,
            "source": part.source,
            "media_type": part.media_type,
            "path": part.path,
            "offset_ms": part.offset_ms,
            "duration_ms": part.duration_ms,
            "size_bytes": part.size_bytes,
            "seek_header": part.seek_header.hex(),
            "body_offset": part.body_offset,
            "state": _AS_WRITTEN.get(part.state, part.state),
            "losses": part.losses,
        }
    )


def _text(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def _code(text: str, purpose: bytes, key: DataKey) -> bytes:
    derived = HKDFExpand(SHA512(), 32, purpose).derive(key.key)
    return hmac.digest(derived, text.encode(), "sha256")


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
