"""Everything one running server is made of, opened in order and closed in reverse."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import partial

from relay.relay import Relay, RelaySettings
from signaling.alerts import Delivery
from signaling.audit import retention as audit_retention
from signaling.audit.ageing import Ageing
from signaling.audit.log import AuditLog
from signaling.audit.verification import LogKey, Verification
from signaling.calls import Calls, CallSettings, ending, ice, lifetime
from signaling.calls.company import LiveCompany
from signaling.calls.connectiontests import ConnectionTests
from signaling.clinical.appointments.appointments import Appointments
from signaling.clinical.appointments.letters import Practice
from signaling.clinical.appointments.linkpost import LinkPost
from signaling.clinical.appointments.meetings import Meetings
from signaling.clinical.appointments.post import Post
from signaling.clinical.appointments.waiting import WaitingRoom
from signaling.clinical.chat.chat import Chat
from signaling.clinical.crises.crises import Crises
from signaling.clinical.crises.numbers import EmergencyDirectory
from signaling.clinical.files.files import Files
from signaling.clinical.files.store import FileStore
from signaling.clinical.intake.intakes import Intakes
from signaling.clinical.intake.platform import Platform
from signaling.clinical.notes.notes import Notes
from signaling.clinical.places.places import Places
from signaling.clinical.records import Records
from signaling.clinical.records.keys import open_clinical_keys, ring_of, settle_clinical_keys
from signaling.cluster import node, starts
from signaling.cluster.depositing import Depositing
from signaling.cluster.lease import Lease
from signaling.cluster.sequencing import Sequencing
from signaling.cluster.sweep import interval, sweep
from signaling.cluster.witnessing import Witnessing
from signaling.config import Config, witnesses
from signaling.identity.authentication import Authentication
from signaling.identity.doors import Doors
from signaling.identity.guests import GuestEntry
from signaling.identity.presence import Presence
from signaling.identity.scope import Scope
from signaling.identity.signin import SignIns
from signaling.identity.tokens import settle_issuer
from signaling.kernel.clock import Clock, SystemClock
from signaling.kernel.denials import Denials
from signaling.kernel.hub import Hub
from signaling.kernel.limits import Limits as RequestLimits
from signaling.kernel.repeats import Repeats
from signaling.mail.mailer import Mailer
from signaling.mail.sms import SmsGateway
from signaling.mail.smtp import SmtpMailer
from signaling.ops.metrics import Metrics, MetricSources
from signaling.ops.readiness import Readiness
from signaling.people.accounts import Accounts
from signaling.people.care import Care
from signaling.people.guest_links import GuestLinks
from signaling.people.invitations import Invitations, Letterbox
from signaling.people.patients import Patients
from signaling.push.bell import Bell
from signaling.push.vapid import Vapid
from signaling.recordings import Recordings, policy
from signaling.recordings.access import Access
from signaling.recordings.archive import Limits
from signaling.recordings.breakglass import BreakGlass, Reviews
from signaling.recordings.breakglass.alerting import Alerting
from signaling.recordings.bucket import bucket_of, checkpoints_bucket_of
from signaling.recordings.document import Typesetter
from signaling.recordings.exporting.jobs import ExportJobs, ExportSettings
from signaling.recordings.exporting.service import Exports
from signaling.recordings.keys import open_keys, settle_keys
from signaling.recordings.own import OwnRecordings
from signaling.recordings.playback import Playbacks, SealedPlaybacks, Stills
from signaling.recordings.requests import RecordingRequests
from signaling.recordings.retention import Eraser, Erasures, Holds, Sweep, Withdrawals
from signaling.recordings.room import LongestCall
from signaling.recordings.texts import Texts, require_new_versions, texts_of
from signaling.recordings.unlocking import Gate, Unlocks
from signaling.recordings.unlocking.settings import UnlockSettings
from signaling.recordings.uploads import Uploads
from signaling.websocket import SocketEndpoint
from signaling.websocket.standing import Standing
from storage.audit import key as audit_key
from storage.audit.sequencer import Sequencer
from storage.database import Database
from storage.vault.keys import KeyProvider
from storage.vault.tombstones import ClinicalTombstone, Tombstone, Tombstones

log = logging.getLogger(__name__)

DELETE_SECONDS = 5.0  # what is left then, the next start deletes


@dataclass(frozen=True)
class Services:
    """What HTTP handlers work with."""

    config: Config
    scope: Scope
    clock: Clock
    database: Database
    relay: Relay
    hub: Hub
    presence: Presence
    patients: Patients
    care: Care
    accounts: Accounts
    invitations: Invitations
    guest_links: GuestLinks
    guest_entry: GuestEntry
    calls: Calls
    bell: Bell
    connection_tests: ConnectionTests
    appointments: Appointments
    records: Records
    chat: Chat
    files: Files
    notes: Notes
    places: Places
    crises: Crises
    emergency_directory: EmergencyDirectory
    intakes: Intakes
    waiting_room: WaitingRoom
    recordings: Recordings
    playbacks: Playbacks
    sealed_playbacks: SealedPlaybacks
    stills: Stills
    unlocks: Unlocks
    exports: Exports
    break_glass: BreakGlass
    reviews: Reviews
    holds: Holds
    erasures: Erasures
    own_recordings: OwnRecordings
    recording_requests: RecordingRequests
    audit_log: AuditLog
    verification: Verification
    authentication: Authentication
    sign_ins: SignIns
    sockets: SocketEndpoint
    limits: RequestLimits
    denials: Denials
    metrics: Metrics
    readiness: Readiness
    lease: Lease
    texts: Texts
    typesetter: Typesetter

    def by_class(self) -> Mapping[type, object]:
        """Each part by what it is, which is how handlers ask for it."""
        return {
            type(part): part
            for field in fields(self)
            if (part := getattr(self, field.name)) is not None
        }


@asynccontextmanager
async def opened(
    config: Config, *, demo: bool = False, clock: Clock | None = None
) -> AsyncIterator[Services]:
    """A running server behind its HTTP door. Raises StorageError or OSError
    if a part of it cannot start.

    What only one server can have is taken before anything is touched. What several may have, such
    as a PostgreSQL, they carry by leases, so that none touches what another one carries.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as closing:
        keys = open_keys(config.recording)
        node_id = closing.enter_context(node.held(config))
        relay = await _open_relay(config)
        closing.push_async_callback(relay.close)
        database = await Database.open(config.database_url)
        closing.push_async_callback(database.close)
        if keys is not None:
            await settle_keys(database, keys, clock.now())
        await settle_issuer(database, config.jwt)
        texts = texts_of(config.consent)
        await require_new_versions(database, texts)
        lease = await Lease.take(database, node_id, config.storage.lease_seconds)
        closing.push_async_callback(lease.close)
        sequencing, witnessing, depositing = await _open_sequencing(config, database, clock)
        closing.push_async_callback(witnessing.close)
        closing.push_async_callback(sequencing.close)
        await starts.note(database, config, node_id, clock)
        closing.push_async_callback(starts.note_end, database, node_id, clock)
        hub, mailer, scope = Hub(), SmtpMailer(config.smtp), _scope(config, demo=demo)
        presence = Presence(hub, database, scope, clock)
        sweep_seconds = interval(config.storage.lease_seconds)
        recordings = Recordings(
            database,
            keys,
            config.recordings_path,
            relay.room,
            clock,
            Limits(config.recording.reserve_mb * 2**20, config.objects.spool_gb * 10**9),
            bucket_of(config.objects),
            sweep_seconds,
        )
        closing.push_async_callback(recordings.close)
        eraser = await _open_eraser(config, recordings, clock)
        uploads, records = (
            Uploads(recordings.archive, clock),
            await _open_records(config, keys, database, clock),
        )
        await _settle_retention(database, config, clock)
        withdrawals = Withdrawals(eraser, config.recording.on_withdrawal)
        calls = await lifetime.open_calls(
            call_settings(config, scope, texts),
            database,
            relay,
            hub,
            recordings,
            withdrawals,
            clock,
        )
        closing.push_async_callback(lifetime.close, calls)
        repeats = Repeats(database, clock)
        closing.push_async_callback(repeats.close)
        authentication = Authentication(
            config, database, scope, repeats, clock, in_call=calls.has_carried
        )
        readiness = Readiness(database, recordings, clock, records=config.recording.enabled)
        closing.push_async_callback(readiness.close)
        verification = Verification(database, _log_key(config), clock)
        guest_links, post = _guests(config, database, mailer, calls, clock)
        metrics = Metrics(
            MetricSources(
                relay,
                hub,
                calls,
                recordings,
                config.recordings_path,
                lease,
                sequencing,
                verification,
                witnessing,
                eraser,
                uploads,
                depositing,
                post,
            )
        )
        request_limits, denials, gate = _gates(config, repeats, clock)
        erasures = Erasures(database, eraser, access := Access(denials))
        playbacks = Playbacks(database, recordings, access, gate, clock)
        alerting, invitations = _senders(config, database, scope, hub, mailer, clock)
        for background in (erasures.background, alerting.background):
            closing.push_async_callback(background.drain, DELETE_SECONDS)
        chat, files = _chat(config, records, recordings, calls, repeats, clock)
        sockets = SocketEndpoint(
            calls,
            chat,
            hub,
            presence,
            authentication,
            request_limits,
            clock,
        )
        export_jobs = ExportJobs(
            recordings.archive, _export_settings(config), sequencing.sign, clock
        )
        for watching in (
            *(
                part.watch()
                for part in (
                    post,
                    alerting,
                    invitations,
                    metrics,
                    presence,
                    sequencing,
                    witnessing,
                    depositing,
                    eraser,
                    uploads,
                    files,
                    Sweep(database, eraser, clock),
                    Ageing(database, clock),
                    Standing(database, hub, sockets, calls),
                    export_jobs,
                )
            ),
            verification.watch(),
            sweep(partial(ending.end_left, calls), sweep_seconds),
        ):
            closing.push_async_callback(_stop, asyncio.create_task(watching))
        yield Services(
            config=config,
            scope=scope,
            clock=clock,
            database=database,
            relay=relay,
            hub=hub,
            presence=presence,
            patients=Patients(database, scope, config.jwt, clock),
            care=Care(database, scope, presence, config.jwt, clock),
            accounts=Accounts(database, scope, clock),
            invitations=invitations,
            guest_links=guest_links,
            guest_entry=GuestEntry(config, database, scope, repeats, clock),
            calls=calls,
            bell=_bell(config, database, calls, closing, clock),
            connection_tests=ConnectionTests(relay, clock),
            waiting_room=WaitingRoom(hub, guest_links.doors, clock),
            appointments=(
                book := Appointments(
                    database, scope, repeats, hub, clock, writes=bool(mailer.sender)
                )
            ),
            records=records,
            chat=chat,
            files=files,
            notes=Notes(database, records, repeats, clock),
            crises=Crises(database, records, LiveCompany(calls), repeats, clock),
            emergency_directory=EmergencyDirectory(config.emergency.numbers_file),
            places=Places(
                records, LiveCompany(calls), book, guest_links.doors, config.practice.country
            ),
            intakes=Intakes(database, records, scope, _platform(config), clock),
            recordings=recordings,
            playbacks=playbacks,
            sealed_playbacks=SealedPlaybacks(database, recordings, access, gate, clock),
            stills=Stills(database, access, gate, clock),
            unlocks=Unlocks(database, UnlockSettings.of(config.recording), access, hub, clock),
            exports=Exports(recordings.archive, export_jobs, access, gate, clock),
            break_glass=BreakGlass(
                database,
                playbacks,
                access,
                gate,
                alerting,
                config.recording.break_glass_minutes,
                clock,
            ),
            reviews=Reviews(database, access, alerting, clock),
            holds=Holds(database, access, clock),
            erasures=erasures,
            own_recordings=OwnRecordings(database, repeats, clock),
            recording_requests=RecordingRequests(database, eraser, erasures.background, clock),
            audit_log=AuditLog(database, _log_key(config), config, repeats, clock),
            verification=verification,
            authentication=authentication,
            sign_ins=SignIns(
                config.auth, database, authentication, scope, repeats, clock, sockets.signed_out
            ),
            sockets=sockets,
            limits=request_limits,
            denials=denials,
            metrics=metrics,
            readiness=readiness,
            lease=lease,
            texts=texts,
            typesetter=Typesetter(config.practice.name),
        )


