"""What calls need of the rooms that carry their media, on whichever node these are.

A call holds handles, never a room: what is asked of one may have to travel, and what is read of it
is what was told last. The one implementation is the relay of this process (`relay.relay.Relay`).
Recording is not asked for here: it goes on where the room is (`signaling.recordings`).
"""

from collections.abc import Mapping
from typing import Protocol

from relay.forwarder import Path
from relay.media import Source
from relay.peer import Answer, PeerListener
from relay.quality import Judgement


class PeerHandle(Protocol):
    """One participant's connection."""

    @property
    def connected(self) -> bool:
        """Whether media can flow."""

    @property
    def lost(self) -> bool:
        """Whether it was heard and is not any more."""

    @property
    def video_codecs(self) -> tuple[str, ...] | None:
        """What the browser can do of those of the server; none before its first offer of video."""

    def quality(self) -> Judgement | None:
        """A word for both directions of its way; none before it is known."""

    def path(self) -> Path:
        """What its page cannot measure itself."""

    def receive(self, sources: frozenset[Source]) -> None:
        """Be sent these of the others' sources and nothing else."""

    async def offer(self, sdp: str, sources: Mapping[str, Source]) -> Answer:
        """Answer an offer; `sources` is mid → source. Raises NegotiationError."""


class RoomHandle(Protocol):
    """The room of one call."""

    @property
    def bytes_relayed(self) -> int:
        """To all participants, also to those who have left."""

    def join(self, participant_id: str, listener: PeerListener) -> PeerHandle:
        """A connection to be, which carries something from its first offer on."""

    async def leave(self, participant_id: str) -> None:
        """Close the participant's connection, if there is one."""


class Rooms(Protocol):
    """All of them, by the id of their call."""

    def room(self, room_id: str) -> RoomHandle:
        """Made on first use."""

    async def close_room(self, room_id: str) -> None:
        """Close all its connections, if there is such a room."""
