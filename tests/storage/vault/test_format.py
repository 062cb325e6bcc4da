"""The format of stored recordings is frozen: what was written once must be readable for as long
as it is kept.
"""

import json
from pathlib import Path

import pytest

from storage.vault.container import PartIdentity
from storage.vault.keys.file import KeyFile
from storage.vault.objects import LocalFile
from storage.vault.partfile import tail_path
from storage.vault.reader import PartReader
from storage.vault.recovery import recover

VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "part_format_1.json").read_text())
IDENTITY = PartIdentity(VECTOR["recording_id"], VECTOR["part_id"])


@pytest.fixture
def data_key(tmp_path: Path) -> bytes:
    path = tmp_path / "key"
    path.write_text(VECTOR["key_file"])
    path.chmod(0o600)
    key_file = KeyFile.load(path)
    assert key_file.key_id == VECTOR["key_id"]
    return key_file.unwrap(bytes.fromhex(VECTOR["wrapped_key"]), VECTOR["recording_id"]).key


def plaintext_of(path: Path, data_key: bytes) -> str:
    with PartReader(LocalFile(path), data_key, IDENTITY) as reader:
        return reader.read(0, reader.size).hex()


def test_the_frozen_data_key_unwraps(data_key: bytes) -> None:
    assert data_key.hex() == VECTOR["data_key"]


def test_the_frozen_part_is_read(tmp_path: Path, data_key: bytes) -> None:
    (tmp_path / "part").write_bytes(bytes.fromhex(VECTOR["sealed"]["file"]))
    assert plaintext_of(tmp_path / "part", data_key) == VECTOR["sealed"]["plaintext"]


def test_the_frozen_torn_part_is_recovered(tmp_path: Path, data_key: bytes) -> None:
    path = tmp_path / "part"
    path.write_bytes(bytes.fromhex(VECTOR["torn"]["file"]))
    tail_path(path).write_bytes(bytes.fromhex(VECTOR["torn"]["tail"]))
    assert not recover(path, data_key, IDENTITY).was_sealed
    assert plaintext_of(path, data_key) == VECTOR["torn"]["plaintext"]
