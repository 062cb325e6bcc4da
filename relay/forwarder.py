"""The interface between rooms and packets: who sends what to whom is set here; no packet is seen above it.

A native engine will stand behind the same interface; `relay.forwarding` is the reference.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import pylibsrtp

from relay.media import Slot, Uplink
from relay.quality import Quality
from relay.stats import TrackStats
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


class Forwarder(Protocol):
    """Peers are known by the key that `add` gave. A key that is not (or no longer) known is no error: packets and
    timers may be late. Times are time.monotonic() in seconds."""

    dropped: Counter[str]
    """Packets not processed, by reason."""

    def add(self, transmit: Callable[[bytes], bool]) -> PeerKey:
        """A peer whose datagrams go out by `transmit`, which returns false for one it dropped."""

    def remove(self, peer: PeerKey) -> None:
        """End its sources and slots."""

    def secure(self, peer: PeerKey, receive: pylibsrtp.Session, send: pylibsrtp.Session) -> None:
        """The SRTP keys are agreed; packets flow from now on."""

    def negotiate(self, peer: PeerKey, uplinks: Sequence[Uplink], slots: Sequence[Slot]) -> None:
        """Take over the m-lines of an answer. Unchanged ones go on undisturbed, with their routes."""

    def route(self, peer: PeerKey, slot: str, publisher: PeerKey | None, uplink: str | None) -> None:
        """Put a publisher's uplink (by MID) on a peer's slot (by MID), or nothing. Repeating changes nothing."""

    def tap(self, peer: PeerKey, taps: tuple[Tap, ...]) -> None:
        """These, and no others, have all uplinks of the peer."""

    def request_keyframe(self, peer: PeerKey, uplink: str) -> None:
        """Ask for a keyframe, at most every half second."""

    def disconnected(self, peer: PeerKey) -> None:
        """The peer is not heard any more; its sources end until packets come again."""

    def receive(self, peer: PeerKey, datagram: bytes, now: float) -> None:
        """An SRTP or SRTCP datagram from the peer's address. Never raises for what is in it."""

    def tick(self, now: float) -> None:
        """Send what is due: reports, feedback, requests. Called every TICK seconds."""

    def last_heard(self, peer: PeerKey) -> float | None:
        """When the peer's last authenticated packet came."""

    def stats(self, peer: PeerKey) -> MediaStats:
        """Counters and rates; zeros for an unknown peer."""

    def quality(self, peer: PeerKey) -> Quality | None:
        """A word for both directions."""


TICK = 0.025
"""Seconds. Lost packets are asked for within one tick, which also lets reordered ones arrive first."""
