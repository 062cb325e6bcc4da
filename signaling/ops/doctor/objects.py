"""The doctor tries the bucket of the recordings: write, read, compare, delete."""

import asyncio
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

from signaling.cluster.depositing import FOLDER
from signaling.config import Config
from signaling.ops.doctor.finding import Finding, note, ok, problem
from signaling.recordings.bucket import checkpoints_bucket_of, settings_of
from storage.cluster import nodes
from storage.database import Database, schema_is_current
from storage.errors import StillLocked, StorageError, StoreAway
from storage.recordings import spooled
from storage.recordings.spooled import Elsewhere
from storage.rows import properties
from storage.vault.objects.bucket import Bucket
from storage.vault.objects.settings import BucketSettings
from storage.vault.place import marker_id

PROBE_BYTES = 16 * 1024
LOCAL = {"localhost", "127.0.0.1", "::1"}


def look_at_bucket(config: Config) -> Iterator[Finding]:
    """Does it take an object, give it back as it was, and delete it?"""
    settings = settings_of(config.objects)
    known, any_there, elsewhere = asyncio.run(_known(config))
    for name, each in elsewhere:
        text = f"recordings: {each.parts} parts are with {name}, in the folder {each.place_id}"
        advice = "they play here once they are uploaded; if that disk is lost, see OPERATIONS.md"
        yield note(text, advice)
    if settings is None:
        if any_there:
            text = "bucket: recordings are in one, and objects.bucket names none"
            yield problem(text, "put [objects] back, or those recordings cannot be played")
        return
    try:
        bucket = Bucket(settings)
        bucket.probe(f"carelay-doctor-{secrets.token_hex(8)}", secrets.token_bytes(PROBE_BYTES))
    except StillLocked as error:
        text = f"bucket: {settings} writes and reads; every object of it is locked: {error}"
        yield note(text, "what is erased loses its key at once, and its object when that ends")
    except StoreAway as error:
        advice = "recordings wait in their folder until that is mended: see OPERATIONS.md"
        yield problem(f"bucket: {error}", advice)
        return
    else:
        yield ok(f"bucket: {settings} writes, reads, compares and deletes")
    yield from _look_at_place(bucket, known)
    yield from _look_at_transport(settings)


def look_at_checkpoints(config: Config) -> Iterator[Finding]:
    """Does the bucket of the audit log keep something? What is written for that stays there."""
    try:
        if (bucket := checkpoints_bucket_of(config)) is None:
            return
        bucket.keep(f"{FOLDER}/carelay-doctor", b"carelay doctor wrote this\n")
    except StoreAway as error:
        advice = "checkpoints are kept in the database and in their file meanwhile"
        yield problem(f"audit bucket: {error}", advice)
    else:
        yield ok(f"audit bucket: {bucket.settings} keeps checkpoints")


def _look_at_place(bucket: Bucket, known: str | None) -> Iterator[Finding]:
    try:
        if known is not None:
            bucket.claim(known, "")
        keeps = bucket.keeps_versions()
    except StoreAway as error:
        yield problem(f"bucket: {error}", "no recording is uploaded to it, nor played from it")
        return
    if keeps is None:
        yield note(
            "bucket: it is asked with this machine's role, so that versions cannot be looked for",
            "if the bucket keeps versions, let a rule of it remove those that are not current",
        )


def _look_at_transport(settings: BucketSettings) -> Iterator[Finding]:
    url = urlsplit(settings.url)
    if url.scheme == "http" and url.hostname not in LOCAL:
        yield note(
            f"bucket: {settings.url} is asked without TLS",
            "recordings are encrypted anyway, but anybody on the way sees when and how much; use "
            "https, with objects.ca_file for a CA of your own",
        )


async def _known(config: Config) -> tuple[str | None, bool, list[tuple[str, Elsewhere]]]:
    """What the bucket's marker holds, whether anything is in it, and what is with which other
    server, as the database says.
    """
    try:
        if not await schema_is_current(config.database_url):
            return None, False, []
        here = await asyncio.to_thread(marker_id, config.recordings_path)
        database = await Database.open(config.database_url)
        try:
            async with database.reading() as tx:
                known = await properties.value(tx, properties.RECORDINGS_BUCKET)
                found = await spooled.elsewhere(tx, here) if here else []
                named = [(await nodes.name_of(tx, each.node_id), each) for each in found]
                return known, await spooled.has_any_in_bucket(tx), named
        finally:
            await database.close()
    except StorageError:
        return None, False, []  # look_at_database says it
