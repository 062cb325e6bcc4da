"""Where figures come from: the seam between /metrics and the parts of the server."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from relay.recorder import Recorded
from relay.stats import RelaySnapshot
from signaling.calls import Observed
from signaling.kernel.hub import Hub
from signaling.recordings.uploads import Waiting
from storage.audit.log import Standing
from storage.audit.verify import Fault


class ObservableRelay(Protocol):
    """What is needed of the relay."""

    def snapshot(self) -> RelaySnapshot:
        """All rooms and engines as they are."""


class ObservableCalls(Protocol):
    """What is needed of the calls."""

    def observed(self) -> Mapping[str, Observed]:
        """Live calls by room id."""


class ObservableRecordings(Protocol):
    """What is needed of the recordings."""

    failures: int
    """Recordings that broke off or could not begin, since the start."""
    recorded: Recorded

    @property
    def damaged(self) -> Collection[str]:
        """Those of which something was found broken or changed, since the start."""


class ObservableLease(Protocol):
    """What is needed of this server's lease."""

    @property
    def seconds_left(self) -> float | None:
        """Until the server stops, unless the database answers; none
        if it holds the database alone.
        """


class ObservableSequencing(Protocol):
    """What is needed of what signs the audit log."""

    failures: int
    """Rounds that failed, since the start."""
    standing: Standing | None
    """When last looked; none before that."""

    @property
    def unsigned_seconds(self) -> float:
        """How long the oldest row has been waiting for a checkpoint."""


class ObservableVerification(Protocol):
    """What is needed of what compares the audit log with what was signed."""

    failures: int
    """Rounds that were broken off, as something was away, since the start."""
    checked: int
    """Rows of the round that is going on, or that was the last."""
    expired: int
    """Of these, rows that are their hash alone."""

    @property
    def is_on(self) -> bool:
        """Whether it can be compared here."""

    @property
    def unverified_seconds(self) -> float:
        """How long ago all of it was found whole, or since the start."""

    @property
    def fault(self) -> Fault | None:
        """What is wrong with it; none if nothing was found."""


class ObservableWitnessing(Protocol):
    """What is needed of what has the audit log cosigned."""

    failures: dict[str, int]
    """Offers that were not cosigned, by the witness, since the start."""

    @property
    def uncosigned_seconds(self) -> float:
        """How long the oldest checkpoint waits for cosignatures."""


class ObservableEraser(Protocol):
    """What is needed of what erases recordings."""

    files_left: int | None
    """Erased recordings whose files are still to be deleted; none before they were looked for."""


class ObservableUploads(Protocol):
    """What is needed of what takes recordings to a bucket."""

    failures: int
    """Attempts that failed since the start."""
    uploaded: int
    """Parts since the start."""
    waiting: Waiting

    @property
    def is_on(self) -> bool:
        """Whether there is a bucket."""

    @property
    def waiting_seconds(self) -> float:
        """How long ago the oldest recording began that waits."""


class ObservablePost(Protocol):
    """What is needed of what sends letters."""

    @property
    def letters_left(self) -> int | None:
        """Letters that are still to be sent; none where none are sent."""

    @property
    def waiting_seconds(self) -> float:
        """How long the oldest of them waits."""


class ObservableDepositing(Protocol):
    """What is needed of what keeps checkpoints in a bucket."""

    failures: int | None
    """Attempts that failed since the start; none without a bucket."""


@dataclass(frozen=True)
class MetricSources:
    """All that is asked for figures."""

    relay: ObservableRelay
    hub: Hub
    calls: ObservableCalls
    recordings: ObservableRecordings
    recordings_path: Path
    lease: ObservableLease
    sequencing: ObservableSequencing
    verification: ObservableVerification
    witnessing: ObservableWitnessing
    eraser: ObservableEraser
    uploads: ObservableUploads
    depositing: ObservableDepositing
    post: ObservablePost
