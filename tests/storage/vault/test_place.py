"""The recordings folder is known by its marker file, and held by one server."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.errors import AlreadyRunning, RecordingsAway
from storage.vault.place import MARKER, Place


def test_a_first_start_makes_the_marker_and_the_next_finds_it(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    first = Place(folder)
    assert first.claim(None, "id of it", may_make=True) == "id of it"
    first.require()
    assert (folder.stat().st_mode & 0o777, (folder / MARKER).stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )
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


THREADS = 8


@pytest.fixture
def interrupted() -> Iterator[None]:
    """Threads are, as often as Python can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def by_many_threads(work: Callable[[], None]) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        for done in [threads.submit(work) for _ in range(4 * THREADS)]:
            done.result()


@pytest.mark.usefixtures("interrupted")
def test_threads_that_notice_a_volume_at_once_do_not_take_each_other_for_another_server(
    tmp_path: Path,
) -> None:
    place, marker = Place(tmp_path), tmp_path / MARKER
    place.claim(None, "id", may_make=True)
    for _ in range(50):
        shutil.copy(marker, tmp_path / "copy")
        (tmp_path / "copy").replace(marker)
        by_many_threads(place.require)
    held = [fd for fd in Path("/proc/self/fd").iterdir() if fd.exists() and fd.samefile(marker)]
    assert len(held) == 1
    place.release()


@pytest.mark.usefixtures("interrupted")
def test_threads_that_probe_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.claim(None, "id", may_make=True)
    by_many_threads(place.probe)
    assert [path.name for path in tmp_path.iterdir()] == [MARKER]
