"""`carelay audit rotate-key`, and what a restored backup does with the name of the log."""

import asyncio
import shutil
from pathlib import Path

import pytest

from storage.audit import key
from storage.audit.note import Verifier
from storage.audit.sequencer import Sequencer
from storage.database import Database
from storage.errors import WrongKey
from storage.rows import properties
from tests.signaling.terminal import Carelay
from tests.storage.audit.logs import NOW, write

URL = "sqlite+aiosqlite:///data/carelay.sqlite3"
KEY = Path("keys/audit.key")


async def fill(rows: int) -> None:
    """As a server with the key that is there."""
    database = await Database.open(URL)
    try:
        sequencer = Sequencer(database, key.load(KEY), Path("data/audit-checkpoints"))
        await sequencer.settle_key()
        await write(database, *range(rows))
        for _ in range(3):
            await sequencer.step(NOW, sign=True)
        await sequencer.publish()
    finally:
        await database.close()


@pytest.fixture
def first(carelay: Carelay) -> Verifier:
    """The first key of a log that is signed."""
    assert carelay("keys", "create").code == 0
    asyncio.run(fill(5))
    return key.load_public(Path("keys/audit.pub"))


def test_the_log_goes_on_with_another_key_and_the_first_one_verifies_it(
    first: Verifier, carelay: Carelay, tmp_path: Path
) -> None:
    for rows in (3, 2):
        told = carelay("audit", "rotate-key").output
        new = key.load(KEY).verifier
        assert f"is signed as {new} from now on" in told
        assert (new.name, new != first) == (first.name, True)
        asyncio.run(fill(rows))
    assert key.load_public(Path("keys/audit.pub")) == first
    assert (
        f"The log {first.name} is whole (rows: 12, of these signed: 12"
        in carelay("audit", "verify").output
    )
    proof = tmp_path / "proof"
    assert carelay("audit", "prove", "12", "--output", str(proof)).code == 0
    assert carelay("audit", "check", str(proof)).code == 0
    assert carelay("audit", "check", str(proof), "--public-key", "keys/audit.pub").code == 1
    assert len(list(Path("keys").glob("audit.key.retired-*"))) == 2
    assert all(file.stat().st_mode & 0o77 == 0 for file in Path("keys").glob("audit.key*"))


def test_a_key_that_nobody_signed_over_to_is_not_taken(first: Verifier, carelay: Carelay) -> None:
    KEY.unlink()
    other = key.create(KEY)
    with pytest.raises(WrongKey):
        asyncio.run(fill(1))
    line = carelay("audit", "rotate-key").refusal
    assert f"signed with the key of {first.name}, and keys/audit.key is another one" in line
    assert other.name != first.name


def test_an_exchange_that_was_broken_off_is_finished(
    first: Verifier, carelay: Carelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(key, "exchange", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        assert carelay("audit", "rotate-key").code == 1
    with pytest.raises(WrongKey):
        asyncio.run(fill(1))
    pending = key.load(Path("keys/audit.key.new"))
    assert carelay("audit", "rotate-key").code == 0
    assert key.load(KEY) == pending
    asyncio.run(fill(1))
    assert carelay("audit", "verify").output.startswith(f"The log {first.name} is whole (rows: 7")


def test_a_restored_log_has_a_name_of_its_own(
    first: Verifier, carelay: Carelay, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    assert carelay("backup", str(backup)).code == 0
    asyncio.run(fill(4))
    shutil.move("data", "before")
    told = carelay("restore", str(backup)).output
    new = key.load(KEY).verifier
    assert f"is signed as {new} from now on" in told
    assert new.name != first.name
    asyncio.run(fill(6))
    assert carelay("audit", "verify").output.startswith(f"The log {first.name} is whole")
    line = carelay("audit", "verify", "--checkpoint", "before/audit-checkpoints").refusal
    assert "not the one that was signed" in line


def test_a_restored_log_waits_for_its_key_or_goes_on_without(
    first: Verifier, carelay: Carelay, tmp_path: Path
) -> None:
    backup, shelf = tmp_path / "backup", tmp_path / "audit.key"
    assert carelay("backup", str(backup)).code == 0
    shutil.move("data", "before")
    KEY.rename(shelf)
    assert f"put the key of {first.name} back" in carelay("restore", str(backup)).output
    shutil.copy(shelf, KEY)
    with pytest.raises(WrongKey, match="run `carelay audit rotate-key`"):
        asyncio.run(fill(1))
    KEY.unlink()
    assert carelay("keys", "create", "--if-missing").code == 0
    asyncio.run(fill(1))
    new = key.load_public(Path("keys/audit.pub"))
    assert new.name != first.name
    assert asyncio.run(before()) == str(first)


async def before() -> str | None:
    database = await Database.open(URL)
    async with database.reading() as tx:
        found = await properties.value(tx, properties.AUDIT_KEYS_BEFORE)
    await database.close()
    return found
