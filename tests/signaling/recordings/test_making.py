"""What is in a bundle of a real recording, and what is left out of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import av
import pytest

from signaling.kernel.words import ExportPhase
from signaling.recordings.archive import OpenRecording
from storage.bundle.check import check
from storage.errors import InvalidExport
from tests.relay.recording.studio import Written
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.bundled import (
    PAGE,
    SIGNER,
    making,
    real_part,
    record_real,
    written,
)

SECONDS = 2


@pytest.fixture
async def practice(tmp_path: Path) -> AsyncIterator[Practice]:
    async with open_practice(tmp_path) as practice:
        yield practice


@pytest.fixture(scope="module")
def part() -> Written:
    return real_part(SECONDS)


@pytest.fixture
async def recording(practice: Practice, part: Written) -> OpenRecording:
    return await record_real(practice, part)


def documents(path: Path) -> dict[str, Any]:
    with ZipFile(path) as found:
        names = ("description.json", "completeness.json", "consents.json")
        return {name.partition(".")[0]: json.loads(found.read(name)) for name in names}


def names(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


async def test_the_parts_are_in_it_as_they_were_recorded(
    practice: Practice, recording: OpenRecording, part: Written, tmp_path: Path
) -> None:
    path = tmp_path / "parts.zip"
    made = await making(practice, recording.id, "parts", recording.data_key)
    with await asyncio.to_thread(written, made, path) as files:
        found = check(files, SIGNER.verifier)
    assert (found.problems, made.left_out) == ([], {})
    assert found.rows > 3
    said = documents(path)
    with ZipFile(path) as archive:
        assert archive.read("index.html") == PAGE
        media = [archive.read(each["file"]) for each in said["description"]["parts"]]
    assert media == [part.file(), part.file()]
    assert said["description"]["made"]["reason"] == "A complaint"
    assert {each["authenticity"] for each in said["completeness"]["parts"]} == {"authentic"}


async def test_a_film_is_made_without_a_plain_byte_on_the_disk(
    practice: Practice, recording: OpenRecording, tmp_path: Path
) -> None:
    told: list[tuple[ExportPhase, int, int]] = []
    made = await making(practice, recording.id, "film", recording.data_key)
    made.told = lambda *progress: told.append(progress)
    before = names(tmp_path)
    with await asyncio.to_thread(written, made, tmp_path / "film.zip") as files:
        assert check(files).problems == []
    assert names(tmp_path) == before | {tmp_path / "film.zip"}
    with ZipFile(tmp_path / "film.zip") as archive:
        film = archive.read("media/recording.mp4")
    with av.open(BytesIO(film), "r") as container:
        assert container.streams.video[0].codec.name == "h264"
        assert container.duration == pytest.approx(SECONDS * 1e6, rel=0.1)
    assert [phase for phase, *_ in told] == sorted(
        (phase for phase, *_ in told), key=["reading", "composing", "writing"].index
    )
    assert all(0 <= done <= total for _, done, total in told)


async def test_what_is_damaged_or_missing_is_left_out_and_named(
    practice: Practice, recording: OpenRecording, tmp_path: Path
) -> None:
    first, second = sorted((practice.recordings.archive.folder / recording.id).glob("*.part"))
    content = bytearray(first.read_bytes())
    content[-20] ^= 1
    first.write_bytes(content)
    made = await making(practice, recording.id, "film", recording.data_key)
    with await asyncio.to_thread(written, made, tmp_path / "one.zip") as files:
        assert check(files).problems == []
    said = documents(tmp_path / "one.zip")["completeness"]["parts"]
    assert {each["part_id"]: each["left_out"] for each in said} == {
        first.stem: "damaged",
        second.stem: None,
    }
    second.unlink()
    made = await making(practice, recording.id, "parts", recording.data_key)
    with pytest.raises(InvalidExport, match="Nothing of this recording can be read"):
        await asyncio.to_thread(written, made, tmp_path / "none.zip")
    assert set(made.left_out.values()) == {"damaged", "missing"}
