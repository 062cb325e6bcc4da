"""How long a page of compliance's library takes, by each filter, among 100,000 recordings: this is
a part of `python -m bench listing`.

Pages of 50 recordings as the server reads them, on SQLite and PostgreSQL: filters that many meet,
few, and nobody, alone and together, and the last page. The floor is the least that such a page can
be: 50 rows by their primary keys, in one statement, in the same run.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial

from sqlalchemy import insert, select

from bench import pages, results
from storage.database import Database
from storage.models import (
    Base,
    CallParticipant,
    LegalHold,
    Patient,
    Recording,
    RecordingPart,
    TelemedicineSession,
)
from storage.people import users
from storage.recordings import search
from storage.recordings.expiry import Before, OfAge, Over
from storage.recordings.search import Wanted
from storage.rows.page import PAGE_SIZE, Position, encode_cursor
from storage.words import Role

RECORDINGS, REPETITIONS, BATCH = 100_000, 40, 5_000
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=30)
PATIENTS, PROVIDERS = 500, 20
RARE = "patient of three"
GUESTS: Mapping[str, int] = {"interpreter": 4, "supervisor": 500}
"""Of which call in so many they are a guest."""
HELD, OTHER_STATES = 1000, {7: "recovered", 11: "failed"}
ERASED = 0.1
"""The oldest ones; as many again, and a little, are old enough to be erased."""


def filters(number: int) -> Mapping[str, Wanted]:
    """What is asked for of so many recordings."""
    began = EPOCH + STEP * int(number * ERASED * 1.1)
    by_age = Over(EPOCH + STEP * number, OfAge(18, date(2000, 1, 1), EPOCH + STEP * number))
    kept = Before(video=Over(began), audio=Over(began))
    return {
        "everything": Wanted(),
        "a patient": Wanted(person_id="patient 17"),
        "a patient of three recordings": Wanted(person_id=RARE),
        "somebody who is in half of them": Wanted(person_id="provider 0"),
        "a guest of many": Wanted(person_id="interpreter"),
        "a guest of few": Wanted(person_id="supervisor"),
        "nobody who took part": Wanted(person_id="nobody"),
        "a provider": Wanted(provider_id="provider 3"),
        "a patient's with a provider": Wanted(person_id="patient 17", provider_id="provider 0"),
        "a day long ago": Wanted(begin=EPOCH + 96 * STEP, end=EPOCH + 144 * STEP),
        "a state of nearly all": Wanted(states=["sealed"]),
        "a rare state": Wanted(states=["failed"]),
        "a state that none has": Wanted(states=["torn"]),
        "on hold": Wanted(states=["on_hold"]),
        "erased": Wanted(states=["erased"]),
        "expiring": Wanted(states=["expiring"], expiring=kept),
        "expiring by age": Wanted(states=["expiring"], expiring=Before(by_age, by_age)),
        "four states": Wanted(states=["recovered", "failed", "on_hold", "expiring"], expiring=kept),
        "a length that many have": Wanted(min_seconds=600, max_seconds=1800),
        "a length that nobody has": Wanted(min_seconds=90_000),
        "a provider, and nobody's length": Wanted(provider_id="provider 0", min_seconds=90_000),
        "a guest of many, and nobody's length": Wanted(person_id="interpreter", min_seconds=90_000),
        "all of it": Wanted(
            person_id="provider 0",
            provider_id="provider 0",
            begin=EPOCH,
            end=EPOCH + number * STEP,
            states=["failed", "on_hold"],
            min_seconds=60,
            max_seconds=90_000,
        ),
    }


async def measure(
    number: int = RECORDINGS, repetitions: int = REPETITIONS
) -> list[dict[str, object]]:
    """Milliseconds for a page, by database and filter."""
    found: list[dict[str, object]] = []
    async for name, database in pages.databases():
        await _fill(database, number)
        of_list = {"database": name, "recordings": number}
        found += [{**of_list, **page} async for page in _measured(database, number, repetitions)]
    return found


async def _measured(
    database: Database, number: int, repetitions: int
) -> AsyncIterator[dict[str, object]]:
    timed = partial(_timed, repetitions)
    yield {"filter": "(floor)", **await timed(partial(_floor, database, number))}
    for words, wanted in filters(number).items():
        yield {"filter": words, **await timed(partial(_page, database, wanted))}
    last = encode_cursor(Position(_at(PAGE_SIZE), _id(PAGE_SIZE)))
    yield {"filter": "the last page", **await timed(partial(_page, database, Wanted(), last))}


async def _page(database: Database, wanted: Wanted, cursor: str | None = None) -> None:
    async with database.reading() as tx:
        await search.newest(tx, wanted, cursor)


async def _floor(database: Database, number: int) -> None:
    ids = [_id(place * number // PAGE_SIZE) for place in range(PAGE_SIZE)]
    async with database.reading() as tx:
        (await tx.scalars(select(Recording).where(Recording.id.in_(ids)))).all()


async def _timed(repetitions: int, work: Callable[[], Awaitable[None]]) -> dict[str, float]:
    took = await pages.timed(work, repetitions)
    return {"p50": results.median_of(took) or 0.0, "p99": round(results.percentile(took, 0.99), 1)}


async def _fill(database: Database, number: int) -> None:
    async with database.transaction() as tx:
        for user_id, role in _people():
            await users.ensure(tx, "bench", user_id, role=role, name=f"A {role}", now=EPOCH)
        born = [
            {"birth_date": date(1940 + place % 80, 5, 17), "address": [], "updated_at": EPOCH}
            for place in range(PATIENTS)
        ]
        named = [{"user_id": f"patient {place}", **record} for place, record in enumerate(born)]
        await tx.execute(insert(Patient), named)
    for start in range(0, number, BATCH):
        numbers = range(start, min(start + BATCH, number))
        async with database.transaction() as tx:
            for table, rows in _rows(numbers, number).items():
                if rows:
                    await tx.execute(insert(table), rows)
    await pages.analyze(database)


def _people() -> list[tuple[str, Role]]:
    patients: list[tuple[str, Role]] = [
        (f"patient {place}", "patient") for place in range(PATIENTS)
    ]
    providers: list[tuple[str, Role]] = [
        (name, "provider")
        for name in (*(f"provider {place}" for place in range(PROVIDERS)), *GUESTS)
    ]
    return [*patients, (RARE, "patient"), *providers]


def _rows(numbers: range, of: int) -> Mapping[type[Base], list[dict[str, object]]]:
    return {
        TelemedicineSession: [_session(number, of) for number in numbers],
        CallParticipant: [
            _guest(number, name)
            for number in numbers
            for name, each in GUESTS.items()
            if number % each == 0
        ],
        Recording: [_recording(number, of) for number in numbers],
        RecordingPart: [
            _part(number, person) for number in numbers for person in _both(number, of)
        ],
        LegalHold: [_hold(number) for number in numbers if number % HELD == 1],
    }


def _id(number: int) -> str:
    """In no order of time, as ids are."""
    return f"{number * 2_654_435_761 % 2**32:032x}"


def _at(number: int) -> datetime:
    return EPOCH + number * STEP


def _both(number: int, of: int) -> tuple[str, str]:
    """Half of the recordings are of one provider, and three of one patient, who came early."""
    rare = number in {of // 4, of // 4 + 1, of // 4 + 2}
    patient = RARE if rare else f"patient {number % PATIENTS}"
    return patient, f"provider {0 if number % 2 else number // 2 % PROVIDERS}"


def _session(number: int, of: int) -> dict[str, object]:
    patient, provider = _both(number, of)
    at = _at(number)
    return {
        "id": _id(number),
        "patient_id": patient,
        "provider_id": provider,
        "room_id": _id(number),
        "created_at": at,
        "invitation_expires_at": at,
        "started_at": at,
        "ended_at": at,
        "duration_minutes": 50,
        "call_status": "ended",
        "audio_only": number % 10 == 0,
        "recording_enabled": True,
        "bandwidth_used": 0,
    }


def _guest(number: int, name: str) -> dict[str, object]:
    flags = {"may_speak": True, "may_show_camera": True, "may_share_screen": False}
    return {
        "session_id": _id(number),
        "user_id": name,
        "invited_at": _at(number),
        "joined_at": _at(number),
        "name": f"A {name}",
        "side": name,
        **flags,
        "may_chat": True,
        "is_recorded": True,
        "required": False,
    }


def _recording(number: int, of: int) -> dict[str, object]:
    patient, provider = _both(number, of)
    state = OTHER_STATES.get(number % 1000, "complete")
    return {
        "id": _id(number),
        "session_id": _id(number),
        "patient_id": patient,
        "provider_id": provider,
        "audio_only": number % 10 == 0,
        "duration_ms": number * 7919 % 3_600_000,
        "on_hold": number % HELD == 1,
        "state": "erased" if number < of * ERASED else state,
        "started_at": _at(number),
        "ended_at": _at(number),
        "wrapped_key": bytes(60),
        "key_id": "0" * 16,
    }


def _part(number: int, person: str) -> dict[str, object]:
    part_id = f"{_id(number)} {person}"
    return {
        "id": part_id,
        "recording_id": _id(number),
        "participant_id": person,
        "source": "camera",
        "media_type": "video/webm",
        "path": part_id,
        "offset_ms": 0,
        "duration_ms": number * 7919 % 3_600_000,
        "size_bytes": 1_000_000,
        "state": "sealed",
    }


def _hold(number: int) -> dict[str, object]:
    return {
        "id": _id(number),
        "recording_id": _id(number),
        "placed_at": _at(number),
        "placed_by": "provider 0",
        "reason": "A complaint",
    }
