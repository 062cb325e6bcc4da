"""What keeping recordings costs: `python -m bench vault`.

encryption  MB for each second of CPU: a part that is written and synced, and read again, each
            beside AES-256-GCM of the same chunks alone
seek        milliseconds to the first byte of a Range request anywhere in a recording of two
            hours whose file is in no cache, beside reading one chunk of such a file
start       seconds until `carelay serve` is ready with 200 parts that a killed server left
            torn, until a call is possible, and until all of them are recovered; beside a start
            with nothing to recover
"""

import asyncio
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench import recording
from bench.caller import Media, Person, person, two_sides
from bench.results import FOLDER, median_of, percentile
from bench.stored import (
    PATIENT,
    PROVIDER,
    add_people,
    add_sealed_part,
    add_torn_part,
    archive_of,
    new_recording,
)
from storage.database import Database
from storage.vault.cobblestone import CHUNK_SIZE
from storage.vault.container import PartIdentity
from storage.vault.keys.file import KeyFile
from storage.vault.objects import LocalFile
from storage.vault.partfile import PartFile
from storage.vault.reader import PartReader
from tests.scenarios.server_process import serve, started

MB = 1_000_000
PIECE = bytes(64 * 1024)
ENCRYPTED_BYTES = 400 * MB
HOURS, BYTES_PER_SECOND = 2, 170_000
SEEKS = 40
TORN_PARTS, TORN_SECONDS = 200, 20
BARS = {
    "encrypt_mb_per_cpu_second": 500,
    "seek_first_byte_ms_p90": 100,
    "start_with_torn_parts_s": 10,
}


async def measure() -> dict[str, object]:
    """Everything in one run."""
    FOLDER.mkdir(parents=True, exist_ok=True)  # on a disk, which /tmp need not be
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        return {
            "bars": BARS,
            "encryption": encryption(Path(folder)),
            "seek": await seeking(Path(folder) / "seek"),
            "start": await starting(Path(folder)),
        }


# --- encryption ---


