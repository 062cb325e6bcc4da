"""Keys that the server seals to and cannot open: HPKE, and the files of the two halves."""

import json
from pathlib import Path

import pytest

from storage.errors import KeyFileError, KeyIsSealed, WrongKey
from storage.vault.keys import DataKey
from storage.vault.keys import sealed as module
from storage.vault.keys.chain import KeyChain
from storage.vault.keys.file import KeyFile
from storage.vault.keys.folder import KeyFolder
from storage.vault.keys.sealed import (
    PrivateKey,
    PublicKey,
    create_private,
    create_public,
    is_sealed,
    load_private,
)
from storage.vault.keys.sealing import SealingKeys

RECORDING = "11" * 16
PASSPHRASE = "a long enough passphrase"
VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "sealed_key_1.json").read_text())


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scrypt takes half a second on purpose."""
    monkeypatch.setattr(module, "SCRYPT_COST", 2**10)


@pytest.fixture
def private(tmp_path: Path) -> Path:
    path = tmp_path / "recording.private"
    create_private(path, PrivateKey(bytes(range(32))), PASSPHRASE)
    return path


def test_what_another_implementation_of_hpke_sealed_is_opened() -> None:
    """Frozen: made by hpke-js (@hpke/core, @hpke/hybridkem-x-wing), which opened ours as well."""
    key = PrivateKey(bytes.fromhex(VECTOR["seed"]))
    assert key.public.raw.hex() == VECTOR["public_key"]
    assert key.public.key_id == f"sealed-{key.public.digest[:9]}"
    opened = key.unwrap(bytes.fromhex(VECTOR["wrapped_key"]), VECTOR["recording_id"])
    assert (opened.key.hex(), opened.version) == (VECTOR["data_key"], 3)


def test_a_data_key_opens_with_its_private_key_and_recording_only() -> None:
    key, data_key = PrivateKey.new(), DataKey.new()
    wrapped = key.public.wrap(data_key, RECORDING)
    assert wrapped != key.public.wrap(data_key, RECORDING), "it is sealed anew each time"
    assert key.unwrap(wrapped, RECORDING) == data_key
    with pytest.raises(WrongKey):
        key.unwrap(wrapped, "22" * 16)
    with pytest.raises(WrongKey, match="does not open recording"):
        PrivateKey.new().unwrap(wrapped, RECORDING)


def test_no_flipped_bit_and_no_other_length_opens() -> None:
    key = PrivateKey.new()
    wrapped = key.public.wrap(DataKey.new(), RECORDING)
    for index in range(0, len(wrapped), 7):
        damaged = bytearray(wrapped)
        damaged[index] ^= 1
        with pytest.raises(WrongKey):
            key.unwrap(bytes(damaged), RECORDING)
    for size in (0, 1, 1119, 1120, 1167):
        with pytest.raises(WrongKey):
            key.unwrap(wrapped[:size], RECORDING)
    with pytest.raises(WrongKey):
        key.unwrap(wrapped + b"x", RECORDING)


def test_the_private_key_opens_with_its_passphrase_however_it_was_typed(private: Path) -> None:
    assert private.stat().st_mode & 0o777 == 0o600
    assert load_private(private, PASSPHRASE) == PrivateKey(bytes(range(32)))
    with pytest.raises(WrongKey, match="passphrase does not open"):
        load_private(private, PASSPHRASE + " ")
    other = private.with_name("other")
    create_private(other, PrivateKey.new(), "passphras\u00e9 composed")
    load_private(other, "passphrase\u0301 composed")
    assert PASSPHRASE not in private.read_text()


def test_a_private_key_is_never_overwritten_nor_shown(private: Path) -> None:
    with pytest.raises(KeyFileError, match="never overwritten"):
        create_private(private, PrivateKey.new(), PASSPHRASE)
    key = PrivateKey(bytes(range(32)))
    assert repr(key.seed) not in repr(key)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "carelay private key 2 of sealed recordings"},
        {"scrypt": {"salt": "AAAA", "n": 2**30, "r": 8, "p": 1}},
        {"scrypt": {"salt": "AAAA", "n": 1000, "r": 8, "p": 1}},
        {"nonce": "AA=="},
        {"sealed_seed": ""},
        {"public_key": "AAAA"},
        {"more": 1},
        {"key_id": 7},
    ],
)
def test_a_damaged_private_key_is_an_error(private: Path, change: dict[str, object]) -> None:
    private.write_text(json.dumps({**json.loads(private.read_text()), **change}))
    with pytest.raises((KeyFileError, WrongKey)):
        load_private(private, PASSPHRASE)


def test_another_public_half_does_not_pass_for_its_own(private: Path) -> None:
    """Associated data of what the passphrase opens."""
    read = json.loads(private.read_text())
    other = private.with_name("other")
    create_private(other, PrivateKey.new(), PASSPHRASE)
    read["public_key"] = json.loads(other.read_text())["public_key"]
    private.write_text(json.dumps(read))
    with pytest.raises(WrongKey):
        load_private(private, PASSPHRASE)


def test_a_public_key_is_read_back_and_a_damaged_one_is_an_error(tmp_path: Path) -> None:
    path, key = tmp_path / "recording.pub", PrivateKey.new().public
    create_public(path, key)
    assert PublicKey.load(path) == key
    assert is_sealed(key.key_id)
    assert len(key.key_id) == 16
    text = path.read_text()
    for damaged, message in (
        ("", "not a public key of sealed recordings"),
        (text.replace("public", "private"), "not a public key of sealed recordings"),
        (text[:-9] + "\n", "is damaged"),
        (text + "AAAA\n", "is damaged"),
        (text[:60] + "!" + text[61:], "is damaged"),
    ):
        path.write_text(damaged)
        with pytest.raises(KeyFileError, match=message):
            PublicKey.load(path)
    with pytest.raises(KeyFileError, match="cannot be read"):
        PublicKey.load(tmp_path / "none")


async def test_a_server_that_seals_opens_what_it_had_before_and_nothing_that_it_sealed(
    tmp_path: Path,
) -> None:
    KeyFile.create(tmp_path / "recording.key")
    earlier, public = KeyFolder.load(tmp_path / "recording.key"), PrivateKey.new().public
    keys, data_key = KeyChain(SealingKeys(public), earlier), DataKey.new()
    before = await earlier.wrap(data_key, RECORDING, earlier.key_id)
    assert await keys.unwrap(before, RECORDING, earlier.key_id) == data_key
    sealed = await keys.wrap(data_key, RECORDING, keys.key_id)
    for provider in (keys, earlier):
        with pytest.raises(KeyIsSealed, match=f"key {public.key_id} is not on this server"):
            await provider.unwrap(sealed, RECORDING, public.key_id)
    with pytest.raises(WrongKey, match=f"seals to {public.key_id}"):
        await keys.wrap(data_key, RECORDING, earlier.key_id)
    with pytest.raises(WrongKey, match="which is not here"):
        await SealingKeys(public).unwrap(before, RECORDING, earlier.key_id)
