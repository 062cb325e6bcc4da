"""The frozen sealed recording that the pages' tests open: it is as today's server would write it,
and holds what those tests say of it.
"""

import base64
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest

from relay.recorder import scan
from storage.models import Recording, RecordingPart
from storage.recordings import authenticity
from storage.vault.beginning import authentic_beginning
from storage.vault.container import PartIdentity
from storage.vault.keys.sealed import load_private
from storage.vault.objects import LocalFile
from storage.vault.reader import PartReader

Row = TypeVar("Row", Recording, RecordingPart)
VECTOR = json.loads(
    (Path(__file__).parent.parent / "vectors" / "sealed_recording_1.json").read_text()
)
RECORDING = VECTOR["recording_id"]
WHOLE, TORN = VECTOR["whole"], VECTOR["torn"]


def row_of(text: str, kind: type[Row]) -> Row:
    """As the database has it."""
    columns = json.loads(text)
    columns["id"] = columns.get("part_id", columns["recording_id"])
    columns["started_at"] = datetime.fromisoformat(columns["started_at"])
    columns["seek_header"] = bytes.fromhex(columns.get("seek_header", ""))
    return kind(**{name: columns[name] for name in kind.__table__.c.keys() & columns.keys()})


def octets(text: str) -> bytes:
    return base64.b64decode(text)


@pytest.fixture
def file(tmp_path: Path) -> LocalFile:
    (tmp_path / "part").write_bytes(octets(WHOLE["file"]))
    return LocalFile(tmp_path / "part")


def test_the_frozen_sealed_recording_is_what_the_server_writes(
    tmp_path: Path, file: LocalFile
) -> None:
    path = tmp_path / "recording.private"
    path.write_text(VECTOR["private_key"])
    path.chmod(0o600)
    private = load_private(path, VECTOR["passphrase"])
    assert private.public.key_id == VECTOR["key_id"]
    key = private.unwrap(octets(VECTOR["wrapped_key"]), RECORDING)
    assert (key.version, key.digest(RECORDING)) == (3, VECTOR["data_key_sha256"])

    recording = row_of(VECTOR["row"]["row"], Recording)
    parts = [row_of(part["row"]["row"], RecordingPart) for part in (WHOLE, TORN)]
    for part, vector in zip(parts, (WHOLE, TORN), strict=True):
        assert authenticity.part_text(part, recording) == vector["row"]["row"]
        part.mac = bytes.fromhex(vector["row"]["mac"])
    macs = {part.id: part.mac for part in parts}
    assert authenticity.recording_text(recording, macs) == VECTOR["row"]["row"]
    recording.mac = bytes.fromhex(VECTOR["row"]["mac"])
    assert set(authenticity.judge(recording, parts, key).parts.values()) == {"authentic"}

    with PartReader(file, key.key, PartIdentity(RECORDING, WHOLE["part_id"])) as reader:
        whole = reader.read(0, reader.size)
    assert hashlib.sha256(whole).hexdigest() == WHOLE["plaintext_sha256"]

    stored, identity = octets(TORN["file"]), PartIdentity(RECORDING, TORN["part_id"])
    torn = b"".join(
        authentic_beginning(
            key.key, identity, lambda at, size: stored[at : at + size], octets(TORN["tail"])
        )
    )
    assert hashlib.sha256(torn).hexdigest() == TORN["plaintext_sha256"]
    found = scan([torn])
    assert (found.duration_ms, found.body_offset) == (TORN["duration_ms"], TORN["body_offset"])
    assert found.seek_header == octets(TORN["seek_header"])
