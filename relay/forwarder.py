"""The interface between rooms and packets: who sends what to whom is set here;
no packet is seen above it.

The native engine (`relay.engine`) stands behind it; tests compare it with `tests.relay.reference`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pylibsrtp

from relay.media import Slot, Uplink
from relay.quality import Judgement
from relay.stats import EngineStats, TrackStats
from relay.tap import Tap

PeerKey = int


@dataclass(frozen=True)
class MediaStats:
    """What the forwarder knows of one peer."""

    up: tuple[TrackStats, ...]
    down: tuple[TrackStats, ...]
    rtt_ms: float | None
    max_bitrate_bps: int | None
    bytes_sent: int
    path: "Path"


@dataclass(frozen=True)
class Path:
    """What a peer cannot measure itself of its own way: what the server has found out about it."""

    loss: float = 0.0
    """Fraction of what was sent to it that did not arrive, 0 to 1, on the worst of its slots."""
    carries_bps: int | None = None
    """Video that its downlink takes; none: as much as there is, as far as is known."""
    limit_bps: int | None = None
    """Video that it is told to send at most, because of those who receive it; none: not told."""


NO_STATS = MediaStats((), (), None, None, 0, Path())
"""Of an unknown peer."""


class Forwarder(Protocol):
    """Peers are known by the key that `add` gave. A key that is not (or no longer) known is no
    error: calls may be late. Times are time.monotonic() in seconds.
    """

    def engine_stats(self, port: int, dropped: Mapping[str, int]) -> EngineStats:
        """Counters of the UDP port of that number; `dropped` is what was dropped there outside,
        by reason.
        """

    def add(self) -> PeerKey:
        """A new peer."""

    def remove(self, peer: PeerKey) -> None:
        """End its sources and slots."""

    def secure(self, peer: PeerKey, receive: pylibsrtp.Session, send: pylibsrtp.Session) -> None:
        """The SRTP keys are agreed; packets flow from now on."""

    def negotiate(self, peer: PeerKey, uplinks: Sequence[Uplink], slots: Sequence[Slot]) -> None:
        """Take over the m-lines of an answer.

        Unchanged ones go on undisturbed, with their routes.
        """

    def route(
        self, peer: PeerKey, slot: str, publisher: PeerKey | None, uplink: str | None
    ) -> None:
        """Put a publisher's uplink (by MID) on a peer's slot (by MID), or nothing.

        Repeating changes nothing.
        """

    def tap(self, peer: PeerKey, taps: tuple[Tap, ...]) -> None:
        """These, and no others, have all uplinks of the peer."""

    def request_keyframe(self, peer: PeerKey, uplink: str) -> None:
        """Ask for a keyframe, at most every half second."""

    def disconnected(self, peer: PeerKey) -> None:
        """The peer is not heard any more; its sources end until packets come again."""

    def dispatch(self) -> None:
        """Let the taps have what came for them."""

    def last_heard(self, peer: PeerKey) -> float | None:
        """When the peer's last authenticated packet came."""

    def stats(self, peer: PeerKey) -> MediaStats:
        """Counters and rates; zeros for an unknown peer."""

    def quality(self, peer: PeerKey) -> Judgement | None:
        """A word for both directions of the peer's own way:
        what its publishers lost is not its fault.
        """