def _chat(
    config: Config,
    records: Records,
    recordings: Recordings,
    calls: Calls,
    repeats: Repeats,
    clock: Clock,
) -> tuple[Chat, Files]:
    database, store = recordings.archive.database, FileStore(recordings.archive, clock)
    chat = Chat(database, records, LiveCompany(calls), repeats, clock)
    return chat, Files(config.clinical, database, records, chat, store, repeats, clock)


def _platform(config: Config) -> Platform | None:
    return Platform(config.intake.url) if config.intake.url else None


def _scope(config: Config, *, demo: bool) -> Scope:
    return Scope(demo=demo, own=config.practice.provider_scope == "own")


async def _open_sequencing(
    config: Config, database: Database, clock: Clock
) -> tuple[Sequencing, Witnessing, Depositing]:
    """Raises WrongKey, KeyFileError. Without a key, rows are sequenced and not signed."""
    path = config.audit_key_file
    signer = audit_key.load(path) if path.exists() else None
    if signer is None:
        log.error("the audit log is not signed: `carelay keys create --if-missing` makes %s", path)
    named = witnesses.all_of(config.audit.witnesses) if signer else []
    cosigners = [one.cosigner for one in named]
    sequencer = Sequencer(database, signer, config.checkpoints_path, cosigners)
    await sequencer.settle_key()
    return (
        Sequencing(database, sequencer, clock),
        Witnessing(database, sequencer, named, clock),
        Depositing(database, checkpoints_bucket_of(config), cosigners, clock),
    )


