"""The recordings folder is known by its marker file, and held by one server."""

import os
from pathlib import Path

import pytest

from storage.errors import AlreadyRunning, RecordingsAway
from storage.vault.place import MARKER, Place


def test_a_first_start_makes_the_marker_and_the_next_finds_it(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    first = Place(folder)
    assert first.claim(None, "id of it", may_make=True) == "id of it"
    first.require()
    assert (folder.stat().st_mode & 0o777, (folder / MARKER).stat().st_mode & 0o777) == (0o700, 0o600)
    first.release()
    assert Place(folder).claim("id of it", "another", may_make=True) == "id of it"


def test_a_folder_without_the_marker_or_with_anothers_is_not_the_place(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    with pytest.raises(RecordingsAway, match="that holds known"):
        Place(folder).claim("known", "new", may_make=True)
    assert not folder.exists(), "nothing is made where a volume should be"
    with pytest.raises(RecordingsAway):
        Place(folder).claim(None, "new", may_make=False)
    other = Place(folder)
    other.claim(None, "other", may_make=True)
    other.release()
    with pytest.raises(RecordingsAway, match="that holds known"):
        Place(folder).claim("known", "new", may_make=True)


def test_something_else_in_place_of_the_marker_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / MARKER)
    with pytest.raises(RecordingsAway):
        Place(tmp_path).claim("known", "new", may_make=True)


def test_two_servers_never_share_a_folder(tmp_path: Path) -> None:
    first = Place(tmp_path)
    first.claim(None, "id", may_make=True)
    with pytest.raises(AlreadyRunning, match="only one may"):
        Place(tmp_path).claim("id", "new", may_make=True)


def test_a_volume_that_goes_and_comes_back_is_noticed(tmp_path: Path) -> None:
    folder, volume = tmp_path / "recordings", tmp_path / "volume"
    place = Place(folder)
    place.claim(None, "id", may_make=True)
    folder.rename(volume)
    folder.mkdir()
    with pytest.raises(RecordingsAway, match="that holds id"):
        place.require()
    folder.rmdir()
    volume.rename(folder)
    place.require()
