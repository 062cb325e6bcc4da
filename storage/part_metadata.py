"""What the database says of a part, authenticated with its recording's data key (FORMAT.md).

Whoever can write the database, but has no key, can then neither cut a beginning off, nor exchange
who speaks, nor move a recording to another call without being noticed when it is played. Pure.
"""

import hmac
import json
from datetime import UTC

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from storage.models import Recording, RecordingPart

_INFO = b"carelay part metadata 1\x00"


def authenticate(part: RecordingPart, recording: Recording, data_key: bytes) -> None:
    """To be done after every change of the row by the server itself."""
    part.mac = _mac(part, recording, data_key)


def is_authentic(part: RecordingPart, recording: Recording, data_key: bytes) -> bool:
    return part.mac is not None and hmac.compare_digest(part.mac, _mac(part, recording, data_key))


def _mac(part: RecordingPart, recording: Recording, data_key: bytes) -> bytes:
    key = HKDFExpand(SHA512(), 32, _INFO).derive(data_key)
    fields = {
        "recording_id": recording.id,
        "session_id": recording.session_id,
        "started_at": recording.started_at.astimezone(UTC).isoformat(timespec="microseconds"),
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
        "state": part.state,
        "losses": part.losses,
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, text.encode(), "sha256")
