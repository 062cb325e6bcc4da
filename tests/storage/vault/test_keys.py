import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.errors import KeyFileError, WrongKey
from storage.vault.keys import DataKey
from storage.vault.keys.file import FIRST_LINE, KeyFile

RECORDING = "11" * 16


def test_a_created_key_file_is_private_and_loads_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "recordings.key"
    created = KeyFile.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert KeyFile.load(path) == created
    assert path.read_text().startswith("carelay recording key")


def test_every_key_is_new_and_stays_out_of_messages(tmp_path: Path) -> None:
    one, other = KeyFile.create(tmp_path / "one"), KeyFile.create(tmp_path / "other")
    assert one.key != other.key
    assert one.key_id != other.key_id
    assert len(one.key_id) == 16
    assert repr(one.key) not in repr(one)
    data_key = DataKey.new()
    assert repr(data_key.key) not in repr(data_key)


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    key = KeyFile.create(tmp_path / "key")
    with pytest.raises(KeyFileError, match="exists; it is never overwritten"):
        KeyFile.create(tmp_path / "key")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(KeyFileError, match="exists"):
        KeyFile.create(tmp_path / "link")
    assert KeyFile.load(tmp_path / "key") == key


def test_a_missing_key_file_is_an_error_and_stays_missing(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be read: No such file"):
        KeyFile.load(tmp_path / "key")
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o601])
def test_a_key_file_open_to_others_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    KeyFile.create(tmp_path / "key")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(KeyFileError, match=r"open to other users; run: chmod 600 .*/key"):
        KeyFile.load(tmp_path / "key")


def test_a_key_file_may_be_read_only(tmp_path: Path) -> None:
    key = KeyFile.create(tmp_path / "key")
    (tmp_path / "key").chmod(0o400)
    assert KeyFile.load(tmp_path / "key") == key


def test_a_folder_or_a_pipe_is_not_a_key_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(KeyFileError, match="is not a file"):
            KeyFile.load(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not a carelay key file"),
        (base64.b64encode(bytes(32)).decode(), "is not a carelay key file"),
        (FIRST_LINE + "\n", "is damaged"),
        (FIRST_LINE + "\n" + base64.b64encode(bytes(31)).decode(), "is damaged"),
        (FIRST_LINE + "\n" + base64.b64encode(bytes(33)).decode(), "is damaged"),
        (FIRST_LINE + "\n" + "!" * 44, "is damaged"),
        (FIRST_LINE + "\n" + "A" * 4096, "is damaged"),
    ],
)
def test_a_damaged_key_file_is_an_error(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match=message):
        KeyFile.load(path)


def test_a_line_end_of_another_system_does_not_lose_a_key(tmp_path: Path) -> None:
    key = KeyFile.create(tmp_path / "key")
    (tmp_path / "key").write_bytes((tmp_path / "key").read_bytes().replace(b"\n", b"\r\n"))
    assert KeyFile.load(tmp_path / "key") == key


def test_a_data_key_opens_with_its_key_file_and_recording_only(tmp_path: Path) -> None:
    key_file, other = KeyFile.create(tmp_path / "key"), KeyFile.create(tmp_path / "other")
    data_key = DataKey.new()
    wrapped = key_file.wrap(data_key, RECORDING)
    assert key_file.unwrap(wrapped, RECORDING) == data_key
    assert data_key.authenticates_recording
    with pytest.raises(
        WrongKey, match=f"key file {other.key_id} does not open recording {RECORDING}"
    ):
        other.unwrap(wrapped, RECORDING)
    with pytest.raises(WrongKey):
        key_file.unwrap(wrapped, "22" * 16)


@pytest.mark.parametrize(
    ("version", "parts", "recording"), [(1, False, False), (2, True, False), (3, True, True)]
)
def test_the_version_of_a_wrapped_key_says_what_it_authenticates(
    version: int, parts: bool, recording: bool
) -> None:
    key_file, data_key, nonce = KeyFile(bytes(range(32))), bytes(32), bytes(12)
    purpose = b"carelay data key %d\x00" % version + RECORDING.encode()
    opened = key_file.unwrap(
        nonce + AESGCM(key_file.key).encrypt(nonce, data_key, purpose), RECORDING
    )
    assert (opened.key, opened.version) == (data_key, version)
    assert (opened.authenticates_parts, opened.authenticates_recording) == (parts, recording)


@pytest.mark.parametrize("size", [0, 11, 12, 27, 59, 61])
def test_a_damaged_wrapped_key_does_not_open(tmp_path: Path, size: int) -> None:
    key_file = KeyFile.create(tmp_path / "key")
    wrapped = key_file.wrap(DataKey.new(), RECORDING)
    with pytest.raises(WrongKey):
        key_file.unwrap((wrapped + b"x")[:size], RECORDING)


def test_each_data_key_and_each_nonce_is_new(tmp_path: Path) -> None:
    key_file, data_key = KeyFile.create(tmp_path / "key"), DataKey.new()
    assert data_key.key != DataKey.new().key
    wrapped = [key_file.wrap(data_key, RECORDING)[:12] for _ in range(2)]
    assert wrapped[0] != wrapped[1], "a nonce must not repeat"
