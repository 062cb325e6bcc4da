"""A practice for tests: real database, real relay, real recordings; only the clock
and the sockets are the test's.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from relay.relay import Relay, RelaySettings
from signaling import config
from signaling.alerts import Delivery
from signaling.calls import (
    Calls,
    CallSettings,
    answering,
    history,
    inviting,
    joining,
    lifetime,
    media,
)
from signaling.calls.company import LiveCompany
from signaling.calls.messages import CallJoined, IceServer
from signaling.calls.resources import Call
from signaling.clinical.appointments.meetings import Meetings
from signaling.clinical.chat.chat import Chat
from signaling.clinical.files.files import Files
from signaling.clinical.files.store import FileStore
from signaling.clinical.records import Records
from signaling.kernel.actor import Actor
from signaling.kernel.denials import Denials
from signaling.kernel.hub import Hub
from signaling.kernel.messages import Message
from signaling.kernel.repeats import Repeats
from signaling.kernel.words import OnWithdrawal, Role, UnlockPolicy
from signaling.mail.smtp import SmtpMailer
from signaling.recordings import Recordings, policy
from signaling.recordings.access import Access
from signaling.recordings.archive import Limits
from signaling.recordings.breakglass import BreakGlass, Reviews
from signaling.recordings.breakglass.alerting import Alerting
from signaling.recordings.messages import RecordingStateChanged
from signaling.recordings.playback import Playbacks, SealedPlaybacks, Stills
from signaling.recordings.retention import Eraser, Erasures, Holds, Sweep, Withdrawals
from signaling.recordings.texts import texts_of
from signaling.recordings.unlocking import Gate, Unlocks
from signaling.recordings.unlocking.settings import UnlockSettings
from signaling.recordings.uploads import Uploads
from storage.audit import AuditEvent
from storage.calls import telemedicine_sessions
from storage.cluster import nodes
from storage.database import Database
from storage.people import users
from storage.recordings.recording_keys import RECORDINGS
from storage.vault.keys import KeyProvider
from storage.vault.keys.file import KeyFile
from storage.vault.keys.folder import KeyFolder
from storage.vault.objects.bucket import Bucket
from storage.vault.tombstones import ClinicalTombstone, Tombstone, Tombstones
from tests.patience import until
from tests.relay.client import Client
from tests.signaling.manual_clock import START, ManualClock
from tests.support.databases import new_sqlite
from tests.support.platform import ISSUER
from tests.support.stored import events_of_call

M = TypeVar("M", bound=Message)


@dataclass(eq=False)
class Page:
    """A hub.Socket that keeps what it is sent, and the browser behind it."""

    actor: Actor
    expires_at: datetime = START + timedelta(hours=12)
    sent: list[Message] = field(default_factory=list)
    closed: tuple[int, str] | None = None
    cookie_digest: bytes | None = None

    def send(self, message: Message) -> None:
        self.sent.append(message)

    def close(self, code: int, reason: str) -> None:
        self.closed = code, reason

    def all(self, kind: type[M]) -> list[M]:
        return [message for message in self.sent if isinstance(message, kind)]

    def last(self, kind: type[M]) -> M:
        """The newest message of that type."""
        found = self.all(kind)
        assert found, (
            f"no {kind.__name__} among {[type(message).__name__ for message in self.sent]}"
        )
        return found[-1]

    def recording_states(self) -> list[str]:
        return [message.state for message in self.all(RecordingStateChanged)]


@dataclass
class Practice:
    """One provider, two patients and the staff, in front of one server."""

    clock: ManualClock
    database: Database
    relay: Relay
    hub: Hub
    recordings: Recordings
    repeats: Repeats
    playbacks: Playbacks
    sealed_playbacks: SealedPlaybacks
    stills: Stills
    unlocks: Unlocks
    break_glass: BreakGlass
    reviews: Reviews
    holds: Holds
    eraser: Eraser
    erasures: Erasures
    sweep: Sweep
    uploads: Uploads
    settings: CallSettings
    records: Records
    chat: Chat
    files: Files
    calls: Calls
    clients: list[Client]
    provider: Actor
    patient: Actor
    other_patient: Actor
    other_provider: Actor
    compliance: Actor
    admin: Actor
    heartbeats: list[asyncio.Task[None]] = field(default_factory=list, init=False)

    def page(self, actor: Actor) -> Page:
        """A signed-in page of the actor."""
        page = Page(actor)
        self.hub.add(page)
        joining.socket_opened(self.calls, page)
        return page

    def leave(self, page: Page) -> None:
        """The page is closed; media is another matter."""
        self.hub.remove(page)
        joining.socket_closed(self.calls, page)

    async def ring(self, *, recording: bool = False) -> str:
        return await inviting.initiate(
            self.calls, self.provider, self.patient.user_id, recording_enabled=recording
        )

    async def running(
        self, *, recording: bool = False, consent: bool = False
    ) -> tuple[str, Page, Page]:
        """A call that both have joined, without media yet: room, provider's page,
        patient's page.
        """
        provider, patient = self.page(self.provider), self.page(self.patient)
        room_id = await self.ring(recording=recording)
        await joining.join(self.calls, provider, room_id)
        await answering.accept(self.calls, self.patient, room_id, recording_consent=consent)
        await joining.join(self.calls, patient, room_id)
        return room_id, provider, patient

    async def meeting(self) -> tuple[str, Page, Page]:
        """The same, and media of both flows until the test ends."""
        room_id, provider, patient = await self.running()
        for page in (provider, patient):
            self.stay(await self.connect(page, room_id))
        return room_id, provider, patient

    def stay(self, client: Client) -> None:
        """Its media counts as flowing until the test ends, however long a busy machine takes."""
        self.heartbeats.append(asyncio.create_task(_keep_alive(client)))

    async def connect(self, page: Page, room_id: str) -> Client:
        """Media of the page: ICE, DTLS, SRTP."""
        client = Client()
        self.clients.append(client)
        answer = await media.offer(self.calls, page, room_id, *client.offer())
        await client.connect(answer.sdp)
        peers = self.relay.room(room_id).peers
        await until(lambda: peers[page.actor.user_id].connected)
        return client

    async def rejoin(self, page: Page, room_id: str) -> CallJoined:
        self.hub.add(page)
        return await self.join(page, room_id)

    async def join(self, page: Page, room_id: str) -> CallJoined:
        """Carry a call that is not over."""
        joined = await joining.join(self.calls, page, room_id)
        assert isinstance(joined, CallJoined)
        return joined

    async def row(self, room_id: str) -> Call:
        return await history.one(self.calls, self.admin, room_id)

    async def log(self, room_id: str) -> list[AuditEvent]:
        """The audit rows of a call."""
        await self.row(room_id)  # which waits for what is just being written
        async with self.database.transaction() as tx:
            found = await telemedicine_sessions.by_room(tx, room_id)
            assert found
            return [*await events_of_call(tx, found.session.id)]

    async def actions(self, room_id: str) -> list[str]:
        return [event.action for event in await self.log(room_id)]


SETTLED_SECONDS = 15.0


async def all_written(calls: Calls) -> None:
    """Everything that was begun in the background is done, and written."""
    await calls.background.drain(SETTLED_SECONDS)
    assert await calls.ledger.journals.written(SETTLED_SECONDS)


@asynccontextmanager
async def audit_log_away(practice: Practice) -> AsyncIterator[None]:
    """Meanwhile no row can be added to the audit log, and everything else can be written."""
    async with practice.database.transaction() as tx:
        await tx.execute(sa.text("ALTER TABLE audit RENAME TO audit_away"))
    try:
        yield
    finally:
        async with practice.database.transaction() as tx:
            await tx.execute(sa.text("ALTER TABLE audit_away RENAME TO audit"))


EMERGENCY = config.Emergency(phone="112")
SMTP = config.Smtp()
RETENTION = config.Retention()
CLINICAL = config.Clinical()


@asynccontextmanager
async def open_practice(
    folder: Path,
    *,
    database_url: str = "",
    database_kind: type[Database] = Database,
    keys: KeyProvider | bool = True,
    limits: config.Calls | None = None,
    reserve_bytes: int = 0,
    spool_bytes: int = 0,
    bucket: Bucket | None = None,
    emergency: config.Emergency = EMERGENCY,
    smtp: config.Smtp = SMTP,
    retention: config.Retention = RETENTION,
    on_withdrawal: OnWithdrawal = "keep",
    unlock: UnlockPolicy = "single",
    break_glass_minutes: int = 15,
    clinical: config.Clinical = CLINICAL,
) -> AsyncIterator[Practice]:
    """A server on files in `folder`; opened again on the same folder it is the next run."""
    clock, hub = ManualClock(), Hub()
    url = database_url or await new_sqlite(folder / "carelay.sqlite3")
    database = await database_kind.open(url)
    async with database.transaction() as tx:
        carrier = await nodes.start(tx, "node", "the test", None)
    database.carrier = carrier
    relay = await Relay.open(RelaySettings(host="127.0.0.1"))
    recordings = Recordings(
        database,
        (key_folder(folder) if keys else None) if isinstance(keys, bool) else keys,
        folder / "recordings",
        relay.room,
        clock,
        Limits(reserve_bytes, spool_bytes),
        bucket,
    )
    settings = CallSettings(
        calls=limits or config.Calls(),
        emergency=emergency,
        mailer=SmtpMailer(smtp),
        public_url="https://video.example.org",
        consent=texts_of(config.Consent()),
        appointments=Meetings(),
        ice_servers=lambda: [IceServer(urls=["stun:stun.example.org"])],
        guests_stay=timedelta(minutes=30),
    )
    people = {name: await _person(database, name, role) for name, role in PEOPLE.items()}
    eraser = Eraser(
        recordings.archive, Tombstones(folder / "keys" / "erased-recordings", Tombstone), clock
    )
    withdrawals = Withdrawals(eraser, on_withdrawal)
    calls = await lifetime.open_calls(
        settings, database, relay, hub, recordings, withdrawals, clock
    )
    repeats = Repeats(database, clock)
    noted = Tombstones(folder / "keys" / "erased-clinical", ClinicalTombstone)
    records = Records(database, key_folder(folder) if keys else None, RECORDINGS, noted, clock)
    access = Access(Denials(repeats, clock))
    await policy.settle(database, retention, clock.now())
    gate = Gate(unlock, clock)
    playbacks = Playbacks(database, recordings, access, gate, clock)
    sealed_playbacks = SealedPlaybacks(database, recordings, access, gate, clock)
    stills = Stills(database, access, gate, clock)
    delivery = Delivery(emergency, SmtpMailer(smtp), clock)
    alerting = Alerting(database, hub, delivery, "https://video.example.org", clock)
    asking = UnlockSettings.of(config.Recording(unlock=unlock))
    holds = Holds(database, access, clock)
    erasures = Erasures(database, eraser, access)
    sweep = Sweep(database, eraser, clock)
    practice = Practice(
        clock,
        database,
        relay,
        hub,
        recordings,
        repeats,
        playbacks,
        sealed_playbacks,
        stills,
        Unlocks(database, asking, access, hub, clock),
        BreakGlass(database, playbacks, access, gate, alerting, break_glass_minutes, clock),
        Reviews(database, access, alerting, clock),
        holds,
        eraser,
        erasures,
        sweep,
        Uploads(recordings.archive, clock),
        settings,
        records,
        chat := Chat(database, records, LiveCompany(calls), repeats, clock),
        Files(
            clinical,
            database,
            records,
            chat,
            FileStore(recordings.archive, clock),
            repeats,
            clock,
        ),
        calls,
        [],
        **people,
    )
    await eraser.apply_tombstones()
    try:
        yield practice
    finally:
        await erasures.background.drain(SETTLED_SECONDS)
        await alerting.background.drain(SETTLED_SECONDS)
        for heartbeat in practice.heartbeats:
            heartbeat.cancel()
        await asyncio.gather(*practice.heartbeats, return_exceptions=True)
        for client in practice.clients:
            await client.close()
        await lifetime.close(calls)
        await recordings.close()
        await repeats.close()
        await relay.close()
        await database.close()


async def _keep_alive(client: Client) -> None:
    while True:
        await client.check()
        await asyncio.sleep(0.5)


PEOPLE: dict[str, Role] = {
    "provider": "provider",
    "other_provider": "provider",
    "patient": "patient",
    "other_patient": "patient",
    "compliance": "compliance",
    "admin": "admin",
}


async def _person(database: Database, name: str, role: Role) -> Actor:
    async with database.transaction() as tx:
        await users.ensure(tx, ISSUER, name, role=role, name=f"Name of {name}", now=START)
    return Actor(name, f"Name of {name}", role, "192.0.2.7", "Test/1")


def key_folder(folder: Path) -> KeyFolder:
    """The keys of a practice in `folder`, one to begin with."""
    path = folder / "keys" / "recording.key"
    if not path.exists():
        KeyFile.create(path)
    return KeyFolder.load(path)
