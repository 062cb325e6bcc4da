"""The participants of one call and who receives what from whom."""

from collections.abc import Mapping

from relay.media import Source
from relay.peer import Peer, PeerListener
from relay.tap import Tap


class Room:
    """Made by `Relay.room`."""

    peers: Mapping[str, Peer]
    bytes_relayed: int

    def join(self, participant_id: str, listener: PeerListener) -> Peer:
        """A peer for the participant; an earlier one of the same id is closed and hears nothing more."""
        raise NotImplementedError

    async def leave(self, participant_id: str) -> None:
        """Close the participant's peer, if any; the slots it filled become free."""
        raise NotImplementedError

    def tap(self, participant_id: str, tap: Tap) -> None:
        """Let `tap` have all sources of the participant, those after a rejoin too, until `untap`."""
        raise NotImplementedError

    def untap(self, participant_id: str, tap: Tap) -> None:
        """No error if it is not tapped."""
        raise NotImplementedError

    def request_keyframe(self, participant_id: str, source: Source) -> None:
        """Ask the publisher for a keyframe (throttled); nothing happens if it does not send that source."""
        raise NotImplementedError