async def _open_eraser(config: Config, recordings: Recordings, clock: Clock) -> Eraser:
    eraser = Eraser(recordings.archive, Tombstones(config.tombstones_path, Tombstone), clock)
    await eraser.apply_tombstones()
    return eraser


async def _open_records(
    config: Config, recording_keys: KeyProvider | None, database: Database, clock: Clock
) -> Records:
    """Raises KeyFileError, WrongKey."""
    keys, ring = open_clinical_keys(config, recording_keys), ring_of(config)
    if keys is not None:
        await settle_clinical_keys(database, keys, ring, clock.now())
    noted = Tombstones(config.clinical_tombstones_path, ClinicalTombstone)
    records = Records(database, keys, ring, noted, clock)
    await records.apply_tombstones()
    return records


async def _settle_retention(database: Database, config: Config, clock: Clock) -> None:
    await policy.settle(database, config.retention, clock.now())
    await audit_retention.settle(database, config, clock.now())


def _log_key(config: Config) -> LogKey:
    cosigners = [one.cosigner for one in witnesses.all_of(config.audit.witnesses)]
    return LogKey(config.audit_key_file, config.checkpoints_path, cosigners)


def _export_settings(config: Config) -> ExportSettings:
    return ExportSettings(
        practice=config.practice.name,
        pages_path=config.pages_path,
        log_key=config.audit_key_file,
        cosigners=tuple(_log_key(config).cosigners),
        kept_for=timedelta(hours=config.recording.export_hours),
    )


