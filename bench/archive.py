"""How quickly compliance staff find and play a recording among 100,000: `python -m bench archive`.

`carelay serve` as a process, asked over HTTP: a page of recordings, 12 pages at once, a page of
calls, and 64 KiB of a part by a Range request. The floor is the same server with that one recording
only. SQLite and PostgreSQL.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bench import pages
from bench.caller import Person, person
from bench.results import median_of, percentile
from bench.stored import (
    PATIENT,
    PROVIDER,
    add_people,
    add_sealed_part,
    archive_of,
    new_recording,
)
from storage.database import Database
from storage.ids import new_id
from storage.models import Base, Recording, RecordingPart, TelemedicineSession
from storage.vault.keys.file import KeyFile
from tests.scenarios.server_process import API, serve
from tests.support.postgresql import private_postgresql

RECORDINGS, BATCH = 100_000, 5_000
TIMES, AT_ONCE = 30, 12
RANGE = {"Range": "bytes=100000-165535"}
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)


async def measure(number: int = RECORDINGS, times: int = TIMES) -> dict[str, object]:
    """Milliseconds, by database and by how many recordings there are."""
    rows = []
    with private_postgresql() as postgresql:
        for name in ("sqlite", "postgresql"):
            for recordings in (1, number):
                url = "" if name == "sqlite" else await postgresql.new_database()
                with tempfile.TemporaryDirectory() as folder:
                    figures = await _measured(Path(folder) / "server", url, recordings, times)
                rows.append({"database": name, "recordings": recordings, **figures})
    return {"unit": "ms", "rows": rows}


async def _measured(folder: Path, url: str, number: int, times: int) -> dict[str, float | None]:
    KeyFile.create(folder / "keys" / "recording.key")
    await _fill(folder, url or f"sqlite+aiosqlite:///{folder}/data/carelay.sqlite3", number)
    more = f'database_url = "{url}"\n' if url else ""
    async with serve(folder, storage=more) as server, person(server, "compliance", 1) as staff:
        newest = (await _get(staff, "recordings"))["recordings"][0]["recording_id"]
        media = next(
            iter(
                (await staff.post(f"recordings/{newest}/playback", purpose="PATRQT"))[
                    "urls"
                ].values()
            )
        )

        async def read_range() -> None:
            async with staff.http.get(media, headers=RANGE) as response:
                assert response.status == 206
                assert len(await response.read()) == 65536

        async def together() -> None:
            await asyncio.gather(*(_get(staff, "recordings") for _ in range(AT_ONCE)))

        return {
            **await _timed("list", lambda: _get(staff, "recordings"), times),
            **await _timed("calls", lambda: _get(staff, "calls"), times),
            **await _timed("range", read_range, times),
            **await _timed(f"{AT_ONCE}_lists", together, times),
        }


async def _get(staff: Person, path: str) -> dict[str, list[dict[str, str]]]:
    async with staff.http.get(f"{API}/{path}", raise_for_status=True) as response:
        decoded: dict[str, list[dict[str, str]]] = await response.json()
        return decoded


async def _timed(
    name: str, ask: Callable[[], Awaitable[object]], repetitions: int
) -> dict[str, float | None]:
    await ask()
    times = await pages.timed(ask, repetitions)
    return {f"{name}_p50": median_of(times), f"{name}_p90": median_of([percentile(times, 0.9)])}


async def _fill(folder: Path, url: str, number: int) -> None:
    """`number` - 1 rows without files, and a newest recording that can be played."""
    database = await Database.open(url)
    await add_people(database)
    await _add_playable(database, folder)
    for start in range(0, number - 1, BATCH):
        await _add_rows(database, range(start, min(start + BATCH, number - 1)))
    await database.close()


async def _add_rows(database: Database, numbers: range) -> None:
    ids = [(number, new_id(), new_id()) for number in numbers]
    tables: dict[type[Base], list[dict[str, object]]] = {
        TelemedicineSession: [_session(session_id, _at(number)) for number, session_id, _ in ids],
        Recording: [
            _recording(session_id, recording_id, _at(number))
            for number, session_id, recording_id in ids
        ],
        RecordingPart: [
            _part(recording_id, person)
            for _, _, recording_id in ids
            for person in (PROVIDER, PATIENT)
        ],
    }
    async with database.transaction() as tx:
        for table, rows in tables.items():
            await tx.execute(insert(table), rows)


def _at(number: int) -> datetime:
    return EPOCH + timedelta(minutes=5 * number)


def _session(session_id: str, at: datetime) -> dict[str, object]:
    return {
        "id": session_id,
        "patient_id": PATIENT,
        "provider_id": PROVIDER,
        "room_id": new_id(),
        "created_at": at,
        "invitation_expires_at": at,
        "started_at": at,
        "ended_at": at,
        "duration_minutes": 50,
        "call_status": "ended",
        "audio_only": False,
        "recording_enabled": True,
        "bandwidth_used": 0,
    }


def _recording(session_id: str, recording_id: str, at: datetime) -> dict[str, object]:
    row = {
        "id": recording_id,
        "session_id": session_id,
        "patient_id": PATIENT,
        "provider_id": PROVIDER,
        "audio_only": False,
        "duration_ms": 3_000_000,
        "state": "complete",
        "started_at": at,
        "ended_at": at,
    }
    return {**row, "wrapped_key": bytes(60), "key_id": "0" * 16}


def _part(recording_id: str, participant_id: str) -> dict[str, object]:
    part_id = new_id()
    return {
        "id": part_id,
        "recording_id": recording_id,
        "participant_id": participant_id,
        "source": "camera",
        "media_type": "video/webm",
        "path": f"{recording_id}/{part_id}.part",
        "offset_ms": 0,
        "duration_ms": 3_000_000,
        "size_bytes": 900_000_000,
        "seek_header": bytes(1_000),
        "body_offset": 400,
        "state": "sealed",
    }


async def _add_playable(database: Database, folder: Path) -> None:
    async with archive_of(database, folder) as archive:
        await add_sealed_part(archive, await new_recording(archive), [bytes(1_000_000)], 50_000)
