"""A private PKCS#11 module: SoftHSM 2, with two tokens in a folder of the tests' own.

It reads its configuration and looks for tokens once in a process, so that all tests of one worker
share it, and each has a key label of its own. It is a process that is logged in to a token, and not
a session: wrong PINs are tried on the second token.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.ids import new_id
from storage.vault.keys.hsm import Slot

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "48151623"
TOKENS = ("clinic", "clinic with another PIN")


@pytest.fixture(scope="session")
def softhsm_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("softhsm")
    configuration = folder / "softhsm2.conf"
    (folder / "tokens").mkdir()
    configuration.write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    for token in TOKENS:
        command = ["softhsm2-util", "--init-token", "--free", "--label", token]
        subprocess.run([*command, "--pin", PIN, "--so-pin", PIN], check=True, capture_output=True)
    yield folder
    del os.environ["SOFTHSM2_CONF"]


@pytest.fixture
def hsm_slot(softhsm_folder: Path, tmp_path: Path) -> Slot:
    """Without a key yet."""
    assert softhsm_folder.is_dir()
    pin_file = tmp_path / "hsm.pin"
    pin_file.write_text(f"{PIN}\n")
    pin_file.chmod(0o600)
    return Slot(MODULE, TOKENS[0], f"recordings {new_id()[:8]}", pin_file)
