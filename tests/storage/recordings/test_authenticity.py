"""What the database says of a recording, authenticated as FORMAT.md says, recomputed here."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.models import Recording, User
from storage.recordings import authenticity, recordings, summaries
from storage.recordings.authenticity import Verdict
from storage.vault.keys import DataKey
from tests.storage.practice import add_part, finished_call, open_practice, record
from tests.storage.vault.parts import KEY

DATA_KEY = DataKey(KEY)


async def begin(database: Database, now: datetime) -> tuple[Recording, User]:
    """A recording without parts, and somebody who is in it."""
    async with database.transaction() as tx:
        practice = await open_practice(tx, now)
        recording = await record(tx, await finished_call(tx, practice, "room-1"))
        authenticity.authenticate(recording, DATA_KEY)
    return recording, practice.patient


async def grow(
    tx: AsyncSession, recording: Recording, participant: User, offset_ms: int = 0
) -> str:
    """The id of a new part."""
    async with authenticity.changing(tx, recording.id, DATA_KEY) as row:
        part = await add_part(tx, row, participant, offset_ms)
        authenticity.authenticate_part(part, row, DATA_KEY)
    return part.id


async def verdict(database: Database, recording_id: str, key: DataKey = DATA_KEY) -> Verdict:
    async with database.reading() as tx:
        found = await summaries.by_id(tx, recording_id)
        assert found is not None
        parts = [named.part for named in await recordings.parts(tx, recording_id)]
    return authenticity.judge(found.recording, parts, key)


def code(purpose: bytes, fields: Mapping[str, Any]) -> bytes:
    key = HKDFExpand(SHA512(), 32, purpose + b"\0").derive(KEY)
    return hmac.new(
        key, json.dumps(fields, separators=(",", ":")).encode(), hashlib.sha256
    ).digest()


async def test_rows_are_authenticated_as_the_format_says_and_survive_the_database(
    database: Database, now: datetime
) -> None:
    recording, patient = await begin(database, now)
    async with database.transaction() as tx:
        part_id = await grow(tx, recording, patient, offset_ms=7)
        async with authenticity.changing(tx, recording.id, DATA_KEY) as row:
            part = await recordings.part_by_id(tx, part_id)
            assert part is not None
            with authenticity.changing_part(part, row, DATA_KEY):
                part.losses, part.seek_header, part.state = (
                    {"gaps": [["sound", 1.5]]},
                    b"\x00h",
                    "sealed",
                )
            row.gaps = [{"duration_ms": 2, "offset_ms": 1, "reason": "paused"}]
            row.state, row.ended_at = "complete", row.started_at + timedelta(seconds=1)
    async with database.reading() as tx:
        found = await recordings.part_of(tx, recording.id, part_id)
    assert found is not None
    again, stored = found[0], found[1].part
    assert authenticity.judge(again, [stored], DATA_KEY) == Verdict(
        "authentic", {part_id: "authentic"}
    )
    assert authenticity.judge(again, [stored], DataKey(bytes(32))) == Verdict(
        "changed", {part_id: "changed"}
    )
    of_the_part = {
        "body_offset": 0,
        "duration_ms": 0,
        "losses": {"gaps": [["sound", 1.5]]},
        "media_type": 'video/webm; codecs="vp8, opus"',
        "offset_ms": 7,
        "part_id": part_id,
        "participant_id": patient.id,
        "path": f"{recording.id}/{part_id}.part",
        "recording_id": recording.id,
        "seek_header": "0068",
        "session_id": recording.session_id,
        "size_bytes": 0,
        "source": "camera",
        "started_at": "2026-03-04T05:06:07.890123+00:00",
        "state": "sealed",
    }
    assert stored.mac == code(b"carelay part metadata 1", of_the_part)
    of_the_recording = {
        "ended_at": "2026-03-04T05:06:08.890123+00:00",
        "gaps": [{"duration_ms": 2, "offset_ms": 1, "reason": "paused"}],
        "parts": {part_id: stored.mac.hex()},
        "recording_id": recording.id,
        "session_id": recording.session_id,
        "started_at": "2026-03-04T05:06:07.890123+00:00",
        "state": "complete",
    }
    assert again.mac == code(b"carelay recording metadata 1", of_the_recording)


async def test_without_its_codes_a_recording_is_authentic_to_no_key_that_makes_them(
    database: Database, now: datetime
) -> None:
    async with database.transaction() as tx:
        practice = await open_practice(tx, now)
        recording = await record(tx, await finished_call(tx, practice, "room-1"))
        part = await add_part(tx, recording, practice.patient)
    judged = {
        version: await verdict(database, recording.id, DataKey(KEY, version))
        for version in (1, 2, 3)
    }
    assert judged[1] == Verdict("not_authenticated", {part.id: "not_authenticated"})
    assert judged[2] == Verdict("not_authenticated", {part.id: "changed"})
    assert judged[3] == Verdict("changed", {part.id: "changed"})


async def test_parts_that_are_added_at_once_are_all_in_the_list(
    database: Database, now: datetime
) -> None:
    recording, patient = await begin(database, now)

    async def add(offset_ms: int) -> str:
        async with database.transaction() as tx:
            return await grow(tx, recording, patient, offset_ms)

    added = await asyncio.gather(*(add(number) for number in range(8)))
    assert await verdict(database, recording.id) == Verdict(
        "authentic", dict.fromkeys(added, "authentic")
    )


async def test_what_is_cut_off_half_way_leaves_an_honest_recording(
    database: Database, now: datetime
) -> None:
    """A part and the list that has it are one transaction; a kill ends both, as an error here."""
    recording, patient = await begin(database, now)
    async with database.transaction() as tx:
        kept = await grow(tx, recording, patient)

    async def torn() -> None:
        async with (
            database.transaction() as tx,
            authenticity.changing(tx, recording.id, DATA_KEY) as row,
        ):
            await add_part(tx, row, patient)
            await tx.flush()
            raise ZeroDivisionError

    async def whole() -> None:
        async with database.transaction() as tx:
            await grow(tx, recording, patient)
            raise ZeroDivisionError

    for cut_off in (torn, whole):
        with pytest.raises(ZeroDivisionError):
            await cut_off()
    assert await verdict(database, recording.id) == Verdict("authentic", {kept: "authentic"})


async def test_what_somebody_else_changed_stays_changed_when_the_server_goes_on(
    database: Database, now: datetime
) -> None:
    recording, patient = await begin(database, now)
    async with database.transaction() as tx:
        removed, kept = [await grow(tx, recording, patient, number) for number in range(2)]
    async with database.transaction() as tx:
        await tx.delete(await recordings.part_by_id(tx, removed))
    async with database.transaction() as tx:
        later = await grow(tx, recording, patient)
    assert await verdict(database, recording.id) == Verdict(
        "changed", {kept: "authentic", later: "authentic"}
    )


async def test_an_older_recording_goes_on_as_what_it_is(database: Database, now: datetime) -> None:
    """One that a server of before was writing when it was replaced."""
    older = DataKey(KEY, 2)
    async with database.transaction() as tx:
        practice = await open_practice(tx, now)
        recording = await record(tx, await finished_call(tx, practice, "room-1"))
        part = await add_part(tx, recording, practice.patient)
        authenticity.authenticate_part(part, recording, older)
    async with database.transaction() as tx, authenticity.changing(tx, recording.id, older) as row:
        found = await recordings.part_by_id(tx, part.id)
        assert found is not None
        with authenticity.changing_part(found, row, older):
            found.state = "recovered"
    assert await verdict(database, recording.id, older) == Verdict(
        "not_authenticated", {part.id: "authentic"}
    )
