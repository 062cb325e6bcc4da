"""`carelay recordings`: which recordings there are, and were."""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.cli.database import opened
from signaling.cli.users import found as found_user
from signaling.config.file import load
from signaling.kernel.auditing import entry
from signaling.kernel.clock import SystemClock
from signaling.kernel.terminal import CommandError, complain, say
from signaling.recordings import policy
from signaling.recordings.archive import Archive
from signaling.recordings.bucket import bucket_of, keeping_of
from signaling.recordings.inspection import problems
from signaling.recordings.keys import key_used, open_keys
from signaling.recordings.moving import move_all
from signaling.recordings.policy import SOON, Policy
from storage import audit
from storage.database import Database
from storage.recordings import search, summaries
from storage.recordings.search import Wanted
from storage.recordings.summaries import RecordingSummary
from storage.retention import erasures
from storage.words import RecordingFilter


def show(arguments: argparse.Namespace) -> int:
    """One per line, newest first, those that were erased included; written to the audit log."""
    config = load(arguments.config, files_must_exist=False)

    async def list_all() -> None:
        async with opened(config) as database:
            async with database.transaction() as tx:
                person = await found_user(tx, arguments.person) if arguments.person else None
                person_id = person.id if person else None
                now = datetime.now(UTC)
                await audit.append(tx, entry("recording.listed", now, None, user_id=person_id))
            async with database.reading() as tx:
                states: Sequence[RecordingFilter] = [arguments.only] if arguments.only else []
                await _say_all(tx, Wanted(person_id=person_id, states=states))

    asyncio.run(list_all())
    return 0


def show_expiring(arguments: argparse.Namespace) -> int:
    """Those that expire within 30 days, one per line, newest first; written to the audit log."""
    config = load(arguments.config, files_must_exist=False)
    now = datetime.now(UTC)

    async def list_all() -> None:
        async with opened(config) as database:
            async with database.transaction() as tx:
                await audit.append(tx, entry("recording.listed", now, None))
            async with database.reading() as tx:
                kept = await policy.current(tx, config.retention, now)
                await _say_expiring(tx, kept, now)

    asyncio.run(list_all())
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Every byte of those named, or of all; 1 if anything is not as it was written. Written to the
    audit log first.
    """
    config = load(arguments.config, files_must_exist=False)
    keys = open_keys(config.recording)

    async def verify_all() -> tuple[int, int]:
        async with opened(config) as database:
            bucket = bucket_of(config.objects)
            archive = Archive(database, keys, config.recordings_path, SystemClock(), bucket=bucket)
            archive.keeping = keeping_of(config)
            ids = arguments.recording or await _ids(database)
            return len(ids), sum([await _verify(archive, one) for one in ids])

    count, wrong = asyncio.run(verify_all())
    say(f"{count} recordings read, {wrong} of them with problems.")
    return 1 if wrong else 0


async def _ids(database: Database) -> list[str]:
    """Of all that were not erased, oldest first."""
    found: list[str] = []
    cursor = None
    while True:
        async with database.reading() as tx:
            page = await search.newest(tx, Wanted(), cursor)
        found += [each.recording.id for each in page.items if each.recording.state != "erased"]
        cursor = page.next_cursor
        if cursor is None:
            return found[::-1]


async def _verify(archive: Archive, recording_id: str) -> bool:
    """Whether something is wrong."""
    async with archive.database.transaction() as tx:
        found = await summaries.by_id(tx, recording_id)
        if found is not None:
            await audit.append(tx, key_used(datetime.now(UTC), None, found.recording, "judging"))
    told = await problems(archive, recording_id)
    for problem in told:
        complain(f"recording {recording_id}: {problem}")
    if not told:
        say(f"{recording_id}\tas it was written")
    return bool(told)


def move(arguments: argparse.Namespace) -> int:
    """Until all that can be moved is in the bucket; the servers carry it there."""
    config = load(arguments.config, files_must_exist=False)
    if not config.objects.bucket:
        raise CommandError("objects.bucket names none")

    def slow(count: int) -> None:
        say(f"{count} files wait for a server that uploads them; its log says what it waits for.")

    async def move_them() -> int:
        async with opened(config) as database:
            return await move_all(database, slow)

    count = asyncio.run(move_them())
    say(f"{count} files were moved to the bucket {config.objects.bucket}.")
    return 0


async def _say_expiring(tx: AsyncSession, kept: Policy, now: datetime) -> None:
    cursor = None
    while True:
        expiring = kept.over(now + SOON)
        wanted = Wanted(states=["expiring"], expiring=expiring)
        page = await search.newest(tx, wanted, cursor)
        for found in page.items:
            expiry = kept.of(found)
            at, by = (expiry.at, expiry.by) if expiry else (now, "type")
            say("\t".join([f"{at:%Y-%m-%d}", *await _columns(tx, found), by]))
        cursor = page.next_cursor
        if cursor is None:
            return


async def _say_all(tx: AsyncSession, wanted: Wanted) -> None:
    cursor = None
    while True:
        page = await search.newest(tx, wanted, cursor)
        for summary in page.items:
            say("\t".join(await _columns(tx, summary)))
        cursor = page.next_cursor
        if cursor is None:
            return


async def _columns(tx: AsyncSession, summary: RecordingSummary) -> list[str]:
    recording = summary.recording
    return [
        recording.id,
        f"{recording.started_at:%Y-%m-%d %H:%M}",
        recording.state,
        "on hold" if recording.on_hold else "",
        summary.patient_name,
        summary.provider_name,
        await _whereabouts(tx, summary),
    ]


async def _whereabouts(tx: AsyncSession, summary: RecordingSummary) -> str:
    """Where its files are, or that there are none, and why."""
    found = await erasures.of_recording(tx, summary.recording.id)
    if found is None:
        return f"{summary.recording.id}/, {summary.size_bytes / 1e6:.1f} MB"
    erased, files_deleted_at = found
    by, why = erased.erased_by_name or "the server", erased.reason or ""
    left = "" if files_deleted_at else "; its files are still to be deleted"
    return f"erased {erased.erased_at:%Y-%m-%d %H:%M} by {by} ({erased.basis}): {why}{left}"
