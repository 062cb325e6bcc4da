"""`serve --demo`: made-up people, calls and appointments to look around with,
reachable from this machine only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.cli import demo_intake, keys
from signaling.clinical.intake.intakes import Intakes
from signaling.config import Config
from signaling.config.file import ConfigError
from signaling.identity.passwords import Passwords
from signaling.kernel.actor import Actor
from signaling.kernel.words import Quality, Role
from storage.appointments import appointments
from storage.appointments.appointments import Span
from storage.calls import telemedicine_sessions
from storage.database import Database
from storage.ids import new_id
from storage.models import User
from storage.people import users

PASSWORD = "demo-carelay"  # noqa: S105  counts in demo mode only, which listens on loopback only
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Person:
    """One made-up user."""

    username: str
    name: str
    role: Role


PROVIDER = Person("dr.rivera", "Dr. Elena Rivera", "provider")
PATIENTS = (
    Person("alex.morgan", "Alex Morgan", "patient"),
    Person("sam.lee", "Sam Lee", "patient"),
    Person("jordan.kim", "Jordan Kim", "patient"),
)
STAFF = (
    Person("compliance", "Casey Nguyen", "compliance"),
    Person("ops", "Robin Patel", "ops"),
    Person("admin", "Avery Stone", "admin"),
)


@dataclass(frozen=True)
class PastCall:
    """One call of the history: whose, how long ago, and how it went."""

    patient: Person
    days_ago: int
    minutes: int
    quality: Quality


HISTORY = (
    PastCall(PATIENTS[0], 21, 42, "good"),
    PastCall(PATIENTS[1], 9, 25, "excellent"),
    PastCall(PATIENTS[2], 6, 31, "fair"),
    PastCall(PATIENTS[0], 2, 48, "excellent"),
)


@dataclass(frozen=True)
class Plan:
    """One appointment: whose, and how long after the next one could begin."""

    patient: Person
    later: timedelta
    topic: str | None = None


PLANS = (
    Plan(PATIENTS[0], timedelta(), "Follow-up"),
    Plan(PATIENTS[1], timedelta(minutes=90)),
    Plan(PATIENTS[2], timedelta(days=1), "First talk"),
    Plan(PATIENTS[0], timedelta(days=7), "Follow-up"),
)
HALF_AN_HOUR = timedelta(minutes=30)
TAKES = timedelta(minutes=50)


def prepare(config: Config) -> None:
    """Make what the demo needs to start in an empty folder: the keys.

    Raises ConfigError if the pages could be reached from another machine, before anything is made.
    """
    _require_loopback(config)
    if config.recording.enabled:
        keys.make_if_missing(config)
    if config.recording.keys == "sealed":
        keys.make_clinical_if_missing(config)
    keys.make_audit_key_if_missing(config)
    keys.make_push_key_if_missing(config)


def _require_loopback(config: Config) -> None:
    """Raises ConfigError if the pages could be reached from another machine:
    the demo's passwords are published.

    The media port stays as configured: Firefox sends no media to a loopback address, and who cannot
    reach the pages has no credentials, without which the relay drops every datagram.
    """
    if config.server.host not in LOOPBACK_HOSTS:
        problem = (
            "--demo has published passwords and listens on 127.0.0.1 only, not on "
            f"{config.server.host}"
        )
        raise ConfigError("server.host", "with --demo", problem)


async def seed(
    database: Database, passwords: Passwords, now: datetime, intakes: Intakes | None = None
) -> None:
    """Demo users, their past calls, appointments and questionnaires, unless they are there."""
    async with database.transaction() as tx:
        if await users.by_username(tx, PROVIDER.username) is not None:
            return
    password_hash = await passwords.hash(PASSWORD)
    async with database.transaction() as tx:
        people = [PROVIDER, *PATIENTS, *STAFF]
        made = {person: await _create(tx, person, password_hash, now) for person in people}
        for call in HISTORY:
            await _add_past_call(tx, made[PROVIDER], made[call.patient], call, now)
        for plan in PLANS:
            await _add_appointment(tx, made[PROVIDER], made[plan.patient], plan, now)
    if intakes is not None:
        patient = made[PATIENTS[0]]
        await demo_intake.give(intakes, Actor(patient.id, patient.name, "patient"), now)


async def _create(tx: AsyncSession, person: Person, password_hash: str, now: datetime) -> User:
    return await users.create(
        tx,
        username=person.username,
        name=person.name,
        role=person.role,
        password_hash=password_hash,
        now=now,
        demo=True,
    )


async def _add_appointment(
    tx: AsyncSession, provider: User, patient: User, plan: Plan, now: datetime
) -> None:
    """On a half hour, so that there is time to look around before the first."""
    since = timedelta(minutes=now.minute % 30, seconds=now.second, microseconds=now.microsecond)
    at = now - since + 2 * HALF_AN_HOUR + plan.later
    await appointments.add(
        tx,
        provider_id=provider.id,
        patient_id=patient.id,
        span=Span(at, at + TAKES),
        time_zone="UTC",
        topic=plan.topic,
        by=provider.id,
        now=now,
    )


async def _add_past_call(
    tx: AsyncSession, provider: User, patient: User, call: PastCall, now: datetime
) -> None:
    began = now - timedelta(days=call.days_ago)
    session = await telemedicine_sessions.create(
        tx,
        patient_id=patient.id,
        provider_id=provider.id,
        room_id=new_id(),
        recording_enabled=False,
        audio_only=False,
        now=began,
        invitation_expires_at=began + timedelta(seconds=45),
    )
    session.call_status, session.end_reason = "ended", "hung_up"
    session.started_at, session.ended_at = began, began + timedelta(minutes=call.minutes)
    session.duration_seconds, session.duration_minutes = call.minutes * 60, call.minutes
    session.connection_quality = call.quality
    side = {"typical": call.quality, "worst": call.quality, "worst_seconds": call.minutes * 60}
    session.connection_by_side = {"provider": side, "patient": side}
    # Two parties, up and down, 1.5 Mbit/s.
    session.bandwidth_used = call.minutes * 60 * 2 * 2 * 1_500_000 // 8
    await tx.flush()


def how_to_sign_in(url: str) -> str:
    """For the terminal."""
    lines = [
        f"carelay demo: {url} (this machine only)",
        "",
        f"Sign in with the password {PASSWORD} as",
    ]
    lines += [
        f"  {person.username:<12} {person.name}, {person.role}"
        for person in (PROVIDER, *PATIENTS, *STAFF)
    ]
    lines += [
        "",
        (
            "For a call, sign in as dr.rivera in one window and as alex.morgan in a private one. "
            "Ctrl+C stops."
        ),
    ]
    return "\n".join(lines)
