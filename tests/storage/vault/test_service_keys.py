"""Keys that a service or a security module keeps: one behaviour for both kinds, on moto's KMS and
on SoftHSM.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from storage.errors import KeyFileError, KeyServiceAway, WrongKey
from storage.vault.keys import DataKey, service
from storage.vault.keys.hsm import HsmKey, Slot
from storage.vault.keys.kms import KmsKey
from storage.vault.keys.service import Bound, ServiceKeys, WrappingKey
from tests.support.objectstore import ObjectServer
from tests.support.softhsm import MODULE, TOKENS

CLOSED = (WrongKey, KeyServiceAway)
"""KMS does not tell a wrapped key of nobody's from one of somebody else's key."""
RECORDING, OTHER = "11" * 16, "22" * 16


@pytest.fixture
def kms_arn(object_server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a new key; the environment is as it is told to programs that use AWS."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", object_server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    made = boto3.client("kms", region_name="eu-central-1").create_key()
    return str(made["KeyMetadata"]["Arn"])


@pytest.fixture(params=["kms", "pkcs11"])
def key(request: pytest.FixtureRequest) -> Iterator[WrappingKey]:
    if request.param == "kms":
        yield KmsKey(request.getfixturevalue("kms_arn"))
        return
    hsm = HsmKey(request.getfixturevalue("hsm_slot"))
    assert hsm.create()
    yield hsm


async def test_a_data_key_opens_for_its_recording_and_version_only(key: WrappingKey) -> None:
    keys = ServiceKeys(key)
    for data_key in (DataKey.new(), DataKey(bytes(range(32)), version=1)):
        wrapped = await keys.wrap(data_key, RECORDING, keys.key_id)
        assert data_key.key not in wrapped
        assert wrapped != await keys.wrap(data_key, RECORDING, keys.key_id)
        assert await ServiceKeys(key).unwrap(wrapped, RECORDING, keys.key_id) == data_key
        with pytest.raises(WrongKey):
            await keys.unwrap(wrapped, OTHER, keys.key_id)
        with pytest.raises(WrongKey):
            await keys.unwrap(bytes([2]) + wrapped[1:], RECORDING, keys.key_id)


async def test_no_changed_octet_and_no_other_length_opens(key: WrappingKey) -> None:
    keys = ServiceKeys(key)
    wrapped = await keys.wrap(DataKey.new(), RECORDING, keys.key_id)
    for place in range(0, len(wrapped), 7):
        changed = wrapped[:place] + bytes([wrapped[place] ^ 1]) + wrapped[place + 1 :]
        with pytest.raises(CLOSED):
            await keys.unwrap(changed, RECORDING, keys.key_id)
    for length in (0, 1, 12, 13, len(wrapped) - 1):
        with pytest.raises(CLOSED):
            await keys.unwrap(wrapped[:length], RECORDING, keys.key_id)


async def test_another_key_is_not_asked_for(key: WrappingKey) -> None:
    keys = ServiceKeys(key)
    assert await keys.holds(keys.key_id)
    assert not await keys.holds("0123456789abcdef")
    assert len(keys.key_id) == 16
    with pytest.raises(WrongKey, match=f"0123456789abcdef is needed.* has {keys.key_id}"):
        await keys.wrap(DataKey.new(), RECORDING, "0123456789abcdef")
    await keys.probe()


class Counting:
    """A key that counts how often it is asked to open something."""

    key_id = "kms-000000000000"

    def __init__(self) -> None:
        self.asked = 0

    def encrypt(self, data_key: bytes, bound: Bound) -> bytes:
        return bound.recording_id.encode() + data_key

    def decrypt(self, sealed: bytes, bound: Bound) -> bytes:
        self.asked += 1
        return sealed.removeprefix(bound.recording_id.encode())


async def test_what_was_opened_is_remembered_for_a_minute_and_in_bounds() -> None:
    now, counting = [0.0], Counting()
    keys = ServiceKeys(counting, lambda: now[0])
    wrapped = await keys.wrap(DataKey.new(), RECORDING, keys.key_id)
    for now[0] in (0.0, 30.0, 59.0):
        await keys.unwrap(wrapped, RECORDING, keys.key_id)
    assert counting.asked == 1
    now[0] = 61.0
    await keys.unwrap(wrapped, RECORDING, keys.key_id)
    assert counting.asked == 2
    for number in range(service.MOST_REMEMBERED):
        other = f"{number:032x}"
        await keys.unwrap(await keys.wrap(DataKey.new(), other, keys.key_id), other, keys.key_id)
    await keys.unwrap(wrapped, RECORDING, keys.key_id)
    assert counting.asked == service.MOST_REMEMBERED + 3


# --- a service that does not answer, or refuses


def test_a_kms_that_is_not_there_is_away(kms_arn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(KeyServiceAway, match="cannot be asked"):
        KmsKey(kms_arn).encrypt(bytes(32), Bound(RECORDING, 3))


def test_a_kms_key_that_is_not_there_is_away(kms_arn: str) -> None:
    wrapped = KmsKey(kms_arn).encrypt(bytes(32), Bound(RECORDING, 3))
    gone = KmsKey(kms_arn[:-1] + ("0" if kms_arn[-1] != "0" else "1"))
    with pytest.raises(KeyServiceAway, match=r"KMS refuses to use key .*: NotFound"):
        gone.encrypt(bytes(32), Bound(RECORDING, 3))
    with pytest.raises(KeyServiceAway, match="KMS refuses to use key"):
        gone.decrypt(wrapped, Bound(RECORDING, 3))


@pytest.mark.parametrize(
    "name", ["", "alias/recordings", "arn:aws:kms:eu-central-1:1:alias/x", "arn:aws:s3:::bucket"]
)
def test_only_a_key_itself_is_taken(name: str) -> None:
    with pytest.raises(ValueError, match="is not the ARN of a KMS key"):
        KmsKey(name)


@pytest.mark.parametrize(
    ("module", "token", "key", "words"),
    [
        ("/usr/lib/none.so", TOKENS[0], "", "none.so cannot be loaded"),
        (str(MODULE), "another", "", "Token another of libsofthsm2.so cannot be used"),
        (str(MODULE), TOKENS[0], "another", "has no secret key labelled another"),
    ],
)
def test_a_module_without_the_key_is_away(
    hsm_slot: Slot, module: str, token: str, key: str, words: str
) -> None:
    slot = Slot(Path(module), token, key, hsm_slot.pin_file)
    with pytest.raises(KeyServiceAway, match=words):
        HsmKey(slot).encrypt(bytes(32), Bound(RECORDING, 3))


def test_a_pin_that_was_refused_is_not_tried_again(hsm_slot: Slot) -> None:
    """A token locks itself after a few wrong ones."""
    slot = replace(hsm_slot, token=TOKENS[1])
    hsm, pin = HsmKey(slot), slot.pin_file.read_text()
    slot.pin_file.write_text("00000000")
    with pytest.raises(KeyServiceAway, match="PinIncorrect"):
        hsm.create()
    for _ in range(20):
        with pytest.raises(KeyServiceAway, match=r"has refused the PIN in .*hsm\.pin"):
            hsm.create()
    slot.pin_file.write_text(pin)
    assert hsm.create()
    assert not hsm.create(), "there is one"


def test_a_pin_file_that_others_can_read_is_refused(hsm_slot: Slot) -> None:
    hsm_slot.pin_file.chmod(0o644)
    with pytest.raises(KeyFileError, match="other users"):
        HsmKey(hsm_slot).create()
