"""A practice to test with: a patient, a provider and calls between them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.calls import telemedicine_sessions
from storage.ids import new_id
from storage.models import Recording, RecordingPart, TelemedicineSession, User
from storage.people import users
from storage.recordings import recordings


@dataclass(frozen=True)
class Practice:
    patient: User
    provider: User
    now: datetime


async def open_practice(tx: AsyncSession, now: datetime) -> Practice:
    patient = await users.create(
        tx, username="sam", name="Sam Lee", role="patient", password_hash="x", now=now
    )
    provider = await users.create(
        tx, username="elena", name="Dr. Rivera", role="provider", password_hash="x", now=now
    )
    return Practice(patient, provider, now)


async def ring(
    tx: AsyncSession, practice: Practice, room_id: str, minutes_later: int = 0
) -> TelemedicineSession:
    now = practice.now + timedelta(minutes=minutes_later)
    return await telemedicine_sessions.create(
        tx,
        patient_id=practice.patient.id,
        provider_id=practice.provider.id,
        room_id=room_id,
        recording_enabled=True,
        audio_only=False,
        now=now,
        invitation_expires_at=now + timedelta(seconds=45),
    )


async def finished_call(
    tx: AsyncSession, practice: Practice, room_id: str, minutes_later: int = 0
) -> TelemedicineSession:
    session = await ring(tx, practice, room_id, minutes_later)
    session.call_status, session.end_reason = "ended", "hung_up"
    session.started_at = session.created_at + timedelta(seconds=10)
    await tx.flush()
    return session


async def record(tx: AsyncSession, session: TelemedicineSession) -> Recording:
    return await recordings.create(
        tx,
        new_id(),
        session_id=session.id,
        wrapped_key=b"wrapped",
        key_id="0123456789abcdef",
        now=session.created_at,
    )


async def add_part(
    tx: AsyncSession, recording: Recording, participant: User, offset_ms: int = 0
) -> RecordingPart:
    part_id = new_id()
    return await recordings.add_part(
        tx,
        part_id,
        recording_id=recording.id,
        participant_id=participant.id,
        source="camera",
        media_type='video/webm; codecs="vp8, opus"',
        path=f"{recording.id}/{part_id}.part",
        offset_ms=offset_ms,
    )
