"""The rows of parts, authenticated: what FORMAT.md says, recomputed here by itself."""

import hashlib
import hmac
import json
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy.ext.asyncio import AsyncSession

from storage import part_metadata, recordings
from storage.database import Database
from tests.storage.parts import KEY
from tests.storage.people import add_part, finished_call, open_practice, record


async def test_a_row_is_authenticated_as_the_format_says_and_survives_the_database(
    database: Database, now: datetime
) -> None:
    async with database.transaction() as tx:
        practice = await open_practice(tx, now)
        recording = await record(tx, await finished_call(tx, practice, "room-1"))
        part = await add_part(tx, recording, practice.patient, offset_ms=7)
        part.losses, part.seek_header, part.state = {"gaps": [["sound", 1.5]]}, b"\x00h", "sealed"
        part_metadata.authenticate(part, recording, KEY)
    async with database.reading() as tx:
        found = await recordings.part_of(tx, recording.id, part.id)
    assert found is not None
    again, stored = found[0], found[1].part
    assert part_metadata.is_authentic(stored, again, KEY)
    assert not part_metadata.is_authentic(stored, again, bytes(32))
    key = HKDFExpand(SHA512(), 32, b"carelay part metadata 1\0").derive(KEY)
    text = json.dumps(
        {
            "body_offset": 0,
            "duration_ms": 0,
            "losses": {"gaps": [["sound", 1.5]]},
            "media_type": 'video/webm; codecs="vp8, opus"',
            "offset_ms": 7,
            "part_id": part.id,
            "participant_id": practice.patient.id,
            "path": f"{recording.id}/{part.id}.part",
            "recording_id": recording.id,
            "seek_header": "0068",
            "session_id": recording.session_id,
            "size_bytes": 0,
            "source": "camera",
            "started_at": "2026-03-04T05:06:07.890123+00:00",
            "state": "sealed",
        },
        separators=(",", ":"),
    )
    assert stored.mac == hmac.new(key, text.encode(), hashlib.sha256).digest()


async def test_a_row_without_a_code_is_not_authentic(tx: AsyncSession, now: datetime) -> None:
    practice = await open_practice(tx, now)
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    part = await add_part(tx, recording, practice.patient)
    assert not part_metadata.is_authentic(part, recording, KEY)
