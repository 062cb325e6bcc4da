"""The carelay command where the key of the recordings is in a security module."""

import asyncio
from pathlib import Path

import pytest

from storage.vault.keys.hsm import HsmKey, Slot
from tests.signaling.cli.test_cli import open_and_close
from tests.signaling.terminal import Carelay


@pytest.fixture
def carelay_with_module(carelay: Carelay, hsm_slot: Slot) -> Carelay:
    with Path("config.toml").open("a") as file:
        file.write(
            f"[recording]\nkeys = 'pkcs11'\npkcs11_module = '{hsm_slot.module}'\n"
            f"pkcs11_token = '{hsm_slot.token}'\npkcs11_key = '{hsm_slot.key}'\n"
            f"pkcs11_pin_file = '{hsm_slot.pin_file}'\n"
        )
    return carelay


def test_the_key_is_made_in_the_module_once_and_looked_at_by_the_doctor(
    carelay_with_module: Carelay, hsm_slot: Slot
) -> None:
    carelay, key_id = carelay_with_module, HsmKey(hsm_slot).key_id
    found = carelay("doctor")
    assert "PROBLEM  recording key: Token clinic has no secret key labelled" in found.output
    made = carelay("keys", "create")
    assert f"Made the key {hsm_slot.key} in token clinic: {key_id}." in made.output
    assert Path("keys/audit.key").exists()
    assert not Path("keys/recording.key").exists()
    assert "There is the key" in carelay("keys", "create", "--if-missing").output
    found = carelay("doctor")
    assert f"recording key: pkcs11 wraps and opens by key {key_id}" in found.output
    assert found.code == 0


def test_a_rotation_needs_no_file_and_prepares_none(carelay_with_module: Carelay) -> None:
    carelay = carelay_with_module
    carelay("keys", "create")
    asyncio.run(open_and_close())
    assert carelay("keys", "rotate").output == (
        f"Key {_key_id(carelay)} wraps all that it can open. Rewrapped with it: 0 recordings, "
        "0 records of chat and notes.\n"
    )
    assert "--prepare makes the next key file" in carelay("keys", "rotate", "--prepare").refusal


def _key_id(carelay: Carelay) -> str:
    return carelay("keys", "create").output.split(": ")[1].partition(".")[0]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ("keys = 'kms'", "recording.kms_key (default): is not the ARN of a KMS key"),
        ("kms_key = 'alias/x'", "recording.kms_key (config.toml): is not the ARN of a KMS key"),
        ("keys = 'pkcs11'", "recording.pkcs11_module (default): is needed for a key in a security"),
        ("keys = 'hsm'", "recording.keys"),
    ],
)
def test_what_a_key_that_is_kept_elsewhere_lacks_is_named(
    carelay: Carelay, lines: str, refusal: str
) -> None:
    with Path("config.toml").open("a") as file:
        file.write(f"[recording]\n{lines}\n")
    assert refusal in carelay("serve").refusal
