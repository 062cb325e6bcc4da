"""One participant's connection to the relay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from relay.media import Assignment, SlotCount, Source
from relay.quality import Quality


class PeerListener(Protocol):
    """The signaling side of one peer. Called on the event loop; must not block or raise."""

    def peer_connected(self) -> None:
        """Media can flow; called again when it recovers after `peer_disconnected`."""

    def peer_disconnected(self, reason: str) -> None:
        """`timeout` (no consent check or media, RFC 7675), `dtls_closed` or `dtls_failed`; a new offer may revive it."""

    def need_offer(self, slots: SlotCount) -> None:
        """The room grew: the browser must offer again with at least these receiving m-lines."""

    def assignments_changed(self, assignments: Sequence[Assignment]) -> None:
        """All assignments as they are now; not called for what `offer` already returned."""


@dataclass(frozen=True)
class Answer:
    """Reply to an offer."""

    sdp: str
    assignments: tuple[Assignment, ...]


class Peer:
    """Made by `Room.join`; ends by `Room.leave` or by the same participant joining again."""

    participant_id: str
    slots_needed: SlotCount
    connected: bool

    async def offer(self, sdp: str, sources: Mapping[str, Source]) -> Answer:
        """Answer the browser's offer; `sources` is mid → source. Raises NegotiationError, and then nothing changed."""
        raise NotImplementedError

    def quality(self) -> Quality | None:
        """A word for both directions together; none before the first reports."""
        raise NotImplementedError
