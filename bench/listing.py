"""How long a page of a long list takes, of the audit log and of recordings:
`python -m bench listing`.

Of recordings `library.py` tells. Of the log, pages of 50 rows as compliance asks for them, by each
filter and some together, of 100,000 and of 1,000,000 rows, on SQLite and PostgreSQL. The floor is
the least that such a page can be: the 50 newest rows by their ids, in one statement, in the same
run.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import insert, select

from bench import library, pages, results
from storage.audit.listing import Filter, newest
from storage.calls import telemedicine_sessions
from storage.database import Database
from storage.models import AuditRow
from storage.people import users
from storage.rows.page import PAGE_SIZE
from storage.words import AuditAction, Role

SIZES = (100_000, 1_000_000)
REPETITIONS = 7
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=30)
PATIENTS, CALLS = 500, 5_000
BATCH = 5_000
IN_CALLS: tuple[AuditAction, ...] = (
    "call.initiated",
    "consent.given",
    "call.accepted",
    "recording.started",
    "recording.completed",
)
LATER: tuple[AuditAction, ...] = ("recording.viewed", "recording.played", "recording.streamed")
RARE: AuditAction = "recording.hold_placed"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

FILTERS: Mapping[str, Filter] = {
    "everything": Filter(),
    "a day long ago": Filter(begin=EPOCH + 100 * STEP, end=EPOCH + 3000 * STEP),
    "access to recordings": Filter(actions=frozenset(LATER)),
    "what happens rarely": Filter(actions=frozenset({RARE})),
    "somebody who does most": Filter(actor_id="compliance"),
    "what they do rarely": Filter(actor_id="compliance", actions=frozenset({RARE})),
    "an address": Filter(address="192.0.2.1"),
    "a recording": Filter(recording_id="recording 17"),
    "a patient": Filter(person_id="patient 17"),
    "who accessed a patient's recordings": Filter(person_id="patient 17", actions=frozenset(LATER)),
    "a provider of all calls": Filter(person_id="provider"),
    "a call": Filter(room_id="room 17"),
    "nothing that there is": Filter(actor_id="nobody", address="198.51.100.1"),
}


async def measure(sizes: Sequence[int] = SIZES) -> dict[str, object]:
    """Milliseconds for a page, by database, size and filter."""
    recordings = await library.measure()
    print(results.table(list(recordings[0]), [list(page.values()) for page in recordings]))
    found: list[dict[str, object]] = []
    for size in sizes:
        async for name, database in pages.databases():
            await _fill(database, size)
            of_log = {"database": name, "rows": size}
            found += [{**of_log, **page} async for page in _measured(database)]
    print(results.table(list(found[0]), [list(page.values()) for page in found]), flush=True)
    return {
        "unit": "ms for a page of 50 rows",
        "slowest": max(float(str(page["worst"])) for page in found),
        "pages": found,
        "recordings": recordings,
    }


async def _measured(database: Database) -> AsyncIterator[dict[str, object]]:
    yield {"filter": "(floor)", **await _timed(partial(_floor, database))}
    for words, wanted in FILTERS.items():
        yield {"filter": words, **await _timed(partial(_page, database, wanted))}


async def _page(database: Database, wanted: Filter) -> None:
    async with database.reading() as tx:
        await newest(tx, wanted)


async def _floor(database: Database) -> None:
    async with database.reading() as tx:
        rows = select(AuditRow).order_by(AuditRow.id.desc()).limit(PAGE_SIZE)
        (await tx.scalars(rows)).all()


async def _timed(work: Callable[[], Awaitable[None]]) -> dict[str, float]:
    """The first time is worst: nothing is prepared then."""
    took = await pages.timed(work, REPETITIONS)
    return {"median": results.median_of(took) or 0.0, "worst": round(max(took), 1)}


async def _fill(database: Database, size: int) -> None:
    """Calls, one after the other, and later what is done with their recordings."""
    sessions: list[str] = []
    async with database.transaction() as tx:
        for user_id, role in (("provider", "provider"), *_patients()):
            await users.ensure(tx, "bench", user_id, role=role, name=f"A {role}", now=EPOCH)
        for number in range(CALLS):
            session = await telemedicine_sessions.create(
                tx,
                patient_id=f"patient {number % PATIENTS}",
                provider_id="provider",
                room_id=f"room {number}",
                recording_enabled=True,
                audio_only=False,
                now=EPOCH,
                invitation_expires_at=EPOCH,
            )
            session.call_status = "ended"
            sessions.append(session.id)
    for begin in range(0, size, BATCH):
        async with database.transaction() as tx:
            await tx.execute(
                insert(AuditRow), [_row(begin + place, sessions) for place in range(BATCH)]
            )
    await pages.analyze(database)


def _patients() -> Iterator[tuple[str, Role]]:
    for number in range(PATIENTS):
        yield f"patient {number}", "patient"


def _row(number: int, sessions: Sequence[str]) -> dict[str, object]:
    """Four of five are what compliance does; one of ten thousand is rare."""
    by_staff, call = number % 5 > 0, number % CALLS
    action = LATER[number % 3] if by_staff else IN_CALLS[number // 5 % len(IN_CALLS)]
    actor = "compliance" if by_staff else f"patient {call % PATIENTS}"
    return {
        "at": EPOCH + number * STEP,
        "action": RARE if number % 10_000 == 1 else action,
        "actor_id": actor,
        "actor_name": f"Name of {actor}",
        "actor_role": "compliance" if by_staff else "patient",
        "session_id": sessions[call],
        "recording_id": f"recording {call}" if by_staff else None,
        "subject_type": "recording" if by_staff else "session",
        "subject_id": f"recording {call}" if by_staff else sessions[call],
        "address": "192.0.2.1" if by_staff else f"2001:db8::{call:x}",
        "user_agent": AGENT,
        "detail": f'{{"number":{number}}}',
    }
