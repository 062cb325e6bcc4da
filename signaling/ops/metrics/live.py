"""Figures that are there anyway, asked for at the moment when Prometheus asks us.

None names anybody.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from relay.media import KIND_OF_SOURCE, Source
from relay.recorder import Recorded
from relay.stats import RelaySnapshot, TrackStats
from signaling.calls import Observed
from signaling.ops.metrics.disk import Disk
from signaling.ops.metrics.engines import engine_figures
from signaling.ops.metrics.layers import flowing_layers
from signaling.ops.metrics.sources import (
    MetricSources,
    ObservableSequencing,
    ObservableUploads,
    ObservableVerification,
    ObservableWitnessing,
)
from signaling.ops.metrics.totals import Kind, TrackTotals, tracks
from storage.audit.verify import Fault

_KIND = ["direction", "source"]
_COUNTERS = {
    "packets": "RTP packets received from publishers (up) or sent to subscribers (down).",
    "bytes": "Bytes of those packets, without SRTP, UDP and IP overhead.",
    "lost_packets": "Packets that did not arrive, at the server (up) or at the subscriber (down).",
    "nacked_packets": "Packets asked for again, by the server (up) or by subscribers (down).",
    "cached_packets": "Packets asked for again that the packet cache still had (down).",
    "retransmitted_packets": (
        "Packets that came again (up) or were sent again from the packet cache (down)."
    ),
    "keyframe_requests": "Keyframes asked for, by the server (up) or by subscribers (down).",
}


class LiveFigures:
    """A collector of prometheus_client."""

    def __init__(self, sources: MetricSources, totals: TrackTotals, disk: Disk) -> None:
        self._sources = sources
        self._totals = totals
        self._disk = disk

    def collect(self) -> Iterable[Metric]:
        """Called at each scrape."""
        snapshot = self._sources.relay.snapshot()
        self._totals.observe(snapshot)
        yield from _relay(snapshot)
        yield from engine_figures(snapshot.engines)
        yield from self._counters()
        yield from _worst(snapshot)
        yield from _calls(self._sources.calls.observed())
        yield _gauge("carelay_websockets", "Open WebSockets.", sum(1 for _ in self._sources.hub))
        failures = self._sources.recordings.failures
        yield _counter(
            "carelay_recording_failures", "Recordings that broke off or could not begin.", failures
        )
        found = "Recordings of which a file or row was found broken, or changed by somebody else."
        yield _counter("carelay_recordings_damaged", found, len(self._sources.recordings.damaged))
        if (left := self._sources.eraser.files_left) is not None:
            waiting = "Erased recordings whose files are still to be deleted; nobody can open them."
            yield _gauge("carelay_erased_recordings_with_files", waiting, left)
        yield from _recorded(self._sources.recordings.recorded)
        yield from _audit(self._sources.sequencing)
        yield from _verified(self._sources.verification)
        yield from _witnesses(self._sources.witnessing)
        yield from _uploads(self._sources.uploads)
        if (missed := self._sources.depositing.failures) is not None:
            failed = "Attempts to keep a checkpoint of the audit log in its bucket that failed."
            yield _counter("carelay_audit_bucket_failures", failed, missed)
        if (letters := self._sources.post.letters_left) is not None:
            oldest = self._sources.post.waiting_seconds
            yield _gauge("carelay_letters", "Letters that are still to be sent.", letters)
            yield _gauge("carelay_letters_oldest_seconds", "How long the oldest waits.", oldest)
        yield from self._disk.figures()
        if (seconds := self._sources.lease.seconds_left) is not None:
            yield _gauge(
                "carelay_lease_seconds",
                "Until this server stops, unless its database answers.",
                seconds,
            )

    def _counters(self) -> Iterator[Metric]:
        for name, help_text in _COUNTERS.items():
            family = CounterMetricFamily(f"carelay_track_{name}", help_text, labels=_KIND)
            for kind, total in self._totals.sums(name).items():
                family.add_metric(kind, total)
            yield family


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value)


def _counter(name: str, help_text: str, value: float) -> Metric:
    return CounterMetricFamily(name, help_text, value)


def _losses(losses: Mapping[str, int]) -> Iterator[Metric]:
    packets = CounterMetricFamily(
        "carelay_recording_missing_packets",
        "Packets missing in recordings, by reason.",
        labels=["reason"],
    )
    for reason in ("lost", "late", "unreadable"):
        packets.add_metric([reason], losses.get(f"{reason}_packets", 0))
    yield packets
    pictures = losses.get("discarded_pictures", 0)
    yield _counter(
        "carelay_recording_discarded_pictures",
        "Pictures left out for one missing before.",
        pictures,
    )
    for what, help_text in (
        ("discarded_sound", "Sound that came and found no place in its recording."),
        ("skipped_sound", "Sound left out because its sender's clock is faster than time."),
        ("silence", "Silence put into recordings where no sound came."),
    ):
        seconds = losses.get(f"{what}_ms", 0) / 1000
        yield _counter(f"carelay_recording_{what}_seconds", help_text, seconds)


def _relay(snapshot: RelaySnapshot) -> Iterator[Metric]:
    peers = [peer for room in snapshot.rooms for peer in room.peers]
    yield _gauge("carelay_rooms", "Rooms open in the relay.", len(snapshot.rooms))
    yield _gauge(
        "carelay_peers", "Participants connected by media.", sum(peer.connected for peer in peers)
    )
    counts = Counter(kind for kind, _ in tracks(snapshot))
    yield _by_kind("carelay_tracks", "Live tracks.", counts)
    layers = GaugeMetricFamily(
        "carelay_layer_tracks",
        "Tracks with packets of a layered camera, by layer.",
        labels=["direction", "layer"],
    )
    for layer, count in flowing_layers(snapshot).items():
        layers.add_metric(layer, count)
    yield layers


def _worst(snapshot: RelaySnapshot) -> Iterator[Metric]:
    """The worst track of each kind: an average over many calls hides the one that suffers."""
    kinds: dict[Kind, list[TrackStats]] = defaultdict(list)
    for kind, track in tracks(snapshot):
        kinds[kind].append(track)
    loss = {kind: max(track.loss for track in some) for kind, some in kinds.items()}
    jitter = {kind: max(track.jitter_ms for track in some) / 1000 for kind, some in kinds.items()}
    yield _by_kind(
        "carelay_worst_track_loss_ratio", "Highest fraction lost of a live track, 0 to 1.", loss
    )
    yield _by_kind("carelay_worst_track_jitter_seconds", "Highest jitter of a live track.", jitter)
    trips = [
        peer.rtt_ms / 1000
        for room in snapshot.rooms
        for peer in room.peers
        if peer.rtt_ms is not None
    ]
    yield _gauge(
        "carelay_worst_round_trip_seconds",
        "Longest way to a participant and back.",
        max(trips, default=0),
    )


def _recorded(recorded: Recorded) -> Iterator[Metric]:
    frames = "Pictures and packets of sound written by recorders."
    yield _by_source("carelay_recorded_frames", frames, recorded.frames)
    lost = (
        "RTP packets that came and are missing from a recording, because the event loop was too "
        "late for them."
    )
    yield _by_source("carelay_recording_lost_packets", lost, recorded.lost_packets)
    yield from _losses(recorded.losses)


def _audit(sequencing: ObservableSequencing) -> Iterator[Metric]:
    failed = "Attempts to sequence, sign or publish the audit log that failed."
    yield _counter("carelay_audit_failures", failed, sequencing.failures)
    if (standing := sequencing.standing) is not None:
        waiting = "Rows of the audit log that are not in its tree yet."
        yield _gauge("carelay_audit_rows", "Rows in the tree of the audit log.", standing.size)
        yield _gauge("carelay_audit_waiting_rows", waiting, standing.waiting)
        yield _gauge(
            "carelay_audit_unsigned_seconds",
            "How long the oldest row of the audit log waits for a checkpoint.",
            sequencing.unsigned_seconds,
        )


def _verified(verification: ObservableVerification) -> Iterator[Metric]:
    if not verification.is_on:
        return
    rows = "Rows of the audit log that were compared with what was signed."
    yield _gauge("carelay_audit_verified_rows", rows, verification.checked)
    expired = "Of these, rows whose time was over: their hash alone is left."
    yield _gauge("carelay_audit_expired_rows", expired, verification.expired)
    yield _gauge(
        "carelay_audit_unverified_seconds",
        "How long ago all of the audit log was found as it was signed, or since the start.",
        verification.unverified_seconds,
    )
    broken_off = "Verifications of the audit log that were broken off, as something was away."
    yield _counter("carelay_audit_verification_failures", broken_off, verification.failures)
    wrong = "1 where the audit log is not what was signed, by what is wrong with it."
    family = GaugeMetricFamily("carelay_audit_fault", wrong, labels=["fault"])
    for fault in get_args(Fault):  # a line for each, so that it is seen that all is well
        family.add_metric([fault], fault == verification.fault)
    yield family


def _witnesses(witnessing: ObservableWitnessing) -> Iterator[Metric]:
    if not witnessing.failures:
        return
    refused = "Checkpoints of the audit log that a witness was offered and has not cosigned."
    family = CounterMetricFamily("carelay_audit_witness_failures", refused, labels=["witness"])
    for name, count in witnessing.failures.items():
        family.add_metric([name], count)
    yield family
    yield _gauge(
        "carelay_audit_uncosigned_seconds",
        "How long the oldest checkpoint of the audit log waits for cosignatures.",
        witnessing.uncosigned_seconds,
    )


def _uploads(uploads: ObservableUploads) -> Iterator[Metric]:
    if not uploads.is_on:
        return
    failed = "Attempts to take recordings to the object store that failed."
    yield _counter("carelay_upload_failures", failed, uploads.failures)
    done = "Parts of recordings that were uploaded and verified."
    yield _counter("carelay_uploaded_parts", done, uploads.uploaded)
    waiting = uploads.waiting
    parts = "Files in the spool, those that are still written among them."
    yield _gauge("carelay_spool_parts", parts, waiting.parts)
    yield _gauge("carelay_spool_bytes", "Bytes of those files.", waiting.bytes)
    age = "How long ago the oldest recording began that waits to be uploaded."
    yield _gauge("carelay_spool_oldest_seconds", age, uploads.waiting_seconds)


def _by_source(name: str, help_text: str, values: Mapping[Source, int]) -> Metric:
    """A line for each source from the start on, so that an alert sees the first increase."""
    family = CounterMetricFamily(name, help_text, labels=["source"])
    for source in KIND_OF_SOURCE:
        family.add_metric([source], values.get(source, 0))
    return family


def _by_kind(name: str, help_text: str, values: Mapping[Kind, float]) -> Metric:
    family = GaugeMetricFamily(name, help_text, labels=_KIND)
    for kind, value in values.items():
        family.add_metric(kind, value)
    return family


def _calls(observed: Mapping[str, Observed]) -> Iterator[Metric]:
    calls = GaugeMetricFamily(
        "carelay_calls", "Live calls, by what their recorder does.", labels=["recording"]
    )
    for state, count in Counter(call.recording for call in observed.values()).items():
        calls.add_metric([state], count)
    yield calls
    parties = [party for call in observed.values() for party in call.parties.values()]
    people = GaugeMetricFamily(
        "carelay_participants", "People in live calls, by connection quality.", labels=["quality"]
    )
    for quality, count in Counter(party.quality or "unknown" for party in parties).items():
        people.add_metric([quality], count)
    yield people