def _bell(
    config: Config, database: Database, calls: Calls, closing: AsyncExitStack, clock: Clock
) -> Bell:
    contact = config.push.contact
    vapid = Vapid(config.push_key_file, contact) if contact else None
    bell = Bell(database, vapid, config.push.services, clock)
    calls.ring_closed_pages = bell.ring
    closing.push_async_callback(bell.background.drain, 0)
    return bell


def _letterhead(config: Config) -> Practice:
    return Practice(config.practice.name, config.server.public_url)


def _gates(config: Config, repeats: Repeats, clock: Clock) -> tuple[RequestLimits, Denials, Gate]:
    return RequestLimits(), Denials(repeats, clock), Gate(config.recording.unlock, clock)


def _guests(
    config: Config, database: Database, mailer: Mailer, calls: Calls, clock: Clock
) -> tuple[GuestLinks, Post]:
    """Links, and the outbox that sends them."""
    sms, letterhead = SmsGateway(config.sms), _letterhead(config)
    links = GuestLinks(config, database, mailer, sms, clock)
    link_post = LinkPost(database, mailer, sms, letterhead, links.doors, clock)
    post = Post(database, mailer, letterhead, link_post, clock)
    links.soon = lambda: calls.background.spawn(post.try_once())
    return links, post


def _senders(
    config: Config, database: Database, scope: Scope, hub: Hub, mailer: Mailer, clock: Clock
) -> tuple[Alerting, Invitations]:
    """Who sends what has to arrive, whatever becomes of this server."""
    url = config.server.public_url
    delivery = Delivery(config.emergency, mailer, clock)
    letterbox = Letterbox(mailer, config.practice.name, url)
    return (
        Alerting(database, hub, delivery, url, clock),
        Invitations(database, scope, letterbox, clock),
    )


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


async def _open_relay(config: Config) -> Relay:
    try:
        return await Relay.open(relay_settings(config))
    except OSError as error:
        where = f"{config.relay.host} port {config.relay.port} (UDP)"
        raise OSError(f"relay.port: cannot listen on {where}: {error.strerror}") from None


def relay_settings(config: Config) -> RelaySettings:
    """[relay] in the relay's own words."""
    return RelaySettings(
        host=config.relay.host,
        port=config.relay.port,
        engine_threads=config.relay.engine_threads,
        announced_addresses=config.relay.announced_addresses,
        video_codecs=config.relay.video_codecs,
        max_video_bitrate_bps=config.relay.max_video_bitrate_kbps * 1000,
    )


def call_settings(config: Config, scope: Scope, texts: Texts) -> CallSettings:
    """What calls need to know; TURN credentials are made each time they are asked for."""
    return CallSettings(
        calls=config.calls,
        emergency=config.emergency,
        mailer=SmtpMailer(config.smtp),
        public_url=config.server.public_url,
        consent=texts,
        appointments=Meetings(),
        ice_servers=lambda: ice.ice_servers(config, time.time()),
        guests_stay=Doors.of(config.guests).grace,
        longest=LongestCall(config.calls.max_duration_minutes, config.relay.max_video_bitrate_kbps),
        scope=scope,
    )
