"""Everything one running server is made of, opened in order and closed in reverse."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields
from functools import partial

from relay.relay import Relay, RelaySettings
from signaling.audit.log import AuditLog
from signaling.audit.verification import LogKey, Verification
from signaling.calls import Calls, CallSettings, ending, ice, lifetime
from signaling.calls.smtp import SmtpMailer
from signaling.cluster import node, starts
from signaling.cluster.depositing import Depositing
from signaling.cluster.lease import Lease
from signaling.cluster.sequencing import Sequencing
from signaling.cluster.sweep import interval, sweep
from signaling.cluster.witnessing import Witnessing
from signaling.config import Config, witnesses
from signaling.identity.authentication import Authentication
from signaling.identity.presence import Presence
from signaling.identity.scope import Scope
from signaling.identity.signin import SignIns
from signaling.identity.tokens import settle_issuer
from signaling.kernel.clock import Clock, SystemClock
from signaling.kernel.denials import Denials
from signaling.kernel.hub import Hub
from signaling.kernel.limits import Limits as RequestLimits
from signaling.kernel.repeats import Repeats
from signaling.ops.metrics import Metrics, MetricSources
from signaling.ops.readiness import Readiness
from signaling.recordings import Recordings, policy
from signaling.recordings.access import Access
from signaling.recordings.archive import Limits
from signaling.recordings.bucket import bucket_of, checkpoints_bucket_of
from signaling.recordings.document import Typesetter
from signaling.recordings.keys import open_keys, settle_keys
from signaling.recordings.own import OwnRecordings
from signaling.recordings.playback import Playbacks
from signaling.recordings.requests import RecordingRequests
from signaling.recordings.retention import Eraser, Erasures, Holds, Sweep, Withdrawals
from signaling.recordings.room import LongestCall
from signaling.recordings.texts import Texts, require_new_versions, texts_of
from signaling.recordings.uploads import Uploads
from signaling.websocket import SocketEndpoint
from signaling.websocket.standing import Standing
from storage.audit import key as audit_key
from storage.audit.sequencer import Sequencer
from storage.database import Database
from storage.vault.tombstones import Tombstones

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
    calls: Calls
    recordings: Recordings
    playbacks: Playbacks
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
        hub, scope = Hub(), Scope(demo=demo)
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
        eraser = Eraser(recordings.archive, Tombstones(config.tombstones_path), clock)
        await eraser.apply_tombstones()
        uploads = Uploads(recordings.archive, clock)
        await policy.settle(database, config.retention, clock.now())
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
        metrics = Metrics(
            MetricSources(
                relay,
                hub,
                calls,
                recordings,
                config.recordings_path,
                lease,
                sequencing,
                witnessing,
                eraser,
                uploads,
                depositing,
            )
        )
        request_limits = RequestLimits()
        access = Access(repeats, clock)
        erasures = Erasures(database, eraser, access)
        closing.push_async_callback(erasures.background.drain, DELETE_SECONDS)
        sockets = SocketEndpoint(calls, hub, presence, authentication, request_limits, clock)
        sweeping = sweep(partial(ending.end_left, calls), sweep_seconds)
        verification = Verification(database, _log_key(config), clock)
        watched = (metrics, presence, sequencing, witnessing, depositing, eraser, uploads)
        watches = (
            part.watch()
            for part in (
                *watched,
                Sweep(database, eraser, clock),
                Standing(database, hub, sockets, calls),
            )
        )
        for watching in (*watches, verification.watch(), sweeping):
            closing.push_async_callback(_stop, asyncio.create_task(watching))
        yield Services(
            config=config,
            scope=scope,
            clock=clock,
            database=database,
            relay=relay,
            hub=hub,
            presence=presence,
            calls=calls,
            recordings=recordings,
            playbacks=Playbacks(database, recordings, access, clock),
            holds=Holds(database, access, clock),
            erasures=erasures,
            own_recordings=OwnRecordings(database, repeats, clock),
            recording_requests=RecordingRequests(database, eraser, erasures.background, clock),
            audit_log=AuditLog(database, _log_key(config), config.practice.name, repeats, clock),
            verification=verification,
            authentication=authentication,
            sign_ins=SignIns(
                config.auth, database, authentication, scope, repeats, clock, sockets.signed_out
            ),
            sockets=sockets,
            limits=request_limits,
            denials=Denials(repeats, clock),
            metrics=metrics,
            readiness=readiness,
            lease=lease,
            texts=texts,
            typesetter=Typesetter(config.practice.name),
        )


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


def _log_key(config: Config) -> LogKey:
    cosigners = [one.cosigner for one in witnesses.all_of(config.audit.witnesses)]
    return LogKey(config.audit_key_file, config.checkpoints_path, cosigners)


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
        ice_servers=lambda: ice.ice_servers(config, time.time()),
        longest=LongestCall(config.calls.max_duration_minutes, config.relay.max_video_bitrate_kbps),
        scope=scope,
    )
