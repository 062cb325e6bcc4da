"""The front door of the package: one UDP port, its rooms, and what they do right now."""

from dataclasses import dataclass
from typing import Self

from relay.room import Room
from relay.stats import RelaySnapshot


@dataclass(frozen=True)
class RelaySettings:
    """Where the relay listens and what it agrees to."""

    host: str = "0.0.0.0"  # noqa: S104  a media server is reached from anywhere
    port: int = 0
    """UDP; 0 takes a free one."""
    announced_addresses: tuple[str, ...] = ()
    """Candidates for a server behind NAT; empty: `host`, or the addresses of the interfaces."""
    video_codecs: tuple[str, ...] = ("VP8",)
    """In the server's order of preference: `VP8`, `H264`."""
    max_video_bitrate_bps: int = 2_500_000
    disconnect_after: float = 5.0
    """Seconds without any authenticated packet or check until a peer counts as disconnected (RFC 7675)."""


class Relay:
    """Open it with `Relay.open`, on the event loop that it then belongs to."""

    port: int

    @classmethod
    async def open(cls, settings: RelaySettings) -> Self:
        """Bind the port and make the DTLS certificate. Raises OSError if the port is taken."""
        raise NotImplementedError

    def room(self, room_id: str) -> Room:
        """The room of that id, made on first use."""
        raise NotImplementedError

    async def close_room(self, room_id: str) -> None:
        """Close all its peers; no error if there is no such room."""
        raise NotImplementedError

    def snapshot(self, now: float) -> RelaySnapshot:
        """`now` is time.monotonic()."""
        raise NotImplementedError

    async def close(self) -> None:
        """Close every room and the port."""
        raise NotImplementedError
