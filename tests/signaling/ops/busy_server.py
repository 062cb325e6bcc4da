"""What /metrics asks, in the middle of a call: tracks up and down, a failed recording,
dropped datagrams.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from relay.media import Source
from relay.recorder import Recorded
from relay.stats import Distribution, EngineStats, PeerStats, RelaySnapshot, RoomStats, TrackStats
from signaling.calls import Observed, ObservedParty
from signaling.calls.messages import MediaState
from signaling.kernel.hub import Hub
from signaling.ops.metrics import MetricSources
from signaling.recordings.uploads import Waiting
from storage.audit.log import Standing
from storage.audit.verify import Fault


def track(
    source: Source | None, packets: int, *, mid: str = "0", lost: int = 1, layer: str | None = None
) -> TrackStats:
    """One with a round figure of everything."""
    return TrackStats(
        mid=mid,
        source=source,
        codec="VP8",
        packets=packets,
        bytes=packets * 1000,
        bitrate_bps=1_000_000,
        lost=lost,
        loss=0.1,
        jitter_ms=2.0,
        rtt_ms=None,
        nacks=4,
        retransmitted=2,
        cached=3,
        plis=4,
        layer=layer,
    )


def engine(port: int, dropped: int) -> EngineStats:
    """One that received two batches, of 2 and of 40 datagrams, and sent the second late."""
    return EngineStats(
        port=port,
        received_packets=41,
        forwarded_packets=120,
        batches=Distribution((0, 1, 0, 0, 0, 0, 1, 0), 42),
        delays=Distribution((0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 0.02502),
        dropped={"unknown_address": dropped},
    )


@dataclass
class ShownRelay:
    """A relay that shows what it is told to."""

    shown: RelaySnapshot

    def snapshot(self) -> RelaySnapshot:
        return self.shown


class OneCall:
    """Two people; one of them has said how well it goes."""

    def observed(self) -> Mapping[str, Observed]:
        media = MediaState(microphone=True, camera=True, screen=False)
        parties = {
            "patient-7": ObservedParty("patient", media, "good"),
            "provider-3": ObservedParty("provider", media, None),
        }
        return {"room-1": Observed(60, "recording", parties)}


class TwoFailures:
    """Recordings, two of which failed, and some lack something."""

    failures = 2
    damaged = frozenset({"one", "another", "third"})
    recorded = Recorded(
        Counter({"camera": 300, "microphone": 500}),
        Counter({"camera": 7}),
        Counter(
            {"late_packets": 3, "discarded_pictures": 4, "silence_ms": 2500, "skipped_sound_ms": 20}
        ),
    )


class Held:
    """A lease."""

    seconds_left = 87.5


class Behind:
    """The audit log, two rows of which wait."""

    failures = 1
    standing: Standing | None = Standing(
        size=40, signed=38, waiting=2, oldest=datetime(2026, 3, 4, tzinfo=UTC)
    )
    unsigned_seconds = 12.5


class Changed:
    """What has found a row that somebody changed."""

    failures = 2
    checked = 38
    expired = 4
    is_on = True
    unverified_seconds = 3600.0
    fault: Fault | None = "changed"


class Uncosigned:
    """Of two witnesses, one is away."""

    def __init__(self) -> None:
        self.failures = {"witness.example/w1": 0, "witness.example/w2": 3}

    uncosigned_seconds = 33.5


class Deleting:
    """An eraser that has something left to do."""

    files_left: int | None = 2


class Full:
    """A bucket that takes nothing."""

    failures = 3
    uploaded = 12
    waiting = Waiting(parts=4, bytes=5_000_000, oldest=None)
    is_on = True
    waiting_seconds = 7200.0


class Unsent:
    """Letters that no mail server takes."""

    letters_left: int | None = 6
    waiting_seconds = 4000.0


class Refused:
    """A bucket of checkpoints."""

    failures: int | None = 5


def busy_server(folder: Path) -> MetricSources:
    """Everything that can be asked for figures."""
    peer = PeerStats(
        "patient-7",
        True,
        12.0,
        None,
        up=(track("camera", 10, layer="f"),),
        down=(track("camera", 5),),
    )
    idle = PeerStats(
        "provider-3", False, None, None, up=(track("camera", 30),), down=(track(None, 0),)
    )
    engines = (engine(3478, 8), engine(3479, 1))
    snapshot = RelaySnapshot((RoomStats("room-1", 99, (peer, idle)),), engines)
    relay = ShownRelay(snapshot)
    return MetricSources(
        relay,
        Hub(),
        OneCall(),
        TwoFailures(),
        folder,
        Held(),
        Behind(),
        Changed(),
        Uncosigned(),
        Deleting(),
        Full(),
        Refused(),
        Unsent(),
    )