def encryption(folder: Path) -> dict[str, float]:
    path, identity = folder / "part", PartIdentity("1" * 32, "2" * 32)
    chunks = [os.urandom(CHUNK_SIZE)] * (ENCRYPTED_BYTES // CHUNK_SIZE)
    aead, sealed = AESGCM(bytes(32)), list[bytes]()

    def write() -> None:
        file = PartFile(path, bytes(32), identity)
        for piece in pieces(ENCRYPTED_BYTES):
            file.append(piece)
        file.finish()

    def read() -> None:
        with PartReader(LocalFile(path), bytes(32), identity) as reader:
            assert sum(map(len, reader.chunks())) == ENCRYPTED_BYTES // len(PIECE) * len(PIECE)

    def encrypt() -> None:
        for number, chunk in enumerate(chunks):
            sealed.append(aead.encrypt(number.to_bytes(12, "big"), chunk, None))

    def decrypt() -> None:
        for number, chunk in enumerate(sealed):
            aead.decrypt(number.to_bytes(12, "big"), chunk, None)

    return {
        "encrypt_mb_per_cpu_second": speed(write),
        "floor_encrypt_mb_per_cpu_second": speed(encrypt),
        "decrypt_mb_per_cpu_second": speed(read),
        "floor_decrypt_mb_per_cpu_second": speed(decrypt),
    }


def pieces(size: int) -> Iterator[bytes]:
    for _ in range(size // len(PIECE)):
        yield PIECE


def speed(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return round(ENCRYPTED_BYTES / MB / (time.process_time() - began))


# --- seeking ---


async def seeking(folder: Path) -> dict[str, float | None]:
    size = HOURS * 3600 * BYTES_PER_SECOND
    async with filled(folder) as database, archive_of(database, folder) as archive:
        opened = await new_recording(archive)
        await add_sealed_part(archive, opened, pieces(size), HOURS * 3_600_000)
    [part] = (folder / "data" / "recordings").rglob("*.part")
    places = random.Random(1).sample(range(size - CHUNK_SIZE), SEEKS)
    async with serve(folder) as server, person(server, "compliance", 1) as staff:
        playback = await staff.post(f"recordings/{opened.id}/playback", purpose="PATRQT")
        [media] = playback["urls"].values()
        times = [await first_byte(staff, media, part, place) for place in places]
    return {
        "first_byte_ms_p50": median_of(times),
        "first_byte_ms_p90": median_of([percentile(times, 0.9)]),
        "floor_read_ms_p50": median_of([read_of(part, place) for place in places]),
    }


async def first_byte(staff: Person, media: str, part: Path, place: int) -> float:
    forget(part)
    began = time.perf_counter()
    async with staff.http.get(media, headers={"Range": f"bytes={place}-"}) as response:
        assert response.status == 206
        assert await response.content.readany()
        return 1000 * (time.perf_counter() - began)


def read_of(part: Path, place: int) -> float:
    forget(part)
    began = time.perf_counter()
    with part.open("rb", buffering=0) as file:
        file.seek(place)
        assert file.read(CHUNK_SIZE)
    return 1000 * (time.perf_counter() - began)


def forget(part: Path) -> None:
    """The kernel keeps nothing of the file in memory."""
    descriptor = os.open(part, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


# --- starting ---


async def starting(folder: Path) -> dict[str, object]:
    pieces_of_media = await media_pieces()
    return {
        "torn_parts": TORN_PARTS,
        "mb": round(TORN_PARTS * sum(map(len, pieces_of_media)) / MB),
        "with_torn_parts": await start_of(folder / "torn", pieces_of_media, TORN_PARTS),
        "floor": await start_of(folder / "empty", pieces_of_media, 0),
    }


async def media_pieces() -> list[bytes]:
    """A part as the recorder writes it, without its end."""
    kept = list[bytes]()
    await recording.muxed(recording.Load(1, TORN_SECONDS), kept)
    return kept[: 9 * len(kept) // 10]


async def start_of(folder: Path, media: list[bytes], torn: int) -> dict[str, float]:
    async with filled(folder) as database, archive_of(database, folder) as archive:
        for _ in range(torn // 2):
            opened = await new_recording(archive)
            for participant_id in (PROVIDER, PATIENT):
                await add_torn_part(archive, opened, participant_id, media)
    began = time.perf_counter()

    def seconds() -> float:
        return round(time.perf_counter() - began, 2)

    async with started(folder) as server:
        await server.ready()
        ready = seconds()
        async with (
            person(server, "provider", 1) as provider,
            person(server, "patient", 1) as patient,
            two_sides() as (theirs, ours),
        ):
            await call(provider, patient, ours, theirs)
            called = seconds()
            await recovered(folder, torn)
            return {"ready_s": ready, "call_s": called, "recovered_s": seconds()}


async def call(provider: Person, patient: Person, ours: Media, theirs: Media) -> None:
    """Both are in it, with media."""
    asked = {"patient_id": PATIENT, "recording_enabled": True}
    room_id = (await provider.post("call/initiate", **asked))["room_id"]
    await provider.join(room_id, ours)
    await patient.post("call/accept", room_id=room_id, recording_consent=True)
    await patient.join(room_id, theirs)


async def recovered(folder: Path, torn: int) -> None:
    """All that was torn."""
    # As one that asks over HTTP so often would be refused.
    database = sqlite3.connect(f"file:{folder}/data/carelay.sqlite3?mode=ro", uri=True)
    done = "SELECT count(*) FROM recording_parts WHERE state = 'recovered'"
    while database.execute(done).fetchone()[0] < torn:  # noqa: ASYNC110  another process
        await asyncio.sleep(0.2)
    database.close()


@asynccontextmanager
async def filled(folder: Path) -> AsyncIterator[Database]:
    """The database of a server that has never run."""
    KeyFile.create(folder / "keys" / "recording.key")
    database = await Database.open(f"sqlite+aiosqlite:///{folder}/data/carelay.sqlite3")
    await add_people(database)
    yield database
    await database.close()
