"""The key file and its neighbours: which keys there are, and how one takes another's place."""

from pathlib import Path

import pytest

from storage.errors import AlreadyRunning, KeyFileError, WrongKey
from storage.vault.files import held_alone
from storage.vault.keys import DataKey
from storage.vault.keys import folder as module
from storage.vault.keys.file import KeyFile
from storage.vault.keys.folder import KeyFolder

RECORDING = "11" * 16


@pytest.fixture
def path(tmp_path: Path) -> Path:
    KeyFile.create(tmp_path / "keys" / "recording.key")
    return tmp_path / "keys" / "recording.key"


async def test_a_folder_that_was_read_before_finds_keys_that_came_since(path: Path) -> None:
    server, command = KeyFolder.load(path), KeyFolder.load(path)
    old = command.key_id
    new = command.make_next().key_id
    assert await server.holds(new)
    assert server.key_id == old, "it is only to follow"
    command.advance()
    assert (command.key_id, await command.holds(old)) == (new, True)
    data_key = DataKey.new()
    for key_id in (old, new):
        wrapped = await server.wrap(data_key, RECORDING, key_id)
        assert await command.unwrap(wrapped, RECORDING, key_id) == data_key


async def test_a_key_that_is_not_there_is_named(path: Path) -> None:
    keys = KeyFolder.load(path)
    assert not await keys.holds("0123456789abcdef")
    with pytest.raises(WrongKey, match="Key 0123456789abcdef is not beside the key file"):
        await keys.unwrap(bytes(60), RECORDING, "0123456789abcdef")


async def test_files_are_private_and_a_damaged_neighbour_hides_no_other_key(path: Path) -> None:
    keys = KeyFolder.load(path)
    old = keys.key_id
    keys.make_next()
    keys.advance()
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
    keys.retired_path("0123456789abcdef").write_text("damaged")
    assert await KeyFolder.load(path).holds(old)


def test_a_damaged_key_file_is_an_error(path: Path) -> None:
    path.write_text("damaged")
    with pytest.raises(KeyFileError, match="not a carelay key file"):
        KeyFolder.load(path)


class CutOffError(Exception):
    """In the middle of a command."""


@pytest.mark.parametrize("step", range(2))
async def test_cut_off_at_any_step_no_key_is_lost_and_the_next_command_ends_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    keys = KeyFolder.load(path)
    old, new = keys.key_id, keys.make_next().key_id
    steps = iter(range(step))

    def cut_off(_: Path) -> None:
        if next(steps, None) is None:
            raise CutOffError

    with monkeypatch.context() as cutting:
        cutting.setattr(module, "sync_folder", cut_off)
        with pytest.raises(CutOffError):
            keys.advance()
    again = KeyFolder.load(path)
    assert await again.holds(old)
    assert await again.holds(new)
    if again.key_id != new:
        again.advance()
    assert (KeyFile.load(path).key_id, again.next_key()) == (new, None)
    assert KeyFile.load(again.retired_path(old)).key_id == old


def test_what_a_killed_command_left_half_made_is_no_key(path: Path) -> None:
    keys = KeyFolder.load(path)
    path.with_name("recording.key.unfinished").write_text("carelay rec")
    assert KeyFolder.load(path).next_key() is None
    keys.make_next()
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "recording.key",
        "recording.key.new",
    ]


def test_one_command_at_a_time_changes_a_folder(path: Path) -> None:
    with (
        held_alone(path.parent),
        pytest.raises(AlreadyRunning, match="Another command is changing the keys"),
        held_alone(path.parent),
    ):
        pass
    with held_alone(path.parent):
        pass
