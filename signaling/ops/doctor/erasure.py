"""The doctor looks at what was erased: is it gone, and noted where no backup brings it back?"""

import asyncio
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from signaling.config import Config
from signaling.ops.doctor.finding import Finding, note, ok, problem
from storage.clinical import clinical_keys
from storage.database import Database
from storage.retention import erasures
from storage.vault.tombstones import ClinicalTombstone, Tombstone, Tombstones


async def look_at_erased(config: Config, database: Database) -> list[Finding]:
    """The file that lies beside the key, and the files of recordings that should be gone."""
    tombstones, what = Tombstones(config.tombstones_path, Tombstone), "erased recordings"
    try:
        noted = await asyncio.to_thread(tombstones.read)
    except OSError as error:
        return [_cannot_be_read(what, tombstones.path, error)]
    async with database.reading() as tx:
        erased = {tombstone.recording_id for tombstone in await erasures.tombstones(tx)}
        undone = await erasures.undone(tx, noted)
        unfinished = await erasures.unfinished(tx)
    found = [
        *_look_at_file(what, tombstones, len(erased - noted.keys())),
        *_look_at_undone(what, undone, tombstones.path),
    ]
    if unfinished:
        text = f"erased recordings: {len(unfinished)} of {len(erased)} still have files"
        advice = (
            "nobody can open them; a running server deletes them, or its log says why it cannot"
        )
        found.append(note(text, advice))
    return found or [ok(f"{what}: {len(erased)}, all noted in {tombstones.path}")]


async def look_at_erased_clinical(config: Config, database: Database) -> list[Finding]:
    """The same of chat, notes and answers, which have no files."""
    noted_in = Tombstones(config.clinical_tombstones_path, ClinicalTombstone)
    what = "erased clinical records"
    try:
        noted = await asyncio.to_thread(noted_in.read)
    except OSError as error:
        return [_cannot_be_read(what, noted_in.path, error)]
    async with database.reading() as tx:
        erased = {tombstone.record_id for tombstone in await clinical_keys.tombstones(tx)}
        undone = await clinical_keys.undone(tx, noted)
    found = [
        *_look_at_file(what, noted_in, len(erased - noted.keys())),
        *_look_at_undone(what, undone, noted_in.path),
    ]
    return found or [ok(f"{what}: {len(erased)}, all noted in {noted_in.path}")]


def _cannot_be_read(what: str, path: Path, error: OSError) -> Finding:
    text = f"{what}: {path} cannot be read: {error.strerror}"
    return problem(text, "the server does not start without it; put it back, or mend its mode")


def _look_at_file(
    what: str, tombstones: Tombstones[Tombstone] | Tombstones[ClinicalTombstone], missing: int
) -> Iterator[Finding]:
    path = tombstones.path
    there = path if path.exists() else path.parent
    if not os.access(there, os.W_OK):
        yield problem(
            f"{what}: {there} cannot be written, so nothing can be erased",
            f"give it to the user {os.geteuid()}",
        )
    if path.exists() and path.stat().st_mode & 0o077:
        yield note(
            f"{what}: other users of this machine can read {path}, which has reasons and names",
            f"run: chmod 600 {path}",
        )
    if tombstones.damaged:
        yield problem(
            f"{what}: {path} has lines that cannot be read: "
            f"{', '.join(map(str, tombstones.damaged))}",
            "put them back from your copy of it, or delete them: what the database knows of is "
            "added at the next start, what it does not know of a backup would bring back",
        )
    if missing:
        yield note(
            f"{what}: {missing} are not noted in {path}",
            "the next start of the server adds them, if one that runs does not before",
        )


def _look_at_undone(what: str, undone: Collection[str], path: Path) -> Iterator[Finding]:
    if undone:
        yield problem(
            f"{what}: by {path}, {len(undone)} were erased that this database still has",
            "start the server: it erases them again; if this is no restored backup, somebody has "
            "put them back",
        )
